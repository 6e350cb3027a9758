"""Section 7: the employees."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import mesa

from .company import Desk
from .numbers import EMPLOYEE, WORK, clip, normal, power, sigma

STARTS = ("disposition", "message", "modelling", "peers", "wins")


class Employee(mesa.Agent):
    def __init__(self, model: Any, i: int) -> None:
        super().__init__(model)
        c = model.facts
        self.i = i
        self.th = self._threshold(model.draws(EMPLOYEE, i, 0)[0])
        self.A, self.b, self.k = c.initial_awareness, c.initial_belief, c.initial_ability
        self.c = c.initial_cynicism
        self._begin()
        self.shown = self.x
        self.deliver()

    def _threshold(self, u: float) -> float:
        c = self.model.facts
        return clip(c.threshold_mean + c.threshold_spread * normal(u), 0.02, 0.98)

    def _begin(self) -> None:
        """Innovators practise from their first day."""
        c = self.model.facts
        self.x = int(self.th < c.innovator_threshold)
        self.H = c.habit_initial if self.x else 0.0

    def sit(self, desk: Desk, everybody: list[Employee]) -> None:
        """Take a place in the reporting tree and among informal peers."""
        self.function, self.depth = desk.function, desk.depth
        self.manager = None if desk.manager is None else everybody[desk.manager]
        self.reports = desk.reports
        self.peers = [everybody[peer] for peer in desk.peers]

    # --- the week ----------------------------------------------------------------------------

    def live(self, here: SimpleNamespace) -> None:
        """One week in the climate of this employee's function."""
        u = self.model.draws(WORK, self.i, self.model.now.t)
        n = self._practising_peers()
        fidelity = power(self.model.facts.layer_fidelity, self.depth)
        m = here.message * fidelity
        modelled = self._modelled(here)
        self._become_aware(m, n)
        self._become_cynical(here, m, modelled)
        by = self._believe_and_learn(here, m, modelled, n)
        convinced = sigma((self.b - self.th) / self.model.facts.belief_width)
        if self.x:
            self._perhaps_stop(u[0], here, convinced)
        else:
            self._perhaps_start(u[0], here, convinced, by)
        if u[1] < self.model.leaving:
            self._be_replaced(u[2], n)
        self.deliver()

    def _practising_peers(self) -> float:
        """The share of the peers who practise."""
        peers = [self.model.seen("peers", peer) for peer in self.peers]
        return sum(peer.shown for peer in peers) / len(peers) if peers else 0.0

    def _modelled(self, here: SimpleNamespace) -> float:
        c, now = self.model.facts, self.model.now
        above = power(c.layer_fidelity, self.depth - 1)
        manager = self.manager and self.model.seen("managers", self.manager)
        lead = manager.shown if manager else here.a
        noticed = c.modelling_daily + (1.0 - c.modelling_daily) * now.role_modelling
        head = c.modelling_head * (now.role_modelling * (here.a * above))
        return head + (1.0 - c.modelling_head) * (noticed * lead)

    def _become_aware(self, m: float, n: float) -> None:
        c = self.model.facts
        gained = (c.awareness_gain * m + c.awareness_peers * n) * (1.0 - self.A)
        change = gained - c.awareness_loss * (self.A - c.initial_awareness)
        self.A = clip(self.A + change, 0, 1)

    def _become_cynical(self, here: SimpleNamespace, m: float, modelled: float) -> None:
        c, now = self.model.facts, self.model.now
        hollow = (m + here.words) * (1.0 - here.seen) * (1.0 - modelled)
        effort = self.x * (1.0 - self.H) * (c.effort_slack - here.slack)
        effort *= 1.0 - c.effort_embedding * now.embedding
        gained = c.cynicism_hollow * hollow + c.cynicism_effort * effort
        healing = c.relief_base + c.relief_wins * here.seen
        healing += c.relief_modelling * modelled
        change = gained * (1.0 - self.c) - c.cynicism_relief * self.c * healing
        self.c = clip(self.c + change, 0, 1)

    def _believe_and_learn(
        self, here: SimpleNamespace, m: float, modelled: float, n: float
    ) -> list[float]:
        """Change belief and ability; the influences on belief by source."""
        c = self.model.facts
        x = self.model.seen("learning_by_doing", self).x
        doubt = self.model.seen("cynicism", self).c
        by = [
            c.belief_disposition,
            (c.belief_message * here.relating) * m,
            c.belief_modelling * modelled,
            c.belief_peers * n,
            c.belief_wins * here.seen,
        ]
        heard = by[1] + by[2] + by[3] + by[4]
        heard *= (1.0 - c.belief_cynicism * doubt) * here.openness
        heard += by[0]
        heard += c.belief_own * x * (self.k - c.ability_threshold)
        self.b += c.belief_rate * (clip(heard, 0, 1) - self.b)
        learned = here.training * self.A + c.ability_doing * x + c.ability_peers * n
        learned *= 1.0 - self.k
        change = learned - c.ability_loss * (self.k - c.initial_ability)
        self.k = clip(self.k + change, 0, 1)
        return by

    def _perhaps_start(
        self, u: float, here: SimpleNamespace, convinced: float, by: list[float]
    ) -> None:
        c = self.model.facts
        self.H *= 1.0 - c.habit_idle_loss
        able = sigma((self.k - c.ability_threshold) / c.ability_width)
        hazard = c.start_hazard * self.A * able * here.slack * convinced
        if not u < hazard:
            return
        self.x = 1
        on = u / hazard * (by[0] + by[1] + by[2] + by[3] + by[4])
        cause, upto = 0, by[0]
        while on >= upto and cause < (4 if by[4] > 0 else 3):
            cause += 1
            upto += by[cause]
        self.model.ledger.start(self, STARTS[cause])

    def _perhaps_stop(self, u: float, here: SimpleNamespace, convinced: float) -> None:
        c, now = self.model.facts, self.model.now
        lost = c.stop_belief * (1.0 - convinced)
        hazard = lost + c.stop_effort + c.stop_effort * (1.0 - here.slack)
        innovator = self.th < c.innovator_threshold
        if not innovator and u < hazard * (1.0 - self.H):
            self.x = 0
            on = u / (1.0 - self.H)
            effort = "effort" if on < lost + c.stop_effort else "overload"
            self.model.ledger.stop(self, "belief" if on < lost else effort)
        rhythm = c.habit_alone + (1.0 - c.habit_alone) * now.embedding
        self.H = self.H + c.habit_gain * rhythm * (1.0 - self.H) - c.habit_loss * self.H

    def _be_replaced(self, u: float, n: float) -> None:
        """Leave; a newcomer takes the desk."""
        c, now = self.model.facts, self.model.now
        self.model.ledger.leavers += 1
        if self.x:
            self.model.ledger.stop(self, "turnover")
        self.th = self._threshold(u)
        self.A = c.newcomer_awareness * now.embedding
        self.b = min(1.0, c.initial_belief + c.newcomer_peers * n)
        self.k, self.c = c.initial_ability, c.initial_cynicism
        self._begin()
        if self.x:
            self.model.ledger.start(self, "disposition")

    def deliver(self) -> None:
        """What a customer will get from this employee."""
        c = self.model.facts
        self.delivered = self.x * (c.practice_ability + (1.0 - c.practice_ability) * self.k)
        self.noise_sd = c.experience_noise * (1.0 + c.inconsistency * self.x * (1.0 - self.k))
