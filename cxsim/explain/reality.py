"""Reality checks as data: IF-THEN statements that any scenario can be tested against.

``reality.toml`` beside this file holds them in business language. A check lays its `base` over the
scenario at hand, so that the statement's IF holds, and its `change` over that; whatever is laid
over holds in every week, also where the scenario's own events would have changed it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cxsim.errors import CxsimError
from cxsim.explain.shipped import read_tables
from cxsim.parameters import KINDS, SHARES
from cxsim.scenario import Scenario
from cxsim.timeline import Event, plain
from cxsim.values import suggestion

EXPECTATIONS = ("higher", "lower", "not_higher", "not_lower", "same", "always")
_FILE = Path(__file__).with_name("reality.toml")
_TOKEN = re.compile(r"<([a-z_ ]+)>")


@dataclass(frozen=True)
class Need:
    """A condition under which a check applies; `why` says what is missing otherwise.

    Attributes
    ----------
    why : str
        Plain words.
    setting : str
        A lever, fact or coefficient, as it is in week 0 with the base laid over, or "weeks"; or
    measure : str
        An expression of `cxsim.measures` of the first run, of which the mean over futures counts.
    above, below : float or None
        What it has to be.
    """

    why: str
    setting: str = ""
    measure: str = ""
    above: float | None = None
    below: float | None = None

    def met_by(self, value: float) -> bool:
        """Return whether a number meets the condition; "not a number" does not."""
        over = self.above is None or value > self.above
        return value == value and over and (self.below is None or value < self.below)


@dataclass(frozen=True)
class Overlay:
    """What is laid over a scenario.

    Attributes
    ----------
    settings : mapping
        Any name of the registry, or "allocation"; held in every week.
    events : tuple of mapping
        Added to the scenario's own.
    keeps_shocks : bool
        Whether the scenario's own shocks still happen.
    programme : bool
        False: the same company without a programme.
    """

    settings: Mapping[str, Any]
    events: tuple[Mapping[str, Any], ...] = ()
    keeps_shocks: bool = True
    programme: bool = True

    def over(self, scenario: Scenario) -> Scenario:
        """Return the scenario with this laid over it.

        Raises
        ------
        CxsimError
            The combination is not valid for this scenario.
        """
        scenario = replace(scenario, cure=None, mode=None, signs=())
        if not self.programme:
            scenario = scenario.without_programme()
        held = set(self.settings) | (set(SHARES) if "allocation" in self.settings else set())
        kept = [_remaining(event, held, self.keeps_shocks) for event in scenario.events]
        scenario = replace(scenario, events=tuple(event for event in kept if event is not None))
        scenario = scenario.with_settings(fill(dict(self.settings), scenario))
        return scenario.with_events([fill(plain(dict(event)), scenario) for event in self.events])


@dataclass(frozen=True)
class Check:
    """One statement about companies, and how to test it.

    Attributes
    ----------
    id, group, says : str
        A short name, the part of the model it is about, and the statement.
    expect : str
        "higher", "lower": the measure is, with the change, beyond chance. "not_higher",
        "not_lower": it is not the other way round beyond chance. "same": not one bit differs.
        "always": the measure lies between the bounds in every future. Without a change the measure
        of the one run is compared with zero.
    label : str
        What is measured, in words.
    measures : tuple of str
        Expressions of `cxsim.measures`; all of them have to be as expected.
    base, change : Overlay
        Laid over the scenario in both runs, and in the second; change is None for one run only.
    needs : tuple of Need
    slack : float
        What "not higher" and "not lower" forgive, in the measure's own unit.
    above, below : float or None
        Bounds of "always", themselves included.
    until : int or None
        For "same" without a measure: only the weeks before this one count.
    but : tuple of str
        For "same" without a measure: series that may differ.
    """

    id: str
    group: str
    says: str
    expect: str
    label: str = ""
    measures: tuple[str, ...] = ()
    base: Overlay = Overlay({})
    change: Overlay | None = None
    needs: tuple[Need, ...] = ()
    slack: float = 0.0
    above: float | None = None
    below: float | None = None
    until: int | None = None
    but: tuple[str, ...] = ()


@functools.cache
def reality_checks() -> tuple[Check, ...]:
    """Return all checks in the order in which they are told.

    Raises
    ------
    CxsimError
        The file that ships with cxsim is damaged.
    """
    return build_checks(read_tables(_FILE))


def build_checks(data: Mapping[str, Any]) -> tuple[Check, ...]:
    """Return the checks that the parsed tables describe.

    Parameters
    ----------
    data : mapping
        ``checks``, a list of tables; ``bases``, tables of settings by name that a base may start
        from with ``with = ["name"]``; ``groups``, by name, each with the ``needs`` that all its
        checks have.

    Raises
    ------
    CxsimError
        What is wrong, and with which check.
    """
    bases, groups = data.get("bases", {}), data.get("groups", {})
    checks = tuple(_check(table, bases, groups) for table in data.get("checks", ()))
    ids = [check.id for check in checks]
    for name in ids:
        if ids.count(name) > 1:
            raise CxsimError(f"{name}: two reality checks have this id; give each its own")
    return checks


def find(checks: tuple[Check, ...], ids: tuple[str, ...]) -> tuple[Check, ...]:
    """Return the checks with these ids.

    Raises
    ------
    CxsimError
        There is no such check.
    """
    known = {check.id: check for check in checks}
    for name in ids:
        if name not in known:
            raise CxsimError(f"{name}: no such reality check{suggestion(name, known)}")
    return tuple(known[name] for name in ids)


def fill(value: Any, scenario: Scenario) -> Any:
    """Return a value with its ``<tokens>`` replaced by what they stand for in this company.

    ``<first function>`` and ``<last function>`` stand for names, any other token for the number of
    that fact or coefficient, such as ``<margin>``.
    """
    match value:
        case str():
            return _TOKEN.sub(lambda found: _stands_for(found[1], scenario), value)
        case Mapping():
            return {key: fill(item, scenario) for key, item in value.items()}
        case list() | tuple():
            return [fill(item, scenario) for item in value]
        case _:
            return value


def setting_of(scenario: Scenario, name: str) -> float:
    """Return the number of a lever (in week 0), fact or coefficient, or the "weeks" simulated."""
    if name == "weeks":
        return float(scenario.weeks)
    for kind in KINDS:
        if name in getattr(scenario, kind):
            return float(getattr(scenario, kind)[name])
    raise CxsimError(f"{name}: no such lever, fact or coefficient")


def _stands_for(token: str, scenario: Scenario) -> str:
    functions = scenario.organisation["functions"]
    ends = {"first function": functions[0], "last function": functions[-1]}
    return ends[token] if token in ends else repr(setting_of(scenario, token))


def _remaining(event: Event, held: set[str], keeps_shocks: bool) -> Event | None:
    """Return what is left of an event that may not touch what is held; None if nothing is."""
    settings = {name: value for name, value in event.set.items() if name not in held}
    shock = event.shock if keeps_shocks else {}
    return replace(event, set=settings, shock=shock) if settings or shock else None


# --- from tables --------------------------------------------------------------------------------

_WORDS = ("id", "group", "says", "expect")
_KEYS = (
    *_WORDS,
    *("label", "measure", "base", "change", "needs", "slack", "above", "below", "until", "but"),
)


def _check(table: Mapping[str, Any], bases: Mapping[str, Any], groups: Mapping[str, Any]) -> Check:
    name = table.get("id", "a check without an id")
    _refuse_unknown(name, table, _KEYS)
    for key in _WORDS:
        if not isinstance(table.get(key), str) or not table[key]:
            raise CxsimError(f"{name}: lacks '{key}'; every reality check has one")
    if table["expect"] not in EXPECTATIONS:
        raise CxsimError(
            f"{name}: expect is '{table['expect']}'; allowed: {', '.join(EXPECTATIONS)}"
        )
    measure = table.get("measure", ())
    changed = "change" in table
    needs = [*groups.get(table["group"], {}).get("needs", ()), *table.get("needs", ())]
    return Check(
        **{key: table[key] for key in _WORDS},
        label=table.get("label", ""),
        measures=(measure,) if isinstance(measure, str) else tuple(measure),
        base=_overlay(name, table.get("base", {}), bases),
        change=_overlay(name, table["change"], bases) if changed else None,
        needs=tuple(_need(name, need) for need in needs),
        slack=float(table.get("slack", 0.0)),
        above=table.get("above"),
        below=table.get("below"),
        until=table.get("until"),
        but=tuple(table.get("but", ())),
    )


def _overlay(name: str, table: Mapping[str, Any], bases: Mapping[str, Any]) -> Overlay:
    whole: dict[str, Any] = {}
    for part in table.get("with", ()):
        if part not in bases:
            raise CxsimError(f"{name}: there is no base '{part}'{suggestion(part, bases)}")
        whole |= bases[part]
    whole |= {key: value for key, value in table.items() if key != "with"}
    return Overlay(
        events=tuple(whole.pop("events", ())),
        keeps_shocks=whole.pop("keeps_shocks", True),
        programme=whole.pop("programme", True),
        settings=whole,
    )


def _need(name: str, table: Mapping[str, Any]) -> Need:
    _refuse_unknown(f"{name}: needs", table, ("why", "setting", "measure", "above", "below"))
    if "why" not in table or ("setting" in table) == ("measure" in table):
        raise CxsimError(f"{name}: a need has a 'why' and either a 'setting' or a 'measure'")
    return Need(**table)


def _refuse_unknown(where: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            raise CxsimError(f"{where}: unknown key '{key}'{suggestion(key, known)}")
