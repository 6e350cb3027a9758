"""Section 5: the chief executive and the heads of the functions."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import mesa

from .numbers import EXECUTIVE, LEADERSHIP, add_up, clip, exp, log, normal


def gap(model: Any, evidence: float) -> float:
    """Results that are due and not seen, given the evidence that somebody sees."""
    c, now = model.facts, model.now
    if not now.active:
        return 0.0
    u = min(1.0, now.since / now.time_to_impact_horizon)
    return max(0.0, c.gap_scale * u * u - evidence)


def pressure(now: SimpleNamespace) -> float:
    return now.earnings * (1.0 - now.roi_attribution) * (0.5 + now.profit_tradeoff_belief)


class ChiefExecutive(mesa.Agent):
    def __init__(self, model: Any) -> None:
        super().__init__(model)
        c, now = model.facts, model.now
        self.commitment = clip(c.ceo_base + c.ceo_sponsor * now.ceo_sponsorship, 0, 1)

    def move(self) -> None:
        c, now = self.model.facts, self.model.now
        E = self.model.seen("wins_to_executives", self.model).evidence
        T = c.ceo_base + c.ceo_sponsor * now.ceo_sponsorship
        T += c.ceo_evidence * E
        T -= c.ceo_gap * gap(self.model, E)
        self.commitment = clip(self.commitment + c.head_rate * (T - self.commitment), 0, 1)


class Head(mesa.Agent):
    """The head of a function, and what is known about the function as a whole."""

    def __init__(self, model: Any, f: int) -> None:
        super().__init__(model)
        c, now = model.facts, model.now
        u = model.draws(EXECUTIVE, f, 0)
        self.f, self.name = f, c.functions[f]
        self.commitment = clip(now.initial_commitment + now.commitment_spread * normal(u[0]), 0, 1)
        if self.refuses:
            self.commitment = c.holdout_target
        self.prio = c.priority_spread * normal(u[1])
        self.conflict = self.wins = self.complaint_rate = 0.0
        self.employees: list[Any] = []
        self.front_line: list[Any] = []
        self.open_books()

    def open_books(self) -> None:
        """Start a week's counts and sums."""
        self.closures = self.contacts = self.complaints = 0
        self.got = self.squares = 0.0

    @property
    def refuses(self) -> bool:
        return self.name in self.model.now.holdouts

    @property
    def stated(self) -> float:
        """Support in words."""
        c, now = self.model.facts, self.model.now
        return max(self.commitment, c.stated_share * now.ceo_encouragement)

    # --- (1) what happens to a head at the beginning of a week -------------------------------

    def replaced_by(self, commitment: float | None) -> None:
        now = self.model.now
        if commitment is None:
            u = self.model.draws(LEADERSHIP, self.f, now.t)
            commitment = now.initial_commitment + now.commitment_spread * normal(u[2])
        self.commitment = clip(commitment, 0, 1)
        self.conflict = 0.0

    def step_back(self) -> None:
        """A chief customer officer arrives: now it is the CCO's job."""
        c, now = self.model.facts, self.model.now
        u = self.model.draws(LEADERSHIP, self.f, now.t)
        most = c.appointment_drop * (1.0 - now.accountability) * (1.0 - now.charter)
        self.commitment = max(0.0, self.commitment - most * u[1])

    # --- (2) the commitment of the week ------------------------------------------------------

    def move(self, before: list[float], shown: list[float]) -> None:
        """Commitment and conflict of the week, from the commitments `before` it.

        What heads show one another, `shown`, is the same unless it is held.
        """
        c, now = self.model.facts, self.model.now
        u = self.model.draws(LEADERSHIP, self.f, now.t)
        a0 = before[self.f]
        T = c.holdout_target if self.refuses else self._target(a0, shown)
        self.commitment = clip(a0 + (c.head_rate * (T - a0) + c.head_noise * normal(u[0])), 0, 1)
        self._quarrel(before)

    def _target(self, a0: float, shown: list[float]) -> float:
        c, now, seen = self.model.facts, self.model.now, self.model.seen
        E = seen("wins_to_executives", self.model).evidence
        W = seen("wins_to_executives", self).wins
        sponsor = c.head_sponsor * now.ceo_sponsorship * now.line * now.accountability
        proof = c.head_evidence * E * (1.25 - 0.5 * now.profit_tradeoff_belief)
        proof *= c.head_evidence_company + (1.0 - c.head_evidence_company) * min(1.0, W)
        season = c.season_priority * now.seasonality * now.season
        priority = clip(self.prio + now.competing_priorities + season, 0, 1)
        relief = (1.0 - now.accountability) * (1.0 - c.head_charter_relief * now.charter)
        T = c.head_base + sponsor + c.head_peers * self._peers(a0, shown) + proof
        T -= c.head_priority * priority * relief
        T -= c.head_gap * gap(self.model, E) + c.head_conflict * seen("conflict", self).conflict
        return T - pressure(now)

    def _peers(self, a_f: float, shown: list[float]) -> float:
        """What the other executives show, those who think alike counting more."""
        c, now = self.model.facts, self.model.now
        others = [self.model.chief.commitment]
        others += [a for g, a in enumerate(shown) if g != self.f]
        w = [1.0 - now.rivalry * min(1.0, abs(a - a_f) / c.rivalry_reach) for a in others]
        weight = add_up(w)
        if weight == 0:
            return a_f
        return add_up(w_g * a_g for w_g, a_g in zip(w, others, strict=True)) / weight

    def _quarrel(self, before: list[float]) -> None:
        c, now = self.model.facts, self.model.now
        difference = add_up(abs(a - before[self.f]) for a in before) / (len(before) - 1)
        quarrel = c.rivalry_conflict * now.rivalry
        quarrel *= 1.0 - c.conflict_diplomacy * now.diplomacy
        quarrel *= difference * (1.0 - self.conflict)
        self.conflict = clip(self.conflict * (1.0 - c.conflict_decay) + quarrel, 0, 1)

    # --- section 6: the head's house ---------------------------------------------------------

    @property
    def upward(self) -> float:
        """What the front line knows that reaches the programme."""
        d = add_up(e.depth for e in self.front_line) / len(self.front_line)
        return exp(log(self.model.facts.upward_fidelity) * max(0.0, d - 2.0))

    @property
    def practising_share(self) -> float:
        practice = [self.model.seen("practice_to_quality", e).x for e in self.employees]
        return add_up(practice) / len(practice)

    def house(self) -> float:
        """Cooperation that an initiative finds in this head's house."""
        c, now = self.model.facts, self.model.now
        then = self.model.seen("commitment_to_work", self)
        line = 1.0 if self.name == c.host_function else now.line
        house = c.coop_commitment + (1.0 - c.coop_commitment) * then.commitment
        house *= c.coop_accountability + (1.0 - c.coop_accountability) * now.accountability
        house *= c.coop_line + (1.0 - c.coop_line) * line
        house *= 1.0 - then.conflict
        house *= c.coop_charter + (1.0 - c.coop_charter) * now.charter
        return house * (1.0 + c.coop_assertiveness * now.assertiveness * now.present)

    def resent(self, cpe: float) -> None:
        """Work went on in this house: conflict is bred."""
        c, now = self.model.facts, self.model.now
        bred = c.conflict_bred * (1.0 - now.charter)
        bred *= 1.0 - c.conflict_diplomacy * now.diplomacy
        bred *= c.conflict_base + c.conflict_assertiveness * now.assertiveness
        bred *= (1.0 - self.commitment) * min(1.0, cpe) * now.present
        self.conflict = min(1.0, self.conflict + bred)

    # --- section 7: what all employees of the function live in -------------------------------

    def load(self, support: float) -> float:
        c, now = self.model.facts, self.model.now
        complaint_rate = self.model.seen("complaints", self).complaint_rate
        load = now.workload + c.season_load * now.seasonality * now.season
        able = add_up(e.k for e in self.employees) / len(self.employees)
        load += c.training_load * support * (1.0 - able)
        return load + c.complaint_load * complaint_rate + c.surge_load * now.surge

    def climate(self, culture: float) -> SimpleNamespace:
        c, now, model = self.model.facts, self.model.now, self.model
        budget = min(1.0, model.budget) * now.active
        support = now.frontline_support * budget
        head = model.seen("commitment_to_employees", self)
        wins = [model.seen("wins_to_employees", where).wins for where in (self, model)]
        here = SimpleNamespace(a=head.commitment, load=self.load(support))
        here.slack = clip((c.slack_ceiling - here.load) / c.slack_range, c.slack_floor, 1)
        here.haste = c.experience_haste * (here.load - c.load_reference)
        here.message = now.communication * culture
        here.message *= c.message_coherence + (1.0 - c.message_coherence) * now.coherence
        here.message *= c.message_stated + (1.0 - c.message_stated) * head.stated
        here.relating = c.belief_relating + (1.0 - c.belief_relating) * now.relating_to_objectives
        here.words = c.hollow_governance * now.governance_overhead * budget
        here.words += c.hollow_gap * max(0.0, head.stated - head.commitment)
        here.words += c.hollow_backlog * budget * min(1.0, self._unheard() / c.backlog_age)
        here.seen = min(1.0, c.seen_own * wins[0] + c.seen_company * wins[1])
        pressed = c.belief_efficiency * now.efficiency_pressure * (1.0 - now.embedding)
        here.openness = 1.0 - pressed
        here.training = c.ability_training * support
        return here

    def _unheard(self) -> float:
        """The mean age of the known pain points in the function's own processes."""
        model = self.model
        own = [model.seen("backlog", p) for p in model.processes if p.owner is self]
        issues = add_up(process.issues for process in own)
        aged = add_up(process.issues * process.age for process in own)
        return aged / issues if issues > 0 else 0.0

    # --- section 8 ---------------------------------------------------------------------------

    def smooth_complaints(self) -> None:
        if self.contacts > 0:
            share = self.complaints / self.contacts
            self.complaint_rate += self.model.facts.complaint_smoothing * (
                share - self.complaint_rate
            )
