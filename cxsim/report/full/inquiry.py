"""Running everything that a report says: one function for each question, one bar for all."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from typing import Any

from cxsim.errors import CxsimError
from cxsim.explain.attribution import Attribution, attribute
from cxsim.explain.diagnosing import Diagnosis, diagnose
from cxsim.explain.momentum import Momentum, momentum
from cxsim.explain.money import Money, money
from cxsim.explain.rescuing import Rescue, rescue
from cxsim.explain.verdicts import LETTERS, Verdicts, verdicts
from cxsim.report.full.request import Request
from cxsim.results import Ensemble, simulate
from cxsim.scenario import Scenario

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]
RESCUE_WEEK = 40  # or a quarter of a shorter horizon
WORTH_SAVING = ("failure", "cannot tell")  # verdicts of a diagnosis after which one asks for a cure


@dataclass(frozen=True)
class Unanswered:
    """A question that cannot be asked of a scenario, such as of one that is too short."""

    reason: str

    def as_dict(self) -> dict[str, Any]:
        """Return the reason where an answer has its sentence."""
        return {"sentence": f"Cannot be said: {self.reason}", "unanswered": True}


@dataclass(frozen=True, eq=False)
class Side:
    """All answers about one scenario.

    `why` is the difference to the reference (of the reference itself: to the same company without
    a programme); `rescue` is None where nothing needs to be saved.
    """

    key: str
    ensemble: Ensemble
    why: Attribution | Unanswered
    momentum: Momentum | Unanswered
    diagnosis: Diagnosis | Unanswered
    rescue: Rescue | Unanswered | None
    money: Money | Unanswered


@dataclass(frozen=True, eq=False)
class Inquiry:
    """Everything that a report says, as results."""

    request: Request
    verdicts: Verdicts
    sides: tuple[Side, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return request and answers ready for JSON: what travels in the report."""
        return {
            "request": self.request.as_dict(),
            "answers": {
                "outcomes": self.verdicts.as_dict(),
                "why": [side.why.as_dict() for side in self.sides],
                "momentum": [side.momentum.as_dict() for side in self.sides],
                "diagnosis": [side.diagnosis.as_dict() for side in self.sides],
                "rescue": [side.rescue and side.rescue.as_dict() for side in self.sides],
                "money": [side.money.as_dict() for side in self.sides],
            },
        }


@dataclass
class _Bar:
    """One progress for a row of tasks, each taking its share of the whole."""

    tell: Progress | None
    shares: list[float]
    done: int = 0
    steps: int = field(default=1000, init=False)

    def next(self) -> Progress:
        """Return the progress of the next task."""
        before, share = sum(self.shares[: self.done]), self.shares[self.done]
        self.done += 1
        whole = sum(self.shares)

        def move(done: int, total: int) -> None:
            if self.tell is not None:
                part = before + share * (done / total if total else 1.0)
                self.tell(int(self.steps * part / whole), self.steps)

        return move


# How long the questions about one side take, compared with each other.
SHARES = {
    "simulate": 2.0,
    "why": 4.0,
    "momentum": 3.0,
    "diagnosis": 3.0,
    "money": 3.0,
    "rescue": 5.0,
}


def inquire(
    request: Request,
    threads: int | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Inquiry | None:
    """Answer a request.

    Parameters
    ----------
    request : Request
    threads, progress, cancelled
        As in `cxsim.simulate`; None is returned when cancelled.

    Raises
    ------
    CxsimError
        A scenario cannot be simulated.
    """
    bar = _Bar(progress, [*SHARES.values()] * len(request.scenarios))
    asked = _Asked(request, threads, bar, cancelled)
    try:
        sides = tuple(
            asked.side(letter, scenario)
            for letter, scenario in zip(LETTERS, request.scenarios, strict=False)
        )
    except CancelledError:
        return None
    return Inquiry(request, verdicts([side.ensemble for side in sides]), sides)


@dataclass
class _Asked:
    """What all questions share."""

    request: Request
    threads: int | None
    bar: _Bar
    cancelled: Cancelled | None

    def side(self, letter: str, scenario: Scenario) -> Side:
        """Ask everything about one scenario."""
        reference = self.request.scenarios[0]
        if scenario.hash == reference.hash:
            reference = scenario.without_programme()
        ensemble = self._run(simulate, scenario, replicates=self.request.replicates)
        why = self._ask(attribute, reference, scenario)
        found = self._ask(momentum, scenario, push=False)
        diagnosis = self._ask(diagnose, scenario)
        worth = self._ask(money, scenario, groups=False)  # they are part of `why`
        saved = None
        nothing = scenario.hash == scenario.without_programme().hash
        lost = isinstance(diagnosis, Unanswered) or diagnosis.verdict in WORTH_SAVING
        if lost and not nothing:
            saved = self._ask(rescue, scenario, week=min(RESCUE_WEEK, scenario.weeks // 4))
        else:
            self.bar.next()(1, 1)
        return Side(letter, ensemble, why, found, diagnosis, saved, worth)

    def _ask[Answer](
        self, question: Callable[..., Answer | None], *about: Scenario, **more: Any
    ) -> Answer | Unanswered:
        try:
            return self._run(question, *about, **more)
        except CxsimError as error:
            return Unanswered(str(error))

    def _run[Answer](
        self, question: Callable[..., Answer | None], *about: Scenario, **more: Any
    ) -> Answer:
        given = {"replicates": self.request.futures, "seed": self.request.seed, **more}
        answer = question(
            *about,
            **given,
            threads=self.threads,
            progress=self.bar.next(),
            cancelled=self.cancelled,
        )
        if answer is None:
            raise CancelledError
        return answer
