"""What people read about momentum: the sentence, its readings, the table for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cxsim.explain.chance import Chance, Mean
from cxsim.explain.columns import aligned, paragraph
from cxsim.explain.lasting.pushes import NOTHING_TO_HOLD, Push, push_sentence
from cxsim.explain.lasting.withdrawal import Withdrawal
from cxsim.explain.sentences import listed
from cxsim.explain.sustaining import WON

if TYPE_CHECKING:
    from cxsim.explain.momentum import Momentum

HEADLINES = {
    "sustains": "Sustains itself from week {week}",
    "supported": "Lasts only while it is supported",
    "falls": "Falls within its own plan",
    "never_won": "Has won too few for anything to last",
    "no_programme": "There is no programme to withdraw",
}
HEADS = (
    "withdrawn in week",
    "practise",
    "a year later",
    "that survives",
    "lasts in futures",
    "95 %",
)
MEASURE = (
    "For a single group the measure is stricter than for everything at once: a year later at least "
    "four fifths of what there would be with it have to be there, in at least half of the futures."
)
FEW = " (too few)"
FEW_MEANS = (
    "(too few): fewer than a quarter of the employees practise then, as a mean; a future in which "
    "that is so does not count as lasting, however many of them go on."
)
MANY = 20  # futures: of fewer "one in twenty" cannot be told


def headline(found: Momentum) -> str:
    """Return the answer in a few words."""
    return HEADLINES[found.verdict].format(week=found.first_week)


def people(count: float, employees: int) -> str:
    """Return "61 of 300 employees"."""
    return f"{count:,.0f} of {employees:,} employees"


# ------------------------------------------------------------------ the sentence


def sentence(found: Momentum) -> str:
    """Return the answer in one sentence."""
    match found.verdict:
        case "no_programme":
            return (
                "There is no programme to withdraw: every lever that belongs to one is off for all "
                f"{found.scenario.weeks} weeks, and {_at_the_end(found)} all the same."
            )
        case "falls":
            return f"The programme falls within its own plan: {_fall(found)}; {_if_ended(found)}."
        case "sustains":
            return _sustains(found)
        case "never_won":
            return (
                f"Within {found.scenario.weeks} weeks too few practise for anything to last: in "
                f"{_hardly_any(found.in_plan.wins)} do a quarter of the employees ever practise, "
                f"and {_at_the_end(found)}."
            )
    last = found.tests[-1]
    return (
        "The programme lasts only while it is supported: even when support ends as late as in week "
        f"{last.week}, {_then(found, last)}."
    )


def _sustains(found: Momentum) -> str:
    """Return from when on it does, in how many futures, and what that means."""
    test = next(test for test in found.tests if test.week == found.first_week)
    before, left = (found.employees * float(one.mean()) for one in (test.before, test.left))
    return (
        f"The programme sustains itself from week {test.week}{_between(found)} in "
        f"{_sure(test.chance)}: there at least four in five of those who practise by then still do "
        f"a year after all support has been withdrawn; over all futures {left:,.0f} of "
        f"{before:,.0f} employees do."
    )


def _hardly_any(chance: Chance) -> str:
    """Return "none of 10 futures" or "only 3 of 10 futures"."""
    text = chance.text
    return f"none of {text.partition(' of ')[2]}" if chance.count == 0 else f"only {text}"


def _between(found: Momentum) -> str:
    """Return the interval of the first week, if more than one week is possible."""
    low, high = found.first_week_between
    if low == high or found.replicates == 1:
        return ""
    return f" (95 % interval: week {low} to {'never' if high is None else high})"


def _then(found: Momentum, test: Withdrawal) -> str:
    before, left = (found.employees * float(one.mean()) for one in (test.before, test.left))
    return (
        f"of the {before:,.0f} employees who practise by then {left:,.0f} still do a year after "
        f"all support has been withdrawn; at least four in five of them do in {_sure(test.chance)}"
    )


def _sure(chance: Chance) -> str:
    return chance.text if chance.of == 1 else f"{chance.text} ({chance.interval})"


def _fall(found: Momentum) -> str:
    plan, kept = found.in_plan, Mean.of(found.in_plan.kept)
    best, end = (found.employees * float(one.mean()) for one in (plan.best, plan.end))
    return (
        f"{people(best, found.employees)} practise at its best, around week "
        f"{np.median(plan.best_week):.0f}, and {end:,.0f} at its end; {kept.percent} of the best is"
        f" left, and more than a fifth is lost in {_sure(plan.falls)}"
    )


def _if_ended(found: Momentum) -> str:
    if found.first_week is None:
        return "in no week that was tested could it have been left to itself"
    return f"what was left by week {found.first_week} would have lasted by itself from then on"


def _at_the_end(found: Momentum) -> str:
    end = found.employees * float(found.in_plan.end.mean())
    return f"{people(end, found.employees)} practise at the end"


# ------------------------------------------------------------------ readings


def readings(found: Momentum) -> list[str]:
    """Return what else is to be known, one sentence each."""
    said = [in_plan(found), first_week(found)] if found.tests else []
    if found.pushes:
        said += [push_sentence(found.pushes)]
        said += [MEASURE] if any(push.tests for push in found.pushes[1:]) else []
    return said


def in_plan(found: Momentum) -> str:
    """Return what happens while the plan lasts."""
    plan = found.in_plan
    best, end = (found.employees * float(one.mean()) for one in (plan.best, plan.end))
    stops = ""
    if found.support is not None and found.support.ends is not None:
        stops = f" The plan itself sends the programme's staff home in week {found.support.ends}."
    return (
        f"Within the plan's {found.scenario.weeks} weeks {people(best, found.employees)} practise "
        f"in the best quarter (up to week {np.median(plan.best_week):.0f}) and {end:,.0f} in the "
        f"last one; more than a fifth is lost in {plan.falls.text}.{stops}"
    )


def first_week(found: Momentum) -> str:
    """Return how the first week differs from future to future, and what was tested."""
    own = found.own_first_weeks
    never, futures = int(np.isinf(own).sum()), len(own)
    tried = _tried([test.week for test in found.tests])
    if never == futures:
        return f"None of {futures:,} futures sustains itself, whenever support ends. {tried}"
    weeks = _spread(own) if futures >= MANY else _counted(own)
    alone = f"{listed(weeks)}; " if weeks else ""
    lasting = "does not sustain itself" if never == 1 else "do not sustain themselves"
    return f"Future by future: {alone}{never:,} of {futures:,} {lasting} in any week. {tried}"


def _spread(own: np.ndarray) -> list[str]:
    """Return the first weeks of many futures by their quantiles."""
    ends = np.quantile(own, [0.05, 0.5, 0.95], method="inverted_cdf")
    words = ("one in twenty", "half of them", "nineteen in twenty")
    return [f"{w} from week {e:.0f}" for w, e in zip(words, ends, strict=True) if np.isfinite(e)]


def _counted(own: np.ndarray) -> list[str]:
    """Return the earliest, the middle and the last first week of few futures, as counts."""
    weeks = np.sort(own[np.isfinite(own)])
    chosen = np.unique(weeks[[0, (len(weeks) - 1) // 2, -1]])
    return [f"{(own <= week).sum()} of {len(own)} from week {week:.0f}" for week in chosen]


def _tried(weeks: Sequence[int]) -> str:
    if not weeks:
        return "Nothing could be withdrawn."
    if len(weeks) > 6:
        between = int(np.median(np.diff(weeks)))
        return f"Tested: weeks {weeks[0]} to {weeks[-1]}, {between} weeks apart."
    return f"Tested: week{'s' * (len(weeks) != 1)} {', '.join(map(str, weeks))}."


# ------------------------------------------------------------------ the terminal


def table(found: Momentum) -> str:
    """Return everything as text, at most 100 columns wide."""
    parts = [paragraph(found.sentence)]
    if found.tests:
        parts += [aligned([HEADS, *(_row(found, test) for test in found.tests)])]
    if any(map(too_few, found.tests)):
        parts += [paragraph(FEW_MEANS)]
    told = [push for push in found.pushes or () if push.kind != NOTHING_TO_HOLD]
    if told:
        parts += [_pushes(told)]
    parts += [paragraph(f"* {text}", "  ") for text in readings(found)]
    return "\n\n".join([*parts, f"{found.replicates:,} futures, seed {found.seed}."])


def _row(found: Momentum, test: Withdrawal) -> tuple[str, ...]:
    before, left = (f"{found.employees * float(x.mean()):,.0f}" for x in (test.before, test.left))
    chance = test.chance
    sure = chance.interval if chance.of > 1 else ""
    week = f"{test.week}{FEW * too_few(test)}"
    return week, before, left, Mean.of(test.share).percent, str(chance.count), sure


def too_few(test: Withdrawal) -> bool:
    """Tell whether fewer than a quarter of the employees practise, as a mean, when support ends."""
    return float(test.before.mean()) < WON


def _pushes(pushes: Sequence[Push]) -> str:
    """Return the groups with what to do about each, long texts under themselves."""
    width = max(len(push.title) for push in pushes) + 2
    return "\n".join(
        paragraph(
            f"{push.title:<{width}}{push.words}{f'; {push.cost[1]}' if push.cost else ''}",
            " " * width,
        )
        for push in pushes
    )
