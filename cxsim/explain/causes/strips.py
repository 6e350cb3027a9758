"""Why a series moved in some weeks: its direct causes, and one step upstream from each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from cxsim.errors import CxsimError
from cxsim.explain.causes import telling, words
from cxsim.explain.causes.graph import LEVEL, NODE, Node, Term, find_node, nodes
from cxsim.explain.causes.past import Past, check_function, check_window, relive
from cxsim.explain.causes.path import Trail, follow
from cxsim.explain.columns import paragraph
from cxsim.explain.rounding import Rounded
from cxsim.results import write_whole
from cxsim.results.running import whole
from cxsim.values import LARGEST_SEED, shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cxsim.scenario import Scenario

MOST_FUTURES = 1000  # whose causes fit into memory


@dataclass(frozen=True, eq=False, repr=False)
class Causes:
    """What moved one quantity in a window of weeks.

    Attributes
    ----------
    node : Node
        The quantity with its terms.
    function : str or None
        None for the company.
    first, last : int
        The window, both weeks included.
    past : Past
        The futures that the answer comes from.
    """

    node: Node
    function: str | None
    first: int
    last: int
    past: Past

    def __repr__(self) -> str:
        return f"<Causes of {self.node.name} in {words.window(self.first, self.last)}>"

    # -------------------------------------------------------------- numbers

    @property
    def scenario(self) -> Scenario:
        """The scenario asked about."""
        return self.past.scenario

    @property
    def replicates(self) -> int:
        """Number of futures looked at."""
        return len(self.past.replays)

    @property
    def values(self) -> np.ndarray:
        """The quantity itself, mean over the futures, in its own unit, shape (weeks,)."""
        return self.past.moves(self.node, self.function).values.mean(axis=0)

    @cached_property
    def contributions(self) -> np.ndarray:
        """What each term adds in each week, mean over the futures, shape (terms, weeks)."""
        return self.past.moves(self.node, self.function).terms.mean(axis=0)

    @cached_property
    def sums(self) -> np.ndarray:
        """What each term did in the window in each future, shape (replicates, terms).

        The sum over its weeks; of a level the mean.
        """
        terms = self.past.moves(self.node, self.function).terms[:, :, self.first : self.last + 1]
        return terms.mean(axis=2) if self.node.kind == LEVEL else terms.sum(axis=2)

    @property
    def total(self) -> float:
        """Change, sum or mean of the quantity in the window, mean over the futures."""
        return float(self._totals.mean())

    @property
    def _totals(self) -> np.ndarray:
        return self.sums.sum(axis=1) + (1.0 if self.node.product else 0.0)

    @property
    def staff(self) -> int:
        """Employees of the company, or of the function."""
        return self.past.staff(self.function)

    def _measured(self, amounts: np.ndarray) -> Rounded:
        """Return an amount as it is said, given the largest one beside it."""
        scale = words.factor(self.node, self.staff)
        means = np.abs(self.sums.mean(axis=0))
        return words.measured(amounts * scale, float(means.max()) * scale, words.in_ones(self.node))

    @cached_property
    def total_told(self) -> Rounded:
        """The total as it is said."""
        return self._measured(self._totals)

    @cached_property
    def _decimal(self) -> int:
        """The last decimal of the largest term, which all of them are told with."""
        largest = int(np.argmax(np.abs(self.sums.mean(axis=0))))
        return min(0, self._measured(self.sums[:, largest]).place)

    def told(self, place: int) -> Rounded:
        """Return what a term did as it is said, all terms with the same number of decimals."""
        value = self._measured(self.sums[:, place])
        if self.node.measured.form == "money" or (self._decimal == 0 and value.place >= 0):
            return value
        scale = words.factor(self.node, self.staff)
        return words.at(self.sums[:, place] * scale, self._decimal)

    # -------------------------------------------------------------- words

    @cached_property
    def shares(self) -> np.ndarray:
        """The part of each term in all that moves the quantity, either way, shape (terms,)."""
        size = np.abs(self.sums.mean(axis=0))
        return size / size.sum() if size.sum() > 0.0 else size

    @property
    def sentence(self) -> str:
        """What happened, and what of it comes from where."""
        return telling.sentence(self)

    def table(self) -> str:
        """Return the answer as text: the sentence, a bar for each cause, and the way upstream."""
        means = self.sums.mean(axis=0)
        order = [int(place) for place in np.argsort(-np.abs(means), kind="stable")]
        told = {place: self.told(place) for place in order}
        rows = [
            (self.node.terms[n].title, words.amount(self.node, told[n]), means[n])
            for n in order
            if told[n].value != 0.0
        ]
        bars = words.bars(rows)
        upstream = ["Upstream, along the largest cause that has one behind it:", self.path().text]
        sentence = paragraph(self.sentence)
        return "\n".join([sentence, "", *bars, "", upstream[0], f"  {upstream[1]}"])

    # -------------------------------------------------------------- upstream

    def of(self, node: Node) -> Causes:
        """Return the causes of another quantity in the same weeks and futures.

        Of the same function, if the other quantity is kept by function.
        """
        function = self.function if node.by_function else None
        return replace(self, node=node, function=function)

    def upstream(self, term: str) -> tuple[Causes, ...]:
        """Return the causes of what feeds a term; levers and facts have none.

        Raises
        ------
        CxsimError
            No term has that name.
        """
        sources = self.node.term(term).sources
        return tuple(self.of(nodes()[source.name]) for source in sources if source.kind == NODE)

    def source_lines(self, term: str) -> list[str]:
        """Return what feeds a term, one line each, levers and facts with their values."""
        sources = self.node.term(term).sources
        return [words.source_words(s, self.scenario, self.first, self.last) for s in sources]

    def path(self) -> Trail:
        """Follow the largest cause upstream until a lever, a fact or a loop is reached."""
        return follow(self)

    # -------------------------------------------------------------- data

    def week(self, t: int) -> dict[str, Any]:
        """Return what moved the quantity in one week, ready to show."""
        return replace(self, first=t, last=t)._as_dict_of_window()

    def as_dict(self) -> dict[str, Any]:
        """Return plain data: numbers in the units that people read, texts beside them."""
        scale = words.factor(self.node, self.staff)
        moves = self.past.moves(self.node, self.function)
        stock = self.node.kind == "stock"
        start = words.readable(self.node, self.staff, moves.start).mean() if stock else None
        answer = self._as_dict_of_window()
        for entry, weekly in zip(answer["terms"], self.contributions * scale, strict=True):
            entry["weekly"] = weekly.tolist()
        return {
            **answer,
            "values": words.readable(self.node, self.staff, self.values).tolist(),
            "start": None if start is None else float(start),
            "weeks": self.past.weeks,
            **self.path().as_dict(),
        }

    def _as_dict_of_window(self) -> dict[str, Any]:
        scenario = self.scenario
        return {
            "series": self.node.name,
            "title": self.node.title,
            "unit": self.node.unit,
            "kind": self.node.kind,
            "function": self.function,
            "scenario": {"name": scenario.name, "title": scenario.title, "hash": scenario.hash},
            "first": self.first,
            "last": self.last,
            "replicates": self.replicates,
            "seed": self.past.seed,
            "total": self.total_told.value,
            "total_text": words.amount(self.node, self.total_told, self.node.kind != LEVEL),
            "sentence": self.sentence,
            "note": telling.NOTE if telling.turns(self) else "",
            "terms": [self._term_dict(place, term) for place, term in enumerate(self.node.terms)],
        }

    def _term_dict(self, place: int, term: Term) -> dict[str, Any]:
        mean = float(self.sums[:, place].mean())
        window = (self.scenario, self.first, self.last)
        return {
            "name": term.name,
            "title": term.title,
            "sum": mean * words.factor(self.node, self.staff),
            "sum_text": words.amount(self.node, self.told(place)),
            "share": float(self.shares[place]),
            "sign": int(np.sign(mean)),
            "sources": [words.source_dict(source, *window) for source in term.sources],
        }

    def save_weekly(self, path: Path) -> Path:
        """Write the quantity and its terms as CSV, one row a week, as people read them."""
        scale = words.factor(self.node, self.staff)
        values = words.readable(self.node, self.staff, self.values)
        names = [self.node.name, *(term.name for term in self.node.terms)]
        table = np.vstack([values, self.contributions * scale]).T
        lines = [",".join(["week", *names])]
        lines += [",".join([str(w), *map(repr, row)]) for w, row in enumerate(table.tolist())]
        text = "\n".join(lines) + "\n"

        def write(file: IO[bytes]) -> None:
            file.write(text.encode())

        write_whole(path, write)
        return path

    def figure(self) -> Figure:
        """Draw the terms week by week, stacked, with the quantity itself above them."""
        from cxsim.figures.strips import strip_figure

        return strip_figure(self)


def causes(
    scenario: Scenario,
    series: str,
    first: int = 0,
    last: int | None = None,
    function: str | None = None,
    replicates: int = 8,
    seed: int = 1,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Causes | None:
    """Say what moved a series in a window of weeks, and what stands behind that.

    Some futures are lived again with the terms of all formulas written down; the terms of a series
    sum to its recorded change, or amount, in every week of every future.

    Parameters
    ----------
    series : str
        A weekly series; `list_nodes` returns all that have causes.
    first, last : int
        Weeks from 0, both included; `last` is the last one of the scenario by default.
    function : str, optional
        One function instead of the company.
    replicates : int
        Futures to look at, 1 .. 1,000.
    seed : int
        0 .. 2**32 - 1.
    threads : int, optional
        All cores by default; changes no number.
    progress : callable, optional
        Called with the futures done and their total.
    cancelled : callable, optional
        Asked between futures; when true, None is returned.

    Raises
    ------
    CxsimError
        An unknown series or function, or weeks or numbers out of range.
    """
    _check_scenario("causes", scenario)
    question = check_question(scenario, series, first, last, function)
    replicates = whole("replicates", replicates, 1, MOST_FUTURES)
    seed = whole("seed", seed, 0, LARGEST_SEED)
    threads = None if threads is None else whole("threads", threads, 1, 4096)
    past = relive(scenario, seed, range(replicates), threads, progress, cancelled)
    return None if past is None else Causes(*question, past)


def check_question(
    scenario: Scenario, series: str, first: int, last: int | None, function: str | None
) -> tuple[Node, str | None, int, int]:
    """Return the quantity, the function and the window that are asked of, checked.

    Raises
    ------
    CxsimError
        An unknown series or function, or weeks out of range.
    """
    node = find_node(series)
    return node, check_function(scenario, node, function), *check_window(scenario, first, last)


def trace_causes(
    scenario: Scenario, seed: int = 1, replicate: int = 0, function: str | None = None
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the causes of everything in one future, small enough to be played in a browser.

    Parameters
    ----------
    function : str, optional
        Then only what is kept by function is returned, for this one.

    Returns
    -------
    meta : dict
        Ready for JSON: name, seed, replicate, weeks, function, and for each of ``nodes`` its
        title, unit, kind, and terms with their sources.
    arrays : dict of str to array of float32, shape (terms, weeks)
        By node, in the unit that people read.

    Raises
    ------
    CxsimError
        An unknown function, or a number out of range.
    """
    _check_scenario("trace_causes", scenario)
    seed = whole("seed", seed, 0, LARGEST_SEED)
    replicate = whole("replicate", replicate, 0, LARGEST_SEED)
    check_function(scenario, nodes()["adoption"], function)
    past = relive(scenario, seed, range(replicate, replicate + 1))
    assert past is not None  # nobody could cancel it
    asked = [node for node in nodes().values() if function is None or node.by_function]
    all_causes = [Causes(node, function, 0, past.weeks - 1, past) for node in asked]
    meta = {
        "name": scenario.name,
        "seed": seed,
        "replicate": replicate,
        "weeks": past.weeks,
        "function": function,
        "nodes": {each.node.name: _node_dict(each) for each in all_causes},
    }
    scale = {each.node.name: words.factor(each.node, each.staff) for each in all_causes}
    arrays = {
        each.node.name: (each.contributions * scale[each.node.name]).astype(np.float32)
        for each in all_causes
    }
    return meta, arrays


def _node_dict(each: Causes) -> dict[str, Any]:
    node, window = each.node, (each.scenario, each.first, each.last)
    terms = [
        {
            "name": term.name,
            "title": term.title,
            "sources": [words.source_dict(source, *window) for source in term.sources],
        }
        for term in node.terms
    ]
    return {"title": node.title, "unit": node.unit, "kind": node.kind, "terms": terms}


def list_nodes() -> tuple[Node, ...]:
    """Return all quantities that causes can be asked of."""
    return tuple(nodes().values())


def _check_scenario(name: str, scenario: object) -> None:
    if not hasattr(scenario, "without_programme"):
        raise CxsimError(
            f"{name}: {shown(scenario)} where a Scenario is wanted; cxsim.load(...) gives one"
        )
