"""The answer: which changes save a programme, how surely, and until when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.explain.chance import Chance, wilson
from cxsim.explain.compare import paired_difference
from cxsim.explain.goals import Goal
from cxsim.explain.lasting.support import support
from cxsim.explain.rescuing import telling
from cxsim.explain.rescuing.changes import Change, event_of, overruled, rescued
from cxsim.explain.rescuing.deadline import Deadline
from cxsim.explain.rescuing.futures import Reading
from cxsim.explain.rounding import Rounded, rounded
from cxsim.scenario import Scenario
from cxsim.timeline import Event

if TYPE_CHECKING:
    import pandas as pd

SAVED, NOT_NEEDED, BEYOND = "saved", "not_needed", "beyond"


@dataclass(frozen=True, eq=False)
class Needed:
    """One change of the rescue.

    Attributes
    ----------
    change : Change
    without : Reading
        All the others made, this one not.
    loss, low, high : float
        Chance that goes with it, and its 95 % interval.
    enough : (float, Change) or None
        Least share of its way that it has to go, and the change that goes so far; None when it has
        to go the whole way.
    """

    change: Change
    without: Reading
    loss: float
    low: float
    high: float
    enough: tuple[float, Change] | None = None


@dataclass(frozen=True, eq=False)
class Alternative:
    """Other changes, as many as in the rescue, that reach the goals too."""

    changes: tuple[Change, ...]
    reading: Reading


@dataclass(frozen=True, eq=False)
class Cure:
    """The cure that the scenario's file names.

    Attributes
    ----------
    event : Event
    changes : tuple of Change
    here, own : Reading or None
        Made in the week of the rescue, and in its own week; None where that lies beyond the
        horizon.
    """

    event: Event
    changes: tuple[Change, ...]
    here: Reading
    own: Reading | None


@dataclass(frozen=True, eq=False)
class Rescue:
    """What would save a programme, and until when.

    Attributes
    ----------
    scenario : Scenario
    week : int
        In which the changes are made.
    goals : tuple of Goal
        All are wanted in the same future.
    probability : float
        Share of the futures in which they are wanted.
    seed : int
    verdict : str
        "saved"; "not_needed": the scenario reaches the goals as it is; "beyond": no change is
        enough in that week any more.
    untouched : Reading
        The scenario as it is, in the futures by which the answer is judged.
    everything : Reading
        All that can be changed for the better.
    possible : int
        How many changes that is.
    rescued : Reading or None
        The changes that were found, on luck by which they were not chosen.
    needed : tuple of Needed
        Those changes, the most valuable first.
    alternatives : tuple of Alternative
    gentle : Reading or None
        Each change gone only as far as `Needed.enough` tells.
    cure : Cure or None
    deadline : Deadline or None
        Of the changes found; when nothing is enough, of everything, up to the week asked for.
    last_resort : Deadline or None
        Of everything, after the deadline of the changes found.
    """

    scenario: Scenario
    week: int
    goals: tuple[Goal, ...]
    probability: float
    seed: int
    verdict: str
    untouched: Reading
    everything: Reading
    possible: int
    rescued: Reading | None = None
    needed: tuple[Needed, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    gentle: Reading | None = None
    cure: Cure | None = None
    deadline: Deadline | None = None
    last_resort: Deadline | None = None

    @property
    def replicates(self) -> int:
        """Futures behind each chance."""
        return len(self.untouched.hits)

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes that were found, the most valuable first; none unless it is saved."""
        return tuple(one.change for one in self.needed)

    @property
    def event(self) -> Event | None:
        """The changes as an event for a scenario file."""
        return event_of(self.week, self.changes) if self.needed else None

    @property
    def saved(self) -> Scenario | None:
        """The scenario with the changes made; None unless it is saved."""
        return rescued(self.scenario, self.week, self.changes) if self.needed else None

    @property
    def cost(self) -> Rounded | None:
        """What the changes add to the cost of the programme until the end, USD."""
        return None if self.rescued is None else _more(self.untouched.cost, self.rescued.cost)

    @property
    def gain(self) -> Rounded | None:
        """What the company earns more until the end than without the rescue, its cost paid, USD."""
        return None if self.rescued is None else _more(self.untouched.earned, self.rescued.earned)

    @property
    def starts_it(self) -> bool:
        """Whether there is no programme without the changes."""
        return support(self.scenario) is None

    @property
    def sentence(self) -> str:
        """The answer in one sentence."""
        return telling.sentence(self)

    @property
    def notes(self) -> list[str]:
        """What else is worth knowing, a sentence each."""
        return telling.notes(self)

    @property
    def overruled(self) -> list[str]:
        """What the plan would have set later, and the rescue does not let happen."""
        return overruled(self.scenario, self.week, self.changes)

    def table(self) -> str:
        """Return the answer as text for a terminal."""
        return telling.table(self)

    def frame(self) -> pd.DataFrame:
        """Return the changes, a row each."""
        import pandas as pd

        columns = ("lever", "title", "from_text", "to_text", "loss", "loss_low", "loss_high")
        rows = [self._change(one) for one in self.needed]
        return pd.DataFrame([[row[name] for name in columns] for row in rows], columns=columns)

    def curve_frame(self) -> pd.DataFrame:
        """Return the chance by the week in which the changes are made, a row for each week."""
        import pandas as pd

        curves = {"changes found" if self.needed else "everything": self.deadline}
        curves |= {"everything": self.last_resort} if self.last_resort is not None else {}
        rows = [
            (of, week, chance.share, *wilson(chance.count, chance.of))
            for of, curve in curves.items()
            if curve is not None
            for week, chance in zip(curve.weeks, curve.chances, strict=True)
        ]
        return pd.DataFrame(rows, columns=["of", "week", "chance", "low", "high"])

    def as_dict(self) -> dict[str, Any]:
        """Return everything ready for JSON, texts beside their numbers."""
        scenario, event, last = self.scenario, self.event, self.last_resort
        return {
            "kind": "rescue",
            "scenario": {"name": scenario.name, "title": scenario.title, "hash": scenario.hash},
            "week": self.week,
            "weeks": scenario.weeks,
            "replicates": self.replicates,
            "seed": self.seed,
            "probability": self.probability,
            "probability_text": telling.percent(self.probability),
            "goals": [
                {"text": goal.text, "words": telling.goal_words(goal, scenario.weeks)}
                for goal in self.goals
            ],
            "goal_words": telling.goals_words(self.goals, scenario.weeks),
            "verdict": self.verdict,
            "sentence": self.sentence,
            "notes": self.notes,
            "untouched": self._chance(self.untouched),
            "everything": self._chance(self.everything),
            "everything_count": self.possible,
            "rescued": self._chance(self.rescued),
            "changes": [self._change(one) for one in self.needed],
            "gentle": self._chance(self.gentle),
            "cost": _money(self.cost, telling.cost),
            "gain": _money(self.gain, telling.gain),
            "alternatives": [self._alternative(one) for one in self.alternatives],
            "cure": self._cure(),
            "deadline": self._deadline(self.deadline),
            "last_resort": self._deadline(last),
            "overruled": self.overruled,
            "event": None if event is None else event.as_table(),
        }

    def _chance(self, reading: Reading | None) -> dict[str, Any] | None:
        if reading is None:
            return None
        typical = telling.typical(self.goals, reading, self.scenario)
        return {**_share(reading.chance), "typical": typical}

    def _change(self, one: Needed) -> dict[str, Any]:
        change, lever = one.change, one.change.parameter
        return {
            **_names(change),
            "unit": "" if change.name in ("allocation", "holdouts") else lever.unit,
            "from": _plain(change.before),
            "to": _plain(change.after),
            "from_text": change.said(change.before),
            "to_text": change.said(change.after),
            "without": self._chance(one.without),
            "loss": one.loss,
            "loss_low": one.low,
            "loss_high": one.high,
            "loss_text": telling.loss(one),
            "enough": None if one.enough is None else one.enough[0],
            "enough_text": telling.enough(one),
        }

    def _alternative(self, one: Alternative) -> dict[str, Any]:
        levers = {name: value for c in one.changes for name, value in c.settings.items()}
        return {
            "titles": [change.title for change in one.changes],
            "levers": {name: _plain(value) for name, value in levers.items()},
            "chance": self._chance(one.reading),
            "text": telling.alternative(self, one),
        }

    def _cure(self) -> dict[str, Any] | None:
        if self.cure is None:
            return None
        return {
            "week": self.cure.event.week,
            "note": self.cure.event.note,
            "count": len(self.cure.changes),
            "titles": [change.title for change in self.cure.changes],
            "here": self._chance(self.cure.here),
            "own": self._chance(self.cure.own),
            "text": telling.cure(self, self.cure),
        }

    def _deadline(self, found: Deadline | None) -> dict[str, Any] | None:
        if found is None:
            return None
        these = bool(self.needed) and found is self.deadline
        what = telling.THESE if these else telling.ALL
        return {
            "of": "these changes" if these else "everything",
            "week": found.week,
            "low": found.low,
            "high": found.high,
            "text": telling.deadline(found, what, past=self.verdict == BEYOND),
            "curve": [
                {
                    "week": week,
                    **_share(chance),
                    "text": f"in week {week}: {_share(chance)['text']}",
                }
                for week, chance in zip(found.weeks, found.chances, strict=True)
            ],
        }


