"""What was learned of a company: intervals, draws, scenarios, and how well they fit."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import cxsim
from cxsim import parameters
from cxsim.errors import CxsimError
from cxsim.results import write_text
from cxsim.scenario import Scenario
from cxsim.study.company import words
from cxsim.study.company.data import Data
from cxsim.study.company.observed import Kind, Observed
from cxsim.study.company.posterior import Posterior
from cxsim.study.company.setting import Setting
from cxsim.study.company.unknowns import MEANING, Unknown, settled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from cxsim.study.design import Design

LEVELS = (0.025, 0.5, 0.975)  # a 95 % interval and its middle
WHOLE = LEVELS[2] - LEVELS[0]  # of an interval that the data have not touched
NOTHING, LITTLE = 0.85, 0.5  # width of the interval against the one beforehand
TRADE = 0.5  # correlation from which on two unknowns stand in for each other
HALF = 0.5  # of a series' figures have to lie in the band
DRAWS = 20  # companies that stand for all


@dataclass(frozen=True, eq=False)
class Band:
    """One series of the company, and where simulated companies at the draws lie.

    Attributes
    ----------
    observed : Observed
    kind : Kind
    low, middle, high, mean : array, shape (points,)
        5 %, 50 % and 95 % of the simulated companies, luck included, and their mean.
    """

    observed: Observed
    kind: Kind
    low: np.ndarray
    middle: np.ndarray
    high: np.ndarray
    mean: np.ndarray

    @property
    def inside(self) -> int:
        """How many figures lie in the band."""
        values = self.observed.values
        slack = 1e-9 + 1e-6 * np.abs(values)
        return int(((values >= self.low - slack) & (values <= self.high + slack)).sum())

    @property
    def error(self) -> float:
        """Root mean square error of the simulated mean, in the unit that people read."""
        return self._root_mean_square(self.mean)

    @property
    def error_of_constant(self) -> float:
        """The same of a constant: the mean of the figures themselves."""
        return self._root_mean_square(np.full_like(self.mean, self.observed.values.mean()))

    def _root_mean_square(self, other: np.ndarray) -> float:
        return float(self.kind.factor * np.sqrt(((other - self.observed.values) ** 2).mean()))


@dataclass(frozen=True)
class Answer:
    """What the data tell about one unknown.

    Attributes
    ----------
    unknown : Unknown
    low, middle, high : float
        95 % interval and median, in the unknown's own unit.
    width : float
        Of the interval against the one beforehand, 1 where nothing was learned.
    """

    unknown: Unknown
    low: float
    middle: float
    high: float
    width: float

    @property
    def verdict(self) -> str:
        """Whether the unknown is "told", "narrowed" or "open"."""
        if self.width >= NOTHING:
            return "open"
        return "narrowed" if self.width >= LITTLE else "told"


@dataclass(frozen=True, eq=False)
class Calibration:
    """What was learned of a company.

    Attributes
    ----------
    data : Data
    setting : Setting
    posterior : Posterior
    simulations, seed : int
    out_of_reach : tuple of str
        Figures that no simulated company shows; then there are no intervals and no scenario.
    bands : tuple of Band
        Simulated companies at the draws beside the figures.
    """

    data: Data
    setting: Setting
    posterior: Posterior
    simulations: int
    seed: int
    out_of_reach: tuple[str, ...] = ()
    bands: tuple[Band, ...] = ()

    def __repr__(self) -> str:
        return (
            f"<Calibration {self.name}: {self.data.values} figures, {len(self.setting.unknowns)} "
            f"unknowns, {self.simulations} simulations, seed {self.seed}>"
        )

    def held_against(self, found: tuple[Band, ...]) -> Calibration:
        """Return the same with simulated companies beside the figures.

        Where most figures of a series lie outside their band, no company fits, and the draws are
        worth nothing.
        """
        missed = tuple(
            f"{band.observed.label}: only {band.inside} of {len(band.observed.values)} figures lie "
            "in the band of 90 % of the companies that fit best"
            for band in found
            if band.inside < HALF * len(band.observed.values)
        )
        return replace(self, bands=found, out_of_reach=(*self.out_of_reach, *missed))

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return self.setting.name

    @property
    def notes(self) -> tuple[str, ...]:
        """Rules that were applied and what was assumed, in words for people."""
        return (*self.data.notes, *self.setting.notes)

    # --- what was learned ------------------------------------------------------------------

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """What the data tell about each unknown.

        Raises
        ------
        CxsimError
            The model cannot reach the figures, so an interval would mean nothing.
        """
        self._check_reached()
        positions = self.posterior.quantiles(np.array(LEVELS))
        return tuple(
            self._answer(unknown, ends)
            for unknown, ends in zip(self.setting.unknowns, positions.T, strict=True)
        )

    @staticmethod
    def _answer(unknown: Unknown, ends: np.ndarray) -> Answer:
        low, middle, high = (float(value) for value in unknown.at(ends))
        return Answer(unknown, low, middle, high, float(ends[2] - ends[0]) / WHOLE)

    def trade_offs(self) -> list[tuple[Unknown, Unknown, float]]:
        """Return pairs of unknowns that stand in for each other, with their correlation."""
        self._check_reached()
        found = self.posterior.correlations()
        varied = self.setting.unknowns
        pairs = [
            (varied[i], varied[j], float(found[i, j]))
            for i in range(len(varied))
            for j in range(i + 1, len(varied))
            if abs(found[i, j]) >= TRADE
        ]
        return sorted(pairs, key=lambda pair: -abs(pair[2]))

    def table(self) -> pd.DataFrame:
        """Return one row an unknown, in its natural unit.

        Columns: title, unit, low, median, high (95 % interval), from, to (range beforehand), width
        (of the interval against the one beforehand), verdict (told, narrowed, open).
        """
        import pandas as pd

        rows = {
            answer.unknown.name: {
                "title": answer.unknown.title,
                "unit": MEANING[answer.unknown.name],
                "low": answer.low,
                "median": answer.middle,
                "high": answer.high,
                "from": answer.unknown.low,
                "to": answer.unknown.high,
                "width": answer.width,
                "verdict": answer.verdict,
            }
            for answer in self.answers
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("unknown")

    def sentences(self) -> list[str]:
        """Return what was learned, what was not, and how well it fits, in plain words."""
        return words.sentences(self)

    def figure(self) -> Figure:
        """Draw the intervals, and the figures inside the fitted bands."""
        from cxsim.study.company.picture import picture

        return picture(self)

    # --- what can be run -------------------------------------------------------------------

    @cached_property
    def draws(self) -> pd.DataFrame:
        """Possible values of all unknowns together, one row a draw, with its weight."""
        import pandas as pd

        self._check_reached()
        columns = {
            unknown.name: unknown.at(self.posterior.positions[:, place])
            for place, unknown in enumerate(self.setting.unknowns)
        }
        return pd.DataFrame({**columns, "weight": self.posterior.weights}).rename_axis("draw")

    def scenario(self) -> Scenario:
        """Return the company at the draw in the middle of all: one that fits, among many."""
        self._check_reached()
        return self._scenario_at(self.posterior.central(), self.name, "calibrated")

    def ensemble(self, number: int = DRAWS) -> list[Scenario]:
        """Return companies that stand for all that fit, evenly by weight.

        Raises
        ------
        CxsimError
            A number out of range, or figures that the model cannot reach.
        """
        self._check_reached()
        if isinstance(number, bool) or not isinstance(number, int) or not 2 <= number <= 1000:
            raise CxsimError("number: 2 to 1000 companies can stand for all")
        return [
            self._scenario_at(draw, f"{self.name}_{n:02d}", f"calibrated, draw {n}")
            for n, draw in enumerate(self.posterior.chosen(number).tolist(), start=1)
        ]

    def design(self, number: int = DRAWS) -> Design:
        """Return a study of companies that stand for all that fit, ready to be run."""
        from cxsim.study.design import Design

        base, others = self.scenario(), self.ensemble(number)
        varied = [
            (kind, name)
            for kind in parameters.KINDS
            for name, value in getattr(base, kind).items()
            if any(getattr(other, kind)[name] != value for other in others)
        ]
        rows = tuple({name: getattr(o, kind)[name] for kind, name in varied} for o in others)
        return Design(
            f"{self.name}_study", f"{base.title}: {number} companies that fit", base,
            method="table", rows=rows, replicates=10, seed=self.seed,
        )  # fmt: skip

    def _scenario_at(self, draw: int, name: str, note: str) -> Scenario:
        positions = self.posterior.positions[draw]
        found = settled(
            self.setting.base, self.setting.unknowns, positions.tolist(), self.setting.held
        )
        stem = Path(self.data.label).stem
        return replace(found, name=name, title=f"{stem}: {note}", story=words.story(self))

    def _check_reached(self) -> None:
        if self.out_of_reach:
            raise CxsimError("\n".join(words.unreached(self)))

    # --- files -----------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """Return all numbers and words, ready for JSON."""
        told: dict[str, Any] = {
            "version": cxsim.__version__,
            "name": self.name,
            "data": self.data.label,
            "figures": self.data.values,
            "start": self.data.start,
            "simulations": self.simulations,
            "seed": self.seed,
            "notes": list(self.notes),
            "out_of_reach": list(self.out_of_reach),
        }
        if self.out_of_reach:
            return told | {"sentences": words.unreached(self)}
        trades = [[a.name, b.name, r] for a, b, r in self.trade_offs()]
        fits = {
            band.observed.kind: {
                "figures": len(band.observed.values),
                "inside": band.inside,
                "error": band.error,
                "error_of_constant": band.error_of_constant,
                "unit": band.kind.unit,
            }
            for band in self.bands
        }
        unknowns = self.table().reset_index().to_dict(orient="records")
        said = {"unknowns": unknowns, "trade_offs": trades, "fit": fits}
        return told | said | {"sentences": self.sentences()}

    def save(self, folder: str | os.PathLike[str]) -> list[Path]:
        """Write the scenario, the draws, a study design, all numbers as JSON, and the figure.

        Returns
        -------
        list of Path
            The files written, each whole.

        Raises
        ------
        CxsimError
            A file that cannot be written, or figures that the model cannot reach.
        """
        from cxsim.figures import save_figure

        self._check_reached()
        told = json.dumps(self.to_dict(), indent=2, ensure_ascii=False) + "\n"
        texts = {
            f"{self.name}.toml": self.scenario().to_toml(),
            f"{self.name}_draws.csv": self.draws.to_csv(lineterminator="\n"),
            f"{self.name}_study.toml": self.design().to_toml(),
            f"{self.name}.json": told,
        }
        paths = [Path(folder) / name for name in texts]
        for path, text in zip(paths, texts.values(), strict=True):
            write_text(path, text)
        return [*paths, *save_figure(self.figure(), Path(folder) / self.name)]
