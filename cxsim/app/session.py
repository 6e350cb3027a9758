"""What one browser tab shows: a few reactive values, separate for every tab."""

from __future__ import annotations

from dataclasses import dataclass

import solara

import cxsim
from cxsim.app.simulation import Futures
from cxsim.app.state import Setting, default_setting


@dataclass(frozen=True)
class Shown:
    """The result on the page, whether a better one is under way, and what went wrong."""

    futures: Futures | None = None
    busy: bool = True
    problem: str | None = None


# Solara gives every tab its own value of a module-level reactive.
setting: solara.Reactive[Setting] = solara.reactive(default_setting(cxsim.bundled()))
shown: solara.Reactive[Shown] = solara.reactive(Shown())
