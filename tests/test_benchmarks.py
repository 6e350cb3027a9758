"""The benchmarks: C and the engine do the same work, and every row is there. No clock is judged."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cxsim.scenario import Scenario
from cxsim.state import CUSTOMER
from experiments.benchmarks import c_loop, customer_loop
from experiments.benchmarks.table import Row, markdown

# What makes customers churn, come, complain and answer in every way that the loop knows.
STORM = (
    {"week": 9, "shock": {"price_rise": 0.35}},
    {"week": 12, "shock": {"outage": {"size": 0.6, "weeks": 6}}},
    {"week": 15, "shock": {"demand_surge": {"size": 2.0, "weeks": 9}}},
    {"week": 30, "shock": {"price_rise": 0.2}},
)


def company(
    events: tuple[dict[str, Any], ...] = (), customers: int = 300, **settings: Any
) -> Scenario:
    small = Scenario("small", "Small", weeks=60)
    small = small.with_settings({"employees": 44, "customers": customers, **settings})
    return small.with_events(events)


COMPANIES = {
    "default": company(),
    "storm": company(STORM, success_share=0.2, insight_share=0.15),
    "reorganised": company(({"week": 50, "set": {"span_of_control": 3}},), customers=40),
    "talk of the town": company(word_of_mouth=3.0, acquisition_rate=0.1, market_potential=4.0),
    "full house": company(customers=256, market_potential=1.0, contact_rate=1.0),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Any:
    command = c_loop.compiler()
    if command is None:
        pytest.skip("no C compiler: cc, gcc, clang or CC")
    return c_loop.build(tmp_path_factory.mktemp("c"), command)


@pytest.mark.parametrize("name", COMPANIES)
def test_c_and_the_engine_leave_the_same_bits(name: str, library: Any) -> None:
    replicate = customer_loop.Replicate(COMPANIES[name], first=8, seed=5)
    assert list(customer_loop.differences(replicate, library)) == []


def test_customers_lived_and_a_difference_would_be_found(library: Any) -> None:
    replicate = customer_loop.Replicate(COMPANIES["storm"], first=8)
    state, record = replicate.fresh()
    replicate.run_engine(state, record)
    for series in ("churned", "acquired", "churn_process", "churn_shock"):
        assert record.company[series][8:].sum() > 0
    assert state.voice[8:, 1].sum() > 0
    replicate.markets = lambda: np.zeros(60, c_loop.MARKET)  # type: ignore[method-assign]
    assert "customer satisfaction" in list(customer_loop.differences(replicate, library))


def test_c_refuses_arrays_that_it_does_not_know() -> None:
    replicate = customer_loop.Replicate(COMPANIES["default"], first=8)
    state, record = replicate.fresh()
    other = state._replace(customers=np.zeros(len(state.customers)))
    with pytest.raises(ValueError, match=r"customers: float64, .* is no array of Customer"):
        replicate.world(other, record, replicate.markets())


def test_c_refuses_rows_that_lie_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if (command := c_loop.compiler()) is None:
        pytest.skip("no C compiler: cc, gcc, clang or CC")
    packed = np.dtype([(name, CUSTOMER[name]) for name in CUSTOMER.names or ()])
    assert packed.itemsize != CUSTOMER.itemsize
    monkeypatch.setitem(c_loop.ROWS, "Customer", packed)
    with pytest.raises(RuntimeError, match="Customer"):
        c_loop.build(tmp_path, command)


def test_verdicts() -> None:
    rows = [
        Row("A", "fast", 2.0, "s", "", at_most=2.0),
        Row("A", "slow", 2.1, "s", "", at_most=2.0),
        Row("B", "often", 150.0, "times", "", at_least=150.0),
        Row("B", "much", 1234567.0, "bytes", ""),
    ]
    lines = [[cell.strip() for cell in line.split("|")] for line in markdown(rows).splitlines()]
    assert [line[2:5] for line in lines[2:]] == [
        ["2 s", "≤ 2 s", "hit"],
        ["2.1 s", "≤ 2 s", "MISS"],
        ["150 times", "≥ 150 times", "hit"],
        ["1,234,567 bytes", "", ""],
    ]


def test_quick_prints_and_writes_every_row(checkout: Path, tmp_path: Path) -> None:
    line = [sys.executable, "-m", "experiments.benchmarks", "--quick", "--out", str(tmp_path)]
    done = subprocess.run(line, cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "benchmarks.json").read_text(encoding="utf-8"))
    groups = ["One run", "Customers step", "Size", "Two ensembles", "Command line"]
    if c_loop.compiler() is None:
        assert "no C compiler" in done.stdout
        groups.remove("Customers step")
    assert list(dict.fromkeys(row["group"] for row in found["rows"])) == groups
    assert all(row["value"] == row["value"] for row in found["rows"])
    judged = [row for row in found["rows"] if row["hit"] is not None]
    assert len(judged) >= 11
    written = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    for row in found["rows"]:
        assert f"{row['group']}: {row['what']}" in done.stdout
        assert f"{row['group']}: {row['what']}" in written
    assert found["quick"] is True
