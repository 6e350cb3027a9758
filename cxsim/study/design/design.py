"""A design of experiments: what varies, where the study looks, how often, and what it keeps."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cxsim.checks import Frozen, Problems
from cxsim.errors import CxsimError
from cxsim.scenario import Scenario
from cxsim.study.design import sampling, subject
from cxsim.study.design.checking import checked, where
from cxsim.study.design.factor import LEVER, SCENARIO, TABLES, UNCERTAINTY, Factor, Until
from cxsim.study.design.keeping import tried
from cxsim.values import shown, shown_key, suggestion

if TYPE_CHECKING:
    import numpy as np

USUAL_OUTCOMES = ("adoption", "churn_yearly", "net_value")


@dataclass(frozen=True)
class Design:
    """A plan of many runs, checked once and then unchangeable.

    `Design.of` takes a few words; a design file says the same (see `load_design`).

    Attributes
    ----------
    name, title : str
    base : Scenario or None
        What does not vary. None when whole scenarios vary, or in a study of one's own function.
    factors : tuple of Factor
        Whole scenarios first, then levers, then uncertainties. Left out of a table, they are the
        names in its rows.
    method : str
        factorial, one_at_a_time, latin_hypercube, sobol_sequence, saltelli, morris or table. Left
        out: table with rows, factorial when all that varies are listed decisions, else
        latin_hypercube.
    samples : int
        Points of a Latin hypercube and a Sobol' sequence, the same for every combination of listed
        levers and scenarios; base samples of Saltelli (a power of two), with factors + 2 points
        each; trajectories of Morris, with factors + 1 points each; levels of a range in a
        factorial or one at a time.
    rows : tuple of mapping
        The points of a table, each name to its value.
    replicates : int or Until
        Runs of every point, with the same luck at every point.
    seed : int
        Of the points and of the luck.
    outcomes : tuple of str
        Of `cxsim.series.OUTCOMES`, the measures, and with `withdraw` share_surviving and
        self_sustaining.
    measures : mapping
        Name to a measure in the language of `cxsim.measures`; all are kept.
    series : tuple of str
        Weekly series that are kept.
    withdraw : int or None
        Week in which all support is withdrawn, for the outcomes that tell what is left.
    scenarios : tuple of Scenario
        Those named by the factor "scenario"; bundled ones are found by themselves.

    Raises
    ------
    CxsimError
        One line for each thing that is wrong.
    """

    name: str
    title: str
    base: Scenario | None
    factors: tuple[Factor, ...] = ()
    method: str = None  # type: ignore[assignment] # one that fits what varies, once checked
    samples: int = None  # type: ignore[assignment] # the method's usual number, once checked
    rows: tuple[Mapping[str, Any], ...] = ()
    replicates: int | Until = 10
    seed: int = 1
    outcomes: tuple[str, ...] = USUAL_OUTCOMES
    measures: Mapping[str, str] = field(default_factory=Frozen)
    series: tuple[str, ...] = ()
    withdraw: int | None = None
    scenarios: tuple[Scenario, ...] = ()

    def __post_init__(self) -> None:
        problems = Problems()
        object.__setattr__(self, "factors", tuple(self.factors))
        for factor in self.factors:
            if not isinstance(factor, Factor):
                raise CxsimError(
                    f"factors: {shown(factor)} where a Factor is wanted; see Design.of"
                )
        if self.method is None:
            object.__setattr__(self, "method", sampling.usual(self.factors, self.rows))
        clean = checked(self, problems)
        problems.raise_if_any()
        clean["title"] = self.title or self.name
        clean["series"] = tuple(dict.fromkeys(self.series))
        for key, value in clean.items():
            object.__setattr__(self, key, value)
        if self.method == sampling.ONE_AT_A_TIME:
            self._check_centre()

    def __reduce__(self) -> tuple[type[Design], tuple[Any, ...]]:
        """Pickle what was given, not the points: every process works them out for itself."""
        return type(self), tuple(getattr(self, each.name) for each in fields(self))

    @classmethod
    def of(
        cls,
        base: Scenario | str | os.PathLike[str] | None = None,
        *,
        levers: Mapping[str, Any] | None = None,
        uncertainties: Mapping[str, Any] | None = None,
        scenarios: Sequence[Scenario | str | os.PathLike[str]] = (),
        weeks: int | None = None,
        name: str = "study",
        title: str = "",
        **more: Any,
    ) -> Design:
        """Return a design from a few words.

        Parameters
        ----------
        base : Scenario, name or path, optional
        levers, uncertainties : mapping, optional
            Name to a tuple of two numbers (a range), a list of values, "range" (all that the
            registry allows) or "sensitivity" (where an assumption may well lie).
        scenarios : sequence, optional
            Whole scenarios that vary, instead of a base.
        weeks : int, optional
            Another horizon.
        **more
            Any other attribute: method, samples, replicates, outcomes and so on.

        Raises
        ------
        CxsimError
            One line for each thing that is wrong.
        """
        known = [each.name for each in fields(cls)]
        for key in more:
            if key not in known:
                near = suggestion(key, ["levers", "uncertainties", "scenarios", *known])
                raise CxsimError(f"{shown_key(key)}: a design has nothing of that name{near}")
        company = None if base is None else _loaded(base, weeks)
        several = tuple(_loaded(each, weeks) for each in scenarios)
        problems = Problems()
        factors = []
        if several:
            factors.append(Factor(SCENARIO, SCENARIO, values=tuple(s.name for s in several)))
        of_company = company is not None or bool(several)
        for role, given in ((LEVER, levers), (UNCERTAINTY, uncertainties)):
            if not isinstance(given or {}, Mapping):
                raise CxsimError(
                    f"{TABLES[role]}: {shown(given)} where names with their values are wanted, "
                    'such as {"charter": (0.1, 0.9)}'
                )
            for key, value in (given or {}).items():
                made = tried(
                    problems, (TABLES[role], key), subject.factor, key, role, value, of_company
                )
                factors += [made] if made is not None else []
        problems.raise_if_any()
        more = {key: _frozen(value) for key, value in more.items()}
        return cls(name, title, company, tuple(factors), scenarios=several, **more)

    def _check_centre(self) -> None:
        problems = Problems()
        for factor in self.factors:
            if self.base is not None and self._own(factor) is None:
                value = subject.own_value(factor, self.base)
                problems.add(
                    where(factor),
                    f"one_at_a_time goes out from the base's own value, {value}, which is not "
                    "among those given; add it or widen the range",
                )
        problems.raise_if_any()

    def _own(self, factor: Factor) -> Any:
        """Return the base's own value of a factor, None where the factor does not take it."""
        if self.base is None:
            return factor.at(0.5) if factor.values is None else factor.values[0]
        value = subject.own_value(factor, self.base)
        try:
            factor.position_of(value)
        except CxsimError:
            return None
        return value

    # --- points ----------------------------------------------------------------------------

    @cached_property
    def positions(self) -> np.ndarray:
        """Where the points lie between the ends of the factors, shape (points, factors), 0..1."""
        import numpy as np

        if self._draws:
            return sampling.drawn(self.method, self.factors, self.samples, self.seed)
        rows = [[f.position_of(point[f.name]) for f in self.factors] for point in self.settings]
        return np.array(rows, float).reshape(len(rows), len(self.factors))

    @cached_property
    def settings(self) -> tuple[dict[str, Any], ...]:
        """The points in their order, each a name to a value in natural units."""
        if self.method == sampling.TABLE:
            return tuple({name: row[name] for name in self.names} for row in self.rows)
        if self.method == sampling.FACTORIAL:
            return tuple(sampling.grid(self.factors, self.samples))
        if self.method == sampling.ONE_AT_A_TIME:
            centre = {factor.name: self._own(factor) for factor in self.factors}
            return tuple(sampling.one_at_a_time(self.factors, self.samples, centre))
        columns = [
            [factor.at(position) for position in column]
            for factor, column in zip(self.factors, self.positions.T.tolist(), strict=True)
        ]
        return tuple(dict(zip(self.names, row, strict=True)) for row in zip(*columns, strict=True))

    @property
    def _draws(self) -> bool:
        tabled = (sampling.TABLE, sampling.FACTORIAL, sampling.ONE_AT_A_TIME)
        return self.method not in tabled

    def __len__(self) -> int:
        if self.method == sampling.TABLE:
            return len(self.rows)
        if self.method == sampling.ONE_AT_A_TIME:
            return len(self.settings)
        return sampling.count(self.method, self.factors, self.samples)

    def __bool__(self) -> bool:
        return True

    def scenario_at(self, settings: Mapping[str, Any]) -> Scenario:
        """Return the scenario of a point; a factor left out stays as the base has it.

        The headline groups are moved in their order, then single values are set. With
        threshold_mean or threshold_spread the innovators' threshold moves too, as in
        `cxsim.study.sensitivity`, unless it is a factor itself.

        Raises
        ------
        CxsimError
            A name that is no factor, or a combination that is impossible.
        """
        settings = dict(settings)
        for name in settings:
            self.factor(name)
        company = self.base
        if self.scenarios:
            wanted = settings.pop(SCENARIO, self.scenarios[0].name)
            company = next((each for each in self.scenarios if each.name == wanted), None)
        if company is None:
            raise CxsimError(f"{self.name}: is a study of a function, and has no company to set up")
        return subject.moved(company, settings)

    # --- what it says ----------------------------------------------------------------------

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the factors in their order."""
        return tuple(factor.name for factor in self.factors)

    @property
    def weeks(self) -> int | None:
        """Horizon; None in a study of one's own function."""
        companies = (self.base,) if self.base is not None else self.scenarios
        return companies[0].weeks if companies else None

    @property
    def most_replicates(self) -> int:
        """Replicates of a point, or the most that the rule allows."""
        return self.replicates.at_most if isinstance(self.replicates, Until) else self.replicates

    def factor(self, name: str) -> Factor:
        """Return a factor by its name.

        Raises
        ------
        CxsimError
            No factor is called so.
        """
        for factor in self.factors:
            if factor.name == name:
                return factor
        raise CxsimError(f"{shown_key(str(name))}: no such factor{suggestion(name, self.names)}")

    def with_samples(self, samples: int) -> Design:
        """Return the same design with another number of samples."""
        return replace(self, samples=samples)

    @cached_property
    def hash(self) -> str:
        """Sixteen hex digits that stand for everything that changes a point or what is kept."""
        rule = self.replicates
        content: dict[str, Any] = {
            "companies": [s.hash for s in ((self.base,) if self.base else self.scenarios)],
            "factors": [[f.name, f.role, f.low, f.high, f.values, f.whole] for f in self.factors],
            "method": [self.method, self.samples],
            "rows": [[row[name] for name in self.names] for row in self.rows],
            "replicates": list(vars(rule).values()) if isinstance(rule, Until) else rule,
            "seed": self.seed,
            "kept": [self.outcomes, dict(self.measures), self.series, self.withdraw],
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def to_toml(self) -> str:
        """Return the text of a design file that gives an equal design."""
        from cxsim.study.design.writing import text

        return text(self)


def _loaded(given: Scenario | str | os.PathLike[str], weeks: int | None) -> Scenario:
    from cxsim.scenario_file import load

    scenario = given if isinstance(given, Scenario) else load(given)
    return scenario if weeks is None else scenario.with_weeks(weeks)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
