"""What two scenarios differ in, in units: lever groups and the world, or a group's single levers.

An *atom* is the smallest thing that one side or the other owns as a whole: the course of a lever
over the weeks, how effort is shared out (five levers that sum to one), the shocks, the firm, the
market, the coefficients. A unit is a set of atoms with a name for people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cxsim import parameters
from cxsim.errors import CxsimError
from cxsim.parameters import GROUPS, SHARES
from cxsim.plan import by_week
from cxsim.scenario import Scenario
from cxsim.timeline import Event
from cxsim.values import shown, shown_key, suggestion

EFFORT = "allocation"
SHOCKS, FIRM, MARKET, MODEL = "shocks", "organisation", "market", "coefficients"
WORLD = {
    SHOCKS: "What happens",
    FIRM: "The firm",
    MARKET: "The market",
    MODEL: "How the model works",
}
_WITH_FIRM = {"holdouts": "its holdouts", SHOCKS: "what happens to it"}


@dataclass(frozen=True)
class Unit:
    """Something that two scenarios may differ in.

    Attributes
    ----------
    name, title : str
        In code, and in words for people.
    atoms : frozenset of str
        What differs; empty where both sides are the same.
    """

    name: str
    title: str
    atoms: frozenset[str]

    @property
    def differs(self) -> bool:
        """Whether the two sides are not the same here."""
        return bool(self.atoms)


def check_pair(a: Scenario, b: Scenario) -> None:
    """Refuse what cannot be attributed.

    Raises
    ------
    CxsimError
        Something else than two scenarios, or two horizons.
    """
    for side in (a, b):
        if not hasattr(side, "without_programme"):
            raise CxsimError(
                f"attribute: {shown(side)} where a Scenario is wanted; cxsim.load(...) gives one"
            )
    if a.weeks != b.weeks:
        raise CxsimError(
            f"weeks: {a.weeks} for {a.name}, {b.weeks} for {b.name}; "
            "give both the same horizon to ask what makes the difference"
        )


def units_between(a: Scenario, b: Scenario) -> tuple[Unit, ...]:
    """Return all units, lever groups first, each with the atoms in which the sides differ."""
    levers = parameters.registry().levers
    differing = _differing_atoms(a, b)
    bound = _bound_to_firm(a, b) & differing if FIRM in differing else set()
    units = []
    for group, title in GROUPS.items():
        own = {atom_of(name) for name, lever in levers.items() if lever.group == group}
        units.append(Unit(group, title, frozenset((own & differing) - bound)))
    for name, title in WORLD.items():
        atoms = {name} & differing - bound
        if name == FIRM and bound:
            atoms |= bound
            title = f"{title} and {' and '.join(_WITH_FIRM[atom] for atom in sorted(bound))}"
        units.append(Unit(name, title, frozenset(atoms)))
    return tuple(units)


def levers_within(units: Sequence[Unit], group: str) -> tuple[Unit, ...]:
    """Return the single levers of a group.

    Raises
    ------
    CxsimError
        No such group, or the sides do not differ there.
    """
    if group not in GROUPS:
        near = suggestion(str(group), GROUPS)
        raise CxsimError(
            f"within: {shown_key(group)} is no group of levers{near}; there are {', '.join(GROUPS)}"
        )
    unit = next(unit for unit in units if unit.name == group)
    if not unit.differs:
        raise CxsimError(f"within: {group}: both scenarios are the same there")
    elsewhere = frozenset().union(*(other.atoms for other in units if other.name != group))
    levers = parameters.registry().levers
    atoms = dict.fromkeys(atom_of(n) for n, lever in levers.items() if lever.group == group)
    return tuple(
        Unit(atom, _title(atom), frozenset({atom}) & unit.atoms)
        for atom in atoms
        if atom not in elsewhere
    )


def atom_of(lever: str) -> str:
    """Return the atom that a lever belongs to."""
    return EFFORT if lever in SHARES else lever


def levers_of(atom: str) -> tuple[str, ...]:
    """Return the levers of an atom."""
    return SHARES if atom == EFFORT else (atom,)


def shocks_of(scenario: Scenario) -> tuple[Event, ...]:
    """Return what happens to the company that is no decision of its own."""
    return tuple(Event(event.week, shock=event.shock) for event in scenario.events if event.shock)


def courses(scenario: Scenario) -> Mapping[str, list[Any]]:
    """Return the value of every lever in every week."""
    weekly = by_week(scenario, lambda levers: levers)
    return {name: [levers[name] for levers in weekly] for name in scenario.levers}


def _title(atom: str) -> str:
    return (
        "How effort is shared out" if atom == EFFORT else parameters.registry().levers[atom].title
    )


def _differing_atoms(a: Scenario, b: Scenario) -> set[str]:
    ours, theirs = courses(a), courses(b)
    found = {atom_of(name) for name in ours if ours[name] != theirs[name]}
    if shocks_of(a) != shocks_of(b):
        found.add(SHOCKS)
    return found | {kind for kind in (FIRM, MARKET, MODEL) if getattr(a, kind) != getattr(b, kind)}


def _bound_to_firm(a: Scenario, b: Scenario) -> set[str]:
    """Return the atoms that name functions which only one of the firms has."""
    shared = set(a.organisation["functions"]) & set(b.organisation["functions"])
    bound = set()
    for side in (a, b):
        if not set().union(*courses(side)["holdouts"]) <= shared:
            bound.add("holdouts")
        if not {name for event in shocks_of(side) for _, name in event.functions()} <= shared:
            bound.add(SHOCKS)
    return bound
