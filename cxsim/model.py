"""The Mesa face: one replicate that passes week by week, open to rules written in Python.

The numbers are those of the compiled run to the last bit, because the same compiled rules work on
the same arrays. Executives are Mesa agents. A large population is one Mesa agent that owns its
columns and hands out rows on demand: an object per customer would cost more than the simulation.
This is the only module that knows Mesa.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, overload

import mesa
import numpy as np

from cxsim import engine
from cxsim.company import empty_ties, meet, populate
from cxsim.errors import CxsimError
from cxsim.rules.week import WEEK
from cxsim.scenario import Scenario
from cxsim.scenario_file import load
from cxsim.state import Record, State
from cxsim.timeline import Event
from cxsim.values import LARGEST_SEED, clean_value, shown_key, suggestion

if TYPE_CHECKING:
    import pandas as pd


# ------------------------------------------------------------------ large populations


class Row:
    """One agent of a population: attributes read from and written to the population's columns.

    Parameters
    ----------
    population : Population
    place : int
        From 0.
    """

    __slots__ = ("place", "population")

    def __init__(self, population: Population, place: int) -> None:
        object.__setattr__(self, "population", population)
        object.__setattr__(self, "place", place)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked by copy, pickle and the like
            raise AttributeError(name)
        try:
            return self.population.column(name)[self.place].item()
        except CxsimError as error:
            raise AttributeError(str(error)) from None

    def __setattr__(self, name: str, value: Any) -> None:
        try:
            self.population.writable(name)[self.place] = value
        except CxsimError as error:
            raise AttributeError(str(error)) from None

    def __dir__(self) -> list[str]:
        return ["place", "population", *self.population.names]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Row):
            return NotImplemented
        return self.population is other.population and self.place == other.place

    def __hash__(self) -> int:
        return hash((id(self.population), self.place))

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.population.names)
        return f"<{self.population.singular} {self.place}: {values}>"


class Selection:
    """Some agents of a population, in order.

    Parameters
    ----------
    population : Population
    places : array of int
        Rows of the population's columns.
    """

    def __init__(self, population: Population, places: np.ndarray) -> None:
        self.population = population
        self.places = places

    def __len__(self) -> int:
        return len(self.places)

    def __iter__(self) -> Iterator[Row]:
        return (Row(self.population, int(place)) for place in self.places)

    @overload
    def __getitem__(self, which: int) -> Row: ...
    @overload
    def __getitem__(self, which: slice) -> Selection: ...
    def __getitem__(self, which: int | slice) -> Row | Selection:
        if isinstance(which, slice):
            return Selection(self.population, self.places[which])
        return Row(self.population, int(self.places[which]))

    def __repr__(self) -> str:
        return f"<{len(self)} of {len(self.population)} {self.population.plural}>"

    def column(self, name: str) -> np.ndarray:
        """Return a copy of one attribute of these agents, shape (agents,)."""
        return self.population.column(name)[self.places]

    def mean(self, name: str) -> float:
        """Return the mean of a numeric attribute over these agents; nan when there are none."""
        values = self.column(name)
        if values.dtype.kind not in "fiub":
            raise CxsimError(f"{name}: holds words, which have no mean")
        return float(values.mean()) if len(values) else float("nan")

    def set(self, name: str, value: Any) -> None:
        """Give these agents one value, or an array of values of shape (agents,)."""
        self.population.writable(name)[self.places] = value

    def select(self, **wanted: Any) -> Selection:
        """Return those of these agents whose attributes equal the wanted values.

        Raises
        ------
        CxsimError
            There is no such attribute; the message names the nearest one.
        """
        kept = np.ones(len(self), bool)
        for name, value in wanted.items():
            kept &= self.column(name) == value
        return Selection(self.population, self.places[kept])


class Population(Selection, mesa.Agent):
    """One Mesa agent that stands for many: it owns their columns.

    Parameters
    ----------
    model : CXModel
    columns : structured array, shape (agents,)
        Attributes that rules change.
    facts : mapping of name to function
        Attributes that cannot be written; each function returns an array, shape (agents,).
    """

    singular = "agent"
    plural = "agents"

    def __init__(
        self,
        model: CXModel,
        columns: np.ndarray,
        facts: Mapping[str, Callable[[], np.ndarray]] | None = None,
    ) -> None:
        mesa.Agent.__init__(self, model)
        self.columns = columns
        self.facts = dict(facts or {})
        Selection.__init__(self, self, np.arange(len(columns)))

    @property
    def names(self) -> list[str]:
        """The attributes of each agent."""
        return [*self.facts, *(self.columns.dtype.names or ())]

    def column(self, name: str) -> np.ndarray:
        """Return one attribute of all agents, shape (agents,); a view where it can be written.

        Raises
        ------
        CxsimError
            There is no such attribute; the message names the nearest one.
        """
        if name in self.facts:
            return self.facts[name]()
        if name not in (self.columns.dtype.names or ()):
            near = suggestion(name, self.names)
            raise CxsimError(f"{self.plural} have no attribute {shown_key(name)}{near}")
        return self.columns[name]

    def writable(self, name: str) -> np.ndarray:
        """Return the column of an attribute that may be written, or raise CxsimError."""
        if name in self.facts:
            raise CxsimError(f"{name}: a fixed fact of {self.plural}, which cannot be set")
        return self.column(name)

    def __repr__(self) -> str:
        return f"<{len(self)} {self.plural}>"


class Employees(Population):
    """The employees below the heads; also know their function, manager (-1 = head) and depth."""

    singular, plural = "employee", "employees"

    def __init__(self, model: CXModel) -> None:
        counts = np.diff(model.firm.function_start)
        function = np.repeat(np.array(model.functions), counts)
        facts = {
            "function": lambda: function,
            "manager": lambda: self._posts()["manager"],
            "depth": lambda: self._posts()["depth"],
        }
        super().__init__(model, model.state.employees, facts)

    def _posts(self) -> np.ndarray:
        """Return the reporting tree of the current week."""
        week = min(self.model.week, self.model.horizon - 1)
        return self.model.firm.posts[self.model.plan.weeks["version"][week]]


class Customers(Population):
    """Places for customers, of which those with `active` equal to 1 are taken."""

    singular, plural = "customer", "customers"

    def __init__(self, model: CXModel) -> None:
        super().__init__(model, model.state.customers)


class Processes(Population):
    """Two touchpoints per function, then the hand-offs; `partner` is "" for a local touchpoint."""

    singular, plural = "process", "processes"

    def __init__(self, model: CXModel) -> None:
        names = np.array([*model.functions, ""])  # -1 = no partner
        touchpoints = model.firm.touchpoints
        owner, partner = names[touchpoints["owner"]], names[touchpoints["partner"]]
        facts = {
            "owner": lambda: owner,
            "partner": lambda: partner,
            "share": lambda: touchpoints["share"],
        }
        super().__init__(model, model.state.processes, facts)


# ------------------------------------------------------------------ executives


class Field:
    """An executive's attribute, kept in the executive's row of an array.

    Parameters
    ----------
    name : str, optional
        Column of the array; the attribute's own name by default.
    """

    def __init__(self, name: str = "") -> None:
        self.name = name

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = self.name or name

    def __get__(self, executive: Executive, owner: type | None = None) -> float:
        return float(executive.row[self.name][0])

    def __set__(self, executive: Executive, value: float) -> None:
        executive.row[self.name][0] = value


class Executive(mesa.Agent):
    """A member of the executive team.

    Parameters
    ----------
    model : CXModel
    row : structured array, shape (1,)
        The part of the state in which the executive's numbers stand.
    """

    commitment = Field()

    def __init__(self, model: CXModel, row: np.ndarray) -> None:
        super().__init__(model)
        self.row = row


class ChiefExecutive(Executive):
    """The chief executive: `commitment` in 0..1."""

    commitment = Field("ceo")


class Head(Executive):
    """The head of a function; the other attributes are the week's facts of that function."""

    priority = Field()
    conflict = Field()
    win = Field()
    complaint_rate = Field()
    haste = Field()
    contacts = Field()
    complaints = Field()
    closures = Field()

    def __init__(self, model: CXModel, row: np.ndarray, function: str) -> None:
        super().__init__(model, row)
        self.function = function


