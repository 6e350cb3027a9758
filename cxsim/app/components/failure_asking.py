"""What can be asked after the debrief of a failure mode, and the asker behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import solara

from cxsim.app import failure_asking
from cxsim.app.asking import Asked, Asker
from cxsim.app.components.ask import FRAME, NOTHING, status_of, use_asker
from cxsim.app.mystery import Secret
from cxsim.app.questions import rescue
from cxsim.app.questions.question import Question, Told
from cxsim.app.vue import part
from cxsim.app.vuetify import element
from cxsim.errors import CxsimError

Handler = Callable[[Any], None]
TITLE = "Ask what went wrong, and what would save it"
INTRODUCTION = (
    "The diagnosis is not told which failure mode this is: it reads what the company could see of "
    "itself, then tries cures on the same futures. Nothing is worked out until you ask."
)


@part("failure_diagnosis.vue", uses=FRAME)
def Diagnosis(
    offer: dict[str, Any] = {},  # noqa: B006 - properties of a part, never changed in place
    status: dict[str, Any] = {},  # noqa: B006
    told: dict[str, Any] = {},  # noqa: B006
    event_ask: Handler | None = None,
    event_cancel: Handler | None = None,
    event_visit: Handler | None = None,
) -> None:
    """What went wrong: the failure modes that the numbers speak for, each with its cure tried.

    Events: `ask` with the week, `cancel`, `visit` with an address.
    """


@part("failure_rescue.vue", uses=FRAME)
def Rescue(
    offer: dict[str, Any] = {},  # noqa: B006
    status: dict[str, Any] = {},  # noqa: B006
    told: dict[str, Any] = {},  # noqa: B006
    link: str = "",
    event_ask: Handler | None = None,
    event_cancel: Handler | None = None,
    event_visit: Handler | None = None,
) -> None:
    """What would have saved it: the fewest changes in some week, and until when they are enough.

    Events: `ask` with week, goal and percent, `cancel`, `visit` with an address.
    """


@solara.component
def FailureAsking(secret: Secret, visit: Handler) -> solara.Element:
    """Two questions about a failure mode that is known by now."""
    asker, panels = use_asker()
    wrong, saved = (panels.get(name, Asked()) for name in (failure_asking.DIAGNOSIS, rescue.PANEL))
    diagnosed, rescued = (cast(Told | None, one.told and one.told.data) for one in (wrong, saved))
    label = {"aria-labelledby": "cx-fa-title"}
    with element("section", class_="cx-ask-further cx-fa", attributes=label) as section:
        element("h2", TITLE, class_="cx-h2", attributes={"id": "cx-fa-title"})
        element("p", INTRODUCTION, class_="cx-status")
        Diagnosis(
            offer=failure_asking.diagnosis_offer(secret),
            status=status_of(wrong, False),
            told=wrong.told or NOTHING,
            event_ask=_on_ask(asker, failure_asking.DIAGNOSIS, failure_asking.diagnosis, secret),
            event_cancel=lambda _=None: asker.cancel(),
            event_visit=visit,
        )
        Rescue(
            offer=failure_asking.rescue_offer(secret, diagnosed),
            status=status_of(saved, False),
            told=saved.told or NOTHING,
            link=failure_asking.rescue_link(secret, rescued),
            event_ask=_on_ask(asker, rescue.PANEL, failure_asking.rescuing, secret),
            event_cancel=lambda _=None: asker.cancel(),
            event_visit=visit,
        )
    return section


def _on_ask(
    asker: Asker,
    panel: str,
    question: Callable[[Secret, Mapping[str, Any]], Question],
    secret: Secret,
) -> Handler:
    """What happens when a visitor asks; what makes no sense is said in the panel."""

    def ask(data: Any) -> None:
        try:
            asker.ask(question(secret, data if isinstance(data, Mapping) else {}))
        except CxsimError as problem:
            asker.refuse(panel, str(problem))

    return ask
