"""One replicate week by week, person by person, kept small enough to be played in a browser.

The recorded series say how many practise; a trace says who. It is the same run: the same random
numbers, the same rules, the same bits as that replicate of `simulate`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cxsim import engine
from cxsim.company import empty_ties, head_counts, meet
from cxsim.errors import CxsimError
from cxsim.results.ensemble import Ensemble, Run
from cxsim.results.running import BASELINES
from cxsim.state import HIGHEST, LOWEST, Firm, Record, State, Ties
from cxsim.values import LARGEST_SEED, clean_value, shown

if TYPE_CHECKING:
    from cxsim.scenario import Scenario

MOST_EMPLOYEES = 2000  # that are shown; a picture of more dots shows less
MOST_PLACES = 6000
MOST_PEOPLE = 1_000_000  # whose weeks pass while somebody waits
FULL = 255  # stands for 1
LAYOUT = (  # of the payload; four-byte numbers first, so that each of them lies at a multiple of 4
    *("manager_of", "ties", "fixes", "function_of", "layer_of"),
    *("practising", "habit", "cynicism", "heads", "ceo", "customers"),
)


@dataclass(frozen=True, eq=False, repr=False)  # arrays inside: two traces are one or differ
class Trace:
    """One replicate, with the people it is made of.

    `n` is the number of employees shown, `places` that of places for customers. All states are
    those at the end of the week. Companies of more than 2,000 employees or 6,000 places are thinned
    evenly; the run itself is that of the whole company.

    Attributes
    ----------
    scenario : Scenario
    seed, replicate : int
        The pair that fixes all luck.
    run : Run
        The recorded series of this replicate, net value among them.
    employees_shown_of, customers_shown_of : int
        Employees and places that the whole company has.
    function_of : array of uint8, shape (n,)
        Place of the employee's function in `functions`.
    layer_of : array of uint8, shape (n,)
        Layer in the hierarchy, 1 = reports to the head. As in week 0; so are managers and ties.
    manager_of : array of int32, shape (n,)
        Place of the manager, -1 = the head. Where the manager is not shown: the nearest one upwards
        who is.
    ties : array of int32, shape (ties, 2)
        Who knows whom informally: each pair once, the smaller place first.
    fixes : array of int32, shape (fixes, 3)
        Completed initiatives in the order of weeks: week, function, and the function on the other
        side of the hand-off (-1 = the work lay within the function).
    practising : array of uint8, shape (weeks, n)
        0 or 1.
    habit, cynicism : array of uint8, shape (weeks, n)
        0..255 stands for 0..1.
    heads : array of uint8, shape (weeks, functions)
        Commitment of the heads; 0..255 stands for 0..1.
    ceo : array of uint8, shape (weeks,)
        Commitment of the chief executive, likewise.
    customers : array of uint8, shape (weeks, places)
        0 = the place is empty; 1..255 stands for satisfaction from -1.5 to 1.2, the pain of a price
        rise included.
    """

    scenario: Scenario
    seed: int
    replicate: int
    run: Run
    employees_shown_of: int
    customers_shown_of: int
    function_of: np.ndarray
    layer_of: np.ndarray
    manager_of: np.ndarray
    ties: np.ndarray
    fixes: np.ndarray
    practising: np.ndarray
    habit: np.ndarray
    cynicism: np.ndarray
    heads: np.ndarray
    ceo: np.ndarray
    customers: np.ndarray

    def __repr__(self) -> str:
        return (
            f"<Trace {self.scenario.name}: {self.weeks} weeks, seed {self.seed}, "
            f"replicate {self.replicate}>"
        )

    @property
    def weeks(self) -> int:
        """Horizon in weeks."""
        return len(self.ceo)

    @property
    def functions(self) -> tuple[str, ...]:
        """Names of the functions in the order of the customer journey."""
        return tuple(self.scenario.organisation["functions"])

    def packed(self) -> tuple[dict[str, Any], bytes]:
        """Return everything a browser needs to play the weeks.

        Returns
        -------
        meta : dict
            Ready for JSON: name, title, seed, replicate, weeks, functions (names), employees and
            customers (how many are shown, in all: ``employees_shown_of``, ``customers_shown_of``),
            and ``arrays``: for each array its ``type`` ("int32" or "uint8"), ``offset`` in the
            payload in bytes, and ``shape``.
        payload : bytes
            The arrays of the class one after the other, row by row, little-endian. Those of four
            bytes come first, so that their offsets are multiples of 4.
        """
        parts: list[bytes] = []
        arrays: dict[str, dict[str, Any]] = {}
        offset = 0
        for name in LAYOUT:
            array: np.ndarray = getattr(self, name)
            little = array.astype(array.dtype.newbyteorder("<"), copy=False)
            arrays[name] = {
                "type": array.dtype.name,
                "offset": offset,
                "shape": list(array.shape),
            }
            parts.append(little.tobytes())
            offset += array.nbytes
        meta = {
            "name": self.scenario.name,
            "title": self.scenario.title,
            "seed": self.seed,
            "replicate": self.replicate,
            "weeks": self.weeks,
            "functions": list(self.functions),
            "employees": len(self.function_of),
            "employees_shown_of": self.employees_shown_of,
            "customers": self.customers.shape[1],
            "customers_shown_of": self.customers_shown_of,
            "arrays": arrays,
        }
        return meta, b"".join(parts)


def trace(scenario: Scenario, seed: int = 1, replicate: int = 0) -> Trace:
    """Run one replicate and keep what happens to each person.

    To intervene in a week, trace the scenario with an event in that week
    (`Scenario.with_events`): everything before it stays as it was, to the bit.

    Parameters
    ----------
    scenario : Scenario
    seed, replicate : int
        0 .. 2**32 - 1. The recorded series are those of ``simulate(scenario, seed=seed)``.

    Raises
    ------
    CxsimError
        Not a scenario, a number out of range, or more than a million people.
    """
    if not hasattr(scenario, "without_programme"):
        raise CxsimError(
            f"trace: {shown(scenario)} where a Scenario is wanted; cxsim.load(...) gives one"
        )
    seed, replicate = _word("seed", seed), _word("replicate", replicate)
    _check_size(scenario)
    prepared = engine.prepare(scenario)
    firm = prepared.firm
    start = engine.begin(prepared, seed, replicate)
    ties = empty_ties(firm)
    meet(start.key, firm, ties)
    film = _Film(prepared.weeks, shown_employees(firm.function_start), shown_places(firm))
    _play(prepared, start, ties, film)
    record = start.record
    baseline = _baseline(scenario, record, seed, replicate)
    return Trace(
        scenario,
        seed,
        replicate,
        Run(Ensemble(scenario, seed, Record(*(part[None] for part in record)), baseline), 0),
        employees_shown_of=firm.posts.shape[1],
        customers_shown_of=len(firm.initial_active),
        **{name: _sealed(array) for name, array in film.arrays(firm).items()},
        **{name: _sealed(array) for name, array in _picture(prepared, ties, film.staff).items()},
        heads=_sealed(_byte(record.function["commitment"])),
        ceo=_sealed(_byte(record.company["ceo_commitment"])),
    )


def _word(name: str, value: object) -> int:
    """Return a checked key of the random numbers."""
    try:
        return int(clean_value(value, "integer", 0, LARGEST_SEED, "count"))
    except CxsimError as error:
        raise CxsimError(f"{name}: {error}") from None


def _check_size(scenario: Scenario) -> None:
    employees = scenario.organisation["employees"]
    places = int(scenario.market["customers"] * scenario.market["market_potential"])
    if employees + places > MOST_PEOPLE:
        raise CxsimError(
            f"{scenario.name}: {employees:,} employees and {places:,} places for customers are too "
            f"many to follow week by week; ask for fewer, at most {MOST_PEOPLE:,} in all"
        )


def _baseline(scenario: Scenario, record: Record, seed: int, replicate: int) -> np.ndarray:
    """Return the contribution of the same replicate without a programme, shape (1, weeks)."""
    other = scenario.without_programme()
    if other.hash == scenario.hash:
        return record.company["contribution"][None]
    known = BASELINES.find(other, seed, replicate + 1)
    if known is not None:
        return known[replicate : replicate + 1]
    rows = engine.run_replicates(engine.prepare(other), seed, 1, first=replicate)
    assert rows is not None  # nobody could cancel it
    contribution = rows.company["contribution"]
    return contribution if replicate else BASELINES.keep(other, seed, contribution)[:1]


# ------------------------------------------------------------------ whom to show


def evenly(count: int, kept: int) -> np.ndarray:
    """Return at most `kept` places out of `count`, evenly spread from the first on."""
    kept = min(count, kept)
    return np.arange(kept) * count // max(1, kept)


def shown_employees(function_start: np.ndarray, most: int = MOST_EMPLOYEES) -> np.ndarray:
    """Return whom of the employees to show: all, or each function's share of `most`.

    Parameters
    ----------
    function_start : array of int, shape (functions + 1,)
        First employee of each function.
    """
    counts = np.diff(function_start)
    if function_start[-1] <= most:
        return np.arange(function_start[-1])
    kept = head_counts(most, counts.astype(float))
    parts = zip(function_start[:-1], counts, kept, strict=True)
    return np.concatenate([start + evenly(int(n), int(k)) for start, n, k in parts])


def shown_places(firm: Firm) -> np.ndarray:
    """Return which of the places for customers to show."""
    return evenly(len(firm.initial_active), MOST_PLACES)


# ------------------------------------------------------------------ the picture of the company


def _picture(prepared: engine.Prepared, ties: Ties, staff: np.ndarray) -> dict[str, np.ndarray]:
    """Return who belongs where and who knows whom in week 0, among the employees `staff`."""
    firm = prepared.firm
    version = prepared.plan.weeks["version"][0]
    posts = firm.posts[version]
    function = np.searchsorted(firm.function_start, staff, side="right") - 1
    return {
        "function_of": function.astype(np.uint8),
        "layer_of": posts["depth"][staff].astype(np.uint8),
        "manager_of": shown_managers(posts["manager"], staff),
        "ties": shown_ties(ties.peers[version], staff),
    }


def _places_among(staff: np.ndarray, count: int) -> np.ndarray:
    """Return each employee's place among those shown, -1 for others and for number -1."""
    place = np.full(count + 1, -1, np.int32)
    place[staff] = np.arange(len(staff))
    return place


