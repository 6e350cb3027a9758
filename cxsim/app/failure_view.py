"""What the page on failure modes shows, as plain data for its parts in the browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

import numpy as np

import cxsim
from cxsim.app.charts import Line, Mark, events_of, of_series, pack
from cxsim.app.debrief import debrief, signs_shown
from cxsim.app.failure_links import to_mode
from cxsim.app.failure_runs import CaseShown
from cxsim.app.library import YARDSTICK, card_of, cards, names
from cxsim.app.mystery import Secret, Suspect, runner_up
from cxsim.app.prediction import curve, handles, hints, score
from cxsim.figures import describe_event
from cxsim.parameters import GROUPS
from cxsim.results import Ensemble
from cxsim.scenario import Scenario
from cxsim.series import SERIES

THEMES_SHOWN = [{"key": key, "title": title} for key, title in GROUPS.items()]
SYMPTOMS = ("adoption", "commitment", "survey_score", "conflict", "open_issues", "churn_yearly")
UNTOLD = "Something happens here; you will learn what"

# ------------------------------------------------------------------ library


@cache
def cards_shown() -> list[dict[str, Any]]:
    """The cards, each with the query that opens it and the words that a search goes through."""
    return [
        {
            **asdict(card),
            "themes": [GROUPS[theme] for theme in card.themes],
            "keys": card.themes,
            "query": f"?{to_mode(card.name)}",
            "words": f"{card.mode} {card.title} {cxsim.load(card.name).story}".lower(),
        }
        for card in cards()
    ]


@cache
def suspects_shown() -> list[dict[str, str]]:
    """All failure modes by name, to choose from."""
    return [{"name": card.name, "mode": card.mode, "title": card.title} for card in cards()]


def head(scenario: Scenario, seed: int, opened: bool = True) -> dict[str, Any]:
    """Title, story, themes, known events and neighbours of one failure mode.

    Parameters
    ----------
    scenario, seed
        The failure mode and the seed that its neighbours are opened with.
    opened
        Whether it was opened by its name; else it is what came of a mystery.
    """
    place = names().index(scenario.name)
    before, after = (names()[(place + step) % len(names())] for step in (-1, 1))
    return {
        "opened": opened,
        "mode": scenario.mode,
        "title": scenario.title,
        "story": scenario.story,
        "themes": [GROUPS[theme] for theme in card_of(scenario).themes],
        "events": [
            {"week": event.week, "text": describe_event(event)} for event in scenario.events
        ],
        "before": {"query": f"?{to_mode(before, seed)}", "title": cxsim.load(before).title},
        "after": {"query": f"?{to_mode(after, seed)}", "title": cxsim.load(after).title},
    }


# ------------------------------------------------------------------ predict, then reveal


@dataclass(frozen=True)
class Answer:
    """What somebody answered: a drawn curve, or none to be shown at once."""

    given: bool = False
    points: tuple[float, ...] = ()


NOT_YET, SKIPPED = Answer(), Answer(given=True)


def answered(points: Any, weeks: int) -> Answer:
    """The curve that came from the browser, clamped to 0..100; nothing drawn if it is no curve."""
    wanted = len(handles(weeks))
    if not isinstance(points, Sequence) or len(points) != wanted:
        return SKIPPED
    if not all(isinstance(point, int | float) and np.isfinite(point) for point in points):
        return SKIPPED
    return Answer(True, tuple(min(100.0, max(0.0, float(point))) for point in points))


def prediction(wish: Secret, shown: CaseShown, answer: Answer) -> tuple[dict[str, Any], bytes]:
    """What the chart to draw in shows; the real curve only once there is an answer.

    Returns
    -------
    description
    numbers
        float32 [5, week], quantiles of adoption in per cent; empty before the reveal.
    """
    scenario = cxsim.load(wish.name)
    meta: dict[str, Any] = {
        "name": f"{wish.name} {wish.seed}",
        "weeks": scenario.weeks,
        "handles": list(handles(scenario.weeks)),
        "marks": [event.week for event in scenario.events],
        "ready": shown.case is not None,
        "done": shown.done,
        "total": shown.total,
        "start": 0.0,
        "revealed": False,
        "points": list(answer.points),
        "result": None,
    }
    if shown.case is None:
        return meta, b""
    ensemble = shown.case.failing
    quantiles = SERIES["adoption"].shown(ensemble.quantiles("adoption"))
    meta["start"] = round(float(quantiles[2, 0]), 1)
    if not answer.given:
        return meta, b""
    meta |= {"revealed": True, "ending": _ending(quantiles), "futures": ensemble.replicates}
    if answer.points:
        meta["result"] = _result(answer, quantiles)
    return meta, quantiles.astype("<f4").tobytes()


def _ending(quantiles: np.ndarray) -> str:
    low, middle, high = (f"{quantiles[level, -1]:.0f}" for level in (0, 2, 4))
    return (
        f"In the last week {middle} % practise; in 90 % of the futures between {low} and {high} %."
    )


def _result(answer: Answer, quantiles: np.ndarray) -> dict[str, Any]:
    drawn = curve(answer.points, quantiles.shape[1])
    found = score(drawn, quantiles)
    return {
        "points": found.points,
        "verdict": found.verdict,
        "words": found.words,
        "hints": hints(drawn, quantiles[2]),
    }


def aftermath(shown: CaseShown) -> tuple[dict[str, Any], bytes]:
    """The debrief of a case; empty until its rescue is simulated."""
    case = shown.case
    if case is None or case.rescued is None:
        return {}, b""
    meta, numbers = debrief(case.failing, case.rescued)
    scenario, seed = case.failing.scenario, case.failing.seed
    meta["watch"] = f"watch?scenario={scenario.name}&seed={seed}"
    meta["compare"] = f"compare?a={scenario.name}&b={YARDSTICK}&seed={seed}"
    return meta, numbers


# ------------------------------------------------------------------ mysteries


@dataclass(frozen=True)
class Asked:
    """How far somebody has come with a mystery: hints asked for, and the guess ("" gave up)."""

    hints: int = 0
    guess: str | None = None

    def hinted(self) -> Asked:
        """One hint more, as long as nothing is guessed."""
        return replace(self, hints=self.hints + 1) if self.guess is None else self

    def guessed(self, name: str) -> Asked:
        """The guess; only the first counts."""
        return replace(self, guess=name) if self.guess is None else self


def riddle(number: int, shown: CaseShown, asked: Asked) -> tuple[dict[str, Any], bytes]:
    """What a mystery shows. Nothing in it names the failure mode before there is a guess."""
    case = shown.case
    meta: dict[str, Any] = {
        "number": number,
        "done": shown.done,
        "total": shown.total,
        "ready": case is not None,
        "charts": [],
        "lines": [asdict(Line("median", "median", "--cx-a"))],
        "revision": f"mystery-{number}",
        "hints": [],
        "left": 0,
        "answer": None,
    }
    if case is None:
        return meta, b""
    charts, numbers = pack([_symptom(name, case.failing) for name in SYMPTOMS])
    says = [sign.says for sign in case.failing.scenario.signs]
    told = len(says) if asked.guess is not None else min(asked.hints, len(says))
    meta |= {
        "charts": charts,
        "weeks": case.failing.weeks,
        "hints": says[:told],
        "left": len(says) - told,
    }
    if asked.guess is not None:
        meta["answer"] = _answer(case.failing, case.suspects, asked.guess)
    return meta, numbers


def _symptom(name: str, ensemble: Ensemble) -> Any:
    chart = of_series(name, [ensemble])
    weeks = sorted({mark.week for mark in events_of([ensemble.scenario])})
    return replace(chart, marks=[Mark(0, week, UNTOLD) for week in weeks])


def _answer(ensemble: Ensemble, found: Sequence[Suspect], guess: str) -> dict[str, Any]:
    """Whether the guess was right, what gave the failure away, and who else it might have been."""
    scenario = ensemble.scenario
    by_name = {one.name: one for one in found}
    second = runner_up(found, scenario.name)
    others = [("The runner-up by its signs", second)]
    if guess not in ("", scenario.name):
        others.insert(0, ("Your guess", by_name.get(guess)))
    if second is not None and second.name == guess:
        others = [("Your guess, and the runner-up by its signs", second)]
    return {
        "right": guess == scenario.name,
        "gave_up": guess == "",
        "title": f"{scenario.mode} {scenario.title}",
        "futures": ensemble.replicates,
        "signs": [asdict(sign) for sign in signs_shown(ensemble)],
        "others": [_other(label, one) for label, one in others if one is not None],
        "complete": bool(found),
    }


def _other(label: str, suspect: Suspect) -> dict[str, Any]:
    return {
        "label": label,
        "title": suspect.title,
        "percent": round(100 * suspect.share),
        "signs": [{"says": says, "count": count} for says, count in suspect.signs],
    }
