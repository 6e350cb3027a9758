"""From a setting to what the Compare page shows: a quick look first, then the full answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from cxsim.app import charts
from cxsim.app.axes import Scale
from cxsim.app.charts import Chart, Line
from cxsim.app.simulation import LOOKS, REPLICATES, SIMULATOR, Simulator, Stop
from cxsim.app.state import LETTERS, Setting, describe, horizons, scenario_of
from cxsim.explain.interaction import interaction
from cxsim.explain.verdicts import verdicts
from cxsim.results import Ensemble
from cxsim.scenario import Scenario
from cxsim.series import SERIES

MEDIAN = 2
STAMPED = ("adoption", "churn_yearly", "net_value")
REPLAY_PAUSE = 1.2  # seconds for which the state before the latest change is shown


@dataclass(frozen=True, eq=False)
class View:
    """What the page shows of one result.

    Attributes
    ----------
    setting : Setting
        What it belongs to.
    meta : dict
        Plain data: charts, lines, verdicts, revision.
    payload : bytes
        The numbers of the charts, see `cxsim.app.charts.pack`.
    stamp : tuple of tuple of float
        Key results per side, for links; empty for a quick look.
    """

    setting: Setting
    meta: dict[str, Any]
    payload: bytes
    stamp: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True)
class Lane:
    """One line of the charts: a scenario, and how it is drawn."""

    line: Line
    scenario: Scenario


def lanes(setting: Setting) -> list[Lane]:
    """The lines of a setting: one a side, or the first two sides in both worlds.

    Raises
    ------
    CxsimError
        A scenario cannot be simulated.
    """
    if setting.interaction:
        return [
            Lane(_line_of_world(place, world), scenario_of(side, setting, world=world))
            for world in (False, True)
            for place, side in enumerate(setting.sides[:2])
        ]
    scenarios = [scenario_of(side, setting) for side in setting.sides]
    drawn = charts.lines([one.title for one in scenarios])
    return [Lane(line, one) for line, one in zip(drawn, scenarios, strict=True)]


def _line_of_world(place: int, changed: bool) -> Line:
    """A policy keeps its colour in both worlds; the changed world is dashed."""
    letter = LETTERS[place]
    words = "under your assumptions" if changed else "under the first assumptions"
    return Line(
        key=f"{letter}*" if changed else letter,
        name=words,
        colour=f"--cx-{letter}",
        dash=charts.DASHES[1] if changed else (),
    )


@dataclass(eq=False)
class Comparer:
    """Works for one browser tab; remembers what it drew, so that axes and lines keep still."""

    simulator: Simulator = field(default_factory=lambda: SIMULATOR)
    scales: dict[str, Scale] = field(default_factory=dict)
    drawn: list[_Drawn] = field(default_factory=list)
    ground: object = None  # of the last answer: what makes another size of company or horizon

    def work(
        self,
        setting: Setting,
        publish: Callable[[View, bool], None],
        newer: Stop,
        closed: Stop,
        progress: Callable[[float], None] | None = None,
    ) -> None:
        """Publish a quick look where the answer is not known, then the answer.

        The quick look runs to its end even while a slider moves on, so that the page keeps up
        with the hand; only the long run gives way to a newer wish.

        Raises
        ------
        CxsimError
            A scenario cannot be simulated.
        """
        wanted = lanes(setting)
        unknown = [not self._knows(lane.scenario, setting) for lane in wanted]
        for futures in LOOKS if any(unknown) else ():
            look = self._look(wanted, unknown, setting, futures, closed)
            if look is None:
                return
            publish(look, False)
            if newer():
                return
        made = self._all(wanted, setting, newer, progress)
        if made is not None and not closed():
            publish(self._settled(wanted, made, setting), True)

    def _knows(self, scenario: Scenario, setting: Setting) -> bool:
        return self.simulator.knows(scenario, REPLICATES, setting.seed)

    def _all(
        self,
        wanted: Sequence[Lane],
        setting: Setting,
        stop: Stop,
        progress: Callable[[float], None] | None,
    ) -> list[Ensemble] | None:
        made = []
        for place, lane in enumerate(wanted):

            def tell(done: int, total: int, place: int = place) -> None:
                if progress is not None:
                    progress((place + done / total) / len(wanted))

            one = self.simulator.run(lane.scenario, REPLICATES, setting.seed, stop, progress=tell)
            if one is None:
                return None
            made.append(one)
        return made

    # --- the quick look --------------------------------------------------------------------

    def _look(
        self,
        wanted: Sequence[Lane],
        unknown: Sequence[bool],
        setting: Setting,
        futures: int,
        closed: Stop,
    ) -> View | None:
        """A few futures of what is new, beside what is known."""
        rows: list[dict[str, np.ndarray]] = []
        for place, lane in enumerate(wanted):
            before = self._before(place, lane, setting)
            if before is not None and not unknown[place]:
                rows.append(before.rows)
                continue
            few = self.simulator.run(lane.scenario, futures, setting.seed, closed, urgent=True)
            if few is None:
                return None
            rows.append(_shifted(before, few, setting.charts))
        return self._view(wanted, rows, setting, futures)

    def _before(self, place: int, lane: Lane, setting: Setting) -> _Drawn | None:
        """What was drawn in a place, if it can serve as the ground of a quick look."""
        if place >= len(self.drawn):
            return None
        found = self.drawn[place]
        fits = found.seed == setting.seed and found.weeks == lane.scenario.weeks
        return found if fits and set(setting.charts) <= set(found.rows) else None

    # --- the answer ------------------------------------------------------------------------

    def _settled(self, wanted: Sequence[Lane], made: Sequence[Ensemble], setting: Setting) -> View:
        self.drawn = [_Drawn.of(one, setting.charts) for one in made]
        view = self._view(wanted, [one.rows for one in self.drawn], setting, REPLICATES)
        self.ground = _ground(setting)
        view.meta.update(_answers(made, setting))
        stamp = () if setting.interaction else tuple(_stamp(one) for one in made)
        return replace(view, stamp=stamp)

    def _view(
        self,
        wanted: Sequence[Lane],
        rows: Sequence[dict[str, np.ndarray]],
        setting: Setting,
        futures: int,
    ) -> View:
        if _ground(setting) != self.ground:
            self.scales.clear()  # millions say nothing of a company of sixty
        scenarios = [lane.scenario for lane in wanted]
        drawn = [self._chart(name, rows, scenarios) for name in setting.charts]
        described, payload = charts.pack(drawn)
        meta: dict[str, Any] = {
            "charts": described,
            "lines": [asdict(lane.line) for lane in wanted],
            "draft": futures < REPLICATES,
            "revision": revision(scenarios, setting.seed, futures),
            "futures": REPLICATES,
            "seed": setting.seed,
            "weeks": max(one.weeks for one in scenarios),
            "interaction": setting.interaction,
        }
        return View(setting, meta, payload)

    def _chart(
        self, name: str, rows: Sequence[dict[str, np.ndarray]], scenarios: Sequence[Scenario]
    ) -> Chart:
        drawn = [one[name] for one in rows]
        self.scales[name] = charts.scale_of(name, drawn, self.scales.get(name))
        return Chart(
            name=name,
            heading=SERIES[name].label,
            unit=charts.caption(name),
            form=SERIES[name].form,
            scale=self.scales[name],
            rows=drawn,
            marks=charts.events_of(scenarios),
        )


@dataclass(frozen=True, eq=False)
class _Drawn:
    """What a line looks like, and what its first few futures alone would look like.

    `rows` are levels as people read them, [level, week]; `few` the medians of the first futures,
    [week], by the number of futures of each look.
    """

    rows: dict[str, np.ndarray]
    few: dict[int, dict[str, np.ndarray]]
    seed: int
    weeks: int

    @classmethod
    def of(cls, made: Ensemble, names: Sequence[str]) -> _Drawn:
        return cls(
            {name: _levels(made, name) for name in names},
            {
                count: {name: _median_of_first(made, name, count) for name in names}
                for count in LOOKS
            },
            made.seed,
            made.weeks,
        )


def _ground(setting: Setting) -> object:
    """What axes are made for; while it stays, they stay."""
    return setting.firm, setting.assumptions, max(horizons(setting))


def _levels(made: Ensemble, name: str) -> np.ndarray:
    return SERIES[name].shown(made.quantiles(name))


def _median_of_first(made: Ensemble, name: str, count: int) -> np.ndarray:
    return SERIES[name].shown(np.median(made.series(name)[:count], axis=0))


def _shifted(before: _Drawn | None, few: Ensemble, names: Sequence[str]) -> dict[str, np.ndarray]:
    """The levels drawn before, moved by what the same few futures say of the change.

    The same futures before and after the change differ by the change alone, so a handful of them
    tells the new line far better than their own median would.
    """
    if before is None:
        return {name: _levels(few, name) for name in names}
    count = few.replicates
    return {
        name: before.rows[name] + (_median_of_first(few, name, count) - before.few[count][name])
        for name in names
    }


def revision(scenarios: Sequence[Scenario], seed: int, replicates: int) -> str:
    """A short text that changes when the numbers do; it ends in the number of futures."""
    hashes = "-".join(one.hash for one in scenarios)
    return f"{hashlib.sha256(f'{hashes}-{seed}'.encode()).hexdigest()[:12]}-{replicates}"


def _stamp(made: Ensemble) -> tuple[float, ...]:
    return tuple(float(f"{np.nanmedian(made.outcome(name)):.4g}") for name in STAMPED)


def _answers(made: Sequence[Ensemble], setting: Setting) -> dict[str, Any]:
    """Verdicts, and what the assumptions do to the policy where that was asked."""
    if setting.interaction:
        return {"interactions": [asdict(row) for row in interaction(*made)], "verdicts": None}
    said = verdicts(made, [letter.upper() for letter in LETTERS])
    changes = ["; ".join(describe(side)) for side in setting.sides]
    return {"verdicts": said.as_dict(), "interactions": None, "changes": changes}
