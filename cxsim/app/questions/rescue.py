"""What would save it? The smallest change in some week that reaches a goal, and its deadline."""

from __future__ import annotations

from typing import Any

from cxsim.app.questions import forms, pictures
from cxsim.app.questions.question import Question, Told, key_of, worked_out
from cxsim.app.state import MOST_SIDES, Setting, command_of
from cxsim.errors import CxsimError

PANEL = "rescue"
REPLICATES = 50
WEEK, GOAL, PERCENT = 40, "adoption >= 50%", 80
EXAMPLES = (GOAL, "churn <= 9%", "payback", "net value >= 0")
GOALS = (*EXAMPLES, "adoption >= 50%; churn <= 9%")


def offer(setting: Setting) -> dict[str, Any]:
    """Return what the form shows."""
    return {
        "sides": forms.sides(setting),
        "week": WEEK,
        "goals": list(GOALS),
        "examples": list(EXAMPLES),
        "percent": PERCENT,
        "weeks": forms.weeks(setting),
        "room": len(setting.sides) < MOST_SIDES,
    }


def question(setting: Setting, wish: forms.Wish) -> Question:
    """Return the question that a wish stands for.

    Raises
    ------
    CxsimError
        The wish makes no sense.
    """
    place = forms.place(setting, wish)
    scenario, seed = forms.scenario(setting, wish), setting.seed
    week = forms.whole(wish, "week", "week", WEEK, 0, scenario.weeks - 1)
    percent = forms.whole(wish, "percent", "chance", PERCENT, 1, 99)
    goals = [goal.strip() for goal in forms.words(wish, "goal", GOAL).split(";") if goal.strip()]
    if not goals:
        raise CxsimError(f"the goal is empty; write one, such as {GOAL}")

    def analyse(**running: Any) -> Any:
        from cxsim.explain.rescuing import rescue

        return rescue(
            scenario,
            week,
            goals,
            percent / 100,
            replicates=REPLICATES,
            seed=seed,
            **running,
        )

    about = {"week": week, "goals": goals, "percent": percent, "replicates": REPLICATES}
    more = ["--week", str(week), "--probability", f"{percent / 100:g}"]
    more += [word for goal in goals for word in ("--goal", goal)]
    return Question(
        PANEL,
        key_of(PANEL, [scenario], seed, about),
        wish,
        worked_out(analyse, drawn),
        command_of(setting, PANEL, [place], more, REPLICATES),
        forms.about(setting, forms.named(setting, place), REPLICATES),
    )


def drawn(found: Any) -> Told:
    """Return an answer together with its picture, and the timeline that makes it a scenario."""
    told: Told = found.as_dict()
    saved = None if found.saved is None else [event.as_table() for event in found.saved.events]
    return {**told, "curve": _curve(told), "timeline": saved, "lines": _lines(told)}


def _lines(told: Told) -> list[str]:
    """What else there is to say, a sentence each."""
    first = f"If nothing is done it is reached in {told['untouched']['text']} of futures"
    best = f"with all {told['everything_count']} policies at their best in"
    as_good = [f"As good: {one['text']}." for one in told["alternatives"]]
    return [f"{first}, {best} {told['everything']['text']}.", *as_good, *told["notes"]]


def _curve(told: Told) -> Told | None:
    """The chance of success over the week in which the changes are made."""
    curves = [told[name] for name in ("deadline", "last_resort") if told[name]]
    if not curves:
        return None
    weeks = sorted({point["week"] for curve in curves for point in curve["curve"]})
    axis = pictures.weeks_axis(weeks[-1] + 1, "week in which the changes are made", weeks[0])
    spoken = "; ".join(curve["text"] for curve in curves)
    picture = pictures.Picture("How long there is time", axis, pictures.SHARES, spoken)
    for curve, colour, dash in zip(curves, ("--cx-a", "--cx-b"), ("", "7 4"), strict=False):
        _draw(picture, curve, colour, dash)
    picture.level(told["probability"], told["probability_text"])
    rows = [(week, [f"Week {week}", *(_said(curve, week) for curve in curves)]) for week in weeks]
    picture.table(["", *(curve["of"] for curve in curves)], rows)
    return picture.as_dict()


def _draw(picture: pictures.Picture, curve: Told, colour: str, dash: str) -> None:
    points = curve["curve"]
    weeks = [point["week"] for point in points]
    lows, highs = ([point[end] for point in points] for end in ("low", "high"))
    picture.band(weeks, lows, highs, colour=colour)
    words = f"chance with {curve['of']}, band: 95 % interval"
    picture.line(weeks, [point["chance"] for point in points], words, colour, dash, dots=True)
    if curve["week"] is not None:
        picture.upright(curve["week"], f"week {curve['week']}")


def _said(curve: Told, week: int) -> str:
    """The chance in one week as words; a dash where it was not asked."""
    found = next((point for point in curve["curve"] if point["week"] == week), None)
    return found["text"].partition(": ")[2] if found else "–"