# ------------------------------------------------------------------ the model


class CXModel(mesa.Model):
    """One replicate of a scenario as a Mesa model; one step is one week.

    A subclass adds rules by overriding `before_week` and `after_week`, or by replacing an entry of
    `rules` with a Python function of the same arguments.

    Parameters
    ----------
    scenario : Scenario or str
        A scenario, the name of a bundled one, or a path.
    seed, replicate : int
        0 .. 2**32 - 1; the pair fixes all luck, as in `cxsim.simulate`.
    cuts : mapping of link to week, optional
        Influences whose readers see the past from a week on; see `cxsim.explain.links`.

    Attributes
    ----------
    scenario : Scenario
        As it stands, with what `set_lever` and `happen` have added.
    week : int
        Weeks that have passed; also the number of the week to come.
    horizon : int
        Weeks that can pass.
    employees, customers, processes : Population
    ceo : ChiefExecutive
    heads : dict of str to Head
        By function, in the scenario's order.
    rules : dict of str to function
        What happens in a week, in order; arguments
        ``(t, key, firm, ties, plan, state, record)`` as described in `cxsim.state`.
    state : State
        The arrays behind all agents.

    Raises
    ------
    CxsimError
        Unknown or malformed scenario or link; seed or replicate out of range.
    """

    def __init__(
        self,
        scenario: Scenario | str = "typical",
        seed: int = 1,
        replicate: int = 0,
        cuts: Mapping[str, int] | None = None,
    ) -> None:
        words = [_word(seed, "seed"), _word(replicate, "replicate")]
        super().__init__(rng=np.random.SeedSequence(words))
        self._cx_scenario = scenario if isinstance(scenario, Scenario) else load(scenario)
        self.week = 0
        self.running: bool = True
        self.state: State
        self.rules: dict[str, Callable[..., None]] = dict(WEEK)
        self._broken = False
        self._cuts = dict(cuts or {})
        prepared = engine.prepare(self._cx_scenario, self._cuts)
        self.firm, self.plan = prepared
        self.horizon = prepared.weeks
        self.key, _, self.state, self._record = engine.begin(prepared, *words)
        self._meet()
        self.functions = list(self.scenario.organisation["functions"])
        self.ceo = ChiefExecutive(self, self.state.programme)
        self.heads = {
            name: Head(self, self.state.functions[f : f + 1], name)
            for f, name in enumerate(self.functions)
        }
        self.employees = Employees(self)
        self.customers = Customers(self)
        self.processes = Processes(self)

    @property
    def scenario(self) -> Scenario:
        """The scenario as it stands."""
        return self._cx_scenario

    @scenario.setter
    def scenario(self, ignored: object) -> None:
        """Let Mesa's own, empty scenario pass by: a scenario here is the validated one."""

    # --- time --------------------------------------------------------------------------------

    def step(self) -> None:
        """Let one week pass."""
        self._broken = True  # until the week is complete
        self.before_week()
        arguments = (self.key, self.firm, self.ties, self.plan, self.state, self._record)
        for rule in self.rules.values():
            rule(self.week, *arguments)
        self.week += 1
        self.running = self.running and self.week < self.horizon
        self.after_week()
        self._broken = False

    def before_week(self) -> None:
        """Do nothing; a subclass may act here before the rules of week `self.week`."""

    def after_week(self) -> None:
        """Do nothing; a subclass may act here, when `self.record` has the week's rows."""

    def run(self) -> pd.DataFrame:
        """Let the remaining weeks pass and return `frame()`."""
        while self.running:
            self.step()
        return self.frame()

    def _advance_time(self, until: float) -> None:
        """Refuse what cannot pass; Mesa comes through here for step, run_for and run_until."""
        if self._broken:
            raise CxsimError(
                f"week {self.week} was interrupted by an error and the state is incomplete; "
                "make a new model"
            )
        if until > self.horizon:
            raise CxsimError(
                f"the scenario ends after {self.horizon} weeks and {self.week} have passed; "
                "use Scenario.with_weeks for a longer horizon"
            )
        super()._advance_time(until)

    # --- interventions -----------------------------------------------------------------------

    def set_lever(self, name: str, value: Any) -> None:
        """Set a lever from the current week on; the same as an event in the scenario.

        Before the first week the people are drawn anew, as some levers shape their start.

        Raises
        ------
        CxsimError
            Unknown lever, a value it cannot take, or no week left.
        """
        self.happen(set={name: value})

    def happen(
        self, *, set: Mapping[str, Any] | None = None, shock: Mapping[str, Any] | None = None
    ) -> None:
        """Let an event of a scenario file happen in the current week.

        Parameters
        ----------
        set, shock : mapping, optional
            As in an event of a scenario file, for example ``shock={"price_rise": 0.1}``.

        Raises
        ------
        CxsimError
            What is wrong with the event, or no week is left.
        """
        event = Event(self.week, set or {}, shock or {})
        self._cx_scenario = self._cx_scenario.with_events([event])
        prepared = engine.prepare(self._cx_scenario, self._cuts)
        self.firm, self.plan = prepared
        self._meet()
        if self.week == 0:
            engine.clear(self.state)
            populate(self.key, self.firm, self.plan, self.state)
        wider = engine.replicate_record(engine.empty_records(prepared, 1), 0)
        wider.company[:] = self._record.company
        wider.function[:] = self._record.function
        wider.layer[:, : self._record.layer.shape[1]] = self._record.layer
        self._record = wider

    def _meet(self) -> None:
        """Let people meet: each pair is drawn at its own address, so it meets again."""
        self.ties = empty_ties(self.firm)
        meet(self.key, self.firm, self.ties)

    # --- results -----------------------------------------------------------------------------

    @property
    def record(self) -> Record:
        """The rows of the weeks so far, as views: company, function and layer."""
        return Record(*(part[: self.week] for part in self._record))

    def __deepcopy__(self, memo: dict[int, Any]) -> CXModel:
        raise CxsimError(
            "a CXModel cannot be copied: its agents look at its own arrays; make a second one with "
            "the same scenario, seed and replicate and let it run to the same week"
        )

    def frame(self) -> pd.DataFrame:
        """Return the company's weekly series so far; the index is the week."""
        import pandas as pd

        return pd.DataFrame(self.record.company).rename_axis("week")


def _word(value: object, name: str) -> int:
    """Return a checked key of the random numbers."""
    try:
        return clean_value(value, "integer", 0, LARGEST_SEED, "count")
    except CxsimError as error:
        raise CxsimError(f"{name}: {error}") from None
