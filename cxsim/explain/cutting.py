"""What one influence contributes: the same futures with and without it.

    found = cut(load("orchestrated"), "peers", week=26)
    found.sentence   # "From week 26 on word of colleagues moves adoption by +40 of 300 ..."

Without it means: from that week on its readers see what it was when the week began.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.errors import CxsimError
from cxsim.explain.columns import aligned, paragraph
from cxsim.explain.contribution import Scale, between, plain
from cxsim.explain.interaction import Effect
from cxsim.explain.links import Link, find_link
from cxsim.explain.rounding import Rounded
from cxsim.results import Ensemble
from cxsim.results.running import whole
from cxsim.results.variants import live_variants
from cxsim.series import OUTCOMES, SERIES, Setting
from cxsim.values import shown, suggestion

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.scenario import Scenario

READ = ("adoption", "embedded", "churn_yearly", "customers", "net_value")
DRAWN = ("adoption", "churn_yearly")
LEVELS = {"median": 0.5, "low": 0.05, "high": 0.95}
NUMBER = re.compile(r"-?[\d,]*\d(\.\d+)?")  # the first one in the words of an outcome is its value


@dataclass(frozen=True, eq=False, repr=False)
class Cut:
    """A scenario with and without one of its influences, under the same luck.

    Attributes
    ----------
    scenario : Scenario
    link : Link
    week : int
        From which on the link is held.
    seed : int
    outcomes_with, outcomes_without : dict of str to array, shape (replicates,)
        Outcomes in their own units; NaN for never.
    series_with, series_without : dict of str to array, shape (replicates, weeks)
        Adoption and churn in their own units.
    """

    scenario: Scenario
    link: Link
    week: int
    seed: int
    outcomes_with: dict[str, np.ndarray]
    outcomes_without: dict[str, np.ndarray]
    series_with: dict[str, np.ndarray]
    series_without: dict[str, np.ndarray]

    def __repr__(self) -> str:
        return self.table()

    @property
    def setting(self) -> Setting:
        """What outcomes in words need to know."""
        employees = int(self.scenario.organisation["employees"])
        replicates = len(next(iter(self.outcomes_with.values())))
        return Setting(employees, self.scenario.weeks, replicates)

    @cached_property
    def effects(self) -> dict[str, Effect | None]:
        """What the link contributes to each outcome; None where that cannot be told."""
        return {
            name: self._scale(name).effect(self.outcomes_without[name], self.outcomes_with[name])
            for name in self.outcomes_with
        }

    def _scale(self, name: str) -> Scale:
        return Scale.of(OUTCOMES[name], self.setting.employees)

    @property
    def changes_nothing(self) -> bool:
        """Whether all outcomes and weekly series are the same in every future, to the last bit."""
        pairs = (
            (self.outcomes_with, self.outcomes_without),
            (self.series_with, self.series_without),
        )
        return all(a[name].tobytes() == b[name].tobytes() for a, b in pairs for name in a)

    @property
    def sentence(self) -> str:
        """What the link does to the first outcome."""
        name, effect = next(iter(self.effects.items()))
        label = _small(OUTCOMES[name].label)
        start = f"From week {self.week} on {self.link.title}"
        with_, without = self.texts(name)
        if self.changes_nothing:
            same = "every outcome is the same in each future, with it and with it held"
            return f"{start} changes nothing here: {same} as it was then."
        average = "on average " if self.setting.replicates > 1 else ""
        ends = f"{average}{with_} with it, and with it held as it was then: {without}"
        if effect is None:
            return f"{start}: nothing can be said about {label}. {with_} with it; held: {without}."
        if effect.clear or not effect.interval:
            return f"{start} moves {label} by {between(effect)}: {ends}."
        return f"{start} makes no clear difference to {label}, {between(effect)}: {ends}."

    def texts(self, name: str) -> tuple[str, str]:
        """Return the mean of an outcome with and without the link, in natural units.

        Both are rounded where their difference is, so that the numbers shown subtract. Of what may
        never happen it is the mean over the futures in which it happens on both sides.
        """
        outcome, effect = OUTCOMES[name], self.effects[name]
        if effect is None or outcome.frequency:
            sides = (self.outcomes_with[name], self.outcomes_without[name])
            with_, without = (outcome.text(values, self.setting) for values in sides)
            return with_, without
        scale = self._scale(name)
        place = scale.rounded(effect.value, effect.low, effect.high).place
        if effect.value == 0.0 and scale.unit == "percentage points":
            place = -1
        mean = round(self._means(name)[0] * scale.factor, -place)
        held = mean - round(effect.value, -place)
        both = ((mean, self.outcomes_with), (held, self.outcomes_without))
        with_, without = (self._in_words(name, value, place) + _never(o[name]) for value, o in both)
        return with_, without

    def _means(self, name: str) -> tuple[float, float]:
        """Return the means over the futures in which both sides come to an outcome, NaN in none."""
        sides = np.stack([self.outcomes_with[name], self.outcomes_without[name]])
        both = sides[:, ~np.isnan(sides).any(axis=0)]
        with_, without = both.mean(axis=1) if both.size else (np.nan, np.nan)
        return float(with_), float(without)

    def _in_words(self, name: str, value: float, place: int) -> str:
        """Return an outcome in words, with as many digits as are asked for."""
        outcome, scale = OUTCOMES[name], self._scale(name)
        number = Rounded(value + 0.0, None, None, place).in_words(scale.money, sign=False)
        words = outcome.words(value / scale.factor, self.setting)
        return number if scale.money else NUMBER.sub(number, words, count=1)

    def as_dict(self) -> dict[str, Any]:
        """Return everything ready for JSON."""
        scenario = self.scenario
        return {
            "sentence": self.sentence,
            "scenario": {"name": scenario.name, "title": scenario.title, "hash": scenario.hash},
            "link": self.link.as_dict(),
            "week": self.week,
            "weeks": scenario.weeks,
            "replicates": self.setting.replicates,
            "seed": self.seed,
            "outcomes": [self._outcome(name) for name in self.effects],
            "series": [self._drawn(name) for name in self.series_with],
        }

    def _outcome(self, name: str) -> dict[str, Any]:
        outcome, effect = OUTCOMES[name], plain(self.effects[name])
        with_, without = (None if np.isnan(mean) else mean for mean in self._means(name))
        text_with, text_without = self.texts(name)
        return {
            "name": name,
            "label": outcome.label,
            "unit": outcome.unit,
            "with": with_,
            "without": without,
            "text_with": text_with,
            "text_without": text_without,
            "difference": effect.pop("value"),
            "text_difference": effect.pop("text"),
            **effect,
        }

    def _drawn(self, name: str) -> dict[str, Any]:
        series = SERIES[name]
        return {
            "name": name,
            "label": series.label,
            "unit": series.shown_unit,
            "with": _band(series.shown(self.series_with[name])),
            "without": _band(series.shown(self.series_without[name])),
        }

    def frame(self) -> pd.DataFrame:
        """Return one row per series, week and side: median and 90 % range as people read them."""
        import pandas as pd

        return pd.concat(
            [
                pd.DataFrame({"series": one["name"], "side": side, **one[side]}).rename_axis("week")
                for one in self.as_dict()["series"]
                for side in ("with", "without")
            ]
        ).reset_index()

    def table(self) -> str:
        """Return the outcomes as columns of text, and the sentence."""
        rows = [("", "with it, mean", "held, mean", "contributes", "95 % interval")]
        for name, effect in self.effects.items():
            words = plain(effect)
            label = OUTCOMES[name].label
            rows.append((label, *self.texts(name), words["text"], words["text_interval"]))
        return f"{aligned(rows)}\n\n{paragraph(self.sentence)}\n{paragraph(self.link.sentence)}"


def cut(
    scenario: Scenario,
    link: str,
    week: int = 0,
    outcomes: Sequence[str] = READ,
    replicates: int = 50,
    seed: int = 1,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Cut | None:
    """Hold one influence as it is in some week, and see what becomes of the company.

    Parameters
    ----------
    link : str
        One of `cxsim.explain.links.LINKS`.
    week : int
        From which on; 0 holds it as it is at the start of the run.
    outcomes : sequence of str
        Of `cxsim.series.OUTCOMES`; the sentence speaks of the first.
    replicates, seed, threads, progress, cancelled
        As in `simulate`; None is returned when told to stop.

    Raises
    ------
    CxsimError
        No such link or outcome, a week at or beyond the end, a number out of range.
    """
    found = find_link(link)
    check_scenario(scenario, "cut")
    week = whole("week", week, 0, scenario.weeks - 1)
    for name in outcomes:
        if name not in OUTCOMES:
            raise CxsimError(f"{name}: no such outcome{suggestion(name, OUTCOMES)}")

    def read(one: Ensemble) -> np.ndarray:
        series = [one.series(name)[0] for name in DRAWN]
        return np.concatenate([*series, [one.outcome(name)[0] for name in outcomes]])

    sides = live_variants(
        [scenario, scenario], read, replicates, seed, threads, progress, cancelled,
        baseline=any(OUTCOMES[name].money for name in outcomes), cuts=[None, {found.name: week}],
    )  # fmt: skip
    if sides is None:
        return None
    split = len(DRAWN) * scenario.weeks
    ends = [dict(zip(outcomes, side[:, split:].T, strict=True)) for side in sides]
    lines = [
        dict(zip(DRAWN, np.split(side[:, :split], len(DRAWN), axis=1), strict=True))
        for side in sides
    ]
    return Cut(scenario, found, week, seed, *ends, *lines)


def check_scenario(scenario: Scenario, what: str) -> None:
    """Raise CxsimError for what is no scenario."""
    if not hasattr(scenario, "without_programme"):
        raise CxsimError(
            f"{what}: {shown(scenario)} where a Scenario is wanted; cxsim.load(...) gives one"
        )


def _small(label: str) -> str:
    return f"{label[0].lower()}{label[1:]}"


def _never(values: np.ndarray) -> str:
    missing = int(np.isnan(values).sum())
    return f" (never in {missing} of {len(values)})" if missing else ""


def _band(values: np.ndarray) -> dict[str, list[float]]:
    rows = np.quantile(values, list(LEVELS.values()), axis=0)
    return dict(zip(LEVELS, rows.tolist(), strict=True))
