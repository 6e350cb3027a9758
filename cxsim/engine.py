"""The engine: compiles the run, runs replicates on threads, stops, copies and resumes a state."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cxsim import compile_cache, draws
from cxsim.company import build_firm, empty_state, empty_ties, meet, populate, rows_held
from cxsim.compiled import entry
from cxsim.cores import available_cores
from cxsim.plan import build_plan
from cxsim.rules.week import live_week
from cxsim.state import (
    ACQUAINTANCES,
    COMPANY_SERIES,
    CUSTOMER,
    EMPLOYEE,
    FUNCTION_SERIES,
    LAYER_SERIES,
    NOT_HELD,
    PEERS,
    Firm,
    Plan,
    Record,
    State,
    Ties,
)

if TYPE_CHECKING:
    from cxsim.scenario import Scenario


class Prepared(NamedTuple):
    """A scenario ready to run: shared by all its replicates."""

    firm: Firm
    plan: Plan

    @property
    def weeks(self) -> int:
        """Horizon in weeks."""
        return len(self.plan.levers)


class Snapshot(NamedTuple):
    """One replicate at the start of a week; independent of the run it was taken from."""

    key: np.ndarray
    week: int
    state: State
    record: Record


@entry
def run(first, last, key, firm, ties, plan, state, record):
    """Let the weeks from `first` to before `last` pass."""
    for t in range(first, last):
        live_week(t, key, firm, ties, plan, state, record)


def prepare(scenario: Scenario, cuts: Mapping[str, int] | None = None) -> Prepared:
    """Lay out the plan and build the formal organisation of a scenario.

    `cuts` names links that are held, each with the week from which on; see `build_plan`.
    """
    return Prepared(build_firm(scenario), build_plan(scenario, cuts))


# Parts of a firm that the timeline may change: one version per shape of the hierarchy.
VERSIONED = ("posts", "front", "front_start", "upward", "fidelity", "ties")


def shared_weeks(one: Prepared, other: Prepared) -> int:
    """Return how many first weeks two plans have in common: until then both are the same run."""
    if not _same_people(one, other):
        return 0
    weeks = min(one.weeks, other.weeks, _held_alike(one, other))
    differs = np.zeros(weeks, bool)
    for a, b in zip(_by_week(one), _by_week(other), strict=True):
        differs |= (a[:weeks] != b[:weeks]).any(axis=1)
    return int(differs.argmax()) if differs.any() else weeks


def _same_people(one: Prepared, other: Prepared) -> bool:
    """Return whether people, processes and facts are the same, whoever reports to whom."""
    firms = zip(Firm._fields, one.firm, other.firm, strict=True)
    fixed = [(a, b) for name, a, b in firms if name not in VERSIONED]
    same_facts = one.plan.facts.tobytes() == other.plan.facts.tobytes()
    return same_facts and all(np.array_equal(np.asarray(a), np.asarray(b)) for a, b in fixed)


def _held_alike(one: Prepared, other: Prepared) -> int:
    """Return the week in which a link is first held in one of two plans and not in the other."""
    a, b = one.plan.held["week"], other.plan.held["week"]
    return int(np.where(a == b, NOT_HELD, np.minimum(a, b)).min())


def _by_week(prepared: Prepared) -> list[np.ndarray]:
    """Return all that a plan says of each week, as rows of bytes."""
    plan, weeks = prepared.plan, _without_version(prepared.plan.weeks)
    return [
        np.ascontiguousarray(part).view(np.uint8).reshape(prepared.weeks, -1)
        for part in (plan.levers, weeks, plan.agenda)
    ]


def _without_version(weeks: np.ndarray) -> np.ndarray:
    """Return weeks without the number of the hierarchy's shape: its levers tell it already."""
    bare = weeks.copy()
    bare["version"] = 0
    return bare


def empty_records(prepared: Prepared, replicates: int) -> Record:
    """Return room for the records of some replicates; the first axis is the replicate."""
    weeks = prepared.weeks
    functions = len(prepared.firm.function_start) - 1
    layers = len(prepared.firm.fidelity) - 1
    return Record(
        company=np.zeros((replicates, weeks), COMPANY_SERIES),
        function=np.zeros((replicates, weeks, functions), FUNCTION_SERIES),
        layer=np.zeros((replicates, weeks, layers), LAYER_SERIES),
    )


def begin(prepared: Prepared, seed: int, replicate: int) -> Snapshot:
    """Return one replicate at the start of week 0."""
    key = draws.key_of(seed, replicate)
    state = empty_state(prepared.firm, prepared.plan)
    populate(key, prepared.firm, prepared.plan, state)
    return Snapshot(key, 0, state, _empty_record(prepared))


def advance(snapshot: Snapshot, prepared: Prepared, until: int) -> Snapshot:
    """Return the replicate at the start of week `until`; the given snapshot stays as it is.

    Parameters
    ----------
    snapshot : Snapshot
        From `begin` or `advance`.
    prepared : Prepared
        The plan to follow from here on. Another plan than before forks the run: same people, same
        luck, other decisions. Organisation, market and horizon must be the same, and so must the
        links that are held already.
    until : int
        At most the plan's horizon.
    """
    state = empty_state(prepared.firm, prepared.plan)
    _fill(state, snapshot.state)
    record = _continued(snapshot.record, prepared, snapshot.week)
    ties = empty_ties(prepared.firm)
    meet(snapshot.key, prepared.firm, ties)
    run(snapshot.week, until, snapshot.key, prepared.firm, ties, prepared.plan, state, record)
    return Snapshot(snapshot.key, until, state, record)


