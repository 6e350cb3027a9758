"""Watch: one company week by week, to be paused, changed and tried again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import solara

import cxsim
from cxsim import compile_cache
from cxsim.app import intervening, playing, weekly_causes
from cxsim.app.components.watch import Player
from cxsim.app.latest import Latest
from cxsim.app.simulation import SIMULATOR
from cxsim.app.watching import Watch, default_watch, from_query, scenario_of
from cxsim.errors import CxsimError
from cxsim.values import LARGEST_SEED

PATH, LABEL = "watch", "Watch"
WAITING = "The first weeks are on their way …"
PREPARING = (
    "The first run after installing prepares the model for this computer; "
    "that takes up to half a minute, once."
)
UNEXPECTED = "The simulation stopped unexpectedly. Choose a scenario to try again."

_log = logging.getLogger(__name__)
Stop = Callable[[], bool]


@dataclass(frozen=True, eq=False)  # holds numbers: two of them are the same one or differ
class Stage:
    """What is on the stage, whether something newer is being run, and what went wrong.

    The causes come a moment after their film.
    """

    film: bytes = b""
    causes: bytes = b""
    busy: bool = True
    problem: str = ""


@dataclass(frozen=True, eq=False)
class Panel:
    """The panel of interventions: what can be done, what a slider took along, what was refused."""

    desk: dict[str, Any] | None = None
    moved: dict[str, Any] = field(default_factory=dict)
    refusal: str = ""
    applied: int = 0


NO_TRIAL = {"busy": False, "done": 0, "total": 0, "problem": "", "result": None}

# Solara gives every tab its own value of a module-level reactive.
watch: solara.Reactive[Watch] = solara.reactive(default_watch(cxsim.bundled()))
stage: solara.Reactive[Stage] = solara.reactive(Stage())
trial: solara.Reactive[dict[str, Any]] = solara.reactive(NO_TRIAL)
messages: solara.Reactive[list[str]] = solara.reactive([])


@solara.component
def Page() -> solara.Element:
    """The page: everything is drawn and played in the browser; Python runs the weeks."""
    _read_link()
    attempts: Latest[tuple[Watch, ...]] = solara.use_memo(lambda: Latest(_attempt), [])
    _run_the_weeks(lambda: attempts.ask(()))
    solara.use_effect(lambda: attempts.close, [])
    panel, set_panel = solara.use_state(Panel())
    groups = solara.use_memo(lambda: playing.grouped(cxsim.bundled()), [])
    shown = stage.value
    return Player(
        setting=playing.setting(watch.value),
        groups=groups,
        film=shown.film,
        causes=shown.causes,
        desk=panel.desk,
        moved=panel.moved,
        refusal=panel.refusal,
        applied=panel.applied,
        trial=trial.value,
        messages=messages.value,
        problem=shown.problem,
        busy=shown.busy,
        waiting=WAITING if compile_cache.is_warm() else PREPARING,
        **_choices(),
        **_desk_work(panel, set_panel),
        event_attempt=lambda _: attempts.ask((watch.peek(),)),
        event_halt=lambda _: attempts.ask(()),
        event_forget=lambda _: messages.set([]),
    )


def _read_link() -> None:
    """Take the setting from the address, once, when the page opens."""
    router = solara.use_router()

    def read() -> None:
        if router.search:
            asked, problems = from_query(router.search, cxsim.bundled())
            watch.set(asked)
            messages.set(problems)

    solara.use_memo(read, [])


# --- the weeks --------------------------------------------------------------------------------


def _run_the_weeks(before: Callable[[], None]) -> None:
    """Keep the stage in step with the setting, in the background; close with the tab.

    `before` is called when the setting has changed.
    """
    latest: Latest[Watch] = solara.use_memo(lambda: Latest(_play), [])
    wish = watch.value

    def ask() -> None:
        stage.set(replace(stage.peek(), busy=True))
        before()
        latest.ask(wish)

    solara.use_effect(ask, [wish])
    solara.use_effect(lambda: latest.close, [])


def _play(wish: Watch, newer: Stop, _: Stop) -> None:
    """Run the weeks of a setting and show them; a failure becomes a message on the page."""
    try:
        film = playing.packed(playing.play(wish))
    except CxsimError as problem:
        stage.set(Stage(busy=False, problem=str(problem)))
    except Exception:  # a thread must not die silently and leave the page waiting
        _log.exception("the weeks of %s could not be run", wish)
        stage.set(Stage(busy=False, problem=UNEXPECTED))
    else:
        if not newer():
            stage.set(Stage(film, stage.peek().causes, busy=False))
            _explain(wish, newer)


def _explain(wish: Watch, newer: Stop) -> None:
    """Add what moved the weeks that are on the stage."""
    scenario = scenario_of(wish, wish.play)
    try:
        causes = weekly_causes.packed(scenario, wish.seed)
    except Exception:  # a film without its causes is still a film
        _log.exception("the causes of %s could not be told", wish)
        causes = weekly_causes.untold(scenario, wish.seed)
    if not newer():
        stage.set(replace(stage.peek(), causes=causes))


def _choices() -> dict[str, Callable[[Any], None]]:
    """What the browser asks for about companies and futures."""

    def company(asked: dict[str, Any]) -> None:
        if asked["scenario"] in cxsim.bundled():
            seed = int(asked["seed"]) % (LARGEST_SEED + 1)
            watch.set(watch.peek().company(asked["scenario"], seed))
            messages.set([])

    return {
        "event_company": company,
        "event_show": lambda asked: watch.set(watch.peek().show(asked["play"], asked["ghost"])),
        "event_undo": lambda asked: watch.set(watch.peek().undo(asked["future"], asked["place"])),
        "event_drop": lambda asked: watch.set(watch.peek().drop(asked["future"])),
    }


# --- the panel of interventions --------------------------------------------------------------


def _desk_work(panel: Panel, show: Callable[[Panel], None]) -> dict[str, Callable[[Any], None]]:
    """What the browser asks for about the panel; what is refused is said there."""

    def refusable(work: Callable[[dict[str, Any]], Panel]) -> Callable[[Any], None]:
        def heard(asked: dict[str, Any]) -> None:
            try:
                show(work(asked))
            except CxsimError as problem:
                show(replace(panel, refusal=str(problem)))

        return heard

    def prepare(asked: dict[str, Any]) -> Panel:
        return replace(panel, desk=intervening.desk(_on_stage(), asked["week"]), refusal="")

    def move(asked: dict[str, Any]) -> Panel:
        week, name = asked["week"], asked["name"]
        turned = intervening.move(_on_stage(), week, asked["levers"], name, asked["value"])
        # the same move twice is still a move: it may follow after everything was cleared
        nth = panel.moved.get("nth", 0) + 1
        return replace(panel, moved={"week": week, "levers": turned, "nth": nth}, refusal="")

    def intervene(asked: dict[str, Any]) -> Panel:
        event = intervening.event_of(_on_stage(), asked["week"], asked)
        watch.set(watch.peek().intervene(event))
        return Panel(applied=panel.applied + 1)

    return {
        "event_prepare": refusable(prepare),
        "event_move": refusable(move),
        "event_intervene": refusable(intervene),
    }


def _on_stage() -> cxsim.Scenario:
    return scenario_of(watch.peek(), watch.peek().play)


# --- a hundred futures ----------------------------------------------------------------------


def _attempt(asked: tuple[Watch, ...], newer: Stop, _: Stop) -> None:
    """Try a future a hundred times; an empty wish is the wish to stop."""
    if not asked:
        trial.set(NO_TRIAL)
        return
    (wish,) = asked

    def progress(done: int, total: int) -> None:
        if done % 10 == 0:
            trial.set({**NO_TRIAL, "busy": True, "done": done, "total": total})

    trial.set({**NO_TRIAL, "busy": True})
    try:
        comparison = playing.try_hundred(wish, SIMULATOR, newer, progress)
    except CxsimError as problem:
        trial.set({**NO_TRIAL, "problem": str(problem)})
    except Exception:  # a thread must not die silently and leave the page waiting
        _log.exception("the futures of %s could not be run", wish)
        trial.set({**NO_TRIAL, "problem": UNEXPECTED})
    else:
        if comparison is not None:
            trial.set({**NO_TRIAL, "result": playing.verdicts(wish, comparison)})
