"""What the cures would have done: the same run lived again from one week on, with the same luck."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cxsim.errors import CxsimError
from cxsim.parameters import SHARES
from cxsim.plan import decisions
from cxsim.results import Ensemble
from cxsim.results.variants import live_variants
from cxsim.scenario import Scenario
from cxsim.scenario_file import load
from cxsim.timeline import Event

SOUND = "orchestrated"  # the programme in which all is done well
OUTCOMES = ("adoption", "customers", "money")  # people who practise, customers, USD


@dataclass(frozen=True)
class Cure:
    """What undoes a failure mode, as it would be applied to one company.

    Attributes
    ----------
    mode : str
        Name of the failure mode's scenario.
    event : Event
        What is set, and when.
    changes : mapping of str to (value, value)
        Levers that stand otherwise here in that week: where they stand, and where they would.
    """

    mode: str
    event: Event
    changes: Mapping[str, tuple[Any, Any]]

    @property
    def decisions(self) -> int:
        """How many things are changed; how the staff divides its work counts as one."""
        return len({"allocation" if name in SHARES else name for name in self.changes})


Modes = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Trial:
    """What came of a run, of the same company with all done well, and of the cures.

    Attributes
    ----------
    own, sound : array, shape (replicates, outcomes)
        In the order of OUTCOMES.
    cured : mapping of tuple of str to array, shape (replicates, outcomes)
        By the failure modes whose cures were applied, one or several together.
    together : tuple of str
        The likely modes: their cures were tried together, too.
    """

    own: np.ndarray
    sound: np.ndarray
    cured: Mapping[Modes, np.ndarray]
    together: Modes

    @property
    def lacking(self) -> np.ndarray:
        """What the run lacks, shape (replicates, outcomes); below zero where it is ahead."""
        return self.sound - self.own

    def gain(self, mode: str) -> np.ndarray:
        """Return what a cure gains by itself, shape (replicates, outcomes)."""
        return self.cured[mode,] - self.own

    def others(self, mode: str) -> Modes:
        """Return the likely modes beside one of them; none beside any other mode."""
        return _without(self.together, mode) if mode in self.together else ()

    def gain_beside(self, mode: str) -> np.ndarray:
        """Return what a cure gains where those of the other likely modes are applied anyway."""
        return self.cured[self.together] - self.cured[self.others(mode)]


def _without(modes: Modes, mode: str) -> Modes:
    return tuple(one for one in modes if one != mode)


def cure_of(mode: str, scenario: Scenario, week: int) -> Cure:
    """Return the cure of a bundled failure mode as it would be applied to a scenario in a week."""
    cure = load(mode).cure
    if cure is None:
        raise CxsimError(f"{mode}: has no cure")
    here = [levers for start, levers in decisions(scenario) if start <= week][-1]
    changes = {name: (here[name], to) for name, to in cure.set.items() if here[name] != to}
    return Cure(mode, replace(cure, week=week), changes)


def try_cures(
    scenario: Scenario,
    cures: Sequence[Cure],
    likely: Modes,
    replicates: int,
    seed: int,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Trial | None:
    """Live the run again with each cure, and with those of the likely modes together.

    A fault can hide what the cure of another one is worth: with both cured but one it shows. A cure
    that changes nothing here is not lived: it gains exactly nothing.

    Parameters
    ----------
    likely : tuple of str
        Names of modes whose cures are among `cures`.

    Returns
    -------
    Trial or None
        None when cancelled.
    """
    events = {cure.mode: cure.event for cure in cures if cure.changes}
    together = tuple(mode for mode in likely if mode in events)
    sets = [*((mode,) for mode in events), together, *(_without(together, m) for m in together)]
    groups = list(dict.fromkeys(modes for modes in sets if modes))
    found = live_variants(
        [
            scenario,
            soundly(scenario),
            *(scenario.with_events([events[mode] for mode in modes]) for modes in groups),
        ],
        _ends,
        replicates,
        seed,
        threads,
        progress,
        cancelled,
    )
    if found is None:
        return None
    own, sound, *rest = found
    cured: dict[Modes, np.ndarray] = {(cure.mode,): own for cure in cures}
    cured |= {(): own, **dict(zip(groups, rest, strict=True))}
    return Trial(own, sound, cured, together)


def soundly(scenario: Scenario) -> Scenario:
    """Return the same company with all done well from the first week; shocks still come."""
    shocks = tuple(Event(e.week, shock=e.shock, note=e.note) for e in scenario.events if e.shock)
    return replace(scenario, levers=load(SOUND).levers, events=shocks, cure=None, signs=())


def _ends(ensemble: Ensemble) -> np.ndarray:
    """Return where one run ends, in the order of OUTCOMES."""
    return np.array(
        [
            ensemble.series("practising")[0, -1],
            ensemble.series("active_customers")[0, -1],
            ensemble.series("contribution")[0].sum(),
        ]
    )
