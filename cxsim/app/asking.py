"""Works on the questions of one browser tab, one at a time, in the background.

A newer question ends the one under way. Answers are remembered for all visitors by what was asked,
so that the same question about the same scenarios costs nothing the second time.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace

from cxsim.app.latest import Latest
from cxsim.app.questions.question import Question, Told
from cxsim.app.simulation import SIMULATOR, Simulator, Stop
from cxsim.app.vue import Plain
from cxsim.errors import CxsimError

TELL_EVERY = 0.3  # seconds
GUESS_AFTER = 2.0  # seconds; a guess of the time left would jump about before
KEPT_ANSWERS = 64
UNEXPECTED = "This question could not be answered. The rest of the page keeps working."
OVERTAKEN = "Stopped, because another question was asked. Ask again."
WAITING = "Waiting until another question is answered …"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asked:
    """How one panel stands.

    Attributes
    ----------
    answered : Question or None
        The question that `told` answers.
    told : Plain or None
        The latest answer.
    under_way : Question or None
        What is being worked on.
    share : float
        How much of that is done, 0 to 1.
    words : str
        How far it is.
    problem : str
        Why the latest question has no answer; empty otherwise.
    """

    answered: Question | None = None
    told: Plain | None = None
    under_way: Question | None = None
    share: float = 0.0
    words: str = ""
    problem: str = ""


class Answers:
    """The latest answers, by the key of their question; shared by all visitors."""

    def __init__(self, most: int = KEPT_ANSWERS) -> None:
        self._most = most
        self._kept: OrderedDict[str, Plain] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: str) -> Plain | None:
        """Return an earlier answer; None if there is none."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: str, told: Plain) -> None:
        """Remember an answer; the one used longest ago goes."""
        with self._lock:
            self._kept[key] = told
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


ANSWERS = Answers()


@dataclass
class Meter:
    """How far a question is; told from any thread, read from another."""

    done: int = 0
    total: int = 0
    begun: float | None = None
    share: float = 0.0
    _clock: Callable[[], float] = field(default=time.monotonic, repr=False)

    def take(self, done: int, total: int) -> None:
        """Take how many runs are done, and their total."""
        if self.begun is None:
            self.begun = self._clock()
        self.done, self.total = done, total
        self.share = max(self.share, min(1.0, done / max(total, 1)))  # a bar never goes back

    def words(self) -> str:
        """Return how far it is, with the time left once that can be guessed."""
        if self.begun is None:
            return WAITING
        gone = self._clock() - self.begun
        if gone < GUESS_AFTER or self.share <= 0.0:
            return "Living the futures …"
        left = gone * (1.0 - self.share) / self.share
        return f"{_percent(self.share)} done, {_seconds(left)} left"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _seconds(left: float) -> str:
    if left < 90.0:
        return f"about {max(1, round(left))} s"
    return f"about {left / 60:.0f} minutes"


class Asker:
    """Works for one tab.

    Parameters
    ----------
    publish
        Called with the panel and how it stands now, whenever that changes; always in a thread of
        the tab.
    simulator
        Where the work waits for its turn.
    answers
        Where answers are remembered.
    """

    def __init__(
        self,
        publish: Callable[[str, Asked], None],
        simulator: Simulator = SIMULATOR,
        answers: Answers = ANSWERS,
    ) -> None:
        self._publish, self._simulator, self._answers = publish, simulator, answers
        self._panels: dict[str, Asked] = {}
        self._lock = threading.RLock()
        self._wanted: Question | None = None
        self._latest: Latest[Question] = Latest(self._work)

    def ask(self, question: Question) -> None:
        """Answer a question from memory, or begin to work on it and drop what is under way."""
        if self._wanted is not None and self._wanted.key == question.key:
            return  # pressed twice
        self._drop(OVERTAKEN)
        known = self._answers.find(question.key)
        if known is not None:
            self._set(question.panel, Asked(question, known))
            return
        with self._lock:
            self._wanted = question
            self._change(question.panel, under_way=question, share=0.0, words="", problem="")
        self._latest.ask(question)

    def refuse(self, panel: str, problem: str) -> None:
        """Say in a panel why its question cannot be asked."""
        self._change(panel, problem=problem)

    def cancel(self) -> None:
        """Stop working."""
        self._drop("")

    def close(self) -> None:
        """Stop for good: the tab is closed."""
        self._latest.close()

    # --- how the panels stand --------------------------------------------------------------------

    def _set(self, panel: str, asked: Asked) -> None:
        with self._lock:
            self._panels[panel] = asked
            self._publish(panel, asked)

    def _change(self, panel: str, **changes: object) -> None:
        with self._lock:
            now = self._panels.get(panel, Asked())
            self._set(panel, replace(now, **changes))  # type: ignore[arg-type]

    def _drop(self, why: str) -> None:
        """Stop what is under way."""
        with self._lock:
            dropped, self._wanted = self._wanted, None
            if dropped is not None:
                self._change(dropped.panel, under_way=None, problem=why)

    def _settle(self, question: Question, **changes: object) -> None:
        """Show what came of a question, unless it has been dropped meanwhile."""
        with self._lock:
            if self._wanted is question:
                self._wanted = None
                self._change(question.panel, under_way=None, **changes)

    # --- the work --------------------------------------------------------------------------------

    def _work(self, question: Question, newer: Stop, _: Stop) -> None:
        def stop() -> bool:
            return newer() or self._wanted is not question

        meter = Meter()
        with ThreadPoolExecutor(1, thread_name_prefix="cxsim-question") as pool:
            job = pool.submit(self._simulator.ask, self._worked(question), stop, meter.take)
            while wait([job], TELL_EVERY).not_done:
                self._tell(question, meter)
        self._finish(question, job)

    def _worked(self, question: Question) -> Callable[..., Plain | None]:
        """The work of a question, with a look whether another visitor had it answered meanwhile."""

        def work(progress: Callable[[int, int], None], cancelled: Stop) -> Plain | None:
            known = self._answers.find(question.key)
            if known is not None:
                return known
            told: Told | None = question.work(progress, cancelled)
            if told is None:
                return None
            answer = Plain(told)
            self._answers.keep(question.key, answer)  # before whoever waits has a turn
            return answer

        return work

    def _tell(self, question: Question, meter: Meter) -> None:
        with self._lock:
            if self._wanted is question:
                self._change(question.panel, share=round(meter.share, 3), words=meter.words())

    def _finish(self, question: Question, job: Future[Plain | None]) -> None:
        try:
            told = job.result()
        except CxsimError as problem:
            self._settle(question, problem=str(problem))
        except Exception:  # a thread must not die silently and leave the page waiting
            _log.exception("a question could not be answered: %s", question)
            self._settle(question, problem=UNEXPECTED)
        else:
            if told is None:  # stopped; whoever stopped it has said so
                self._settle(question)
                return
            self._settle(question, answered=question, told=told, problem="")