def _share(chance: Chance) -> dict[str, Any]:
    known = chance.as_dict()
    return {
        "chance": known["value"],
        "low": known["low"],
        "high": known["high"],
        "hits": known["count"],
        "futures": known["of"],
        "text": telling.chance_words(chance),
    }


def _names(change: Change) -> dict[str, str]:
    from cxsim.parameters import GROUPS

    group = change.parameter.group
    return {
        "lever": change.name,
        "title": change.title,
        "group": group,
        "group_title": GROUPS[group],
    }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, Sequence) else value


def _money(amount: Rounded | None, words: Callable[[Rounded], str]) -> dict[str, Any] | None:
    if amount is None:
        return None
    known = {"value": amount.value, "low": amount.low, "high": amount.high}
    return {**known, "text": words(amount)}


def _more(without: np.ndarray, with_it: np.ndarray) -> Rounded:
    """Return the mean difference future by future, rounded to what is known of it."""
    mean, _, low, high = paired_difference(without, with_it)
    return rounded(mean, low, high)


def loss_of(whole: Reading, without: Reading) -> tuple[float, float, float]:
    """Return the chance that goes with a change, and its 95 % interval."""
    mean, _, low, high = paired_difference(without.hits.astype(float), whole.hits.astype(float))
    return (mean, low, high) if not np.isnan(low) else (mean, -1.0, 1.0)