def shown_managers(manager: np.ndarray, staff: np.ndarray) -> np.ndarray:
    """Return the place of the nearest manager upwards who is shown, -1 = the head.

    Parameters
    ----------
    manager : array of int, shape (employees,)
        Of everybody, -1 = the head.
    staff : array of int, shape (n,)
        Who is shown.
    """
    place = _places_among(staff, len(manager))
    above = manager[staff]
    hidden = (above >= 0) & (place[above] < 0)
    while hidden.any():
        above[hidden] = manager[above[hidden]]
        hidden = (above >= 0) & (place[above] < 0)
    return place[above]


def shown_ties(peers: np.ndarray, staff: np.ndarray) -> np.ndarray:
    """Return each pair of shown employees of whom at least one knows the other, once.

    Parameters
    ----------
    peers : array of int32, shape (employees, peers)
        Whom each one knows, -1 = nobody.
    staff : array of int, shape (n,)
        Who is shown.
    """
    place = _places_among(staff, len(peers))
    other = place[peers[staff]]
    one = np.broadcast_to(np.arange(len(staff), dtype=np.int32)[:, None], other.shape)
    pairs = np.stack([one, other], axis=-1)[other >= 0]
    return np.unique(np.sort(pairs, axis=1), axis=0)


# ------------------------------------------------------------------ the weeks


