"""The story of a run as a workshop would tell it: what happened when, in plain words.

The words and the marks at which there is something to tell stand in chronicle.toml; the numbers
come from `cxsim.explain.trace_readings`, the turning points from `cxsim.explain.turns`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import floor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.explain import turns
from cxsim.explain.shipped import read_tables
from cxsim.explain.trace_readings import REASONS, Readings, commonest_cause, first_score
from cxsim.figures import describe_event
from cxsim.series import LEDGERS, SERIES, WEEKS_A_YEAR, money, payback_week

if TYPE_CHECKING:
    from cxsim.results.trace import Trace

KINDS = ("event", "fix", "leader", "people", "customers", "money", "programme")
APART = 8  # weeks between two entries of one topic
MOST = 50  # entries besides the timeline's own, up to three years
USUAL = 156  # weeks
TENTH = 10
FIRM, PLAIN = 4, 2  # weights: what is never left out, what is left out late
_FILE = Path(__file__).with_name("chronicle.toml")


@dataclass(frozen=True)
class Entry:
    """One line of the story.

    Attributes
    ----------
    week : int
    text : str
        Plain words, without the week.
    kind : str
        One of `KINDS`.
    function : str or None
        Name of the function it is about, None for several or the whole company.
    """

    week: int
    text: str
    kind: str
    function: str | None = None


@dataclass(frozen=True)
class Rule:
    """When something is worth telling, and in which words; see chronicle.toml.

    Attributes
    ----------
    name, kind, reading : str
    marks : tuple of float
        Ascending, in the unit of the reading; of a quick move its least size.
    window : int
        Weeks of a quick move; 0 for marks that are passed.
    topic : str
        Its own name by default.
    """

    name: str
    kind: str
    reading: str
    marks: tuple[float, ...]
    gap: int
    topic: str = ""
    by: str = ""
    names: tuple[str, ...] = ()
    back: float = 0.0
    window: int = 0
    once: bool = False
    weight: int = PLAIN
    up: str = ""
    down: str = ""
    after_up: tuple[str, ...] = ()
    after_down: tuple[str, ...] = ()

    def turns(self, readings: Readings) -> list[turns.Turn]:
        """Return when there is something to tell."""
        values = self.values(readings)
        wanted = (bool(self.up), bool(self.down))
        if self.window:
            return turns.swings(values, self.marks[0], self.window, self.gap, wanted)
        return turns.passings(values, self.marks, self.back, self.gap, wanted, self.once)

    def values(self, readings: Readings) -> np.ndarray:
        """Return the reading, shape (weeks, functions), or (weeks, 1) for the company."""
        values = readings.of(self.reading, bool(self.by))
        return values if self.by else values[:, None]


@dataclass(frozen=True)
class Sighting:
    """An entry before it is decided whether the story can bear it."""

    entry: Entry
    topic: str
    weight: int = PLAIN
    members: frozenset[int] = field(default=frozenset())


@functools.cache
def rules() -> tuple[Rule, ...]:
    """Return the rules that come with cxsim.

    Raises
    ------
    CxsimError
        The file that ships with cxsim is damaged.
    """
    return tuple(_rule(table) for table in _words("rules"))


def _rule(table: Mapping[str, Any]) -> Rule:
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in table.items()}
    return Rule(**{"topic": table["name"], **values})


@functools.cache
def _words(table: str) -> Any:
    """Return a table of chronicle.toml."""
    return read_tables(_FILE)[table]


def chronicle(trace: Trace) -> list[Entry]:
    """Return the story of a trace in the order of weeks.

    Parameters
    ----------
    trace : Trace

    Returns
    -------
    list of Entry
        The timeline's own events and, for three years, at most 50 others. What is told of a week
        holds in the numbers of that week; no entry comes twice.
    """
    readings = Readings(trace)
    seen = [*_events(trace), *_standings(readings), *_fixes(readings), *_new_heads(readings)]
    seen += [*_first_score(readings), *_money(readings), *_told(readings)]
    most = max(MOST, MOST * trace.weeks // USUAL)
    kept = _thinned(_spaced(sorted(seen, key=_order)), most)
    return list(dict.fromkeys(one.entry for one in kept))


def _order(one: Sighting) -> tuple[int, bool, int]:
    """Return the place in the story: by week, events first, then what weighs most."""
    return (one.entry.week, one.topic != "event", -one.weight)


def _spaced(seen: Sequence[Sighting]) -> list[Sighting]:
    """Return the sightings without those that follow too soon on one of the same topic."""
    kept: list[Sighting] = []
    for one in seen:
        soon = (
            other
            for other in kept
            if other.topic == one.topic
            and one.entry.week - other.entry.week < APART
            and (one.members & other.members or not one.members)
        )
        if one.weight >= FIRM or next(soon, None) is None:
            kept.append(one)
    return kept


def _thinned(seen: Sequence[Sighting], most: int) -> list[Sighting]:
    """Return at most so many sightings besides events: the lightest go, where they crowd."""
    kept = list(seen)
    while sum(one.topic != "event" for one in kept) > most:
        weights = [one.weight if one.topic != "event" else FIRM + 1 for one in kept]
        weeks = [one.entry.week for one in kept]
        around = [-1, *weeks, weeks[-1] + 1]
        room = [around[n + 2] - around[n] for n in range(len(kept))]
        del kept[min(range(len(kept)), key=lambda n: (weights[n], room[n]))]
    return kept


# ------------------------------------------------------------------ words


def _list_of(names: Sequence[str]) -> str:
    """Return names as people say them: "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _people(readings: Readings, members: Sequence[int]) -> dict[str, str]:
    """Return what the words say of functions and their heads."""
    functions = readings.trace.functions
    who = _list_of([functions[member] for member in members])
    everybody = len(members) == len(functions)
    heads = f"the head{'' if len(members) == 1 else 's'} of {who}"
    return {
        "who": "every function" if everybody else who,
        "heads": "all heads" if everybody else heads,
        "s": "s" if len(members) == 1 else "",
    }


