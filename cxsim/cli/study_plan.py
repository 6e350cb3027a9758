"""``cxsim study plan``: what a design would run, and about how long that takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cxsim import compile_cache
from cxsim.cli.output import examples, print_json, table
from cxsim.cli.simulation import compile_first
from cxsim.cores import available_cores

if TYPE_CHECKING:
    from cxsim.study.batch.trying import Trial
    from cxsim.study.design import Design, Factor

MOST_VALUES = 6  # of a list are shown


@click.command(epilog=examples("cxsim study plan tipping", "cxsim study plan my_design.toml"))
@click.argument("design")
@click.option(
    "--threads",
    type=click.IntRange(1, 4096),
    help="Cores that will be used.  [default: all]",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def plan(design: str, threads: int | None, as_json: bool) -> None:
    """Tell what a design would run, and for how long.

    A few runs are made to find that out.

    DESIGN is a bundled design (see cxsim study list) or the path of a .toml file.
    """
    from cxsim.study.batch.trying import tried
    from cxsim.study.design import load_design

    found = load_design(design)
    if not compile_cache.is_warm():
        compile_first(as_json)
    trial = tried(found)
    cores = threads or available_cores()
    runs = len(found) * found.most_replicates
    seconds = None if trial.seconds is None else runs * trial.seconds / cores
    if as_json:
        print_json(_as_json(found, trial, cores, seconds))
    else:
        click.echo(_text(found, trial, cores, seconds))


def _as_json(design: Design, trial: Trial, cores: int, seconds: float | None) -> dict[str, Any]:
    return {
        "name": design.name,
        "title": design.title,
        "hash": design.hash,
        "method": design.method,
        "samples": design.samples,
        "points": len(design),
        "replicates": design.most_replicates,
        "runs": len(design) * design.most_replicates,
        "weeks": design.weeks,
        "factors": [
            {
                "name": factor.name,
                "role": factor.role,
                "low": factor.low,
                "high": factor.high,
                "values": None if factor.values is None else list(factor.values),
                "unit": factor.unit,
            }
            for factor in design.factors
        ],
        "outcomes": list(design.outcomes),
        "series": list(design.series),
        "cores": cores,
        "seconds": seconds,
        "tried": trial.points,
        "errors": list(trial.errors),
    }


def _text(design: Design, trial: Trial, cores: int, seconds: float | None) -> str:
    from cxsim.study.batch.progress import clock
    from cxsim.study.design import Until
    from cxsim.study.design.sampling import MEANING

    method = design.method.replace("_", " ")
    if design.method in MEANING:
        method += f", {design.samples} {MEANING[design.method]}"
    rule = design.replicates
    runs = len(design) * design.most_replicates
    if isinstance(rule, Until):
        times = f"{rule.at_least} to {rule.at_most}, until {rule.outcome} is ±{rule.half_width:g}"
        total = f"{len(design) * rule.at_least:,} to {runs:,}"
    else:
        times, total = f"{rule:,}", f"{runs:,}"
    start = design.base.title if design.base is not None else "whole scenarios"
    kept = [*design.outcomes, *(f"{name} (weekly)" for name in design.series)]
    rows: list[tuple[str, ...]] = [
        ("From", start),
        ("Method", method),
        ("Points", f"{len(design):,}"),
        ("Futures each", times),
        ("Runs", total),
        ("Weeks", str(design.weeks)),
        ("Keeps", ", ".join(kept)),
    ]
    if seconds is not None:
        upto = "at most about " if isinstance(rule, Until) else "about "
        rows.append(("Takes", f"{upto}{clock(seconds)} on {cores} cores"))
    factors = [(f.name, f.role, _values(f), f.unit, f.title) for f in design.factors]
    heads = ("NAME", "ROLE", "VALUES", "UNIT", "TITLE")
    parts = [design.title, table(rows), table([heads, *factors])]
    if trial.errors:
        parts.append(
            f"{len(trial.errors)} of {trial.points} points that were tried cannot be run: "
            f"{trial.errors[0]}"
        )
    return "\n\n".join(parts)


def _values(factor: Factor) -> str:
    if factor.values is None:
        low, high = factor.span
        return f"{low:g} to {high:g}"
    said = [str(value) or "none" for value in factor.values[:MOST_VALUES]]
    more = len(factor.values) - len(said)
    return ", ".join(said) + (f" and {more} more" if more else "")
