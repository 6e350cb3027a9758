"""Section 8: places for customers, each with its own memories and acquaintances."""

from __future__ import annotations

from bisect import bisect_right
from types import SimpleNamespace
from typing import Any

import mesa

from .company import acquaintances, hazard_at
from .numbers import COMPLAINT, CUSTOMER, MARKET, clip, exp, normal

CAUSES = ("process", "service", "expectation", "shock")


class Place(mesa.Agent):
    """A place for a customer, active or vacant."""

    def __init__(self, model: Any, i: int, taken: bool) -> None:
        super().__init__(model)
        c = model.facts
        self.i, self.active = i, taken
        self.known = [model.places[other] for other in acquaintances(i, model.draws)]
        u = model.draws(CUSTOMER, i, 0)
        self._arrive(u[0], u[1], -1)
        self.S = clip(c.satisfaction_start + c.satisfaction_spread * normal(u[2]), -1.5, 1.2)

    def _arrive(self, u_hazard: float, u_expectation: float, joined: int) -> None:
        c = self.model.facts
        self.base = hazard_at(u_hazard, self.model.hazards)
        self.e = c.initial_expectation + c.expectation_spread * normal(u_expectation)
        self.S = 0.0
        self.memories = [0.0, 0.0, 0.0]
        self.complained: int | None = None
        self.joined = joined

    def pain(self, market: Any) -> float:
        """What this customer feels of a price rise."""
        feels = market.shown > 0 and self.joined <= market.until
        return market.shown if feels else 0.0

    def feeling(self, market: Any) -> float:
        return max(-1.5, self.S - self.pain(market))

    # --- an active place ---------------------------------------------------------------------

    def live(self, market: SimpleNamespace) -> None:
        """One week: perhaps a contact, an answer to the survey, the end."""
        u = self.model.draws(MARKET, self.i, self.model.now.t)
        self.S *= market.fade
        contact = u[0] < market.contact
        if contact:
            self._contact(u[2], u[3], market)
        s = self.feeling(market)
        if self._answers(u[0], contact, market):
            market.answers.append(s)
        self._perhaps_churn(u[1], s, market)
        if self.active:
            market.feelings.append(s)

    def _contact(self, u: float, u_noise: float, market: SimpleNamespace) -> None:
        bounds = market.bounds
        p = min(bisect_right(bounds, u), len(bounds) - 1)
        lower = bounds[p - 1] if p > 0 else 0.0
        part = (u - lower) / (bounds[p] - lower)
        process = self.model.processes[p]
        front = process.owner.front_line
        number = min(len(front) - 1, int(part * len(front)))
        server = self.model.seen("practice_to_experience", front[number])
        process.owner.contacts += 1
        self._experience(process, server, u_noise, market)

    def _experience(
        self, process: Any, server: Any, u_noise: float, market: SimpleNamespace
    ) -> None:
        c, now = self.model.facts, self.model.now
        q = process.quality * (1.0 - now.outage[process.owner.f])
        noise = server.noise_sd * normal(u_noise)
        haste = self.model.climates[process.owner.f].haste
        got = c.experience_base + c.experience_quality * q
        got += c.experience_practice * server.delivered
        got -= haste
        got += noise
        process.owner.got += got
        process.owner.squares += got * got
        expected = self.e + now.drift
        surprise = got - expected
        change = c.satisfaction_gain * surprise
        if surprise < 0:
            change *= c.loss_aversion
        self.S = clip(self.S + change, -1.5, 1.2)
        self.e += c.expectation_rate * surprise
        if surprise < 0:
            causes = (
                c.experience_quality * (1.0 - q),
                c.experience_practice * (1.0 - server.delivered)
                + max(0.0, haste)
                + max(0.0, -noise),
                max(0.0, expected - c.initial_expectation),
            )
            self._remember(-change * market.inflation, causes)
            self._perhaps_complain(surprise, process.owner)

    def _remember(self, loss: float, causes: tuple[float, float, float]) -> None:
        total = causes[0] + causes[1] + causes[2]
        if total > 0:
            for n, part in enumerate(causes):
                self.memories[n] += (loss / total) * part

    def _perhaps_complain(self, surprise: float, owner: Any) -> None:
        c, t = self.model.facts, self.model.now.t
        if surprise < -c.complaint_threshold:
            u = self.model.draws(COMPLAINT, self.i, t)
            if u[0] < c.complaint_probability:
                owner.complaints += 1
                self.complained = t

    def _answers(self, u: float, contact: bool, market: SimpleNamespace) -> bool:
        t, memory = self.model.now.t, self.model.facts.complaint_memory
        recent = self.complained is not None and t - self.complained <= memory
        rate = market.complainer if recent else market.asked
        if contact:
            return u < market.contact * rate
        return u < market.contact + (1.0 - market.contact) * rate

    def _perhaps_churn(self, u: float, s: float, market: SimpleNamespace) -> None:
        c = self.model.facts
        z = s - c.churn_reference
        if z >= 0:
            ratio = exp(-c.churn_satisfied * z)
        else:
            ratio = exp(-c.churn_dissatisfied * z)
            ratio *= 1.0 - c.success_save * market.success * min(1.0, -z / c.success_zone)
        if u < self.base * ratio:
            self.active = False
            market.churned[self._cause(u, ratio, market)] += 1

    def _cause(self, u: float, ratio: float, market: SimpleNamespace) -> str:
        parts = [memory / market.inflation for memory in self.memories] + [self.pain(market)]
        total = parts[0] + parts[1] + parts[2] + parts[3]
        excess = u - self.base
        if excess < 0 or total == 0:
            return "base"
        on = excess / (ratio * self.base - self.base) * total
        cause, upto = 0, parts[0]
        while on >= upto and cause < (3 if parts[3] > 0 else 2):
            cause += 1
            upto += parts[cause]
        return CAUSES[cause]

    # --- a vacant place ----------------------------------------------------------------------

    def attracts(self, market: SimpleNamespace) -> bool:
        """Whether a newcomer joins this week, given what acquaintances say."""
        c, seen = self.model.facts, self.model.seen
        known = [seen("word_of_mouth", other) for other in self.known]
        prices = seen("word_of_mouth", self.model)
        feelings = [other.feeling(prices) for other in known if other.active]
        good = sum(s > c.churn_reference + c.satisfied_above for s in feelings)
        bad = sum(s < c.churn_reference - c.dissatisfied_below for s in feelings)
        praise = c.word_of_mouth * (1.0 + market.advocacy) * good / 4
        warning = c.word_of_mouth * c.bad_news_reach * bad / 4
        u = self.model.draws(MARKET, self.i, self.model.now.t)
        return u[0] < c.acquisition_rate * max(0.0, 1.0 + praise - warning)

    def join(self) -> None:
        """A newcomer takes the place."""
        t = self.model.now.t
        u = self.model.draws(MARKET, self.i, t)
        self._arrive(u[2], u[3], t)
        self.active = True
