"""The engine's customers step against the same loop in C: the same bits, and how long each takes.

Both start from the same replicate, some weeks into its programme, and let only its customers live
on; employees and processes stay as they are.
"""

from __future__ import annotations

import copy
import ctypes
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cxsim import engine
from cxsim.company import empty_ties, meet
from cxsim.compiled import compiled
from cxsim.rules.customers import Market, feel_price, live, market_of
from cxsim.scenario import Scenario
from cxsim.state import Record, State
from experiments.benchmarks import c_loop
from experiments.benchmarks.measure import Effort, medians, seconds
from experiments.benchmarks.table import Row

GROUP = "Customers step"
MOST_TIMES_C = 1.3


@compiled
def live_weeks(first, last, key, firm, ties, plan, state, record):
    """Let the customers, and nobody else, live some weeks."""
    for t in range(first, last):
        live(t, key, firm, ties, plan, state, record)


@compiled
def open_markets(first, last, plan, staff, programme, markets):
    """Write what all customers meet in each week, one column a field of `Market`."""
    for t in range(first, last):
        levers, facts, week = plan.levers[t], plan.facts[0], plan.weeks[t]
        feel_price(t, programme[0], week, levers, facts)
        market = market_of(t, staff, programme[0], week, levers, facts)
        for n in range(len(market)):
            markets[t, n] = market[n]


class Replicate:
    """A replicate in the middle of its run, whose customers the engine or C can let live on.

    Parameters
    ----------
    scenario : Scenario
        Until its last week.
    first : int
        The week from which only customers live.
    """

    def __init__(self, scenario: Scenario, first: int, seed: int = 1) -> None:
        self.prepared = engine.prepare(scenario)
        self.first, self.last = first, self.prepared.weeks
        start = engine.begin(self.prepared, seed, 0)
        self.start = engine.advance(start, self.prepared, first)
        self.ties = empty_ties(self.prepared.firm)
        meet(self.start.key, self.prepared.firm, self.ties)

    @property
    def places(self) -> int:
        """Places for customers, taken or vacant."""
        return len(self.start.state.customers)

    def fresh(self) -> tuple[State, Record]:
        """Return what changes, as it was at the start."""
        return copy.deepcopy((self.start.state, self.start.record))

    def run_engine(self, state: State, record: Record) -> None:
        """Let the engine's loop pass all weeks."""
        firm, plan = self.prepared
        key = self.start.key
        live_weeks(self.first, self.last, key, firm, self.ties, plan, state, record)

    def run_c(self, library: ctypes.CDLL, world: c_loop.World) -> None:
        """Let the C loop pass all weeks."""
        library.live_weeks(ctypes.byref(world), self.first, self.last)

    def markets(self) -> np.ndarray:
        """Return what all customers meet in each week, shape (weeks,)."""
        plan = self.prepared.plan
        state = self.start.state
        columns = np.zeros((self.last, len(Market._fields)))
        programme = state.programme.copy()
        open_markets(self.first, self.last, plan, len(state.employees), programme, columns)
        return columns.view(c_loop.MARKET)[:, 0]

    def world(self, state: State, record: Record, markets: np.ndarray) -> c_loop.World:
        """Return the same arrays as C sees them."""
        firm, plan = self.prepared
        arrays = {**plan._asdict(), **self.ties._asdict(), **firm._asdict(), **state._asdict()}
        arrays |= {"key": self.start.key, "markets": markets, "company": record.company}
        counts = {
            "places": self.places,
            "processes_count": len(state.processes),
            "functions_count": len(state.functions),
            "front_width": firm.front.shape[1],
            "nodes": len(firm.base_table),
            "guides": len(firm.guide),
        }
        return c_loop.world(arrays, counts)


def differences(replicate: Replicate, library: ctypes.CDLL) -> Iterator[str]:
    """Yield every survey sum, attribute and series in which the engine and C differ by a bit."""
    engine_state, engine_record = replicate.fresh()
    c_state, c_record = replicate.fresh()
    replicate.run_engine(engine_state, engine_record)
    replicate.run_c(library, replicate.world(c_state, c_record, replicate.markets()))
    pairs = {
        "place": (engine_state.customers[["active"]], c_state.customers[["active"]]),
        # What a customer leaves behind in a vacant place is read by nobody.
        "customer": (_active(engine_state.customers), _active(c_state.customers)),
        "function": (engine_state.functions, c_state.functions),
        "company": (engine_record.company, c_record.company),
    }
    for kind, (by_engine, by_c) in pairs.items():
        for name in by_engine.dtype.names or ():  # field by field: what pads a row may be anything
            if by_engine[name].tobytes() != by_c[name].tobytes():
                yield f"{kind} {name}"
    if engine_state.voice.tobytes() != c_state.voice.tobytes():
        yield "survey answers"


def _active(customers: np.ndarray) -> np.ndarray:
    return customers[customers["active"] == 1]


def measure(effort: Effort) -> Iterator[Row | str]:
    """Yield the rows of this comparison, or why there are none."""
    command = c_loop.compiler()
    if command is None:
        yield f"{GROUP}: left out, no C compiler found (cc, gcc, clang or CC)"
        return
    weeks, customers = (10, 300) if effort.quick else (92, 2000)
    scenario = Scenario("default", "Default", weeks=weeks + 40)
    with tempfile.TemporaryDirectory() as folder:
        library = c_loop.build(Path(folder), command)
        replicate = Replicate(scenario.with_market(customers=customers), first=40)
        if different := list(differences(replicate, library)):
            raise RuntimeError(f"the engine and C differ in {', '.join(different)}")
        engine_time, c_time = _times(replicate, library, effort.repeats)
    done = replicate.places * weeks
    how = f"{customers:,} customers, {replicate.places:,} places, {weeks} weeks"
    unit = "ns per place-week"
    yield Row(GROUP, "engine", engine_time / done * 1e9, unit, how)
    same = f"{command[0]} {' '.join(c_loop.FLAGS[:3])}; same bits in every array and series"
    yield Row(GROUP, "C", c_time / done * 1e9, unit, same)
    ratio = engine_time / c_time
    yield Row(GROUP, "engine to C", ratio, "times", "the two above", at_most=MOST_TIMES_C)


def _times(replicate: Replicate, library: ctypes.CDLL, repeats: int) -> list[float]:
    """Return the seconds that the engine and C take, copies and addresses not counted."""
    markets = replicate.markets()

    def by_engine() -> float:
        state, record = replicate.fresh()
        return seconds(lambda: replicate.run_engine(state, record))

    def by_c() -> float:
        state, record = replicate.fresh()
        world = replicate.world(state, record, markets)
        return seconds(lambda: replicate.run_c(library, world))

    return medians(5 * repeats, by_engine, by_c)
