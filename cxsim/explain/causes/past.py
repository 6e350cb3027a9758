"""Some futures of a scenario, lived again with their causes: where all answers come from."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim import engine
from cxsim.cores import available_cores
from cxsim.errors import CxsimError
from cxsim.explain.causes.assembly import Moves, moves
from cxsim.explain.causes.graph import Node
from cxsim.explain.causes.replay import Replay, replay
from cxsim.results.running import check_memory, whole
from cxsim.values import shown, suggestion

if TYPE_CHECKING:
    from cxsim.scenario import Scenario


@dataclass(frozen=True, eq=False, repr=False)
class Past:
    """Futures of one scenario with the causes of everything in them.

    Attributes
    ----------
    scenario : Scenario
    seed : int
    prepared : Prepared
        The plan and the organisation that they share.
    replays : tuple of Replay
    """

    scenario: Scenario
    seed: int
    prepared: engine.Prepared
    replays: tuple[Replay, ...]
    _known: dict[tuple[str, str | None], Moves] = field(default_factory=dict)

    @property
    def functions(self) -> tuple[str, ...]:
        """Names of the functions."""
        return tuple(self.scenario.organisation["functions"])

    @property
    def weeks(self) -> int:
        """Horizon in weeks."""
        return self.prepared.weeks

    def staff(self, function: str | None) -> int:
        """Return the number of employees of a function, or of the company."""
        heads = np.diff(self.prepared.firm.function_start)
        return int(heads.sum() if function is None else heads[self.functions.index(function)])

    def moves(self, node: Node, function: str | None) -> Moves:
        """Return what moves a quantity, worked out once."""
        key = (node.name, function)
        if key not in self._known:
            place = None if function is None else self.functions.index(function)
            plan = self.prepared.plan
            self._known[key] = moves(node, self.replays, place, plan.levers, plan.facts)
        return self._known[key]


def relive(
    scenario: Scenario,
    seed: int,
    replicates: range,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Past | None:
    """Live some replicates again; None when `cancelled` turned true."""
    prepared = engine.prepare(scenario)
    check_memory(prepared, len(replicates))
    found: list[Replay] = []

    def one(replicate: int) -> Replay | None:
        if cancelled is not None and cancelled():
            return None
        return replay(prepared, seed, replicate)

    workers = max(1, min(threads or available_cores(), len(replicates)))
    with ThreadPoolExecutor(workers, thread_name_prefix="cxsim") as pool:
        for done, each in enumerate(pool.map(one, replicates), start=1):
            if each is None:
                pool.shutdown(cancel_futures=True)
                return None
            found.append(each)
            if progress is not None:
                progress(done, len(replicates))
    return Past(scenario, seed, prepared, tuple(found))


def check_function(scenario: Scenario, node: Node, function: object) -> str | None:
    """Return the name of a function of the company, or None for the whole of it.

    Raises
    ------
    CxsimError
        The company has no such function, or the quantity is not kept by function.
    """
    if function is None:
        return None
    names: Any = scenario.organisation["functions"]
    if not isinstance(function, str) or function not in names:
        near = suggestion(function, names) if isinstance(function, str) else ""
        raise CxsimError(f"function: {shown(function)} is not a function of this company{near}")
    if not node.by_function:
        raise CxsimError(f"{node.name}: is kept for the company only; leave out the function")
    return function


def check_window(scenario: Scenario, first: int, last: int | None) -> tuple[int, int]:
    """Return a checked window of weeks.

    Raises
    ------
    CxsimError
        A week outside the scenario, or a window that ends before it begins.
    """
    most = scenario.weeks - 1
    end = whole("last week", most if last is None else last, 0, most)
    begin = whole("first week", first, 0, most)
    if begin > end:
        raise CxsimError(f"weeks {begin} to {end}: the first one must not be later than the last")
    return begin, end
