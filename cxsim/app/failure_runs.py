"""Simulates failure modes: small pictures of all of them, and one with its rescue beside it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import cxsim
from cxsim.app.library import YARDSTICK, names, spark
from cxsim.app.mystery import Secret, Suspect, suspects
from cxsim.app.simulation import REPLICATES, SIMULATOR, Simulator, Stop
from cxsim.explain.signature import signature
from cxsim.results import Ensemble

SPARK_FUTURES = 8
SPARK_SEED = 1

Pictures = dict[str, list[int]]


class Sparks:
    """Small pictures of adoption, each simulated once in this process."""

    def __init__(self, simulator: Simulator = SIMULATOR) -> None:
        self._simulator = simulator
        self._pictures: Pictures = {}
        self._lock = threading.Lock()  # whoever comes second waits instead of simulating again

    def known(self) -> Pictures:
        """Those drawn so far, by the name of the scenario."""
        return dict(self._pictures)

    def draw(self, publish: Callable[[Pictures], None], stop: Stop) -> None:
        """Draw what is missing, the yardstick first; publish after each one.

        Raises
        ------
        CxsimError
            A scenario cannot be read.
        """
        for name in (YARDSTICK, *names()):
            with self._lock:
                if name in self._pictures:
                    continue
                made = self._simulator.run(cxsim.load(name), SPARK_FUTURES, SPARK_SEED, stop)
                if made is None:
                    return
                self._pictures[name] = spark(made)
            publish(self.known())


SPARKS = Sparks()


@dataclass(frozen=True, eq=False)  # arrays inside: two cases are the same one or differ
class Case:
    """A failure mode and, once it is there, its rescue, under the same luck."""

    secret: Secret
    failing: Ensemble
    rescued: Ensemble | None = None
    suspects: tuple[Suspect, ...] = ()


@dataclass(frozen=True)
class CaseShown:
    """How far the simulation of a case has come, or what went wrong.

    Attributes
    ----------
    secret : Secret or None
        Which case this is about.
    case : Case or None
    done, total : int
        Runs of the failure itself.
    problem : str or None
    """

    secret: Secret | None = None
    case: Case | None = None
    done: int = 0
    total: int = 0
    problem: str | None = None


def run_case(
    secret: Secret,
    publish: Callable[[Case], None],
    progress: Callable[[int, int], None],
    stop: Stop,
    with_suspects: bool = False,
    simulator: Simulator = SIMULATOR,
) -> None:
    """Simulate a failure mode, then its rescue; publish after each.

    Parameters
    ----------
    secret
        Which failure mode, under which seed.
    publish
        Called with the case as it grows.
    progress
        Called with the runs of the failure that are done, and their total.
    stop
        When true, nothing more is published.
    with_suspects
        Also look whose signs the futures show.
    simulator
        Where to run it.

    Raises
    ------
    CxsimError
        The scenario cannot be read, or has no cure.
    """
    scenario = cxsim.load(secret.name)
    failing = simulator.run(scenario, REPLICATES, secret.seed, stop, progress=progress)
    if failing is None:
        return
    publish(Case(secret, failing))
    rescued = simulator.run(scenario.rescue(), REPLICATES, secret.seed, stop)
    if rescued is None:
        return
    found = tuple(suspects(signature(failing))) if with_suspects else ()
    publish(Case(secret, failing, rescued, found))
