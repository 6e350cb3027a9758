"""Those who do the runs of a study, as whoever hands out the work sees them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from cxsim.study.batch.queue import Item
from cxsim.study.batch.run import Run

Keep = Callable[[int, Run], None]  # takes the number of a point and a finished run of it


class Crew(Protocol):
    """Threads here, or workers elsewhere.

    Attributes
    ----------
    seconds : float
        Of work that are worth handing out at a time.
    hands : int
        How many work at the same time.
    note : str
        What the user should know, such as that there is nobody to do the work; "" if nothing.
    """

    seconds: float

    @property
    def note(self) -> str:
        """What the user should know."""

    @property
    def hands(self) -> int:
        """How many work at the same time."""

    def submit(self, items: list[Item], keep: Keep) -> Future[None]:
        """Have some runs done; each is given to `keep`, at the latest before the future ends."""

    def check(self) -> None:
        """Raise CxsimError when they are gone."""

    def stop(self) -> None:
        """Finish the run at hand and begin no other."""