def _fill(state: State, other: State) -> None:
    """Copy a state into empty room for another plan.

    The survey's answers have a row a week, what is held has one a link, the earliest first; there
    may be more room here than there or less.
    """
    for own, there in zip(state, other, strict=True):
        shared = min(len(own), len(there))
        own[:shared] = there[:shared]


def _continued(record: Record, prepared: Prepared, week: int) -> Record:
    """Return a record for another plan with the weeks before `week` of a given one.

    The hierarchies may differ in height; there is room for the taller one.
    """
    fresh = _empty_record(prepared)
    height = max(fresh.layer.shape[1], record.layer.shape[1])
    fresh = fresh._replace(layer=np.zeros((prepared.weeks, height), LAYER_SERIES))
    fresh.company[:week] = record.company[:week]
    fresh.function[:week] = record.function[:week]
    fresh.layer[:week, : record.layer.shape[1]] = record.layer[:week]
    return fresh


def _empty_record(prepared: Prepared) -> Record:
    return replicate_record(empty_records(prepared, 1), 0)


def replicate_record(records: Record, replicate: int) -> Record:
    """Return the record of one replicate, as views."""
    return Record(*(part[replicate] for part in records))


class Room:
    """Space for one replicate at a time, used again and again by one thread.

    Making the space anew takes as long as a small company lives.
    """

    def __init__(self) -> None:
        self._size: tuple[Any, ...] = ()
        self._state: State
        self._ties: Ties

    def begin(
        self, prepared: Prepared, seed: int, replicate: int, record: Record | None = None
    ) -> Snapshot:
        """Return one replicate at the start of week 0; it lives here until the next one begins."""
        self._fit(prepared)
        clear(self._state)
        key = draws.key_of(seed, replicate)
        populate(key, prepared.firm, prepared.plan, self._state)
        meet(key, prepared.firm, self._ties)
        return Snapshot(key, 0, self._state, record or _empty_record(prepared))

    def take(self, snapshot: Snapshot, prepared: Prepared) -> Snapshot:
        """Return a copy of a replicate that lives in another room, on a plan of its own from here.

        Organisation and market must be the same; the horizon may differ.
        """
        self._fit(prepared)
        clear(self._state)
        _fill(self._state, snapshot.state)
        meet(snapshot.key, prepared.firm, self._ties)
        record = _continued(snapshot.record, prepared, snapshot.week)
        return Snapshot(snapshot.key, snapshot.week, self._state, record)

    def live(self, snapshot: Snapshot, prepared: Prepared, until: int) -> Snapshot:
        """Let the replicate in this room live to the start of week `until`."""
        key, week, state, record = snapshot
        run(week, until, key, prepared.firm, self._ties, prepared.plan, state, record)
        return snapshot._replace(week=until)

    def _fit(self, prepared: Prepared) -> None:
        firm = prepared.firm
        size = (
            *(firm.posts.shape, len(firm.initial_active), len(firm.function_start)),
            *(len(firm.touchpoints), prepared.weeks, *rows_held(prepared.plan)),
        )
        if size != self._size:
            self._state, self._ties = empty_state(firm, prepared.plan), empty_ties(firm)
            self._size = size


def run_replicates(
    prepared: Prepared,
    seed: int,
    replicates: int,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    first: int = 0,
) -> Record | None:
    """Run replicates `first`, `first` + 1, ... and return their records.

    Parameters
    ----------
    seed : int
        0 .. 2**32 - 1.
    threads : int, optional
        All cores by default. The numbers do not depend on it.
    progress : callable, optional
        Called with the replicates done and their total.
    cancelled : callable, optional
        Asked between replicates; when true the run ends and None is returned.
    """
    records = empty_records(prepared, replicates)
    local = threading.local()  # a room for each thread
    stopped = threading.Event()  # a replicate left out once is missing, whatever is said later

    def one(replicate: int) -> None:
        if cancelled is not None and cancelled():
            stopped.set()
        if stopped.is_set():
            return
        if not hasattr(local, "room"):
            local.room = Room()
        record = replicate_record(records, replicate)
        started = local.room.begin(prepared, seed, first + replicate, record)
        local.room.live(started, prepared, prepared.weeks)

    workers = max(1, min(threads or available_cores(), replicates))
    with ThreadPoolExecutor(workers, thread_name_prefix="cxsim") as pool:
        pending: set[Future[None]] = {pool.submit(one, r) for r in range(replicates)}
        done = 0
        try:
            while pending:
                finished, pending = wait(pending, return_when=FIRST_COMPLETED)
                for future in finished:
                    future.result()
                done += len(finished)
                if progress is not None:
                    progress(done, replicates)
        except BaseException:
            pool.shutdown(cancel_futures=True)  # Ctrl-C, or an error: what has not begun does not
            raise
    return None if stopped.is_set() else records


def bytes_at_work(prepared: Prepared, replicates: int, threads: int | None = None) -> int:
    """Return the memory that the people of all replicates under way take."""
    places = len(prepared.firm.initial_active)
    versions, staff = prepared.firm.posts.shape
    held, talk = rows_held(prepared.plan)
    customers = places * (CUSTOMER.itemsize * (1 + talk) + 4 * ACQUAINTANCES + 4)
    employees = staff * ((EMPLOYEE.itemsize + 1) * (1 + held) + 4 * PEERS * versions)
    return (customers + employees) * min(threads or available_cores(), replicates)


def clear(state: State) -> None:
    """Set every number of a state to zero, so that its room can be used again."""
    for column in state:
        column.view(np.uint8).fill(0)


def is_compiled() -> bool:
    """Return whether the engine has been compiled on this machine before."""
    return compile_cache.is_warm()
