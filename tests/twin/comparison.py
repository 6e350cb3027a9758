"""The fast engine and the twin side by side: where the first bit differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cxsim import engine
from cxsim.scenario import Scenario

from .model import TwinModel


def first_difference(
    scenario: Scenario,
    seed: int = 3,
    replicate: int = 0,
    twin_seed: int | None = None,
    cuts: Mapping[str, int] | None = None,
) -> str | None:
    """What the two models disagree on first, in words; None when every bit agrees."""
    fast = fast_record(scenario, seed, replicate + 1, cuts)
    twin = TwinModel(scenario, twin_seed or seed, replicate, cuts).run()
    for week in range(scenario.weeks):
        for where, row, record in _pairs(fast, twin, replicate, week):
            for name in row.dtype.names:
                theirs, ours = float(row[name]), float(record[name])
                if theirs != ours:
                    return (
                        f"{scenario.name}, week {week}, {where}, {name}: engine {theirs!r} "
                        f"({theirs.hex()}), twin {ours!r} ({ours.hex()})"
                    )
    return None


def fast_record(
    scenario: Scenario, seed: int, replicates: int, cuts: Mapping[str, int] | None = None
) -> Any:
    return engine.run_replicates(engine.prepare(scenario, cuts), seed, replicates, threads=1)


def _pairs(fast: Any, twin: TwinModel, replicate: int, week: int) -> Iterator[tuple[Any, ...]]:
    """A name, the engine's row and the twin's row for each table and part of the company."""
    yield "company", fast.company[replicate, week], twin.record["company"][week]
    for table in ("function", "layer"):
        rows, records = getattr(fast, table)[replicate, week], twin.record[table][week]
        # A layer that exists in other weeks only is empty in this one.
        empty = dict.fromkeys(rows.dtype.names, 0.0)
        records = [*records, *[empty] * (len(rows) - len(records))]
        for n, (row, record) in enumerate(zip(rows, records, strict=True)):
            yield f"{table} {n}", row, record
