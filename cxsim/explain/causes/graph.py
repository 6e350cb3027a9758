"""What can be asked why: quantities, the terms that move each of them, and what feeds each term."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from cxsim import parameters
from cxsim.errors import CxsimError
from cxsim.series import INDEX, SERIES, Kind
from cxsim.values import shown, suggestion

STOCK, FLOW, LEVEL = "stock", "flow", "level"
NODE, LEVER, FACT = "node", "lever", "fact"
SIGNS = {"+": 1, "-": -1}
LIMIT = "limit"  # the term for what lies beyond the ends of a scale
REST = ("noise", LIMIT)  # terms that explain nothing further
# Series that are the same as another one, in another unit.
ALIASES = {"practising": "adoption", "churn_yearly": "churned"}


@dataclass(frozen=True)
class Source:
    """What feeds a term.

    Attributes
    ----------
    kind : str
        "node", "lever", or "fact": a coefficient of the model, an event, chance.
    name, title : str
    sign : int
        1 where more of it raises what the term moves, -1 where it lowers it, 0 where neither holds.
    """

    kind: str
    name: str
    title: str
    sign: int


@dataclass(frozen=True)
class Term:
    """One direct cause.

    Attributes
    ----------
    name, title : str
        The title says what happens in a few words.
    given : tuple of str
        Its sources, the one that counts most first, as `source_of` reads them.
    fields : tuple of str
        The fields of the rows that make it up; by default one, named after node and term.
    """

    name: str
    title: str
    given: tuple[str, ...]
    fields: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[Source, ...]:
        """What feeds it, the one that counts most first."""
        return tuple(source_of(text) for text in self.given)


@dataclass(frozen=True)
class Node:
    """One quantity that causes can be asked of.

    Attributes
    ----------
    name, title : str
    kind : str
        "stock": the terms sum to a week's change; "flow": to a week's amount; "level": to a week's
        value.
    terms : tuple of Term
    measured : Kind
        Unit and form.
    by : str
        How a company's number comes from its functions: "company" (it exists there only), "heads"
        (mean over the functions), "people" (per employee), "sum", "weighted" (by employees).
    follows : bool
        It moves toward a target. Then each term counts with the lag with which it arrives, and what
        a week leaves behind of earlier weeks is shared out among the terms that it came from.
    product : bool
        The terms are factors of a product; shown is what each of them takes from the whole.
    """

    name: str
    title: str
    kind: str
    terms: tuple[Term, ...]
    measured: Kind
    by: str = "company"
    follows: bool = False
    product: bool = False

    @property
    def by_function(self) -> bool:
        """Whether it can be asked of one function."""
        return self.by != "company"

    @property
    def unit(self) -> str:
        """Unit in which people read it."""
        if self.people:
            return "employees"
        return self.measured.shown_unit

    @property
    def people(self) -> bool:
        """Whether it is a share of the employees, which people read as a number of them."""
        return self.name in ("adoption", "embedded")

    def term(self, name: str) -> Term:
        """Return one of the terms.

        Raises
        ------
        CxsimError
            No term has that name; the message offers the nearest one.
        """
        for term in self.terms:
            if term.name == name:
                return term
        names = [term.name for term in self.terms]
        raise CxsimError(f"{shown(name)}: not a cause of {self.name}{suggestion(name, names)}")


def source_of(text: str) -> Source:
    """Return the source that a text stands for.

    ``+adoption`` is a node and ``-turnover`` a lever, with the sign of what more of it does; a name
    without a sign is that of a lever or of a coefficient; anything else says itself what it is.
    """
    sign = SIGNS.get(text[:1], 0)
    name = text[1:] if sign else text
    found = nodes().get(name)
    if found is not None:
        return Source(NODE, name, found.title, sign)
    registry = parameters.registry()
    if name in registry.levers:
        return Source(LEVER, name, registry.levers[name].title, sign)
    if name in registry.names():
        return Source(FACT, name, registry.find(name).title, sign)
    return Source(FACT, name, name, sign)


@functools.cache
def nodes() -> dict[str, Node]:
    """Return all quantities by name."""
    from cxsim.explain.causes.customer_nodes import CUSTOMERS
    from cxsim.explain.causes.people_nodes import PEOPLE
    from cxsim.explain.causes.programme_nodes import PROGRAMME

    return {node.name: node for node in (*PEOPLE, *PROGRAMME, *CUSTOMERS)}


def find_node(name: object) -> Node:
    """Return the quantity called `name`.

    Raises
    ------
    CxsimError
        There is none; the message offers the nearest one.
    """
    if not isinstance(name, str):
        raise CxsimError(f"series: {shown(name)} where the name of a series is wanted")
    found = nodes().get(ALIASES.get(name, name))
    if found is None:
        what = "no causes are kept of it" if name in SERIES else "unknown series"
        near = suggestion(name, [*nodes(), *ALIASES])
        raise CxsimError(f"{shown(name)}: {what}{near}; `cxsim causes --list` lists all")
    return found


def series_node(name: str, kind: str, terms: tuple[Term, ...], by: str = "company", **how: bool):
    """Return the node of a recorded series, with its label and unit."""
    series = SERIES[name]
    return Node(name, series.label, kind, terms, series.kind, by, **how)


def inner_node(name: str, title: str, terms: tuple[Term, ...], by: str, **how: bool) -> Node:
    """Return the node of a quantity that is not recorded, from 0 to 1."""
    return Node(name, title, LEVEL, terms, INDEX, by, **how)