class _Film:
    """Frames of the weeks: what each shown person is like at the end of each.

    Parameters
    ----------
    weeks : int
    staff, places : array of int
        Who is shown.
    """

    def __init__(self, weeks: int, staff: np.ndarray, places: np.ndarray) -> None:
        self.staff, self.places = staff, places
        self.practising = np.zeros((weeks, len(staff)), np.uint8)
        self.habit = np.zeros((weeks, len(staff)), np.uint8)
        self.cynicism = np.zeros((weeks, len(staff)), np.uint8)
        self.customers = np.zeros((weeks, len(places)), np.uint8)
        self.completed: list[tuple[int, int]] = []  # week and process

    def take(self, week: int, state: State) -> None:
        """Keep the people as they are at the end of a week."""
        employees = state.employees
        self.practising[week] = employees["practising"][self.staff]
        self.habit[week] = _byte(employees["habit"][self.staff])
        self.cynicism[week] = _byte(employees["cynicism"][self.staff])
        self.customers[week] = _customers(state, self.places)

    def arrays(self, firm: Firm) -> dict[str, np.ndarray]:
        """Return the frames and fixes by the names that a trace gives them."""
        done = np.array(self.completed, np.int32).reshape(-1, 2)
        touchpoints = firm.touchpoints[done[:, 1]]
        fixes = [done[:, 0], touchpoints["owner"], touchpoints["partner"]]
        return {
            "practising": self.practising,
            "habit": self.habit,
            "cynicism": self.cynicism,
            "customers": self.customers,
            "fixes": np.stack(fixes, axis=1).astype(np.int32),
        }


