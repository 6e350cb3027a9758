"""How a running study tells how far it is: a bar, lines, JSON, or nothing."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from cxsim.study.batch import Progress

AUTO, LINES, JSON, NONE = "auto", "lines", "json", "none"
MODES = (AUTO, LINES, JSON, NONE)
LINE_SECONDS = 10.0
JSON_SECONDS = 0.5

Tell = Callable[["Progress"], None]


@contextmanager
def telling(mode: str, name: str) -> Iterator[Tell]:
    """Return a function that tells progress: on the way a bar or lines on standard error."""
    if mode == AUTO:
        mode = "bar" if sys.stderr.isatty() else LINES
    match mode:
        case "bar":
            with _Bar(name) as bar:
                yield bar.tell
        case "lines":
            yield _now_and_then(
                lambda now: click.echo(f"{name}: {now.text}", err=True), LINE_SECONDS
            )
        case "json":
            yield _now_and_then(_print_json, JSON_SECONDS, at_once=True)
        case _:
            yield lambda _: None


def _now_and_then(tell: Tell, seconds: float, at_once: bool = False) -> Tell:
    """Return a function that passes on what comes at least `seconds` after the last."""
    told = -seconds if at_once else time.monotonic()

    def maybe(now: Progress) -> None:
        nonlocal told
        if time.monotonic() - told >= seconds:
            told = time.monotonic()
            tell(now)

    return maybe


def _print_json(now: Progress) -> None:
    print_line(
        {
            "done": now.done,
            "total": now.total,
            "failed": now.failed,
            "rate": round(now.rate, 3),
            "left": None if now.left is None else round(now.left, 1),
        }
    )


def print_line(content: dict[str, Any]) -> None:
    """Print one JSON object on one line, at once."""
    click.echo(json.dumps(content, ensure_ascii=False, allow_nan=False))
    sys.stdout.flush()


class _Bar:
    """A bar with rate and time left; it begins where the study goes on."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._bar: Any = None

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def tell(self, now: Progress) -> None:
        if self._bar is None:
            from tqdm import tqdm

            self._bar = tqdm(
                desc=self._name, total=now.total, initial=now.done, unit="run", leave=False,
                mininterval=0.2, file=sys.stderr,
            )  # fmt: skip
        self._bar.total = now.total
        self._bar.update(now.done - self._bar.n)
        if now.failed:
            self._bar.set_postfix_str(f"{now.failed} failed")
