"""How long each kind of support has to be held: the minimum push.

One group of levers is withdrawn alone, all others stay as planned. What counts is what is left a
year later of the adoption that there would have been with it: measured by what there was before,
nothing would seem to be needed while the others still make adoption grow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from cxsim import parameters
from cxsim.explain.chance import Chance, Mean
from cxsim.explain.lasting.living import ALL, PLAN, Key
from cxsim.explain.lasting.support import Support, levers_of_support, without_group
from cxsim.explain.lasting.withdrawal import Withdrawal, first_likely, read_withdrawals
from cxsim.explain.rounding import rounded
from cxsim.explain.sentences import listed
from cxsim.explain.sustaining import QUIET, SUSTAINED, WON, surviving
from cxsim.scenario import Scenario

NOT_IN_PLAN, NOTHING_TO_HOLD = "not_in_plan", "nothing_to_hold"
NEVER_NEEDED, UNTIL, THROUGHOUT = "never_needed", "until", "throughout"
TITLES = {**parameters.GROUPS, ALL: "Everything at once"}


@dataclass(frozen=True, eq=False)
class Push:
    """How long one group of levers has to be held.

    Attributes
    ----------
    group : str
        One of `parameters.GROUPS`, or "all".
    kind : str
        "until" (a week from which on it can go), "throughout", "never_needed" (without it from the
        start four fifths would be there all the same), "not_in_plan", or "nothing_to_hold" (hardly
        anybody practises with it either).
    from_week : int or None
        First tested week in which it can be withdrawn, and in all later ones too.
    held_from, weeks, employees : int
        First week with support, length of the plan, size of the company.
    tests : tuple of Withdrawal
        Empty where nothing had to be tried.
    end, without : array of shape (replicates,), or None
        Adoption at the end of the plan, with this group and had it never been there.
    """

    group: str
    kind: str
    from_week: int | None
    held_from: int
    weeks: int
    employees: int
    tests: tuple[Withdrawal, ...] = ()
    end: np.ndarray | None = None
    without: np.ndarray | None = None

    @property
    def title(self) -> str:
        """The group as people call it."""
        return TITLES[self.group]

    @property
    def held_until(self) -> int | None:
        """Week until which it is held; the length of the plan stands for "to the end"."""
        return {UNTIL: self.from_week, THROUGHOUT: self.weeks}.get(self.kind)

    @property
    def words(self) -> str:
        """What to do with it, to follow the title."""
        match self.kind:
            case "until" if self.from_week == self.weeks:
                return f"has to be held to the end of the plan (week {self.weeks}), and can go then"
            case "until":
                return f"can be withdrawn from week {self.from_week}"
            case "throughout":
                return f"has to be held throughout, and beyond week {self.weeks}"
            case "never_needed":
                return self._left_out
            case "not_in_plan":
                return "is not part of the plan"
        return "cannot be judged"  # why, `push_sentence` tells once for all groups

    @property
    def _left_out(self) -> str:
        if self.end is None or self.without is None:
            return "is not indispensable"
        lost = Mean.of(self.end - self.without)
        matters = lost.low > 0.0 or lost.high < 0.0
        with_it, without = (self.employees * float(one.mean()) for one in (self.end, self.without))
        return (
            f"{'is not indispensable' if matters else 'makes no clear difference'}: without it "
            f"{without:,.0f} of {self.employees:,} employees practise at the end instead of "
            f"{with_it:,.0f}"
        )

    @cached_property
    def cost(self) -> tuple[Mean, str] | None:
        """People lost a year later against the plan with it held; in words too."""
        chosen = [test for test in self.tests if test.week == self.from_week]
        if not chosen or self.kind != UNTIL:
            return None
        lost = Mean.of(self.employees * (chosen[0].held - chosen[0].left))
        return lost, _loss(lost)

    def as_dict(self) -> dict[str, Any]:
        """Return everything ready for JSON."""
        cost = self.cost
        return {
            "group": self.group,
            "title": self.title,
            "kind": self.kind,
            "from_week": self.from_week,
            "held_from": None if self.held_until is None else self.held_from,
            "held_until": self.held_until,
            "text": self.words,
            "cost": None if cost is None else cost[0].as_dict(cost[1]),
            "tests": [_test(test) for test in self.tests],
        }


def _loss(lost: Mean) -> str:
    """Return a number of people lost in words."""
    if lost.low <= 0.0 <= lost.high:
        return "about as many people practise a year later as with it held"
    sign = 1.0 if lost.value >= 0.0 else -1.0
    low, high = sorted((sign * lost.low, sign * lost.high))
    number = rounded(sign * lost.value, low, high, whole=True)
    word = "fewer" if sign > 0.0 else "more"
    interval = "" if number.low is None else f" ({number.low:,.0f} to {number.high:,.0f})"
    return f"{number.value:,.0f} {word} people practise a year later than with it held{interval}"


def _test(test: Withdrawal) -> dict[str, Any]:
    kept = Mean.of(test.kept)
    return {
        "week": test.week,
        "kept": kept.as_dict(kept.percent),
        "chance": test.chance_kept.as_dict(),
    }


# ------------------------------------------------------------------ which runs, and what they say


def left_out(scenario: Scenario, support: Support) -> dict[Key, Scenario]:
    """Return the plan without each of its groups from the start."""
    return {
        (group, 0): without_group(scenario, names, 0, scenario.weeks)
        for group, names in support.groups.items()
    }


def needed(scenario: Scenario, support: Support, lived: Mapping[Key, np.ndarray]) -> list[str]:
    """Return the groups whose weeks are worth trying: those that could not have been left out."""
    end = lived[PLAN][:, scenario.weeks - 1]
    if not _something_to_hold(end):
        return []
    return [group for group in support.groups if not _spare(end, lived[group, 0][:, -1])]


def withdrawn(
    scenario: Scenario, support: Support, groups: Sequence[str], weeks: Sequence[int]
) -> dict[Key, Scenario]:
    """Return the plan with each of some groups withdrawn in each of some weeks."""
    return {
        (group, week): without_group(scenario, support.groups[group], week, week + QUIET)
        for group in groups
        for week in weeks
    }


def read_pushes(
    scenario: Scenario,
    support: Support,
    weeks: Sequence[int],
    lived: Mapping[Key, np.ndarray],
) -> tuple[Push, ...]:
    """Return how long each group has to be held.

    Parameters
    ----------
    weeks : sequence of int
        Of withdrawal, as tested.
    lived : mapping
        Adoption in every run, shape (replicates, weeks).
    """
    found = needed(scenario, support, lived)
    end = lived[PLAN][:, scenario.weeks - 1]
    size = (support.starts, scenario.weeks, int(scenario.organisation["employees"]))

    def one(group: str) -> Push:
        if group not in support.groups:
            return Push(group, NOT_IN_PLAN, None, *size)
        if not _something_to_hold(end):
            return Push(group, NOTHING_TO_HOLD, None, *size)
        without = lived[group, 0][:, -1]
        if group not in found:
            return Push(group, NEVER_NEEDED, None, *size, (), end, without)
        tests = read_withdrawals(lived, group, weeks)
        first = first_likely(weeks, [test.chance_kept for test in tests])
        kind = THROUGHOUT if first is None else UNTIL
        return Push(group, kind, first, *size, tests, end, without)

    return tuple(one(group) for group in levers_of_support())


def push_of_all(
    scenario: Scenario, support: Support, tests: tuple[Withdrawal, ...], end: np.ndarray
) -> Push:
    """Return how long the programme as a whole has to be held: until it sustains itself.

    Parameters
    ----------
    tests : tuple of Withdrawal
        Of all support.
    end : array, shape (replicates,)
        Adoption at the end of the plan.
    """
    first = first_likely([test.week for test in tests], [test.chance for test in tests])
    employees = int(scenario.organisation["employees"])
    kind = THROUGHOUT if first is None else UNTIL
    if first is None and not _something_to_hold(end):
        kind = NOTHING_TO_HOLD
    return Push(ALL, kind, first, support.starts, scenario.weeks, employees, tests)


def _something_to_hold(end: np.ndarray) -> bool:
    return Chance.among(end >= WON).likely


def _spare(end: np.ndarray, without: np.ndarray) -> bool:
    return Chance.among(surviving(end, without) >= SUSTAINED).likely


def push_sentence(pushes: Sequence[Push]) -> str:
    """Return the minimum push in a sentence."""
    if any(push.kind == NOTHING_TO_HOLD for push in pushes):
        return (
            "How long each kind of support has to be held cannot be said: at the end of the plan "
            "fewer than a quarter of the employees practise with all of it too."
        )
    kinds = {
        THROUGHOUT: "hold {} throughout",
        UNTIL: "hold {}",
        NEVER_NEEDED: "not indispensable: {}",
    }
    parts = []
    for kind, form in kinds.items():
        those = [push for push in pushes if push.kind == kind and push.group != ALL]
        names = [f"{_low(p)} until week {p.from_week}" if kind == UNTIL else _low(p) for p in those]
        parts += [form.format(listed(names))] if those else []
    if not parts:
        return "No single group of levers is needed to keep four fifths of what there is."
    return (
        "Minimum push, each kind of support withdrawn alone while all others are held, so no "
        f"schedule for all of them together: {'; '.join(parts)}."
    )


def _low(push: Push) -> str:
    return f"{push.title[0].lower()}{push.title[1:]}"
