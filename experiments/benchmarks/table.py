"""The table of results: one row a number, beside its target where there is one."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from experiments.markdown import table

HEADINGS = ("What", "Measured", "Target", "", "How")
LIBRARIES = ("numpy", "numba", "mesa")


@dataclass(frozen=True)
class Row:
    """One number.

    Attributes
    ----------
    group, what : str
        What was measured, in plain words.
    value : float
        In `unit`.
    how : str
        Sizes and conditions.
    at_least, at_most : float, optional
        The target, in `unit`.
    """

    group: str
    what: str
    value: float
    unit: str
    how: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def hit(self) -> bool | None:
        """Whether the target is reached; None without a target."""
        if self.at_least is None and self.at_most is None:
            return None
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )

    @property
    def measured(self) -> str:
        """The value and its unit, in three digits."""
        number = f"{self.value:,.0f}" if self.value >= 1000 else f"{self.value:.3g}"
        return f"{number} {self.unit}"

    @property
    def target(self) -> str:
        """The target in words."""
        low = f"≥ {self.at_least:,g} {self.unit}" if self.at_least is not None else ""
        high = f"≤ {self.at_most:,g} {self.unit}" if self.at_most is not None else ""
        return " ".join(text for text in (low, high) if text)


def machine() -> dict[str, Any]:
    """Return what the numbers depend on."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None,
        "busy": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "system": platform.platform(),
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in LIBRARIES},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def markdown(rows: Iterable[Row]) -> str:
    """Return the table, readable as it is and as Markdown."""
    words = {True: "hit", False: "MISS", None: ""}
    return table(
        HEADINGS,
        [(f"{r.group}: {r.what}", r.measured, r.target, words[r.hit], r.how) for r in rows],
    )


def write(folder: Path, rows: list[Row], facts: dict[str, Any]) -> list[Path]:
    """Write the table as JSON and as Markdown; return the two files."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {**facts, "rows": [{**asdict(row), "hit": row.hit} for row in rows]}
    known = "\n".join(f"* {name}: {value}" for name, value in facts.items())
    texts = {
        "benchmarks.json": json.dumps(content, indent=2, ensure_ascii=False),
        "benchmarks.md": f"# Benchmarks\n\n{known}\n\n{markdown(rows)}",
    }
    for name, text in texts.items():
        (folder / name).write_text(text + "\n", encoding="utf-8")
    return [folder / name for name in texts]
