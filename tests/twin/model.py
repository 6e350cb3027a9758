"""The week as a whole: one method per section of docs/model.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from copy import copy
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import mesa

from cxsim.company import base_hazards
from cxsim.scenario import Scenario

from . import company, record
from .calendar import calendar, facts
from .customers import Place
from .employees import Employee
from .executives import ChiefExecutive, Head, gap, pressure
from .numbers import Draws, add_up, clip, exp, log
from .work import Initiative, Process


class TwinModel(mesa.Model):
    """One replicate of a scenario, perhaps with links held from given weeks on.

    Attributes
    ----------
    record : dict
        "company": one dictionary per week; "function" and "layer": a list of them per week.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int = 1,
        replicate: int = 0,
        cuts: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(rng=seed)
        self.facts = facts(scenario)
        self.calendar = calendar(scenario)
        self.draws = Draws(seed, replicate)
        self.now = self.calendar[0]
        self.cuts = dict(cuts or {})
        self.held: dict[str, dict[Any, Any]] = {}
        self.record: dict[str, list[Any]] = {"company": [], "function": [], "layer": []}
        self._start()

    def run(self) -> TwinModel:
        while self.running:
            self.step()
        return self

    # --- section 4 ---------------------------------------------------------------------------

    def _start(self) -> None:
        self.chief = ChiefExecutive(self)
        self.heads = [Head(self, f) for f in range(len(self.facts.functions))]
        self.employees = [Employee(self, i) for i in range(self.facts.employees)]
        self._organise()
        self._lay_out_processes()
        self.initiatives = [Initiative(self, slot) for slot in range(8)]
        self.hazards = [
            float(h) for h in base_hazards(self.facts.churn_alpha, self.facts.churn_beta)
        ]
        self.places: list[Place] = []
        for i, taken in enumerate(company.places(self.facts)):
            self.places.append(Place(self, i, taken))
        self.budget = 1.0
        self.evidence = self.wins = self.savings = self.pain = self.shown = 0.0
        self.until = -2
        self.inflation = 1.0
        self.score = self.facts.satisfaction_start
        self.answers: list[list[float]] = []

    def _organise(self) -> None:
        """Seat all employees; also when span of control or ties change."""
        self.organised = (self.now.span_of_control, self.now.cross_functional_ties)
        counts = company.headcounts(self.facts.employees, self.facts.headcount_shares)
        desks = company.desks(counts, *self.organised, self.draws)
        for employee, desk in zip(self.employees, desks, strict=True):
            employee.sit(desk, self.employees)
        for head in self.heads:
            head.employees = [e for e in self.employees if e.function == head.f]
            head.front_line = [e for e in head.employees if e.reports == 0]

    def _lay_out_processes(self) -> None:
        heads = self.heads
        owners: list[tuple[Head, Head | None]] = [(h, None) for h in heads for _ in range(2)]
        owners += pairwise(heads)
        shares = company.touchpoints(self.facts)
        self.processes = [
            Process(self, p, owner, partner, share)
            for p, ((owner, partner), share) in enumerate(zip(owners, shares, strict=True))
        ]
        self.bounds = [add_up(shares[: p + 1]) for p in range(len(shares))]

    # --- the week ----------------------------------------------------------------------------

    def step(self) -> None:
        self.now = self.calendar[len(self.record["company"])]
        if self.organised != (self.now.span_of_control, self.now.cross_functional_ties):
            self._organise()
        self._hold()
        self.ledger = record.Ledger()
        self.wins_completed = 0
        for head in self.heads:
            head.open_books()
        self._leadership()
        self._initiatives()
        self._workforce()
        self._customers()
        self._voice()
        self._funding()
        self._record()
        self.running = len(self.record["company"]) < len(self.calendar)

    # --- section 10 --------------------------------------------------------------------------

    def _hold(self) -> None:
        """Keep how everything stands for the links that are held from this week on."""
        for link in [link for link, week in self.cuts.items() if week == self.now.t]:
            self.held[link] = {agent: copy(agent) for agent in self.agents}
            self.held[link][self] = SimpleNamespace(
                evidence=self.evidence, wins=self.wins, shown=self.shown, until=self.until
            )

    def seen(self, link: str, source: Any) -> Any:
        """An agent, or the model for the company as a whole, as the readers of a link see it."""
        return self.held[link][source] if link in self.held else source

    # --- section 5 ---------------------------------------------------------------------------

    def _leadership(self) -> None:
        for f, commitment in self.now.replaced:
            self.heads[f].replaced_by(commitment)
        if self.now.arrives:
            for head in self.heads:
                head.step_back()
        before = [head.commitment for head in self.heads]
        shown = [self.seen("executive_peers", head).commitment for head in self.heads]
        for head in self.heads:
            head.move(before, shown)
        self.chief.move()

    # --- section 6 ---------------------------------------------------------------------------

    def _reach(self, share: float) -> float:
        c = self.facts
        return 1.0 - exp(-(self.capacity * share) / (c.capability_unit * c.employees / 100.0))

    def _initiatives(self) -> None:
        c, now = self.facts, self.now
        self.staff = now.resources * c.employees / 100.0 * self.budget if now.active else 0.0
        self.capacity = self.staff
        if not now.present:
            self.capacity *= c.vacancy_capacity
        self.insight = self._insight()
        for process in self.processes:
            process.discover(self.insight)
        size = c.employees / c.reference_employees
        cpe = self.capacity / size * now.process_share * (1.0 - now.governance_overhead)
        if cpe > 0:
            self._work_on_initiatives(cpe)
        self._fade()

    def _insight(self) -> float:
        c, now = self.facts, self.now
        insight = self._reach(now.insight_share)
        insight *= c.data_floor + (1.0 - c.data_floor) * now.data_access
        insight *= c.coverage_floor + (1.0 - c.coverage_floor) * now.survey_coverage
        insight *= c.leading_floor + (1.0 - c.leading_floor) * now.leading_indicators
        return insight

    def _work_on_initiatives(self, cpe: float) -> None:
        for initiative in self.initiatives[: min(8, 1 + int(cpe))]:
            if not initiative.running:
                initiative.start(self.insight)
        under_way = [initiative for initiative in self.initiatives if initiative.running]
        visited: set[Head] = set()
        for initiative in under_way:
            visited.update(initiative.progress(cpe / len(under_way)))
        for head in self.heads:
            if head in visited:
                head.resent(cpe)

    def _fade(self) -> None:
        c = self.facts
        for head in self.heads:
            head.wins *= 1.0 - c.win_decay
        self.wins *= 1.0 - c.win_decay
        self.evidence *= 1.0 - c.evidence_decay
        self.savings *= 1.0 - c.saving_decay
        for process in self.processes:
            process.erode()

    # --- section 7 ---------------------------------------------------------------------------

    def _workforce(self) -> None:
        culture = self._reach(self.now.culture_share)
        self.leaving = 1.0 - exp(log(1.0 - self.now.turnover) / 52.0)
        self.climates = [head.climate(culture) for head in self.heads]
        for employee in self.employees:
            employee.live(self.climates[employee.function])
        for employee in self.employees:
            employee.shown = employee.x  # what the others see next week

    # --- section 8 ---------------------------------------------------------------------------

    def _customers(self) -> None:
        self.market = market = self._open_market()
        vacant = [place for place in self.places if not place.active]
        for place in self.places:
            if place.active:
                place.live(market)
        newcomers = [place for place in vacant if place.attracts(market)]
        for place in newcomers:
            place.join()
        market.acquired = len(newcomers)
        for head in self.heads:
            head.smooth_complaints()

    def _open_market(self) -> SimpleNamespace:
        """What all customers meet this week, and room for what they do."""
        c, now = self.facts, self.now
        fade = 1.0 - c.satisfaction_fade
        if now.t > 0:
            self.inflation /= fade
        heard = c.response_rate * (1.0 + c.response_action * min(1.0, self.wins))
        self.shown = self._price()
        reached = now.survey_coverage + (1.0 - now.survey_coverage) * c.response_complainer
        return SimpleNamespace(
            shown=self.shown,
            until=self.until,
            contact=min(1.0, c.contact_rate * (1.0 + now.surge)),
            fade=fade,
            inflation=self.inflation,
            success=self._reach(now.success_share),
            advocacy=self._reach(now.advocacy_share),
            asked=min(1.0, heard * now.survey_coverage),
            complainer=min(1.0, heard * reached),
            bounds=self.bounds,
            feelings=[],
            answers=[],
            churned=Counter(),
        )

    def _price(self) -> float:
        """The pain of price rises that customers feel once the company has cushioned it."""
        c, now = self.facts, self.now
        self.pain *= 1.0 - c.price_fade
        if now.price_rise > 0:
            self.pain += c.price_pain * now.price_rise
            self.until = now.t - 1
        leading = now.leading_indicators
        delay = leading * c.notice_leading + (1.0 - leading) * (now.survey_lag + c.notice_survey)
        noticed = now.t - (self.until + 1.0) >= delay
        return self.pain * (1.0 - (c.cushion * self.insight if noticed else 0.0))

    def _voice(self) -> None:
        self.answers.append(self.market.answers)
        last = self.now.t - self.now.survey_lag
        weeks = [self.answers[t] for t in range(max(0, last - 3), last + 1)]
        count = sum(len(week) for week in weeks)
        if count:
            self.score = add_up(add_up(week) for week in weeks) / count

    def _funding(self) -> None:
        c, now = self.facts, self.now
        if not now.active or (now.since + 1) % 13 != 0 or "funding" in self.held:
            return
        mean = add_up(head.commitment for head in self.heads) / len(self.heads)
        growth = 1.0 + c.budget_commitment * (mean - c.budget_pivot)
        growth += c.budget_evidence * self.evidence
        growth -= c.budget_gap * gap(self, self.evidence)
        cut = 1.0 - min(1.0, pressure(now))
        self.budget = clip(self.budget * (growth * cut), c.budget_low, c.budget_high)

    def _record(self) -> None:
        deepest = max(employee.depth for employee in self.employees)
        layers = [
            record.workforce(
                [e for e in self.employees if e.depth == depth], self.ledger, ("layer", depth)
            )
            for depth in range(1, deepest + 1)
        ]
        self.record["company"].append(record.company(self))
        self.record["function"].append([record.function(self, head) for head in self.heads])
        self.record["layer"].append(layers)
