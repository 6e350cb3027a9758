"""The reality checks on one scenario, told one by one as they are made."""

from __future__ import annotations

import shlex
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import cxsim
from cxsim.explain.checks import FAILS, FUTURES, HOLDS, SILENT, Check, Verdict, reality_checks
from cxsim.explain.reality import Overlay
from cxsim.scenario import Scenario

SEED = 1
KEPT = 64 * 40  # verdicts kept for reuse: those of some forty scenarios
WORDS = {HOLDS: "holds", FAILS: "fails", SILENT: "does not apply"}
EXPECTED = {
    "higher": "higher",
    "lower": "lower",
    "not_higher": "not higher",
    "not_lower": "not lower",
    "same": "the same, bit for bit",
    "always": "within its bounds in every future",
}
_TURN = threading.Lock()  # one check at a time in this process, so that visitors share fairly


@dataclass(frozen=True)
class Checked:
    """How far the checks on a scenario have come.

    Attributes
    ----------
    scenario : str
        Its name.
    verdicts : tuple of Verdict
        Those known so far, in the order of the checks.
    busy : bool
    seconds_left : float or None
        None before the first one is made.
    problem : str or None
        What stopped the checks.
    """

    scenario: str
    verdicts: tuple[Verdict, ...] = ()
    busy: bool = True
    seconds_left: float | None = None
    problem: str | None = None

    @property
    def progress(self) -> dict[str, Any]:
        """The state in plain data for the page."""
        return {
            "scenario": self.scenario,
            "done": len(self.verdicts),
            "total": len(reality_checks()),
            "busy": self.busy,
            "left": time_left(self.seconds_left) if self.busy else "",
            "problem": self.problem or "",
            "command": shlex.join(["cxsim", "check", self.scenario]),
            "futures": FUTURES,
            "seed": SEED,
        }


class Memory:
    """Verdicts by what was tested; the one used longest ago goes first.

    Parameters
    ----------
    kept
        How many.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._verdicts: OrderedDict[tuple[str, str], Verdict] = OrderedDict()
        self._lock = threading.Lock()

    def recall(self, scenario: Scenario, check: Check) -> Verdict | None:
        """Return a verdict if it is known."""
        with self._lock:
            return self._verdicts.get((scenario.hash, check.id))

    def keep(self, scenario: Scenario, verdict: Verdict) -> None:
        """Remember a verdict."""
        with self._lock:
            self._verdicts[scenario.hash, verdict.check.id] = verdict
            while len(self._verdicts) > self._kept:
                self._verdicts.popitem(last=False)


MEMORY = Memory()


def check_all(
    name: str,
    publish: Callable[[Checked], None],
    stop: Callable[[], bool],
    memory: Memory = MEMORY,
) -> None:
    """Make every reality check on a scenario and publish each verdict as it comes.

    Parameters
    ----------
    name
        A bundled scenario, or the path of one.
    publish
        Called after each check, the last time with ``busy`` false.
    stop
        Asked while a check runs; when it says so, nothing more is published.
    memory
        Where known verdicts are.

    Raises
    ------
    CxsimError
        The scenario cannot be read.
    """
    scenario = cxsim.load(name)
    checks = reality_checks()
    found = {one.id: memory.recall(scenario, one) for one in checks}
    missing = [one for one in checks if found[one.id] is None]
    shown = Checked(name, _known(checks, found), busy=bool(missing))
    publish(shown)
    start = time.monotonic()
    for made, one in enumerate(missing, start=1):
        verdict = _make(scenario, one, stop)
        if verdict is None:
            return
        memory.keep(scenario, verdict)
        found[one.id] = verdict
        remaining = len(missing) - made
        left = (time.monotonic() - start) / made * remaining
        shown = replace(
            shown, verdicts=_known(checks, found), busy=remaining > 0, seconds_left=left
        )
        publish(shown)


def _known(checks: tuple[Check, ...], found: Mapping[str, Verdict | None]) -> tuple[Verdict, ...]:
    return tuple(verdict for one in checks if (verdict := found[one.id]) is not None)


def _make(scenario: Scenario, one: Check, stop: Callable[[], bool]) -> Verdict | None:
    """Return the verdict on one check when it is its turn; None when `stop` said so."""
    while not _TURN.acquire(timeout=0.1):
        if stop():
            return None
    try:
        report = cxsim.check(scenario, FUTURES, SEED, cancelled=stop, only=(one.id,))
    finally:
        _TURN.release()
    return report.verdicts[0] if report is not None else None


def rows(verdicts: tuple[Verdict, ...]) -> list[dict[str, Any]]:
    """Return all checks in their order, with the verdicts that are known; for the page."""
    known = {verdict.check.id: verdict for verdict in verdicts}
    return [_row(one, known.get(one.id)) for one in reality_checks()]


def _row(one: Check, verdict: Verdict | None) -> dict[str, Any]:
    return {
        "id": one.id,
        "group": one.group,
        "says": one.says,
        "verdict": verdict.verdict if verdict else "",
        "numbers": verdict.numbers if verdict else "",
        "why": verdict.why if verdict else "",
        "given": settings_of(one.base),
        "changed": settings_of(one.change) if one.change is not None else "",
        "expected": EXPECTED[one.expect],
    }


def settings_of(overlay: Overlay) -> str:
    """Return what an overlay lays over a scenario, in words."""
    parts = [] if overlay.programme else ["no programme"]
    parts += [] if overlay.keeps_shocks else ["no shocks from outside"]
    parts += [f"{_words(name)} {_value(value)}" for name, value in overlay.settings.items()]
    parts += [f"in week {event['week']}: {_event(event)}" for event in overlay.events]
    return "; ".join(parts)


def _event(event: Mapping[str, Any]) -> str:
    told = {**event.get("set", {}), **event.get("shock", {})}
    return ", ".join(f"{_words(name)} {_value(value)}" for name, value in told.items())


def _words(name: str) -> str:
    return name.replace("_", " ")


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "(" + ", ".join(f"{_words(key)} {_value(item)}" for key, item in value.items()) + ")"
    if isinstance(value, list | tuple):
        return ", ".join(_value(item) for item in value) or "none"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value).replace("<", "").replace(">", "")


def time_left(seconds: float | None) -> str:
    """Return how long something still takes, in words; "" when nobody knows."""
    if seconds is None:
        return ""
    if seconds < 1.5:
        return "a second left"
    if seconds < 90:
        return f"{round(seconds)} seconds left"
    return f"{round(seconds / 60)} minutes left"


def failure(name: str, problem: str) -> Checked:
    """Return the state of checks that could not be made."""
    return Checked(name, busy=False, problem=problem)
