"""What can be asked about a failure mode that is known: what went wrong, and what would save it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import cxsim
from cxsim.app.library import turn_of
from cxsim.app.link import to_query
from cxsim.app.mystery import Secret
from cxsim.app.questions import forms, pictures, rescue
from cxsim.app.questions.question import Question, Told, key_of, worked_out
from cxsim.app.state import Setting, Side, command_of
from cxsim.parameters import registry
from cxsim.scenario import Scenario

DIAGNOSIS = "diagnosis"
REPLICATES = 50
SHOWN = 3  # candidates that are told at length
THIRD = 3
# A goal for the rescue where the harm of a failure lies: in practice, in customers, in money.
GOALS = {"adoption": rescue.GOAL, "customers": "churn <= 9%", "money": "net_value > 0"}
ORDINALS = ("first", "second", "third")


def setting_of(secret: Secret, *timelines: Sequence[Any]) -> Setting:
    """Return a comparison of a failure mode with itself under other timelines."""
    others = [Side(secret.name, events=tuple(events)) for events in timelines]
    return Setting((Side(secret.name), *others), seed=secret.seed)


def compared(secret: Secret, timeline: Sequence[Any]) -> str:
    """Return the address, within the app, that compares a failure with a rescue from it."""
    return f"compare?{to_query(setting_of(secret, timeline))}"


def usual_week(scenario: Scenario) -> int:
    """Return when changes are tried: when its cure comes, but before a third is over."""
    third = scenario.weeks // THIRD
    return min(scenario.cure.week, third) if scenario.cure else third


# --- what went wrong ------------------------------------------------------------------------------


def diagnosis_offer(secret: Secret) -> dict[str, Any]:
    """Return what the form of the diagnosis shows."""
    scenario = cxsim.load(secret.name)
    return {"week": usual_week(scenario), "last": scenario.weeks - 1}


def diagnosis(secret: Secret, wish: forms.Wish) -> Question:
    """Return the question what went wrong in a failure mode, cures tried in the wished week.

    Raises
    ------
    CxsimError
        The wish makes no sense.
    """
    scenario = cxsim.load(secret.name)
    week = forms.whole(wish, "week", "week", usual_week(scenario), 0, scenario.weeks - 1)
    futures = REPLICATES

    def analyse(**running: Any) -> Any:
        from cxsim.explain.diagnosing import diagnose

        return diagnose(scenario, futures, secret.seed, week, **running)

    return Question(
        DIAGNOSIS,
        key_of(DIAGNOSIS, [scenario], secret.seed, {"week": week, "replicates": futures}),
        wish,
        worked_out(analyse, lambda found: diagnosed(found.as_dict(), secret)),
        command_of(setting_of(secret), "diagnose", [0], ["--week", str(week)], futures),
    )


def diagnosed(told: Told, secret: Secret) -> Told:
    """Return a diagnosis ready for the browser, its bars in percent of their room."""
    found = [_candidate(one, secret) for one in told["candidates"]]
    harm = next((one["gain"]["outcome"] for one in told["candidates"] if one["gain"]), "adoption")
    return {
        "verdict": told["verdict"],
        "sentence": told["sentence"],
        "week": told["week"],
        "harm": harm,
        "lacking": _lacking(told),
        "truth": _truth(told, secret),
        "candidates": found[:SHOWN],
        "others": [f"{one['name']}: {one['likelihood_text']}" for one in found[SHOWN:]],
        "futures": [f"{one['title']} in {one['count']}" for one in map(_named, told["futures"])],
        "notes": told["notes"],
    }


def _named(one: Told) -> Told:
    title = one["title"] if one["mode"] in ("healthy", "cannot tell") else one["mode"]
    return {**one, "title": title}


def _lacking(told: Told) -> str:
    amounts = [one["text"] for one in (told["lacking"] or {}).values() if one["value"] > 0]
    if not amounts:
        return "Beside the same company with all done well it lacks nothing."
    *most, last = amounts
    words = f"{', '.join(most)} and {last}" if most else last
    return f"Beside the same company with all done well it lacks {words}."


def _truth(told: Told, secret: Secret) -> str:
    """Whether the diagnosis, which is not told what is played, has found it."""
    names = [one["name"] for one in told["candidates"]]
    mode = cxsim.load(secret.name).mode
    if secret.name not in names:
        return f"Played is {mode}. It is not among those that the diagnosis names."
    place = names.index(secret.name)
    where = ORDINALS[place] if place < len(ORDINALS) else f"number {place + 1}"
    return f"Played is {mode}. The diagnosis, which was not told so, names it {where}."


def _candidate(one: Told, secret: Secret) -> Told:
    return {
        "mode": one["mode"],
        "name": f"{one['mode']} {one['title']}",
        "likelihood": round(100 * one["likelihood"], 2),
        "likelihood_text": one["likelihood_text"],
        "first_in": one["first_in_text"],
        "evidence": [part[:1].upper() + part[1:] for part in one["evidence"].split("; ")],
        "confirmed": one["confirmed"],
        "standing": _standing(one),
        "gain": _gain(one["gain"]) if one["gain"] else None,
        "cure": _cure(one["cure"], secret) if one["cure"] else None,
    }


def _standing(one: Told) -> str:
    from cxsim.explain.diagnosing.ranking import LIKELY

    if one["confirmed"]:
        return "Confirmed by its cure"
    return "Not confirmed by its cure" if one["likelihood"] >= LIKELY else "Not likely enough"


def _gain(gain: Told) -> Told:
    """What a cure wins back, as a bar in the room of what is lacking."""
    ends = [gain[name] for name in ("value", "low", "high")]
    axis = pictures.Axis(0.0, max([gain["lacking"], *(end for end in ends if end is not None)]))
    value, *whisker = (None if end is None else round(100 * axis.at(end), 2) for end in ends)
    whisker = [end for end in whisker if end is not None]
    return {
        "text": gain["text"],
        "width": value,
        "whisker": whisker if len(whisker) == len(ends) - 1 else None,
        "lacking": round(100 * axis.at(gain["lacking"]), 2),
    }


def _cure(cure: Told, secret: Secret) -> Told:
    levers = registry().levers
    event = {"week": cure["week"], "set": cure["settings"], "note": cure["note"]}
    timeline = [one.as_table() for one in cxsim.load(secret.name).with_events([event]).events]
    return {
        "week": cure["week"],
        "note": cure["note"],
        "turns": [
            asdict(turn_of(levers[one["lever"]], _value(one["from"]), _value(one["to"])))
            for one in cure["changes"]
        ],
        "compare": compared(secret, timeline) if cure["changes"] else "",
    }


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


# --- what would have saved it ---------------------------------------------------------------------


def rescue_offer(secret: Secret, diagnosed: Told | None) -> dict[str, Any]:
    """Return what the form of the rescue shows; the goal fits the harm, once that is known."""
    scenario = cxsim.load(secret.name)
    return {
        "week": usual_week(scenario),
        "last": scenario.weeks - 1,
        "goals": list(rescue.GOALS),
        "goal": GOALS[(diagnosed or {}).get("harm", "adoption")],
        "percent": rescue.PERCENT,
    }


def rescuing(secret: Secret, wish: forms.Wish) -> Question:
    """Return the question what would save a failure mode; the same that Compare asks.

    Raises
    ------
    CxsimError
        The wish makes no sense.
    """
    return rescue.question(setting_of(secret), {**wish, "side": "0"})


def rescue_link(secret: Secret, told: Told | None) -> str:
    """Return the address that compares the failure with the rescue found; "" without one."""
    return compared(secret, told["timeline"]) if told and told["timeline"] else ""
