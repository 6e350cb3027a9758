"""What a rescue may change, how far, and the scenario in which it is done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from math import isclose
from typing import Any

from cxsim import parameters
from cxsim.errors import CxsimError
from cxsim.parameters import ALLOCATION, GROUPS, SHARES, Parameter
from cxsim.plan import decisions
from cxsim.scenario import Scenario
from cxsim.scenario_file import load
from cxsim.timeline import Event
from cxsim.values import shown, suggestion

MODEL = "orchestrated"  # the scenario whose levers all stand well
# The state of the company on its first day, and how often people leave: nobody decides them later.
FACTS = ("initial_commitment", "commitment_spread", "turnover")
# Which way is better, where there is no poor and good end in the registry. The other levers may be
# too high as well as too low.
_MORE = (
    *("ceo_encouragement", "resources", "coherence", "customer_outcome_focus", "data_access"),
    *("duration", "survey_coverage", "leading_indicators", "cross_functional_ties"),
)
_LESS = (
    *("competing_priorities", "status_seeking", "governance_overhead", "survey_lag"),
    *("workload", "seasonality"),
)
_SHARES_TITLE = "What the programme's staff work on"
_SHARES_WORDS = ("listening", "processes", "culture", "customer success", "advocacy")


@dataclass(frozen=True)
class Change:
    """One decision of a rescue: a lever, or the five shares of effort as one.

    Attributes
    ----------
    name : str
        Of the lever, or "allocation".
    before, after : value
        In the week of the rescue, and from then on; tuples for shares and functions.
    """

    name: str
    before: Any
    after: Any

    @property
    def levers(self) -> tuple[str, ...]:
        """Names of the levers that it sets."""
        return SHARES if self.name == "allocation" else (self.name,)

    @property
    def settings(self) -> dict[str, Any]:
        """What an event sets."""
        if self.name == "allocation":
            return dict(zip(SHARES, self.after, strict=True))
        return {self.name: self.after}

    @property
    def parameter(self) -> Parameter:
        """The lever in the registry; of the shares, the first."""
        return parameters.registry().levers[self.levers[0]]

    @property
    def title(self) -> str:
        """What people call it."""
        return _SHARES_TITLE if self.name == "allocation" else self.parameter.title

    def said(self, value: Any) -> str:
        """Return a value of this lever as people write it."""
        if self.name == "allocation":
            pairs = zip(value, _SHARES_WORDS, strict=True)
            return ", ".join(f"{100 * share:.0f} % {word}" for share, word in pairs if share > 0.0)
        if self.name == "holdouts":
            return ", ".join(name.replace("_", " ") for name in value) or "none"
        if self.name == "duration" and value >= self.parameter.high:
            return "no planned end"
        return f"{value:.4g}"

    def partly(self, share: float) -> Change | None:
        """Return the same change gone a share of the way; None where there is no such way."""
        if self.name in ("holdouts", "duration"):
            return None
        if self.name == "allocation":
            pairs = zip(self.before, self.after, strict=True)
            return replace(self, after=tuple(a + share * (b - a) for a, b in pairs))
        value = self.before + share * (self.after - self.before)
        if self.parameter.type == "integer":
            value = round(value)
        return None if value == self.before else replace(self, after=value)


def possible(
    scenario: Scenario, week: int, names: Collection[str] | None = None
) -> tuple[Change, ...]:
    """Return all changes that can be for the better in a week, in the registry's order.

    A lever can be changed when it stands worse than in the scenario in which everything is in
    place, in that week or because of what is planned for later. It then goes to the value there, or
    stays for good where it is if that is better still.

    Parameters
    ----------
    names : collection of str, optional
        What may change, "allocation" for the five shares; everything that people decide by default.
    """
    good, held = load(MODEL).levers, _held(scenario, week)
    found = []
    for name in movable():
        if names is not None and name not in names:
            continue
        stands = [_value(levers, name) for levers in held]
        wanted = _value(good, name)
        if any(_worse(name, value, wanted) for value in stands):
            after = wanted if _worse(name, stands[0], wanted) else stands[0]
            found.append(Change(name, stands[0], after))
    return tuple(found)


def changes_of(scenario: Scenario, week: int, settings: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return what an event sets as changes made in a week."""
    stands = _held(scenario, week)[0]
    after = {**stands, **settings}
    names = dict.fromkeys("allocation" if name in SHARES else name for name in settings)
    return tuple(Change(name, _value(stands, name), _value(after, name)) for name in names)


