"""What one browser tab shows on the Compare page: reactive values, separate for every tab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import solara

import cxsim
from cxsim.app.comparing import View
from cxsim.app.history import History
from cxsim.app.link import Opened
from cxsim.app.parcel import Parcel
from cxsim.app.state import Setting, default_setting


@dataclass(frozen=True)
class Desk:
    """What the visitor has set, and how the page answered.

    Attributes
    ----------
    history : History of Setting
    seen : int
        Number of the latest change from the browser that is in the present.
    refusal : str
        Why the latest wish was refused; empty otherwise.
    replay : int
        Grows each time the visitor asks to see the latest change again.
    """

    history: History[Setting]
    seen: int = 0
    refusal: str = ""
    replay: int = 0

    @property
    def setting(self) -> Setting:
        """What holds now."""
        return self.history.present


@dataclass(frozen=True)
class Shown:
    """The result on the page, whether a better one is under way, and what went wrong."""

    view: View | None = None
    busy: bool = True
    replaying: bool = False
    problem: str | None = None


class Takes(Protocol):
    """Whoever simulates for the tab; holds what is set, ahead of what is drawn."""

    desk: Desk

    def take(self, desk: Desk, lazily: bool) -> None:
        """Take a new desk, and simulate what it is set to if that is new."""


# Solara gives every tab its own value of a module-level reactive.
desk: solara.Reactive[Desk] = solara.reactive(Desk(History(default_setting(cxsim.bundled()))))
shown: solara.Reactive[Shown] = solara.reactive(Shown())
done: solara.Reactive[float] = solara.reactive(0.0)  # share of the full answer
opened: solara.Reactive[Opened | None] = solara.reactive(None)
parcel: solara.Reactive[Parcel | None] = solara.reactive(None)  # the file asked for last
runner: solara.Reactive[Takes | None] = solara.reactive(None)
