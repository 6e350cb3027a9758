"""What one influence contributes: the same futures with and without it.

    found = cut(load("orchestrated"), "peers", week=26)
    found.sentence   # "From week 26 on word of colleagues moves adoption by +40 of 300 ..."

Without it means: from that week on its readers see what it was when the week began.
"""

from __future__ import annotations

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
            name: Scale.of(OUTCOMES[name], self.setting.employees).effect(
                self.outcomes_without[name], self.outcomes_with[name]
            )
            for name in self.outcomes_with
        }

    @property
    def sentence(self) -> str:
        """What the link does to the first outcome."""
        name, effect = next(iter(self.effects.items()))
        outcome = OUTCOMES[name]
        label = f"{outcome.label[0].lower()}{outcome.label[1:]}"
        start = f"From week {self.week} on {self.link.title}"
        with_, without = self.texts(name)
        ends = f"{with_} with it, and with it held as it was then: {without}"
        if effect is None:
            return f"{start}: nothing can be said about {label}. {ends}."
        if effect.clear or not effect.interval:
            return f"{start} moves {label} by {between(effect)}: {ends}."
        return f"{start} makes no clear difference to {label}, {between(effect)}: {ends}."

    def texts(self, name: str) -> tuple[str, str]:
        """Return what an outcome came to with and without the link, in natural units."""
        sides = (self.outcomes_with[name], self.outcomes_without[name])
        with_, without = (OUTCOMES[name].text(values, self.setting) for values in sides)
        return with_, without

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
        typical = [
            outcome.typical(side[name]) for side in (self.outcomes_with, self.outcomes_without)
        ]
        with_, without = (None if np.isnan(value) else value for value in typical)
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
        rows = [("", "with it", "held", "contributes", "95 % interval")]
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


def _band(values: np.ndarray) -> dict[str, list[float]]:
    rows = np.quantile(values, list(LEVELS.values()), axis=0)
    return dict(zip(LEVELS, rows.tolist(), strict=True))
