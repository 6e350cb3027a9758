"""Will it last? What is left of a programme when its support is withdrawn, week by week."""

from __future__ import annotations

from typing import Any

from cxsim.app.questions import forms, pictures
from cxsim.app.questions.question import Question, Told, key_of, worked_out
from cxsim.app.state import Setting, command_of

PANEL = "momentum"
REPLICATES = 50
COLUMNS = (
    "Withdrawn in week",
    "Practised then",
    "A year later",
    "Of the adoption",
    "Carries itself",
)


def offer(setting: Setting) -> dict[str, Any]:
    """Return what the form shows."""
    return {"sides": forms.sides(setting)}


def question(setting: Setting, wish: forms.Wish) -> Question:
    """Return the question that a wish stands for.

    Raises
    ------
    CxsimError
        The wish makes no sense.
    """
    place = forms.place(setting, wish)
    scenario, seed = forms.scenario(setting, wish), setting.seed

    def analyse(**running: Any) -> Any:
        from cxsim.explain.momentum import momentum

        return momentum(scenario, replicates=REPLICATES, seed=seed, **running)

    return Question(
        PANEL,
        key_of(PANEL, [scenario], seed, {"replicates": REPLICATES}),
        wish,
        worked_out(analyse, lambda found: drawn(found.as_dict())),
        command_of(setting, PANEL, [place], replicates=REPLICATES),
        forms.about(setting, forms.named(setting, place), REPLICATES),
    )


def drawn(told: Told) -> Told:
    """Return an answer together with its pictures."""
    return {**told, "picture": _picture(told), "bars": _bars(told)}


def _picture(told: Told) -> Told | None:
    """What is left a year after a withdrawal, by the week of it."""
    tests = told["tests"]
    if not tests:
        return None
    weeks = [test["week"] for test in tests]
    axis = pictures.weeks_axis(max(weeks) + 1, "week in which all support is withdrawn")
    picture = pictures.Picture(
        f"How much of the adoption is left {told['quiet']} weeks later",
        axis,
        _upwards(tests),
        told["sentence"],
    )

    def spread(name: str) -> list[float | None]:
        return [test["spread"][name] if test["spread"] else None for test in tests]

    picture.band(weeks, spread("low"), spread("high"), "9 futures in 10")
    picture.band(weeks, spread("quarter"), spread("three_quarters"), opacity=pictures.HALF)
    share = [test["share"]["value"] for test in tests]
    picture.line(weeks, share, "mean of the futures", dots=True)
    chance = [test["sustains"]["value"] for test in tests]
    picture.line(weeks, chance, "share of futures in which it carries itself", "--cx-b", "6 4")
    picture.level(told["threshold"], f"{pictures.percent(told['threshold'])}: carries itself")
    week = told["first_week"]["week"]
    if week is not None:
        picture.upright(week, f"week {week}")
    picture.table(COLUMNS, [_row(test) for test in tests])
    return picture.as_dict()


def _row(test: Told) -> tuple[float, list[str]]:
    texts = [test[name]["text"] for name in ("before", "left", "share", "sustains")]
    return test["week"], [str(test["week"]), *texts]


def _upwards(tests: list[Told]) -> pictures.Axis:
    """From nothing to all that was there; further where adoption goes on growing by itself."""
    highest = max([1.0, *(test["spread"]["high"] or 0.0 for test in tests if test["spread"])])
    return pictures.value_axis([0.0, min(highest, 2.0)], pictures.percent)


def _bars(told: Told) -> Told | None:
    """How long the support of each group of levers has to be held."""
    if not told["push"]:
        return None
    rows = [
        {
            "key": group["group"],
            "title": group["title"],
            "from": group["held_from"] or 0,
            "to": group["held_until"] or group["held_from"] or 0,
            "text": group["text"],
            "note": (group["cost"] or {}).get("text", ""),
            "tone": "total" if group["group"] == "all" else "plain",
        }
        for group in told["push"]["groups"]
    ]
    return pictures.bars(rows, axis=pictures.weeks_axis(told["weeks"] + 1, "weeks held"))
