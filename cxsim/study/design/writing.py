"""A design as the text of a design file."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import tomli_w

from cxsim.scenario import Scenario
from cxsim.scenario_file import bundled, load
from cxsim.study.design.factor import LEVER, TABLES, UNCERTAINTY, Factor, Until
from cxsim.study.design.sampling import TABLE

if TYPE_CHECKING:
    from cxsim.study.design.design import Design

LONGEST_LINE = 90  # characters of a list


def text(design: Design) -> str:
    """Return a text that `parse_design` reads as an equal design.

    A scenario is named when it is a bundled one, and written out when it is not; so the text needs
    no other file.
    """
    head: dict[str, Any] = {"name": design.name, "title": design.title}
    if design.base is not None:
        head["base"] = _said(design.base)
    if design.weeks is not None:
        head["weeks"] = design.weeks
    head["seed"] = design.seed
    parts = [tomli_w.dumps(head)]
    if design.scenarios:
        parts.append(_scenarios(design.scenarios))
    for role in (LEVER, UNCERTAINTY):
        lines = [
            f"{factor.name} = {_factor(factor, design.weeks is not None)}\n"
            for factor in design.factors
            if factor.role == role
        ]
        parts += [f"[{TABLES[role]}]\n{''.join(lines)}"] if lines else []
    parts.append(tomli_w.dumps(_tables(design)))
    parts += [f"[[points]]\n{tomli_w.dumps(dict(row))}" for row in design.rows]
    return "\n".join(parts)


def _tables(design: Design) -> dict[str, Any]:
    """Return how often, where and what to keep."""
    rule = design.replicates
    tables: dict[str, Any] = {"design": {"method": design.method}}
    if design.method != TABLE:
        tables["design"]["samples"] = design.samples
    if isinstance(rule, Until):
        tables["replicates"] = {"until": rule.outcome, "half_width": rule.half_width}
        tables["replicates"] |= {"at_least": rule.at_least, "at_most": rule.at_most}
    else:
        tables["replicates"] = {"number": rule}
    tables["outcomes"] = {"keep": list(design.outcomes)}
    if design.withdraw is not None:
        tables["outcomes"]["withdraw"] = design.withdraw
    if design.measures:
        tables["outcomes"]["measures"] = dict(design.measures)
    if design.series:
        tables["series"] = {"keep": list(design.series)}
    return tables


def _scenarios(scenarios: Sequence[Scenario]) -> str:
    """Return the scenarios by their names, or all written out when one of them has to be."""
    names = [_said(scenario) for scenario in scenarios]
    if not all(isinstance(name, str) for name in names):
        names = [tomllib.loads(scenario.to_toml()) for scenario in scenarios]
    return tomli_w.dumps({"scenarios": {"names": names}})


def _said(scenario: Scenario) -> str | dict[str, Any]:
    """Return the name of a bundled scenario, or all that another one says."""
    if scenario.name in bundled():
        known = load(scenario.name)
        if scenario.weeks != known.weeks:
            known = known.with_weeks(scenario.weeks)
        if known == scenario:
            return scenario.name
    return tomllib.loads(scenario.to_toml())


def _factor(factor: Factor, of_company: bool) -> str:
    entries: dict[str, Any] = {}
    if factor.values is None:
        entries |= {"low": factor.low, "high": factor.high}
    else:
        entries["values"] = list(factor.values)
    if not of_company:
        words = {"whole": factor.whole, "title": factor.title, "unit": factor.unit}
        entries |= {key: value for key, value in words.items() if value}
    if list(entries) == ["values"]:
        return _value(entries["values"])
    inner = ", ".join(f"{key} = {_value(value)}" for key, value in entries.items())
    return f"{{ {inner} }}"


def _value(value: Any) -> str:
    """Return a value as TOML writes it after the equals sign; a short list on one line."""
    if not isinstance(value, list):
        return tomli_w.dumps({"k": value}).partition("=")[2].strip()
    items = [_value(item) for item in value]
    line = f"[{', '.join(items)}]"
    return line if len(line) <= LONGEST_LINE else "[\n    " + ",\n    ".join(items) + ",\n]"
