"""The section "Ask further" of the Compare page: panels, and the asker behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import solara

from cxsim.app import desk, session
from cxsim.app.asking import Asked, Asker
from cxsim.app.questions import causes, cutting, loops, momentum, money, rescue, why
from cxsim.app.questions.question import Question
from cxsim.app.state import Setting
from cxsim.app.vue import Plain, part
from cxsim.app.vuetify import element
from cxsim.errors import CxsimError

Handler = Callable[[Any], None]
FRAME = ("ask_card.vue", "ask_picture.vue", "ask_bars.vue", "copy_line.vue")
STALE = "This is the answer for the settings before your change. Ask again for the new ones."
CHANGED = (
    "This is the answer for what is named below, not for the form as it stands. Ask again for that."
)
FILES = "The command needs the scenario files: download them below, into its folder."
INTRODUCTION = (
    "Why it comes out so, whether it lasts, what would change it. Nothing is worked out until you "
    "ask; most answers take a few seconds, on a slow computer half a minute."
)


def _panel(file: str) -> Callable[..., solara.Element]:
    """The part of one panel; all take and tell the same."""

    @part(file, uses=FRAME)
    def panel(
        offer: dict[str, Any] = {},  # noqa: B006 - read only, the browser's default
        status: dict[str, Any] = {},  # noqa: B006
        told: dict[str, Any] = {},  # noqa: B006
        event_ask: Handler | None = None,
        event_cancel: Handler | None = None,
        event_change: Handler | None = None,
    ) -> None: ...

    made: Callable[..., solara.Element] = panel
    return made


# In the order of the page: what made the difference, what will come, what could be done.
PANELS: tuple[tuple[ModuleType, Callable[..., solara.Element]], ...] = (
    (why, _panel("ask_why.vue")),
    (causes, _panel("ask_causes.vue")),
    (loops, _panel("ask_loops.vue")),
    (cutting, _panel("ask_cut.vue")),
    (momentum, _panel("ask_momentum.vue")),
    (rescue, _panel("ask_rescue.vue")),
    (money, _panel("ask_money.vue")),
)
NOTHING = Plain({})


def use_asker() -> tuple[Asker, Mapping[str, Asked]]:
    """An asker that ends with the page, and how each of its panels stands."""
    empty: dict[str, Asked] = {}
    panels: solara.Reactive[dict[str, Asked]] = solara.use_reactive(empty)

    def publish(panel: str, asked: Asked) -> None:
        panels.set({**panels.peek(), panel: asked})

    asker = solara.use_memo(lambda: Asker(publish), [])
    solara.use_effect(lambda: asker.close, [])
    return asker, panels.value


@solara.component
def AskFurther() -> solara.Element:
    """What can be asked about the scenarios on the page."""
    asker, panels = use_asker()
    setting = session.desk.value.setting
    heading = {"id": "ask-further", "aria-labelledby": "ask-further-title"}
    with element("section", class_="cx-ask-further", attributes=heading) as section:
        element("h2", "Ask further", class_="cx-h1", attributes={"id": "ask-further-title"})
        element("p", INTRODUCTION, class_="cx-status")
        for module, draw in PANELS:
            asked = panels.get(module.PANEL, Asked())
            draw(
                offer=module.offer(setting),
                status=status_of(asked, stale(module, asked, setting)) | asked_for(asked),
                told=asked.told or NOTHING,
                event_ask=on_ask(asker, module),
                event_cancel=lambda _=None: asker.cancel(),
                event_change=desk.on_change,
            )
    return section


def on_ask(asker: Asker, module: ModuleType) -> Handler:
    """What happens when the visitor asks in a panel."""

    def ask(data: Any) -> None:
        wish = data if isinstance(data, Mapping) else {}
        try:
            question: Question = module.question(desk.present().setting, wish)
        except CxsimError as problem:
            asker.refuse(module.PANEL, str(problem))
        else:
            asker.ask(question)

    return ask


def stale(module: ModuleType, asked: Asked, setting: Setting) -> bool:
    """Whether the same question would have another answer by now."""
    if asked.answered is None:
        return False
    try:
        question: Question = module.question(setting, asked.answered.wish)
    except CxsimError:
        return True
    return question.key != asked.answered.key


def asked_for(asked: Asked) -> dict[str, Any]:
    """What the answer shown is about, so that the frame can say when the form differs from it."""
    answered = asked.answered
    if answered is None:
        return {}
    return {"about": answered.about, "asked": dict(answered.wish), "changed": CHANGED}


def status_of(asked: Asked, old: bool) -> dict[str, Any]:
    """How a panel stands, for its frame in the browser."""
    answered = asked.answered
    return {
        "busy": asked.under_way is not None,
        "share": asked.share,
        "words": asked.words,
        "problem": desk.sentence(asked.problem),
        "ready": asked.told is not None,
        "stale": STALE if old else "",
        "command": answered.command if answered else "",
        "files": FILES if answered and answered.files_needed else "",
    }