def movable() -> list[str]:
    """Return the names of all that a rescue may change."""
    levers = parameters.registry().levers
    plain = [name for name in levers if name not in (*FACTS, *SHARES)]
    return [*plain, "allocation"]


def parse_levers(given: Iterable[str] | str | None) -> tuple[str, ...] | None:
    """Return which changes are meant by names of levers, of groups, or "allocation"; None for all.

    Raises
    ------
    CxsimError
        A name that is unknown, or a lever that nobody can decide on later.
    """
    if given is None:
        return None
    texts = [given] if isinstance(given, str) else given
    if isinstance(texts, Mapping) or not isinstance(texts, Iterable):
        raise CxsimError(f"levers: {shown(given)} where a list of names is wanted")
    words = [word.strip() for text in texts for word in str(text).split(",") if word.strip()]
    if not words:
        raise CxsimError("levers: none is named; leave it out and all of them may change")
    return tuple(dict.fromkeys(name for word in words for name in _meant(word)))


def _meant(word: str) -> list[str]:
    levers, names = parameters.registry().levers, movable()
    if word in GROUPS:
        shares = ["allocation"] if word == "programme" else []
        return [n for n in names if n in levers and levers[n].group == word] + shares
    if word in SHARES or word in ALLOCATION:
        return ["allocation"]
    if word in FACTS:
        raise CxsimError(f"levers: {word}: a fact of the company that nobody decides")
    if word not in names:
        raise CxsimError(f"levers: {word}: no such lever{suggestion(word, [*names, *GROUPS])}")
    return [word]


def rescued(scenario: Scenario, week: int, changes: Collection[Change]) -> Scenario:
    """Return the scenario with the changes made in a week, for good.

    What the plan sets for the same levers in that week or later is overruled; shocks and all other
    settings stay. The file's own cure is not applied.
    """
    if not changes:
        return replace(scenario, cure=None, signs=())
    own = {name for change in changes for name in change.levers}
    kept = [e if e.week < week else _without(e, own) for e in scenario.events]
    return replace(
        scenario,
        name=f"{scenario.name}_saved",
        title=f"{scenario.title} (saved in week {week})",
        events=tuple(event for event in (*kept, event_of(week, changes)) if event is not None),
        cure=None,
        signs=(),
    )


def event_of(week: int, changes: Collection[Change]) -> Event:
    """Return the changes as an event."""
    settings = {name: value for change in changes for name, value in change.settings.items()}
    return Event(week, set=settings, note="The rescue")


def overruled(scenario: Scenario, week: int, changes: Collection[Change]) -> list[str]:
    """Return what the plan would have set later, and the rescue does not let happen."""
    told = []
    for event in scenario.events:
        if event.week < week:
            continue
        for change in changes:
            if set(change.levers) & set(event.set):
                told.append(
                    f"Week {event.week}: the plan sets {change.title} anew; the rescue keeps it at "
                    f"{change.said(change.after)}."
                )
    return told


def _without(event: Event, names: Collection[str]) -> Event | None:
    settings = {name: value for name, value in event.set.items() if name not in names}
    return replace(event, set=settings) if settings or event.shock else None


def _held(scenario: Scenario, week: int) -> list[Mapping[str, Any]]:
    """Return the levers in that week, and as they will stand after each later event."""
    known = decisions(scenario)
    now = max(place for place, (start, _) in enumerate(known) if start <= week)
    return [levers for _, levers in known[now:]]


def _value(levers: Mapping[str, Any], name: str) -> Any:
    return tuple(levers[share] for share in SHARES) if name == "allocation" else levers[name]


def _worse(name: str, value: Any, wanted: Any) -> bool:
    """Tell whether a value is worse than the wanted one."""
    if name == "allocation":
        return not all(map(isclose, value, wanted))
    if name == "holdouts":
        return bool(value)
    lever = parameters.registry().levers[name]
    more = name in _MORE
    if lever.headline is not None:
        more = lever.headline[1] > lever.headline[0]
    if more or name in _LESS or lever.headline is not None:
        return bool(value < wanted) if more else bool(value > wanted)
    return bool(value != wanted)
