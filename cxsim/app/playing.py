"""A future as the browser plays it: the trace, the charts, the log and what differs, ready to send.

Pure functions, no browser.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import cxsim
from cxsim.app.catalogue import FAMILIES, family
from cxsim.app.charts import DASHES, Line, of_runs, pack
from cxsim.app.intervening import words
from cxsim.app.pieces import joined
from cxsim.app.simulation import REPLICATES, Simulator
from cxsim.app.watching import CHOICES, LETTERS, Watch, scenario_of, what_query
from cxsim.explain.chronicle import Entry, chronicle
from cxsim.explain.compare import Comparison
from cxsim.figures import describe_event
from cxsim.results import Run
from cxsim.results.trace import Trace, trace
from cxsim.series import money

COLOURS = ("--cx-a", "--cx-b", "--cx-c", "--cx-d")


@dataclass(frozen=True, eq=False)  # arrays inside: two of them are the same one or differ
class Played:
    """The future on the stage, the one behind it if there is one, and what happens."""

    watch: Watch
    trace: Trace
    ghost: Trace | None
    entries: Sequence[Entry]


def play(watch: Watch) -> Played:
    """Let the future on the stage, and the one behind it, pass.

    Raises
    ------
    CxsimError
        The scenario cannot be read, or has too many people to be followed.
    """
    shown = trace(scenario_of(watch, watch.play), watch.seed)
    ghost = None if watch.ghost is None else trace(scenario_of(watch, watch.ghost), watch.seed)
    return Played(watch, shown, ghost, chronicle(shown))


def packed(played: Played) -> bytes:
    """Everything that the browser needs to play it, in one piece.

    Each part makes sense with the others only, so they travel together.

    Returns
    -------
    bytes
        As `joined` writes three parts: plain data as JSON (see `_plain`), the people (see
        `Trace.packed`), and the numbers of the charts (see `cxsim.app.charts.pack`).
    """
    meta, people = played.trace.packed()
    charts, numbers = pack([of_runs(name, _runs(played)) for name in CHOICES])
    text = json.dumps(meta | _plain(played) | {"charts": charts}, allow_nan=False).encode()
    return joined(text, people, numbers)


def _runs(played: Played) -> list[Run]:
    return [played.trace.run, *([played.ghost.run] if played.ghost else [])]


def _plain(played: Played) -> dict[str, Any]:
    """What is told in words, and how the lines are drawn."""
    scenario = played.trace.scenario
    return {
        "story": scenario.story,
        "signature": scenario.signature,
        "lines": [asdict(line) for line in _lines(played.watch)],
        "entries": [asdict(entry) for entry in played.entries],
        "marks": _marks(played),
        "difference": difference(played),
        "revision": f"{scenario.hash[:8]}-{played.watch.seed}-{played.watch.ghost}",
    }


def setting(watch: Watch) -> dict[str, Any]:
    """The setting itself, ready for the browser, with the futures in words."""
    return {
        "scenario": watch.scenario,
        "seed": watch.seed,
        "play": watch.play,
        "ghost": watch.ghost,
        "week": watch.week,
        "speed": watch.speed,
        "charts": list(watch.charts),
        "why": watch.why,
        "query": what_query(watch),
        "futures": [
            {
                "letter": LETTERS[place],
                "colour": COLOURS[place % len(COLOURS)],
                "events": [{"week": event.week, "text": words(event)} for event in future],
            }
            for place, future in enumerate(watch.futures)
        ],
    }


def grouped(names: Sequence[str]) -> list[dict[str, Any]]:
    """The scenarios to choose from, by what they are."""
    groups: dict[str, list[dict[str, str]]] = {title: [] for title in FAMILIES}
    for name in names:
        scenario = cxsim.load(name)
        mode = f"{scenario.mode}  " if scenario.mode else ""
        groups[family(scenario)].append({"name": name, "title": mode + scenario.title})
    return [{"title": title, "scenarios": found} for title, found in groups.items()]


def _lines(watch: Watch) -> list[Line]:
    """The future on the stage and, faintly, the one behind it, in their own colours."""
    found = [(watch.play, False)] + ([(watch.ghost, True)] if watch.ghost is not None else [])
    return [
        Line(
            LETTERS[place].lower(),
            f"Future {LETTERS[place]}",
            COLOURS[place % len(COLOURS)],
            DASHES[place % len(DASHES)],
            ghost,
        )
        for place, ghost in found
    ]


def _marks(played: Played) -> list[dict[str, Any]]:
    """What the scenario itself brings, and what somebody did, on the bar of the weeks."""
    own = cxsim.load(played.watch.scenario).events
    done = played.watch.futures[played.watch.play]
    told = [(event.week, describe_event(event), False) for event in own]
    told += [(event.week, words(event), True) for event in done]
    return [{"week": week, "text": text, "own": mine} for week, text, mine in sorted(told)]


def difference(played: Played) -> str:
    """What the future on the stage comes to in the end, beside the one behind it; "" alone."""
    if played.ghost is None:
        return ""
    run, other = played.trace.run, played.ghost.run
    parts = [
        _count(run, other, "practising", "person practises", "people practise"),
        _count(run, other, "active_customers", "customer", "customers"),
        _worth(run, other),
    ]
    letter = LETTERS[played.watch.ghost or 0]
    said = "; ".join(part for part in parts if part) or "nothing differs"
    return f"In week {played.trace.weeks - 1}, compared with future {letter}: {said}."


def _count(run: Run, other: Run, series: str, one: str, many: str) -> str:
    more = round(float(run.series(series)[-1] - other.series(series)[-1]))
    if more == 0:
        return ""
    return f"{abs(more):,} {'more' if more > 0 else 'fewer'} {one if abs(more) == 1 else many}"


def _worth(run: Run, other: Run) -> str:
    more = float(run.series("net_value")[-1] - other.series("net_value")[-1])
    return f"net value {money(more, sign=True)}" if more else ""


# --- a hundred futures ----------------------------------------------------------------------


def try_hundred(
    watch: Watch,
    simulator: Simulator,
    stop: Callable[[], bool],
    progress: Callable[[int, int], None],
) -> Comparison | None:
    """The future on the stage against the one behind it (or the untouched one), a hundred times.

    Parameters
    ----------
    watch
        What is on the stage.
    simulator
        Shared by all visitors.
    stop
        Asked all the time; when true, None is returned.
    progress
        Called with the runs done and their total.
    """
    sides = (watch.ghost or 0, watch.play)
    ensembles = []
    for nth, place in enumerate(sides):

        def report(done: int, total: int, before: int = nth) -> None:
            progress(before * REPLICATES + round(REPLICATES * done / total), 2 * REPLICATES)

        made = simulator.run(
            scenario_of(watch, place), REPLICATES, watch.seed, stop, progress=report
        )
        if made is None:
            return None
        ensembles.append(made)
    return cxsim.compare(*ensembles)


def verdicts(watch: Watch, comparison: Comparison) -> dict[str, Any]:
    """The comparison of a hundred futures, ready for the browser."""
    count = comparison.a.replicates
    rows = [
        {
            "label": row.label,
            "before": row.text_a,
            "after": row.text_b,
            "wins": round(row.share_b_better * count),
            "losses": round(row.share_a_better * count),
            "clear": row.better,
        }
        for row in comparison.rows
        if row.share_b_better == row.share_b_better  # not a number where it was not computed
    ]
    before, after = LETTERS[watch.ghost or 0], LETTERS[watch.play]
    return {"before": before, "after": after, "count": count, "rows": rows}
