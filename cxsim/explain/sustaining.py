"""Whether a programme sustains itself: take it away in some week and see what is left a year on.

    quiet = simulate(stopped(scenario, 104), replicates=100, baseline=False)
    share_surviving(quiet, 104)   # 1.0: everybody still practises, 0.1: one in ten does

People and luck are those of the scenario itself, so until the stop both are the same runs.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cxsim import parameters
from cxsim.errors import CxsimError
from cxsim.results import Ensemble
from cxsim.scenario import Scenario
from cxsim.timeline import LONGEST, Event
from cxsim.values import clean_value

SUSTAINED = 0.8  # share of the adoption that has to survive for a programme to sustain itself
QUIET = 52  # weeks without the programme before one looks
WON = 0.25  # of the employees: who has won nobody but innovators sustains nothing


def stopped(scenario: Scenario, week: int, weeks: int = QUIET) -> Scenario:
    """Return the scenario with its programme taken away for good in a given week.

    From then on each lever that belongs to the programme stands at its `off` value, and nothing
    that was planned for later sets it again. Shocks still come, except that a chief customer
    officer who is gone cannot leave. The cure, if there is one, is not applied.

    Parameters
    ----------
    week : int
        First week without the programme, from 1: something has to have been there.
    weeks : int
        How long to go on without it; the horizon becomes `week + weeks`, whatever it was.

    Raises
    ------
    CxsimError
        A week out of range.
    """
    week = _whole("week", week, 1, LONGEST - 1)
    weeks = _whole("weeks", weeks, 1, LONGEST - week)
    without = scenario.without_programme()
    levers = parameters.registry().levers
    off = {name: lever.off for name, lever in levers.items() if lever.off is not None}
    before = [event for event in scenario.events if event.week < week]
    after = [event for event in without.events if week <= event.week < week + weeks]
    stop = Event(week, set=off, note="The programme stops")
    return replace(
        without,
        name=f"{scenario.name}_stopped_{week}",
        title=f"{scenario.title} (stopped in week {week})",
        levers=scenario.levers,
        events=(*before, stop, *after),
        weeks=week + weeks,
    )


def share_surviving(ensemble: Ensemble, week: int) -> np.ndarray:
    """Return the share of the adoption before a stop that is left at the end.

    Parameters
    ----------
    ensemble : Ensemble
        Of a scenario from `stopped`.
    week : int
        The week of the stop; adoption at the end of the week before it counts as a whole.

    Returns
    -------
    array, shape (replicates,)
        Above 1 where adoption still grew; NaN where nobody practised before the stop. Innovators
        never give up, so a programme that has won nobody else keeps about all of its little
        adoption: read the share together with adoption itself.

    Raises
    ------
    CxsimError
        The ensemble does not reach beyond that week.
    """
    week = _whole("week", week, 1, max(1, ensemble.weeks - 1))
    if week >= ensemble.weeks:
        raise CxsimError(f"week: the run ends before week {week}, so nothing can be said about it")
    adoption = ensemble.series("adoption")
    return surviving(adoption[:, week - 1], adoption[:, -1])


def surviving(before: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Return the share of adoption that is left, NaN where there was none; shapes as given."""
    before, left = np.asarray(before, float), np.asarray(left, float)
    return np.divide(left, before, out=np.full(before.shape, np.nan), where=before > 0.0)


def sustains(before: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Return where adoption sustains itself: enough was won, and enough of it is left.

    Parameters
    ----------
    before, left : array of float, the same shape
        Adoption when support ends, and `QUIET` weeks later.
    """
    return (surviving(before, left) >= SUSTAINED) & (np.asarray(before) >= WON)


def _whole(name: str, value: object, low: int, high: int) -> int:
    try:
        return int(clean_value(value, "integer", low, high, "weeks"))
    except CxsimError as error:
        raise CxsimError(f"{name}: {error}") from None
