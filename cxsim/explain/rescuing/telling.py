"""The answer in words: sentence, notes and table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cxsim.explain.chance import Chance
from cxsim.explain.columns import aligned, paragraph
from cxsim.explain.goals import Goal
from cxsim.explain.rescuing.futures import Reading
from cxsim.explain.rounding import Rounded
from cxsim.explain.sentences import listed
from cxsim.parameters import GROUPS
from cxsim.scenario import Scenario
from cxsim.series import SHARE, WEEK, Setting, money

if TYPE_CHECKING:
    from cxsim.explain.rescuing.answer import Alternative, Cure, Needed, Rescue
    from cxsim.explain.rescuing.deadline import Deadline

THESE, ALL = "the same changes", "all of them together"
_BOUND = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}
_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten",
            "Eleven", "Twelve")  # fmt: skip
_OUTCOMES = {
    "adoption": "{bound} of employees practise at the end",
    "embedded": "{bound} of employees have made it a habit",
    "churn_yearly": "churn in the last half-year is {bound} a year",
    "payback_week": "the programme pays back after {bound} weeks",
    "week_half_adoption": "half the employees practise after {bound} weeks",
}
_WAYS = {0.25: "a quarter of the way", 0.5: "half the way", 0.75: "three quarters of the way"}

# ------------------------------------------------------------------ numbers and goals


def percent(share: float) -> str:
    """Return a share in percent."""
    return f"{100 * share:.3g} %"


def chance_words(chance: Chance) -> str:
    """Return a chance with its 95 % interval: "88 % (78 to 94 %)"."""
    return f"{100 * chance.share:.0f} % ({chance.interval})"


def in_futures(chance: Chance) -> str:
    """Return a chance for a sentence: "88 % of futures (78 to 94 %)"."""
    return f"{100 * chance.share:.0f} % of futures ({chance.interval})"


def goals_words(goals: tuple[Goal, ...], weeks: int) -> str:
    """Return all goals as one clause."""
    return listed([goal_words(goal, weeks) for goal in goals])


def goal_words(goal: Goal, weeks: int) -> str:
    """Return a goal as a clause: "churn in the last half-year is at most 9 % a year"."""
    if goal.what == "payback_week" and goal.bound >= weeks - 1 and goal.sign in ("<=", "<"):
        return f"the programme pays back within {weeks} weeks"
    bound = f"{_BOUND[goal.sign]} {_amount(goal)}"
    known = _OUTCOMES.get(goal.what)
    if known is not None:
        return known.format(bound=bound)
    return f"{goal.what if goal.outcome is None else goal.outcome.label.lower()} is {bound}"


def _amount(goal: Goal) -> str:
    outcome, bound = goal.outcome, goal.bound
    if outcome is None or outcome.kind is WEEK:
        return f"{bound:g}"
    if outcome.kind.form == "money":
        return money(bound)
    if outcome.kind is SHARE or outcome.kind.form == "percent":
        return percent(bound)
    return f"{bound:g} {outcome.unit}"


def typical(goals: tuple[Goal, ...], reading: Reading, scenario: Scenario) -> str:
    """Return the medians of what the goals bound: "173 of 300 employees practise"."""
    setting = Setting(scenario.organisation["employees"], scenario.weeks, len(reading.hits))
    told = []
    for goal, values in zip(goals, reading.values.T, strict=True):
        if goal.outcome is None:
            told.append(f"{goal.what}: {float(np.nanmedian(values)):.4g}")
        else:
            told.append(goal.outcome.text(values, setting))
    return "; ".join(told)


def count_words(count: int, noun: str) -> str:
    """Return a count as a sentence begins: "Three changes"."""
    number = _NUMBERS[count] if count < len(_NUMBERS) else f"{count}"
    return f"{number} {noun}{'s' * (count != 1)}"


# ------------------------------------------------------------------ the sentence


def sentence(found: Rescue) -> str:
    """Return the answer in one sentence."""
    if found.rescued is not None:
        return _saved(found, found.rescued)
    wanted = f"{percent(found.probability)} is wanted"
    words = goals_words(found.goals, found.scenario.weeks)
    if found.verdict == "not_needed":
        return (
            f"{found.scenario.name} needs no rescue: as it is, {words} in "
            f"{in_futures(found.untouched.chance)}; {wanted}."
        )
    if not found.possible:
        return (
            f"Nothing is left to change for the better in week {found.week}, and {words} in only "
            f"{in_futures(found.untouched.chance)}; {wanted}."
        )
    return (
        f"Nothing that can be changed in week {found.week} is enough: even with all "
        f"{found.possible} changes {words} in only {in_futures(found.everything.chance)}; "
        f"{wanted}, and {deadline(found.deadline, ALL, past=True)}."
    )


def _saved(found: Rescue, reading: Reading) -> str:
    titles = listed([change.title for change in found.changes])
    count = count_words(len(found.changes), "change")
    last = ""
    if found.deadline is not None:
        last = f"; {deadline(found.deadline, THESE)}"
    when = f"in week {found.week}"
    if found.starts_it:
        when = f"{when} would start a programme where there is none yet"
    return (
        f"{count} {when} - {titles} - and "
        f"{goals_words(found.goals, found.scenario.weeks)} in {in_futures(reading.chance)} "
        f"instead of {100 * found.untouched.chance.share:.0f} %{last}."
    )


def deadline(found: Deadline | None, what: str, past: bool = False) -> str:
    """Return until when changes are enough, or, where it is too late for them, were."""
    if found is None or found.week is None:
        return f"{what} would not have been enough in any earlier week either"
    verb, tense = ("would have been", "was") if past else ("are still", "is")
    return (
        f"the last week in which {what} {verb} enough {tense} about {found.week} "
        f"({found.low} to {found.high})"
    )


# ------------------------------------------------------------------ beside the sentence


def notes(found: Rescue) -> list[str]:
    """Return what else is worth knowing, a sentence each."""
    told = []
    if found.cost is not None:
        told.append(f"The programme then costs {cost(found.cost)}.")
    if found.gain is not None:
        told.append(f"With the rescue the company earns {gain(found.gain)}.")
    if found.last_resort is not None and found.last_resort.week is not None:
        told.append(
            f"Later more has to change, and after week {found.last_resort.week} or so "
            f"({found.last_resort.low} to {found.last_resort.high}) all {found.possible} changes "
            "at once are no longer enough."
        )
    if found.gentle is not None:
        told.append(
            f"{_partly(found.needed)}; so it is reached in {in_futures(found.gentle.chance)}."
        )
    told += _close_calls(found)
    if found.cure is not None:
        told.append(cure(found, found.cure))
    return [*told, *found.overruled]


def _close_calls(found: Rescue) -> list[str]:
    """Return which changes one might do without, as far as these futures tell."""
    spare = [o for o in found.needed if o.without.chance.share >= found.probability]
    if not spare:
        return []
    titles = listed([one.change.title for one in spare])
    whole, safety = len(found.needed), len(spare)
    which = "it" if safety == 1 else "any one of them"
    return [
        f"Of the {_count(whole)} {_are(whole - safety)} clearly needed and {_are(safety)} for "
        f"safety: {titles}. Without {which} {percent(found.probability)} is reached in these "
        "futures, too; in those by which the changes were chosen it is not."
    ]


def _are(count: int) -> str:
    """Return "one change is" or "two changes are"."""
    return f"{_count(count)} {'is' if count == 1 else 'are'}"


def _count(count: int) -> str:
    return count_words(count, "change").lower()


def _partly(needed: Sequence[Needed]) -> str:
    """Return which changes need not go the whole way, and how far they have to."""
    if len(needed) == 1:
        return f"It does not have to go the whole way: {enough(needed[0])}"
    parts = [f"{one.change.title} {enough(one)}" for one in needed if one.enough]
    return f"Not all have to go the whole way: {listed(parts)}"


def cost(extra: Rounded) -> str:
    """Return what the programme costs more until the end."""
    if extra.value == 0.0:
        return "nothing more until the end than without the rescue"
    less = "less" if extra.value < 0.0 else "more"
    size = Rounded(abs(extra.value), None, None, extra.place)
    return f"{size.in_words(True, sign=False)} {less} until the end"


def gain(extra: Rounded) -> str:
    """Return what the company earns more, the rescue paid; or that this is not known."""
    if extra.low is not None and extra.high is not None and extra.low <= 0.0 <= extra.high:
        return (
            "neither clearly more nor clearly less by the end than without it, its cost paid "
            f"({extra.interval(True)})"
        )
    word = "less" if extra.value < 0.0 else "more"
    size = Rounded(abs(extra.value), None, None, extra.place).in_words(True, sign=False)
    interval = "" if extra.low is None else f" ({extra.interval(True)})"
    return f"{size} {word} by the end than without it, its cost paid{interval}"


def loss(one: Needed) -> str:
    """Return the chance that goes with a change: "32 points (18 to 46)"."""
    return f"{100 * one.loss:.0f} points ({100 * one.low:.0f} to {100 * one.high:.0f})"


def enough(one: Needed) -> str:
    """Return how far a change has to go: "half the way, to 0.58"; empty for the whole way."""
    if one.enough is None:
        return ""
    share, change = one.enough
    return f"{_WAYS[share]}, to {change.said(change.after)}"


def alternative(found: Rescue, one: Alternative) -> str:
    """Return which changes do as well in the place of which others."""
    other = listed([change.title for change in one.changes if change not in found.changes])
    own = listed([change.title for change in found.changes if change not in one.changes])
    return f"{other} instead of {own}: {chance_words(one.reading.chance)}"


def cure(found: Rescue, own: Cure) -> str:
    """Return how the cure that the file names compares."""
    count, week = count_words(len(own.changes), "change").lower(), own.event.week
    here = f"reaches it in {in_futures(own.here.chance)}"
    if week == found.week or own.own is None:
        return f"The file's own cure, {count}, {here} when it is made in week {found.week}."
    return (
        f"The file's own cure, {count}, {here} when it is made in week {found.week}, and in "
        f"{in_futures(own.own.chance)} in its own week {week}."
    )


def table(found: Rescue) -> str:
    """Return the chances, the changes and the notes as text for a terminal."""
    parts = [_chances(found)]
    if found.needed:
        parts.append(_changes(found))
    if found.alternatives:
        parts.append("As few changes that do it too:\n" + _alternatives(found))
    if found.deadline is not None:
        parts.append(_curve(found, found.deadline))
    if found.notes:
        parts.append("\n".join(map(paragraph, found.notes)))
    return "\n\n".join(parts)


def _chances(found: Rescue) -> str:
    words = goals_words(found.goals, found.scenario.weeks)
    rows = [("As it is", found.untouched)]
    if found.rescued is not None:
        rows.append((f"With the changes in week {found.week}", found.rescued))
    if found.possible:
        rows.append((f"With everything, {found.possible} changes", found.everything))
    cells = [
        (name, chance_words(reading.chance), typical(found.goals, reading, found.scenario))
        for name, reading in rows
    ]
    head = paragraph(f"{words[0].upper()}{words[1:]} in")
    return f"{head}\n{aligned([('', 'futures', 'in the middle of them'), *cells], (0, 2))}"


def _changes(found: Rescue) -> str:
    rows = [("Change", "Group", "From", "To", "Without it")]
    for one in found.needed:
        change = one.change
        group = GROUPS[change.parameter.group]
        before, after = change.said(change.before), change.said(change.after)
        rows.append((change.title, group, before, after, chance_words(one.without.chance)))
    return aligned(rows, (0, 1))


def _alternatives(found: Rescue) -> str:
    lines = [paragraph(f"  {alternative(found, one)}", "  ") for one in found.alternatives]
    return "\n".join(lines)


def _curve(found: Rescue, curve: Deadline) -> str:
    what = THESE if found.needed else ALL
    rows = [("Made in week", *(f"{week}" for week in curve.weeks))]
    shares = (f"{100 * chance.share:.0f} %" for chance in curve.chances)
    rows.append((f"Chance with {what}", *shares))
    return aligned(rows, (0,))
