"""What the Watch page is set to: one company, the futures tried with it, and the link to them.

Pure functions, no browser. A future is the scenario with what somebody did along the way; the
first one is always the untouched future. Whatever a link holds is checked here and either taken
or named in a message; a link can never break the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import cxsim
from cxsim.app.weekly_causes import FIRST_CAUSE, node_names
from cxsim.errors import CxsimError
from cxsim.scenario import Scenario
from cxsim.series import COMPANY, SERIES
from cxsim.timeline import SHOCKS, Event
from cxsim.values import LARGEST_SEED, shown, suggestion

FIRST = "typical"  # the company shown before anybody chose one
LETTERS = "ABCDEFGH"
MOST_EVENTS = 12  # interventions in one future
MOST_CHARTS = 8
LONGEST_QUERY = 8000
SPEEDS = (1, 2, 4, 8, 16)  # weeks a second
CHARTS = ("adoption", "satisfaction", "churn_yearly", "net_value")
CHOICES = tuple(name for name, series in SERIES.items() if COMPANY in series.levels)
KEYS = ("scenario", "seed", "future", "play", "ghost", "week", "speed", "charts", "why")

type Future = tuple[Event, ...]  # what somebody did, in the order of the weeks


@dataclass(frozen=True)
class Watch:
    """One company and the futures tried with it.

    Attributes
    ----------
    scenario : str
        Name of a bundled scenario.
    seed : int
        Which of all possible companies of that scenario.
    futures : tuple of Future
        The first is untouched.
    play : int
        The future on the stage.
    ghost : int or None
        The future drawn faintly behind it.
    week, speed : int
        Where a visitor begins, and how many weeks pass in a second.
    charts : tuple of str
        Names of the series shown.
    why : str
        Name of the quantity that is explained week by week.
    """

    scenario: str
    seed: int = 1
    futures: tuple[Future, ...] = ((),)
    play: int = 0
    ghost: int | None = None
    week: int = 0
    speed: int = 4
    charts: tuple[str, ...] = CHARTS
    why: str = FIRST_CAUSE

    def intervene(self, event: Event) -> Watch:
        """Try another future: the one on the stage with one more event, and that one behind it.

        Raises
        ------
        CxsimError
            There is no room, or the scenario cannot take the event.
        """
        if len(self.futures) >= len(LETTERS):
            raise CxsimError(
                f"{len(LETTERS)} futures are kept at a time; remove one before you try another"
            )
        now = self.futures[self.play]
        if len(now) >= MOST_EVENTS:
            raise CxsimError(
                f"a future holds {MOST_EVENTS} interventions at most; remove one of them first"
            )
        future = checked(self.scenario, (*now, event))
        return replace(
            self,
            futures=(*self.futures, future),
            play=len(self.futures),
            ghost=self.play,
            week=event.week - 1,
        )

    def undo(self, future: int, place: int) -> Watch:
        """The same without one event of a future; a future without any event goes altogether."""
        events = self.futures[future]
        if not 0 <= place < len(events):
            return self
        left = (*events[:place], *events[place + 1 :])
        if not left:
            return self.drop(future)
        futures = (*self.futures[:future], left, *self.futures[future + 1 :])
        return replace(self, futures=futures)

    def drop(self, future: int) -> Watch:
        """The same without a future; the untouched one stays."""
        if not 0 < future < len(self.futures):
            return self
        kept = [n for n in range(len(self.futures)) if n != future]
        play = kept.index(self.play) if self.play in kept else 0
        ghost = kept.index(self.ghost) if self.ghost in kept else None
        return replace(
            self,
            futures=tuple(self.futures[n] for n in kept),
            play=play,
            ghost=None if ghost == play else ghost,
        )

    def show(self, play: int, ghost: int | None) -> Watch:
        """The same with another future on the stage, or another behind it."""
        count = range(len(self.futures))
        play = play if play in count else 0
        return replace(self, play=play, ghost=ghost if ghost in count and ghost != play else None)

    def company(self, scenario: str, seed: int) -> Watch:
        """Another company from its first week; how it is looked at stays."""
        return Watch(scenario, seed, speed=self.speed, charts=self.charts, why=self.why)


def default_watch(names: Sequence[str]) -> Watch:
    """The company shown first."""
    return Watch(FIRST if FIRST in names else names[0])


def scenario_of(watch: Watch, future: int) -> Scenario:
    """The scenario of one future.

    Raises
    ------
    CxsimError
        The scenario cannot be read, or does not take an event.
    """
    return cxsim.load(watch.scenario).with_events(watch.futures[future])


def checked(scenario: str, events: Iterable[Any]) -> Future:
    """Events as the scenario takes them, in the order of their weeks.

    Parameters
    ----------
    scenario
        Name of a bundled scenario.
    events
        Events, or tables of events that nobody has checked yet.

    Raises
    ------
    CxsimError
        One line for each thing that is wrong, without the place in the scenario's own events.
    """
    loaded = cxsim.load(scenario)
    try:
        future = replace(loaded, events=tuple(events), cure=None, signs=()).events
        loaded.with_events(future)
    except CxsimError as problem:
        raise CxsimError("\n".join(map(_without_place, str(problem).split("\n")))) from None
    if future and future[0].week == 0:
        raise CxsimError("week: 0 is over before anybody can intervene; the first one is week 1")
    return future


def _without_place(line: str) -> str:
    """``events[3].set.charter: 2 is out of range`` -> ``charter: 2 is out of range``."""
    path, colon, message = line.partition(": ")
    if not path.startswith("events["):
        return line
    path = path.partition("].")[2].removeprefix("set.").removeprefix("shock.")
    return f"{path}{colon}{message}" if path else message


# --- the link -----------------------------------------------------------------------------------


def to_query(watch: Watch) -> str:
    """The setting as the query of a link, without the question mark."""
    start: dict[str, str | int] = {"charts": ",".join(watch.charts), "speed": watch.speed}
    start |= {"week": watch.week} | ({"why": watch.why} if watch.why != FIRST_CAUSE else {})
    return f"{what_query(watch)}&{urlencode(start, safe=',')}"


def what_query(watch: Watch) -> str:
    """The part of a link that says what is watched; the browser knows how it is being watched."""
    pairs: list[tuple[str, str | int]] = [("scenario", watch.scenario), ("seed", watch.seed)]
    pairs += [("future", future_text(future)) for future in watch.futures[1:]]
    if watch.play:
        pairs.append(("play", LETTERS[watch.play]))
    if watch.ghost is not None:
        pairs.append(("ghost", LETTERS[watch.ghost]))
    return urlencode(pairs, safe=":;,=")


def future_text(future: Future) -> str:
    """A future in a link: ``41:charter=0.85,rivalry=0.1;60:price_rise=0.1``."""
    return ";".join(f"{event.week}:{','.join(_assignments(event))}" for event in future)


def _assignments(event: Event) -> list[str]:
    found = [f"{name}={_value_text(value)}" for name, value in event.set.items()]
    for shock, value in event.shock.items():
        if isinstance(value, Mapping):
            found += [f"{shock}.{key}={_value_text(item)}" for key, item in value.items()]
        else:
            found.append(f"{shock}={_value_text(value)}")
    return found


def _value_text(value: Any) -> str:
    if isinstance(value, tuple):
        return ".".join(value)
    return value if isinstance(value, str) else f"{value:.10g}"


def from_query(query: str | None, names: Sequence[str]) -> tuple[Watch, list[str]]:
    """The setting that a link asks for, and what of it could not be done.

    Parameters
    ----------
    query
        Query part of a link, with or without the question mark; None for none.
    names
        Scenarios that exist.

    Returns
    -------
    (Watch, list of str)
        A setting that works, and a message for every part of the link that was left out.
    """
    problems: list[str] = []
    pairs = _pairs(query or "", problems)
    given = dict(pairs)
    for key in given:
        if key not in KEYS:
            problems.append(f'"{key[:40]}" is no part of such a link{suggestion(key, KEYS)}')
    watch = _company(given, names, problems)
    texts = [text for key, text in pairs if key == "future"]
    futures, places = _futures(watch.scenario, texts, problems)
    watch = replace(watch, futures=futures).show(
        _letter(given, "play", places, problems) or 0, _letter(given, "ghost", places, problems)
    )
    return _start(watch, given, problems), problems


def _pairs(query: str, problems: list[str]) -> list[tuple[str, str]]:
    text = query.lstrip("?")
    if len(text) > LONGEST_QUERY:
        problems.append(f"the link is longer than {LONGEST_QUERY} characters; its end is left out")
        text = text[:LONGEST_QUERY].rpartition("&")[0]
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=40)
    except ValueError:
        problems.append("the link has too many parts; it shows the company it would start with")
        return []


def _company(given: Mapping[str, str], names: Sequence[str], problems: list[str]) -> Watch:
    watch = default_watch(names)
    name = given.get("scenario", watch.scenario)
    if name not in names:
        problems.append(f"scenario: there is no {shown(name)}{suggestion(name, names)}")
        name = watch.scenario
    return Watch(name, _whole(given, "seed", 0, LARGEST_SEED, watch.seed, problems))


def _futures(
    scenario: str, texts: Sequence[str], problems: list[str]
) -> tuple[tuple[Future, ...], dict[str, int]]:
    """The futures of a link, and where each letter of the link is to be found now."""
    futures: list[Future] = [()]
    places = {LETTERS[0]: 0}
    if len(texts) >= len(LETTERS):
        problems.append(
            f"future: {len(LETTERS) - 1} can be tried at a time; the others are left out"
        )
    for letter, text in zip(LETTERS[1:], texts, strict=False):
        try:
            future = _future(scenario, text)
        except CxsimError as problem:
            problems.append(f"future {letter} is left out: {problem}")
            continue
        places[letter] = len(futures)
        futures.append(future)
    return tuple(futures), places


def _future(scenario: str, text: str) -> Future:
    parts = [part for part in text.split(";") if part]
    if not 0 < len(parts) <= MOST_EVENTS:
        raise CxsimError(f"{len(parts)} interventions where 1 to {MOST_EVENTS} are wanted")
    return checked(scenario, [_event_table(part) for part in parts])


def _event_table(text: str) -> dict[str, Any]:
    """``41:charter=0.85,price_rise=0.1`` as the table of an event, still unchecked."""
    week, colon, rest = text.partition(":")
    if not colon or not rest:
        raise CxsimError(f"{shown(text)} where week:name=value is wanted, such as 40:charter=0.8")
    table: dict[str, Any] = {"week": _number(week), "set": {}, "shock": {}}
    for assignment in rest.split(","):
        name, equals, written = assignment.partition("=")
        if not equals:
            raise CxsimError(f"{shown(assignment)} where name=value is wanted, such as charter=0.8")
        shock, dot, detail = name.partition(".")
        if dot:
            details = table["shock"].setdefault(shock, {})
            if not isinstance(details, dict):
                raise CxsimError(f"{shown(name)}: {shock} has no such part")
            details[detail] = _number(written)
        elif name in SHOCKS:
            table["shock"][name] = _number(written)
        else:
            table["set"][name] = _lever_value(name, written)
    return {key: value for key, value in table.items() if value != {}}


def _lever_value(name: str, written: str) -> Any:
    if name == "holdouts":
        return [part for part in written.split(".") if part]
    return _number(written)


def _number(written: str) -> Any:
    """The number that is written, or the text itself for the check to name."""
    try:
        return float(written)
    except ValueError:
        return written


def _letter(
    given: Mapping[str, str], key: str, places: Mapping[str, int], problems: list[str]
) -> int | None:
    if key not in given:
        return None
    place = places.get(given[key])
    if place is None:
        problems.append(f"{key}: there is no future {shown(given[key])} among {', '.join(places)}")
    return place


def _start(watch: Watch, given: Mapping[str, str], problems: list[str]) -> Watch:
    last = cxsim.load(watch.scenario).weeks - 1
    week = _whole(given, "week", 0, last, 0, problems)
    speed = _whole(given, "speed", SPEEDS[0], SPEEDS[-1], watch.speed, problems)
    if speed not in SPEEDS:
        problems.append(f"speed: {speed} weeks a second where one of {SPEEDS} is wanted")
        speed = watch.speed
    charts, why = _charts(given, problems), _why(given, problems)
    return replace(watch, week=week, speed=speed, charts=charts, why=why)


def _why(given: Mapping[str, str], problems: list[str]) -> str:
    asked = given.get("why", FIRST_CAUSE)
    if asked == FIRST_CAUSE or asked in node_names():
        return asked
    problems.append(f"why: there is no {shown(asked)}{suggestion(asked, node_names())}")
    return FIRST_CAUSE


def _charts(given: Mapping[str, str], problems: list[str]) -> tuple[str, ...]:
    if "charts" not in given:
        return CHARTS
    asked = list(dict.fromkeys(given["charts"].split(",")))
    for name in asked:
        if name not in CHOICES:
            problems.append(f"charts: there is no {shown(name)}{suggestion(name, CHOICES)}")
    found = [name for name in asked if name in CHOICES]
    if len(found) > MOST_CHARTS:
        problems.append(f"charts: {MOST_CHARTS} fit on the page; the others are left out")
    return tuple(found[:MOST_CHARTS]) or CHARTS


def _whole(
    given: Mapping[str, str], key: str, low: int, high: int, default: int, problems: list[str]
) -> int:
    """A whole number of a link, clamped into its range; the default where there is none."""
    if key not in given:
        return default
    try:
        number = int(given[key])
    except ValueError:
        problems.append(
            f"{key}: {shown(given[key])} where a whole number is wanted; {default} used"
        )
        return default
    inside = min(high, max(low, number))
    if inside != number:
        problems.append(f"{key}: {shown(number)} is outside {low} to {high}; {inside} used")
    return inside
