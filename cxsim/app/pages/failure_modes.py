"""Failure modes: how programmes go wrong, to predict, to recognise and to rescue."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import solara

import cxsim
from cxsim.app import failure_view as view
from cxsim.app.components.failure_asking import FailureAsking
from cxsim.app.components.failure_case import CaseShown, use_case, use_sparks
from cxsim.app.components.failure_modes import (
    Debrief,
    FailureHead,
    FailureLibrary,
    FailureLink,
    Mystery,
    Prediction,
)
from cxsim.app.failure_links import ANY, from_query, to_mode, to_mystery, visited
from cxsim.app.library import YARDSTICK, names
from cxsim.app.mystery import Secret, Tally, next_number, secret
from cxsim.app.vuetify import alert, element

PATH, LABEL = "failure-modes", "Failure modes"

# One value per browser tab.
tally: solara.Reactive[Tally] = solara.reactive(Tally())


@solara.component
def Page() -> solara.Element:
    """The library, one failure mode, or a mystery: whatever the address names."""
    router = solara.use_router()
    place = from_query(router.search, names())
    # the same number until the address changes
    number = solara.use_memo(lambda: _number(place.mystery), [router.search])

    def visit(wish: Any) -> None:
        address = visited(wish, PATH)
        if address is not None:
            router.push(address)

    with element("div", class_="cx-stack cx-fm") as page:
        if place.message:
            alert(place.message)
        if place.mode is not None:
            Mode(place.mode, visit).key(f"{place.mode.name} {place.mode.seed}")
        elif number is not None:
            Riddle(number, visit).key(f"mystery {number}")
        else:
            Library(visit).key("library")
    return page


def _number(asked: int | None) -> int | None:
    return next_number(tally.peek().met(), Random()) if asked == ANY else asked


@solara.component
def Library(visit: Callable[[Any], None]) -> solara.Element:
    """All failure modes, their pictures coming as they are drawn."""
    sparks = use_sparks()
    return FailureLibrary(
        cards=view.cards_shown(),
        themes=view.THEMES_SHOWN,
        sparks=sparks,
        yardstick=YARDSTICK,
        event_visit=visit,
    )


@solara.component
def Mode(wish: Secret, visit: Callable[[Any], None]) -> solara.Element:
    """One failure mode: its story, a prediction, then what really happens."""
    answer, set_answer = solara.use_state(view.NOT_YET)
    scenario, shown = cxsim.load(wish.name), use_case(wish)
    meta, numbers = solara.use_memo(lambda: view.prediction(wish, shown, answer), [shown, answer])
    with element("div", class_="cx-stack") as stack:
        FailureHead(meta=view.head(scenario, wish.seed), event_visit=visit)
        if shown.problem is not None:
            alert(shown.problem)
        Prediction(
            meta=meta,
            payload=numbers,
            event_reveal=lambda points: set_answer(view.answered(points, scenario.weeks)),
            event_skip=lambda _: set_answer(view.SKIPPED),
            event_again=lambda _: set_answer(view.NOT_YET),
        )
        if answer.given and shown.case is not None:
            Aftermath(shown, visit)
        FailureLink(
            label="Link to this failure mode", path=f"/{PATH}?{to_mode(wish.name, wish.seed)}"
        )
    return stack


@solara.component
def Aftermath(shown: CaseShown, visit: Callable[[Any], None]) -> solara.Element:
    """Signs, rescue and outcomes, once both runs are there; then what one may ask further."""
    meta, numbers = solara.use_memo(lambda: view.aftermath(shown), [shown])
    with element("div", class_="cx-stack") as stack:
        Debrief(meta=meta, payload=numbers, event_visit=visit)
        if meta and shown.secret is not None:
            FailureAsking(shown.secret, visit)
    return stack


@solara.component
def Riddle(number: int, visit: Callable[[Any], None]) -> solara.Element:
    """A mystery: symptoms and hints, until a guess is made; then the answer."""
    state, set_state = solara.use_state(view.Asked())
    wish = secret(number)
    shown = use_case(wish, with_suspects=True)
    case = shown.case
    meta, numbers = solara.use_memo(
        lambda: view.riddle(number, shown, state), [number, shown, state]
    )

    def guess(name: Any) -> None:
        if state.guess is None and name in ("", *names()):
            set_state(lambda now: now.guessed(name))
            tally.set(tally.peek().with_outcome(number, name == wish.name))

    def another(_: Any) -> None:
        met = tally.peek().met() | {wish.name}
        visit(f"?{to_mystery(next_number(met, Random()))}")

    with element("div", class_="cx-stack") as stack:
        if shown.problem is not None:
            alert(shown.problem)
        Mystery(
            meta={**meta, "tally": tally.value.words},
            payload=numbers,
            suspects=view.suspects_shown(),
            event_hint=lambda _: set_state(lambda now: now.hinted()),
            event_guess=guess,
            event_next=another,
            event_visit=visit,
        )
        if state.guess is not None and case is not None:
            FailureHead(
                meta=view.head(cxsim.load(wish.name), wish.seed, opened=False), event_visit=visit
            )
            Aftermath(shown, visit)
        FailureLink(
            label="Link to this mystery: whoever opens it faces the same case",
            path=f"/{PATH}?{to_mystery(number)}",
        )
    return stack