class _Works(NamedTuple):
    """What tells a completed initiative: who works on which process, and how good that is."""

    slots: np.ndarray
    quality: np.ndarray

    @classmethod
    def of(cls, state: State) -> _Works:
        """Return a copy of what stands at the end of a week."""
        return cls(state.initiatives["process"].copy(), state.processes["quality"].copy())

    def completed_by(self, now: _Works) -> np.ndarray:
        """Return the processes on which an initiative was completed since, shape (completed,).

        A slot is freed by completion only. An initiative that was begun and completed within one
        week was never seen in a slot, but nothing else makes a process better. It goes unseen when
        its process erodes in that week by more than it gains: far below the usual efforts, and only
        where nearly nothing is left to gain.
        """
        done = now.quality > self.quality
        done[self.slots[(self.slots >= 0) & (now.slots < 0)]] = True
        return np.flatnonzero(done)


def _play(prepared: engine.Prepared, start: engine.Snapshot, ties: Ties, film: _Film) -> None:
    """Let all weeks pass and film them; state and record of `start` are moved on."""
    firm, plan = prepared
    _, _, state, record = start
    before = _Works.of(state)
    for week in range(prepared.weeks):
        engine.run(week, week + 1, start.key, firm, ties, plan, state, record)
        film.take(week, state)
        now = _Works.of(state)
        film.completed += [(week, int(process)) for process in before.completed_by(now)]
        before = now


def _customers(state: State, places: np.ndarray) -> np.ndarray:
    """Return the places as they are shown: 0 = empty, 1..255 = satisfaction."""
    customers, programme = state.customers, state.programme[0]
    felt = programme["price_shown"] * (customers["joined"][places] <= programme["price_week"])
    satisfaction = np.maximum(LOWEST, customers["satisfaction"][places] - felt)
    share = (satisfaction - LOWEST) / (HIGHEST - LOWEST)
    return customers["active"][places] * (1 + np.rint(share * (FULL - 1))).astype(np.uint8)


def _byte(shares: np.ndarray) -> np.ndarray:
    """Return shares of 0..1 as whole numbers of 0..255."""
    return np.rint(shares * FULL).astype(np.uint8)


def _sealed(array: np.ndarray) -> np.ndarray:
    """Return an array that nobody can write to: a trace tells what has happened."""
    array.flags.writeable = False
    return array
