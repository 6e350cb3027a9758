"""Momentum of many scenarios as tables that are readable as they are and as Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

import cxsim
from cxsim.explain.chance import Mean
from cxsim.explain.lasting.living import ALL
from cxsim.explain.lasting.pushes import NEVER_NEEDED, NOT_IN_PLAN, THROUGHOUT, UNTIL, Push
from cxsim.explain.lasting.support import levers_of_support
from cxsim.explain.lasting.words import HEADLINES
from cxsim.explain.momentum import Momentum
from cxsim.explain.sustaining import QUIET, SUSTAINED, WON
from cxsim.parameters import GROUPS
from experiments.markdown import table

LOOKED_AT = 104  # week in which support ends, in the first table
HELD = {THROUGHOUT: "throughout", NEVER_NEEDED: "dispensable", NOT_IN_PLAN: "not in plan"}


def document(found: Sequence[Momentum]) -> str:
    """Return measured.md."""
    first = found[0]
    parts = [
        "# Which programmes last",
        f"{first.replicates} futures of each bundled scenario, seed {first.seed}; cxsim "
        f"{cxsim.__version__}.",
        f"All support ends in one week after another, 13 weeks apart; {QUIET} weeks later the "
        f"programme has sustained itself when at least {100 * SUSTAINED:.0f} % of the adoption "
        f"survives, and at least {100 * WON:.0f} % of the employees practised before.",
        summary(found),
        f"## When support ends in week {LOOKED_AT}",
        weeks_table(found),
        "## Minimum push",
        "The week until which each group of levers has to be held while all others stay as "
        "planned: from then on at least four fifths of what there would be with it are there a "
        "year later, in at least half of the futures. *Dispensable*: without it from the start "
        "four fifths are there at the end of the plan all the same. A dash: at the end of the plan "
        "fewer than a quarter of the employees practise with all support too, in most futures.",
        pushes_table(found),
    ]
    return "\n\n".join(parts) + "\n"


def summary(found: Sequence[Momentum]) -> str:
    """Return how many scenarios come to which verdict, and their names."""
    counts = Counter(one.verdict for one in found)
    rows = [
        [
            words.format(week="..."),
            str(counts[verdict]),
            ", ".join(_short(one) for one in found if one.verdict == verdict),
        ]
        for verdict, words in HEADLINES.items()
    ]
    return table(["Verdict", "scenarios", "which"], rows)


def _short(one: Momentum) -> str:
    name = one.scenario.name
    return name.partition("_")[0] if one.scenario.mode else name


def weeks_table(found: Sequence[Momentum]) -> str:
    """Return what survives the end of support in one week, and the first week that is enough."""
    heads = ["Scenario", "practise", "a year later", "survives, % (95 %)", "sustains itself in",
             "95 %", "first week", "95 % interval", "best, end of plan"]  # fmt: skip
    return table(heads, [_weeks_row(one) for one in found])


def _weeks_row(one: Momentum) -> list[str]:
    plan = one.in_plan
    course = f"{_people(one, plan.best)}, {_people(one, plan.end)}"
    tests = [test for test in one.tests if test.week == LOOKED_AT]
    if not tests:
        return [one.scenario.name, *["-"] * 7, course]
    test = tests[0]
    low, high = one.first_week_between
    return [
        one.scenario.name,
        _people(one, test.before),
        _people(one, test.left),
        Mean.of(test.share).percent,
        test.chance.text,
        test.chance.interval,
        _week(one.first_week),
        f"{_week(low)} to {_week(high)}" if low != high else _week(low),
        course,
    ]


def _people(one: Momentum, adoption: np.ndarray) -> str:
    return f"{one.employees * float(adoption.mean()):,.0f}"


def _week(week: int | None) -> str:
    return "never" if week is None else str(week)


def pushes_table(found: Sequence[Momentum]) -> str:
    """Return how long each group has to be held, one row for each scenario."""
    groups = list(levers_of_support())
    heads = ["Scenario", "everything", *(GROUPS[group].lower() for group in groups)]
    rows = []
    for one in found:
        pushes = {push.group: push for push in one.pushes or ()}
        rows.append([one.scenario.name, *(_held(pushes.get(key)) for key in (ALL, *groups))])
    return table(heads, rows)


def _held(push: Push | None) -> str:
    if push is None:
        return "-"
    return str(push.from_week) if push.kind == UNTIL else HELD.get(push.kind, "-")
