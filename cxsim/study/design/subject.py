"""What the name of a factor stands for in the company: its range, type and words for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cxsim import headline, parameters
from cxsim.errors import CxsimError
from cxsim.scenario import Scenario, parse_assignment
from cxsim.study.design.factor import LEVER, ROLES, SCENARIO, UNCERTAINTY, Factor
from cxsim.values import clean_value, shown, shown_key, suggestion

NUMBERS = ("number", "integer")
_LISTS = ("functions", "list")


@dataclass(frozen=True)
class Subject:
    """Something about the company that can vary.

    Attributes
    ----------
    name, title, unit, type : str
    low, high : float
    decided : bool
        Whether somebody decides it, rather than nobody knowing it.
    group : str
        The headline group that moves it, or "".
    """

    name: str
    title: str
    unit: str
    type: str
    low: float
    high: float
    decided: bool
    group: str = ""

    def clean(self, value: object) -> Any:
        """Return a value as a factor holds it: a list is written as ``--set`` reads it."""
        if self.type not in _LISTS:
            return clean_value(value, self.type, self.low, self.high, self.unit)
        text = value
        if isinstance(value, list | tuple):
            text = ",".join(map(str, value))
        if not isinstance(text, str):
            raise CxsimError(f'{shown(value)} where a text such as "sales,finance" is wanted')
        parse_assignment(f"{self.name}={text}")
        return text


def subject(name: str) -> Subject:
    """Return what a name stands for.

    Raises
    ------
    CxsimError
        Nothing is called so; without the place.
    """
    if name in headline.GROUPS:
        title = parameters.GROUPS[name]
        return Subject(name, title, "position 0 to 1", "number", 0.0, 1.0, True)
    registry = parameters.registry()
    if name not in registry.names():
        near = suggestion(name, [*headline.GROUPS, *registry.names()])
        raise CxsimError(f"unknown name{near}")
    found = registry.find(name)
    moved = found.headline is not None and found.group in headline.GROUPS
    return Subject(
        name, found.title, found.unit, found.type, found.low, found.high,
        found.kind == "levers", found.group if moved else "",
    )  # fmt: skip


def factor(name: str, role: str, given: object, of_company: bool = True) -> Factor:
    """Return the factor that a few words stand for.

    Parameters
    ----------
    name, role : str
    given : value
        A tuple of two numbers or a table of low and high is a range, a list is a list of values,
        "range" stands for all that the registry allows, "sensitivity" for the interval in which an
        assumption may well lie.
    of_company : bool
        Whether names are those of the registry; in a study of one's own function they are free.

    Raises
    ------
    CxsimError
        What is wrong, without the place.
    """
    if isinstance(given, Factor):
        return given
    match given:
        case "range" | "sensitivity":
            if not of_company:
                raise CxsimError(
                    f'"{given}" needs a base, whose numbers have ranges; give low and high'
                )
            low, high = (_whole_range if given == "range" else _likely_interval)(name)
            settings: dict[str, Any] = {"low": low, "high": high}
        case str():
            raise CxsimError(
                f'{shown(given)} where a range, a list, "range" or "sensitivity" is wanted'
            )
        case list():
            settings = {"values": given}
        case tuple() if len(given) == 2:
            settings = {"low": given[0], "high": given[1]}
        case Mapping():
            settings = _settings(given)
        case _:
            raise CxsimError(
                f"{shown(given)} where {{ low = ..., high = ... }} or a list of values is wanted"
            )
    if not of_company:
        return Factor(name, role, **settings)
    return fitted(Factor(name, role, **{**settings, "whole": subject(name).type == "integer"}))


def _settings(table: Mapping[str, Any]) -> dict[str, Any]:
    known = ("low", "high", "values", "whole", "title", "unit")
    for key in table:
        if key not in known:
            raise CxsimError(f"unknown key {shown_key(key)}{suggestion(key, known)}")
    return dict(table)


def fitted(factor: Factor) -> Factor:
    """Return a factor of the company: its values checked, its words from the registry.

    Raises
    ------
    CxsimError
        The name is unknown, or cannot take these values.
    """
    about = subject(factor.name)
    _check_role(factor, about)
    words: dict[str, Any] = {
        "title": about.title,
        "unit": about.unit,
        "whole": about.type == "integer",
    }
    if factor.values is not None:
        return Factor(
            factor.name, factor.role, values=tuple(map(about.clean, factor.values)), **words
        )
    if about.type not in NUMBERS:
        raise CxsimError("is not a number and so has no range; give a list of values")
    low, high = (about.clean(end) for end in factor.span)
    return Factor(factor.name, factor.role, low, high, **words)


def _check_role(factor: Factor, about: Subject) -> None:
    if factor.role == LEVER and not about.decided:
        raise CxsimError("nobody decides it, so it is no lever; it belongs among the uncertainties")
    if factor.role == SCENARIO:
        raise CxsimError(f"the role of {factor.name} is one of {', '.join(ROLES[1:])}")


def _whole_range(name: str) -> tuple[float, float]:
    about = subject(name)
    if about.type not in NUMBERS:
        raise CxsimError("is not a number and so has no range; give a list of values")
    return about.low, about.high


def _likely_interval(name: str) -> tuple[float, float]:
    from cxsim.study import sensitivity

    subject(name)
    for known in sensitivity.factors():
        if known.name == name:
            return known.low, known.high
    reason = sensitivity.left_out().get(name, "it is no assumption of the model")
    raise CxsimError(f'has no interval for "sensitivity" ({reason}); give low and high')


def own_value(factor: Factor, scenario: Scenario) -> Any:
    """Return the value of a factor in a scenario as it is."""
    if factor.name in headline.GROUPS:
        return headline.positions(scenario)[factor.name]
    kind = parameters.registry().find(factor.name).kind
    return subject(factor.name).clean(getattr(scenario, kind)[factor.name])


def moved(scenario: Scenario, settings: Mapping[str, Any]) -> Scenario:
    """Return a scenario with settings made: the headline groups in their order, then the rest.

    Raises
    ------
    CxsimError
        The combination is impossible, such as shares that do not sum to one.
    """
    from cxsim.study.sensitivity import with_what_follows

    for group in headline.GROUPS:
        if group in settings:
            scenario = headline.move(scenario, group, settings[group])
    values = {name: value for name, value in settings.items() if name not in headline.GROUPS}
    for name, value in values.items():
        if isinstance(value, str) and subject(name).type in _LISTS:
            values[name] = parse_assignment(f"{name}={value}")[1]
    if "innovator_threshold" not in values:
        values = with_what_follows(values, scenario)
    return scenario.with_settings(values) if values else scenario


def usual_role(name: str) -> str:
    """Return the role that a name has when nobody says otherwise."""
    if name == SCENARIO:
        return SCENARIO
    return LEVER if subject(name).decided else UNCERTAINTY