def _company(readings: Readings, week: int) -> dict[str, str]:
    """Return what the words say of the company in a week."""

    def text(name: str, digits: int = 0) -> str:
        return f"{readings.of(name)[week]:,.{digits}f}"

    return {
        **{name: text(name) for name in ("practising", "employees", "commitment")},
        "ceo": text("ceo_commitment"),
        "score": text("survey_score"),
        "issues": text("open_issues"),
        "churn": text("churn_yearly", 1),
        "net_value": money(float(readings.of("net_value")[week])),
    }


def _reason(rule: Rule, turn: turns.Turn, readings: Readings) -> str:
    """Return the first reason that the numbers bear out, "" if there is none."""
    for name in rule.after_up if turn.rising else rule.after_down:
        if REASONS[name](readings, turn.week, turn.members):
            cause = commonest_cause(readings, name, turn.week) if name in LEDGERS else None
            words = SERIES[cause].label.split(" by ", 1)[1] if cause else ""
            ceo = f"{floor(readings.of('ceo_commitment')[turn.week])} of 100"
            return _words("reasons")[name].format(cause=words, ceo=ceo)
    return ""


def _told(readings: Readings) -> Iterator[Sighting]:
    """Yield what the rules find."""
    functions = readings.trace.functions
    for rule in rules():
        values = rule.values(readings)
        for turn in rule.turns(readings):
            mark = rule.marks[turn.place]
            fields = {
                **_company(readings, turn.week),
                **(_people(readings, turn.members) if rule.by else {}),
                "mark": rule.names[turn.place] if rule.names else f"{mark:g}",
                "threshold": f"{mark:g}",
                "value": f"{floor(values[turn.week, turn.members[0]]):,}",
                "again": " again" if turn.again else "",
            }
            text = (rule.up if turn.rising else rule.down).format(**fields)
            alone = rule.by and len(turn.members) == 1
            entry = Entry(
                turn.week,
                text + _reason(rule, turn, readings),
                rule.kind,
                functions[turn.members[0]] if alone else None,
            )
            yield Sighting(entry, rule.topic, rule.weight, frozenset(turn.members))


