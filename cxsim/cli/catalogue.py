"""``cxsim list`` and ``cxsim show``: what there is to simulate, and what its words mean."""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

import click

from cxsim import parameters
from cxsim.cli import scenarios
from cxsim.cli.output import examples, print_json, table
from cxsim.errors import CxsimError
from cxsim.parameters import KINDS, Parameter
from cxsim.scenario import Scenario, defaults
from cxsim.scenario_file import bundled, heading
from cxsim.timeline import Event, plain
from cxsim.values import suggestion

WIDTH = 96

LOW_END, HIGH_END = 0.25, 0.8  # of a share: nearer to an end than to the middle, in words


@click.command("list", epilog=examples("cxsim list"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def list_scenarios(as_json: bool) -> None:
    """List the bundled scenarios."""
    found = [heading(name) for name in bundled()]
    if as_json:
        print_json(found)
    else:
        rows = [(s["name"], s["mode"] or "-", s["title"]) for s in found]
        click.echo(table([("NAME", "MODE", "TITLE"), *rows]))


@click.command(
    epilog=examples(
        "cxsim show fm06_survey_lady", "cxsim show charter", "cxsim show --parameters leadership"
    )
)
@click.argument("name", required=False)
@click.option(
    "--parameters",
    "group",
    is_flag=False,
    flag_value="all",
    metavar="[GROUP]",
    help="List all parameters, or those of a group of levers, a table or a submodel.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def show(name: str | None, group: str | None, as_json: bool) -> None:
    """Show a scenario, or a lever, fact or coefficient by its name."""
    if group is not None:
        _show_group(group, as_json)
    elif name is None:
        raise click.UsageError("the name of a scenario or parameter, or --parameters, is wanted")
    elif name not in bundled() and name in parameters.registry().names():
        parameter = parameters.registry().find(name)
        print_json(_parameter_json(parameter)) if as_json else _print_parameter(parameter)
    else:
        scenario = scenarios.find(name)
        print_json(_scenario_json(scenario)) if as_json else _print_scenario(scenario)


# --- a scenario --------------------------------------------------------------------------------


def _scenario_json(scenario: Scenario) -> dict[str, Any]:
    names = ("name", "title", "mode", "story", "signature", "extends", "weeks", "hash")
    return {
        **{name: getattr(scenario, name) for name in names},
        "cure": scenario.cure.as_table() if scenario.cure is not None else None,
        "changed_levers": plain(scenario.changed_levers()),
        **{kind: plain(getattr(scenario, kind)) for kind in KINDS},
        "events": [event.as_table() for event in scenario.events],
        "signs": [sign.as_table() for sign in scenario.signs],
    }


def _print_scenario(scenario: Scenario) -> None:
    mode = f"  [{scenario.mode}]" if scenario.mode else ""
    click.echo(f"{scenario.title}{mode}")
    click.echo(f"{scenario.name}, {scenario.weeks} weeks\n")
    if scenario.story:
        click.echo(_paragraph(scenario.story) + "\n")
    if scenario.signature or scenario.signs:
        click.echo(_paragraph(f"What to look for: {scenario.signature}"))
        signs = (f"{sign.says} ({sign.words()})" for sign in scenario.signs)
        click.echo(_indented(signs) if scenario.signs else "")
    _print_levers(scenario)
    for kind in KINDS[1:]:
        usual = defaults(kind)
        changed = {n: v for n, v in getattr(scenario, kind).items() if v != usual[n]}
        if changed:
            click.echo(f"{kind.capitalize()} that differ from the defaults")
            click.echo(_indented(_change(n, v, usual[n], "usually") for n, v in changed.items()))
    if scenario.events:
        click.echo("What happens")
        click.echo(_indented(_event(event) for event in scenario.events))
    if scenario.cure is not None:
        click.echo(f"Cure (cxsim run {scenario.name}:rescue)")
        click.echo(_indented([_event(scenario.cure)]))


def _print_levers(scenario: Scenario) -> None:
    changed = scenario.changed_levers()
    if not changed:
        click.echo(f"All levers stand as in {scenario.extends or 'the defaults'}.\n")
        return
    click.echo(f"Levers that differ from {scenario.extends or 'the defaults'}")
    before = scenario.extends or "usually"
    lines = [_change(n, value, scenario.inherited[n], before) for n, value in changed.items()]
    click.echo(_indented(lines))


def _change(name: str, value: Any, usual: Any, before: str) -> str:
    """Return one value that differs, with the words nearest to it."""
    parameter = parameters.registry().find(name)
    words = _words(parameter, value)
    title = parameter.title or name
    shown = f"{title}: {_text(value)} ({name}; {before} {_text(usual)})"
    return f"{shown}: {words}" if words else shown


def _words(parameter: Parameter, value: Any) -> str:
    """Return the description nearest to a share, "" for anything else: weeks are clear enough."""
    if not parameter.anchors or (parameter.low, parameter.high) != (0.0, 1.0):
        return ""
    return parameter.anchors[0 if value < LOW_END else 2 if value > HIGH_END else 1]


def _event(event: Event) -> str:
    changes = [f"{name} = {_text(value)}" for name, value in event.set.items()]
    shocks = [f"{name} {_text(value)}" for name, value in event.shock.items()]
    what = "; ".join([*changes, *shocks])
    return f"week {event.week}: {f'{event.note} ({what})' if event.note else what}"


# --- parameters --------------------------------------------------------------------------------


def _show_group(group: str, as_json: bool) -> None:
    everything = list(parameters.registry())
    groups = sorted({word for p in everything for word in _groups(p) if word})
    if group not in groups:
        raise CxsimError(
            f"--parameters {group}: no such group{suggestion(group, groups)}\n"
            f"There are: {', '.join(groups)}"
        )
    chosen = [p for p in everything if group in _groups(p)]
    if as_json:
        print_json([_parameter_json(p) for p in chosen])
        return
    rows = [(p.name, _text(p.default), _range(p), p.unit, p.grade) for p in chosen]
    click.echo(table([("NAME", "DEFAULT", "RANGE", "UNIT", "GRADE"), *rows]))


def _groups(parameter: Parameter) -> tuple[str, ...]:
    return ("all", parameter.kind, parameter.group, parameter.submodel)


def _parameter_json(parameter: Parameter) -> dict[str, Any]:
    return plain(dataclasses.asdict(parameter))


def _print_parameter(parameter: Parameter) -> None:
    kind = parameter.kind.removesuffix("s")
    place = parameter.group or parameter.submodel
    click.echo(f"{parameter.title or parameter.name}")
    click.echo(f"{parameter.name}, {kind}{f' of {place}' if place else ''}\n")
    click.echo(_paragraph(parameter.meaning) + "\n")
    facts = [("unit", parameter.unit), ("range", _range(parameter))]
    facts += [("default", _text(parameter.default))]
    if parameter.off is not None:
        facts += [("without a programme", _text(parameter.off))]
    if parameter.anchors:
        middle = (parameter.low + parameter.high) / 2
        ends = (parameter.low, middle, parameter.high)
        facts += [
            (f"at {end:g}", words) for end, words in zip(ends, parameter.anchors, strict=True)
        ]
    facts += [("source", parameter.source), ("grade", parameter.grade)]
    click.echo(table([(f"  {name}", value) for name, value in facts]))


def _range(parameter: Parameter) -> str:
    match parameter.type:
        case "number" | "integer":
            return f"{parameter.low:g} to {parameter.high:g}"
        case "list":
            return f"each {parameter.low:g} to {parameter.high:g}"
        case "functions":
            return f"{parameter.low:g} to {parameter.high:g} functions"
        case _:
            return "a name" if parameter.type == "function" else "text"


# --- text --------------------------------------------------------------------------------------


def _text(value: Any) -> str:
    match value:
        case float():
            return f"{value:.6g}"
        case Mapping():
            return ", ".join(f"{name} {_text(item)}" for name, item in value.items())
        case tuple() | list():
            return ", ".join(map(_text, value)) or "none"
        case _:
            return str(value)


def _paragraph(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), WIDTH)


def _indented(lines: Iterable[str]) -> str:
    """Return a bullet per line, wrapped, with an empty line at the end."""
    wrapped = [
        textwrap.fill(line, WIDTH, initial_indent="  - ", subsequent_indent="    ")
        for line in lines
    ]
    return "\n".join([*wrapped, ""])
