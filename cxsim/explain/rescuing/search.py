"""The smallest set of changes that reaches the goals: shorten, look for smaller sets, swap.

Nobody can try every set of thirty changes. The search leaves out the least valuable ones as long as
the goals are reached, then races sets of one change less against each other, and those of equal
size. All of it sees the same futures, so that two sets differ by what they do and not by luck; the
same luck must not judge the winner.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from math import ceil

from cxsim.explain.chance import wilson
from cxsim.explain.rescuing.changes import Change
from cxsim.explain.rescuing.futures import Futures, Plan, Reading

SETS = 60  # of one change less that are raced against each other
POOL = 12  # changes that such sets are made of
STARTERS, FINALISTS = 4, 4  # futures of the first heat; sets in the last one
SWAPPED = 6  # changes that may take another one's place


class Search:
    """Looks for small plans.

    Parameters
    ----------
    futures : Futures
    changes : sequence of Change
        All that may be made.
    probability : float
        Share of the futures in which the goals have to be reached.
    replicates : int
        Futures that decide; a sixth of them gives the order in which things are tried.
    """

    def __init__(
        self, futures: Futures, changes: Sequence[Change], probability: float, replicates: int
    ) -> None:
        self._futures, self._changes, self._probability = futures, tuple(changes), probability
        self._all = range(replicates)
        self._needed = ceil(probability * replicates - 1e-9)
        self._few = range(min(replicates, max(6, replicates // 6)))
        self._first = range(min(replicates, STARTERS))

    def runs(self) -> float:
        """Return how many runs a search takes, about."""
        size, few, many = len(self._changes), len(self._few), len(self._all)
        return 1.8 * size * few + 12 * many + 2 * (SETS * STARTERS + 8 * few) + 30 * few + 8 * many

    def reaches(self, plan: Plan) -> bool:
        """Return whether a plan reaches the goals in enough futures."""
        if self._hopeless(self._futures.one(plan, self._few)):
            return False
        allowed = len(self._all) - self._needed
        half = self._futures.one(plan, range((len(self._few) + len(self._all)) // 2))
        if half.chance.of - half.chance.count > allowed:
            return False
        return self._futures.one(plan, self._all).chance.count >= self._needed

    def best(self, plan: Plan) -> Plan:
        """Return the plan without what does harm to it; as it is, when that is no better."""
        losses = self._losses(plan)
        better = plan.without(*(change for change, loss in losses.items() if loss < 0.0))
        one, other = self._futures.read([plan, better], self._all)
        return better if other.score > one.score else plan

    def smallest(self, plan: Plan) -> Plan:
        """Return the smallest plan that is found from one that reaches the goals."""
        plan = self._shortened(plan)
        while (smaller := self._smaller(plan)) is not None:
            plan = self._shortened(smaller)
        return plan

    def equals(self, plan: Plan) -> list[Plan]:
        """Return plans of the same size that reach the goals too, and the plan: best first.

        They differ from it in one change.
        """
        outsiders = list(self._gains(plan))[:SWAPPED]
        swaps = [plan.without(m).with_(o) for m in self.sorted(plan.changes) for o in outsiders]
        found = [one for one in self._leading(swaps, FINALISTS) if self.reaches(one)]
        return sorted([plan, *found], key=self._rank)

    def more(self, plan: Plan, count: int) -> Plan:
        """Return the plan with so many more changes, or all there are: those that help it most."""
        rest = [change for change in self._changes if change not in plan.changes]
        readings = self._futures.read([plan.with_(change) for change in rest], self._few)
        scores = {change: r.score for change, r in zip(rest, readings, strict=True)}
        return plan.with_(*sorted(rest, key=lambda change: -scores[change])[:count])

    def gentler(self, plan: Plan) -> dict[Change, tuple[float, Change]]:
        """Return how far each change has to go at least when the others go as far as told.

        Returns
        -------
        dict
            Change -> share of its way, and the change that goes so far; only those that need not
            go the whole way.
        """
        found = {}
        for change in self._losses(plan):
            share, partly = self._least(plan, change)
            if partly != change:
                found[change] = (share, partly)
                plan = plan.without(change).with_(partly)
        return found

    def sorted(self, changes: Iterable[Change]) -> tuple[Change, ...]:
        """Return changes in an order that does not depend on their hashes."""
        places = {change: place for place, change in enumerate(self._changes)}
        return tuple(sorted(changes, key=lambda change: places.get(change, len(places))))

    # --- steps ---------------------------------------------------------------------------------

    def _least(self, plan: Plan, change: Change) -> tuple[float, Change]:
        """Return the least share of its way that a change has to go, and the change gone so far."""
        half = self._enough(plan, change, 0.5)
        for share in (0.75,) if half is None else (0.25, 0.5):
            if (partly := self._enough(plan, change, share)) is not None:
                return share, partly
        return 1.0, change

    def _enough(self, plan: Plan, change: Change, share: float) -> Change | None:
        """Return the change gone a share of its way, if the plan reaches the goals with it."""
        partly = change.partly(share)
        if partly is None or not self.reaches(plan.without(change).with_(partly)):
            return None
        return partly

    def _shortened(self, plan: Plan) -> Plan:
        """Take away what is worth least, many at a time, until each change is needed."""
        while plan.changes:
            order = list(self._losses(plan))
            spare = order[: self._spare(plan, order)]
            if not spare:
                singles = (change for change in order if self.reaches(plan.without(change)))
                spare = [one for one in (next(singles, None),) if one is not None]
            if not spare:
                break
            plan = plan.without(*spare)
        return plan

    def _spare(self, plan: Plan, order: Sequence[Change]) -> int:
        """Return how many of the first changes can go at once."""
        low, high = 0, len(order)  # without any change the goals are not reached
        while high - low > 1:
            middle = (low + high) // 2
            if self.reaches(plan.without(*order[:middle])):
                low = middle
            else:
                high = middle
        return low

    def _smaller(self, plan: Plan) -> Plan | None:
        """Return a plan with one change less that reaches the goals; None if none is found."""
        size = len(plan.changes) - 1
        if size < 1:
            return None
        worth = {**self._losses(plan), **self._gains(plan)}
        pool = sorted(worth, key=lambda change: (change not in plan.changes, -worth[change]))
        if size > 1:
            pool = pool[: max(POOL, size + 3)]
        sets = [one for one in combinations(pool, size) if not set(one) <= plan.changes]
        sets.sort(key=lambda one: -sum(worth[change] for change in one))
        plans = [Plan(plan.week, frozenset(one)) for one in sets[:SETS]]
        able = [one for one in self._leading(plans, FINALISTS) if self.reaches(one)]
        return min(able, key=self._rank) if able else None

    def _leading(self, plans: Sequence[Plan], most: int) -> list[Plan]:
        """Return the most promising plans, best first, after two heats."""
        for luck, left in ((self._first, 3 * most), (self._few, most)):
            if len(plans) > left:
                readings = self._futures.read(plans, luck)
                scores = {p: r.score for p, r in zip(plans, readings, strict=True)}
                plans = sorted(scores, key=lambda plan: -scores[plan])[:left]
        return list(plans)

    def _losses(self, plan: Plan) -> dict[Change, float]:
        """Return what the plan loses without each of its changes, the least valuable first."""
        members = self.sorted(plan.changes)
        whole, *others = self._futures.read(
            [plan, *(plan.without(one) for one in members)], self._few
        )
        losses = {m: whole.score - r.score for m, r in zip(members, others, strict=True)}
        return dict(sorted(losses.items(), key=lambda item: item[1]))

    def _gains(self, plan: Plan) -> dict[Change, float]:
        """Return what each other change brings in the place of the least valuable, best first."""
        members, few = self._losses(plan), self._few
        rest = plan.without(next(iter(members)))
        others = [change for change in self._changes if change not in plan.changes]
        bare, *readings = self._futures.read([rest, *(rest.with_(o) for o in others)], few)
        gains = {o: r.score - bare.score for o, r in zip(others, readings, strict=True)}
        return dict(sorted(gains.items(), key=lambda item: -item[1]))

    def _rank(self, plan: Plan) -> tuple[float, float]:
        reading = self._futures.one(plan, self._all)
        return -reading.chance.share, float(reading.cost.mean())

    def _hopeless(self, reading: Reading) -> bool:
        chance = reading.chance
        return wilson(chance.count, chance.of)[1] < self._probability