def _story(name: str, week: int, kind: str, function: str | None = None, **words: Any) -> Sighting:
    """Return a sighting in the words of the table of what is told once or on a date."""
    entry = Entry(week, _words("story")[name].format(**words), kind, function)
    return Sighting(entry, name, PLAIN if name == "every_tenth" else FIRM)


# ------------------------------------------------------------------ told once or on a date


def _events(trace: Trace) -> Iterator[Sighting]:
    """Yield what the timeline brings, in its own words."""
    for event in trace.scenario.events:
        if event.week < trace.weeks:
            named = {name for _, name in event.functions()}
            function = named.pop() if len(named) == 1 else None
            yield Sighting(
                Entry(event.week, describe_event(event), "event", function), "event", FIRM
            )


def _standings(readings: Readings) -> Iterator[Sighting]:
    """Yield how things stand at the start, at each year's end and at the end."""
    launch = readings.launch()
    opening = {None: "without_programme", 0: "with_programme"}.get(launch, "before_programme")
    yield _story(opening, 0, "programme", **_company(readings, 0))
    gap = float(readings.of("words_over_deeds")[0])
    if gap >= next(rule.marks[0] for rule in rules() if rule.name == "words"):
        yield _story("words_first", 0, "leader", value=floor(gap))
    name = "standing" if launch is None else "standing_money"
    last = readings.weeks - 1
    for years, when in enumerate(_words("story")["years"], start=1):
        week = WEEKS_A_YEAR * years
        if week < last - APART:
            yield _story(name, week, "programme", when=when, **_company(readings, week))
    if last > 0:
        when = _words("story")["end"]
        yield _story(name, last, "programme", when=when, **_company(readings, last))


def _fixes(readings: Readings) -> Iterator[Sighting]:
    """Yield the first fix of all, of each function and between functions, and every tenth."""
    functions = readings.trace.functions
    had: set[int] = set()
    crossed = False
    for count, (week, owner, partner) in enumerate(readings.trace.fixes.tolist(), start=1):
        houses = {owner, partner} - {-1}
        if partner >= 0 and not crossed:
            crossed = True
            who = _list_of([functions[owner], functions[partner]])
            yield _story("first_cross", week, "fix", who=who)
        elif owner not in had:
            name = "first_fix_in" if had else "first_fix"
            yield _story(name, week, "fix", functions[owner], who=functions[owner])
        if count % TENTH == 0:
            yield _story("every_tenth", week, "fix", count=count)
        had |= houses


def _new_heads(readings: Readings) -> Iterator[Sighting]:
    """Yield heads who take over from others."""
    functions = readings.trace.functions
    commitment = readings.of("commitment", by_function=True)
    for event in readings.trace.scenario.events:
        shock = event.shock.get("executive_replaced")
        if shock and 0 < event.week < readings.weeks:
            name = shock["function"]
            member = functions.index(name)
            values = commitment[event.week - 1 : event.week + 1, member]
            words = {"before": f"{values[0]:.0f}", "value": f"{values[1]:.0f}"}
            entry = _story("new_head", event.week, "leader", name, who=name, **words).entry
            yield Sighting(entry, "leader", FIRM, frozenset({member}))


def _first_score(readings: Readings) -> Iterator[Sighting]:
    week = first_score(readings)
    if week is not None:
        yield _story("first_score", week, "customers", **_company(readings, week))


def _money(readings: Readings) -> Iterator[Sighting]:
    """Yield when the programme has cost most on balance, and from when on it has paid."""
    value, cost = readings.of("net_value"), readings.of("programme_cost")
    lowest = int(value.argmin())
    recovered = value[lowest] < 0.0 and value[-1] - value[lowest] >= -value[lowest] / 4.0
    if recovered and lowest < readings.weeks - APART:
        yield _story("lowest", lowest, "money", **_company(readings, lowest))
    paid = float(payback_week(value[None], cost[None])[0])
    if np.isfinite(paid) and value.min() < 0.0:
        yield _story("payback", int(paid), "money", **_company(readings, int(paid)))
