"""``cxsim explain``: what makes the difference between two scenarios."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import cxsim
from cxsim.cli import scenarios
from cxsim.cli.output import examples, print_files, print_json, table
from cxsim.cli.simulation import (
    Options,
    ask,
    command_line,
    side_options,
    simulated,
    simulation_options,
)
from cxsim.parameters import GROUPS

if TYPE_CHECKING:
    from cxsim.explain.attribution import Attribution
    from cxsim.explain.interaction import InteractionRow
    from cxsim.scenario import Scenario

FUTURES = 50  # enough for parts within a few points, and an answer while one waits


@click.command(
    short_help="Say what makes the difference between two scenarios.",
    context_settings={"default_map": {"replicates": FUTURES}},
    epilog=examples(
        "cxsim explain typical orchestrated",
        "cxsim explain typical orchestrated --within leadership --outcome net_value",
        "cxsim explain typical:without typical --outcome net_value",
        "cxsim explain typical orchestrated --assume churn_alpha=0.8",
    ),
)
@click.argument("a")
@click.argument("b")
@click.option(
    "--outcome",
    metavar="NAME",
    default="adoption",
    show_default=True,
    help="What differs: adoption, churn_yearly, net_value or another outcome of cxsim run --json.",
)
@click.option(
    "--within",
    type=click.Choice(list(GROUPS)),
    help="Split the part of this group of levers over its levers.",
)
@click.option(
    "--exact",
    is_flag=True,
    help="Try all mixtures, however many there are; otherwise some, where six or more things "
    "differ.",
)
@click.option(
    "--assume",
    multiple=True,
    metavar="NAME=VALUE",
    help="Tell besides what B does against A when this fact or coefficient is changed on both "
    "sides; repeatable.",
)
@side_options
@simulation_options
def explain(
    options: Options,
    a: str,
    b: str,
    outcome: str,
    within: str | None,
    exact: bool,
    assume: tuple[str, ...],
    settings: tuple[str, ...],
    set_a: tuple[str, ...],
    set_b: tuple[str, ...],
) -> None:
    """Split the difference from A to B over what the two differ in: lever groups, firm, market.

    A and B are bundled scenarios or paths of .toml files, perhaps with :rescue or :without. The
    part of a group is what changes when it goes from A's settings to B's, averaged over the orders
    in which the groups may do so (its Shapley value); the parts add up to the difference. With
    --out the figure and the parts of every future are saved.
    """
    both_a, both_b = scenarios.by_side(settings)
    pair = (
        scenarios.find(a, [*both_a, *set_a], options.weeks),
        scenarios.find(b, [*both_b, *set_b], options.weeks),
    )
    worlds = [scenarios.apply(one, assume) for one in pair] if assume else []
    found = _attributed(pair, outcome, within, exact or None, options)
    rows = _interactions([*pair, *worlds], options) if worlds else []
    files = _save(found, f"{a}_to_{b}", options.out) if options.out else []
    given = {"--set": settings, "--set-a": set_a, "--set-b": set_b, "--assume": assume}
    line = _line((a, b), outcome, within, exact, given, options)
    if options.as_json:
        _print_json(found, rows, assume, files, line)
        return
    click.echo(found.table())
    if rows:
        click.echo(f"\n{_interaction_table(rows, assume, pair)}")
    print_files(files)
    click.echo(f"\nThe same numbers again: {line}")


def _attributed(
    pair: tuple[Scenario, Scenario],
    outcome: str,
    within: str | None,
    exact: bool | None,
    options: Options,
) -> Attribution:
    from cxsim.explain.attribution import attribute

    return ask(
        f"{pair[0].name} to {pair[1].name}",
        options.as_json,
        lambda progress, cancelled: attribute(
            *pair, outcome, within, options.replicates, options.seed, options.threads,
            progress, cancelled, exact,
        ),
    )  # fmt: skip


# ------------------------------------------------------------------ policy and assumption


def _interactions(four: list[Scenario], options: Options) -> list[InteractionRow]:
    """Return what B does against A under the first and under the changed assumptions."""
    from cxsim.explain.interaction import interaction

    return interaction(*(simulated(scenario, options) for scenario in four))


def _interaction_table(
    rows: list[InteractionRow], assume: tuple[str, ...], pair: tuple[Scenario, Scenario]
) -> str:
    from cxsim.explain.columns import paragraph

    lines: list[tuple[str, ...]] = [("B against A", "as it is", f"with {', '.join(assume)}")]
    lines += [(row.label, *row.beside) for row in rows]
    words = [
        f"{row.label}: {row.words} ({row.interaction.text}, 95 % interval "
        f"{row.interaction.interval})."
        for row in rows
    ]
    policy = f"The policy: going from {pair[0].name} (A) to {pair[1].name} (B)."
    return "\n".join([table(lines, (1, 2)), "", *map(paragraph, [policy, *words])])


def _effects(row: InteractionRow) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(row)


# ------------------------------------------------------------------ files and lines


def _save(found: Attribution, name: str, folder: Path) -> list[Path]:
    from cxsim import figures

    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"explain_{re.sub(r'[^\w.-]+', '_', name)[:60]}"
    parts = stem.with_name(f"{stem.name}_parts.csv")
    found.frame().to_csv(parts, index=False, lineterminator="\n")
    return [*figures.save_figure(found.figure(), stem), parts]


def _line(
    sides: tuple[str, str],
    outcome: str,
    within: str | None,
    exact: bool,
    given: dict[str, tuple[str, ...]],
    options: Options,
) -> str:
    words = [*sides, "--outcome", outcome]
    words += ["--within", within] if within else []
    words += ["--exact"] if exact else []
    return command_line("explain", words, given, options)


def _print_json(
    found: Attribution,
    rows: list[InteractionRow],
    assume: tuple[str, ...],
    files: list[Path],
    line: str,
) -> None:
    answer = {"version": cxsim.__version__, **found.as_dict()}
    if rows:
        answer |= {"assume": list(assume), "interaction": [_effects(row) for row in rows]}
    print_json({**answer, "files": files, "command": line})
