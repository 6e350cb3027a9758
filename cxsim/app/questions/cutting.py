"""What does one influence contribute? The company with it, and without it from some week on."""

from __future__ import annotations

from typing import Any

from cxsim.app.questions import forms, pictures
from cxsim.app.questions.question import Question, Told, key_of, worked_out
from cxsim.app.state import Setting, command_of

PANEL = "cut"
REPLICATES = 50
SHOWN = 2  # pictures
WITH, WITHOUT = "--cx-a", "--cx-b"


def links() -> list[dict[str, str]]:
    """Return the influences that can be held."""
    from cxsim.explain.links import LINKS

    return [{"name": name, "title": link.title} for name, link in LINKS.items()]


def offer(setting: Setting) -> dict[str, Any]:
    """Return what the form shows."""
    return {"sides": forms.sides(setting), "links": links(), "weeks": forms.weeks(setting)}


def question(setting: Setting, wish: forms.Wish) -> Question:
    """Return the question that a wish stands for.

    Raises
    ------
    CxsimError
        The wish makes no sense.
    """
    place = forms.place(setting, wish)
    scenario, seed = forms.scenario(setting, wish), setting.seed
    known = [one["name"] for one in links()]
    link = forms.choice(wish, "link", known, known[0])
    week = forms.whole(wish, "week", "week", 0, 0, scenario.weeks - 1)

    def analyse(**running: Any) -> Any:
        from cxsim.explain.cutting import cut

        return cut(scenario, link, week, replicates=REPLICATES, seed=seed, **running)

    return Question(
        PANEL,
        key_of(PANEL, [scenario], seed, {"link": link, "week": week, "replicates": REPLICATES}),
        wish,
        worked_out(analyse, lambda found: drawn(found.as_dict())),
        command_of(setting, PANEL, [place], [link, "--week", str(week)], REPLICATES),
        forms.about(setting, forms.named(setting, place), REPLICATES),
    )


def drawn(told: Told) -> Told:
    """Return an answer together with its pictures."""
    kept = {name: told[name] for name in ("sentence", "link", "week", "outcomes")}
    return {**kept, "pictures": [_picture(one, told["week"]) for one in told["series"][:SHOWN]]}


def _picture(series: Told, week: int) -> Told:
    weeks = list(range(len(series["with"]["median"])))
    kinds = ((series["with"], WITH, "with it"), (series["without"], WITHOUT, "held as it was"))
    ends = [value for kind, _, _ in kinds for name in ("low", "high") for value in kind[name]]
    title = f"{series['label']}, {series['unit']}"
    picture = pictures.Picture(title, pictures.weeks_axis(len(weeks)), pictures.value_axis(ends))
    for kind, colour, words in kinds:
        picture.band(weeks, kind["low"], kind["high"], colour=colour)
        picture.line(weeks, kind["median"], words, colour, "" if colour == WITH else "7 4")
    picture.upright(week, f"week {week}")
    texts = [[pictures.short(value) for value in kind["median"]] for kind, _, _ in kinds]
    rows = [(at, [str(at), a, b]) for at, a, b in zip(weeks, *texts, strict=True)]
    picture.table(["Week", "With it", "Held"], rows)
    return picture.as_dict()
