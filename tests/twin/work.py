"""Section 6: processes and the initiatives that improve them."""

from __future__ import annotations

from typing import Any

import mesa

from .executives import Head
from .numbers import COURSE, PROCESS, START, clip, normal


class Process(mesa.Agent):
    """A touchpoint of one function (no partner), or a hand-off from its owner to a partner."""

    def __init__(self, model: Any, p: int, owner: Head, partner: Head | None, share: float) -> None:
        super().__init__(model)
        c = model.facts
        self.p, self.owner, self.partner, self.share = p, owner, partner, share
        mean = c.local_quality if partner is None else c.handoff_quality
        u = model.draws(PROCESS, p, 0)
        self.quality = clip(mean + c.quality_spread * normal(u[0]), 0, 1)
        self.issues = self.age = 0.0
        self.busy = False

    @property
    def hosts(self) -> list[Head]:
        """The heads in whose houses work on this process goes on."""
        return [self.owner] if self.partner is None else [self.owner, self.partner]

    @property
    def urgency(self) -> float:
        return self.share * (1.0 - self.quality) * self.issues

    def discover(self, insight: float) -> None:
        c = self.model.facts
        found = c.issue_discovery * insight * (1.0 - self.quality) * self.owner.upward
        kept = self.issues * (1.0 - c.issue_forget)
        self.issues = kept + found
        self.age = (self.age + 1.0) * kept / self.issues if self.issues > 0 else 0.0

    def pace(self) -> float:
        """How fast work on this process goes."""
        c, now = self.model.facts, self.model.now
        if self.partner is None:
            return self.owner.house()
        pace = min(self.owner.house(), self.partner.house())
        pace *= c.handoff_coherence + (1.0 - c.handoff_coherence) * now.coherence
        pace *= c.handoff_base + c.handoff_ties * min(0.1, now.cross_functional_ties)
        return pace * (1.0 - c.handoff_status * now.status_seeking)

    def conflict(self) -> float:
        return max(self.model.seen("commitment_to_work", head).conflict for head in self.hosts)

    def erode(self) -> None:
        c, now = self.model.facts, self.model.now
        s = self.owner.practising_share
        lost = max(0.0, 1.0 - now.efficiency_pressure / c.control_threshold)
        rate = c.quality_erosion * (1.0 - c.erosion_embedding * now.embedding * s)
        rate *= 1.0 + c.control_erosion * lost * s
        self.quality -= rate * max(0.0, self.quality - c.quality_floor)


class Initiative(mesa.Agent):
    """One of the eight slots for initiatives; free while it has no process."""

    def __init__(self, model: Any, slot: int) -> None:
        super().__init__(model)
        self.slot = slot
        self.process: Process | None = None

    @property
    def running(self) -> bool:
        return self.process is not None

    # --- start -------------------------------------------------------------------------------

    def start(self, insight: float) -> None:
        c, now = self.model.facts, self.model.now
        u_kind, u_informed, u_guess, u_effort = self.model.draws(START, self.slot, now.t)
        quick = u_kind < now.quick_win_share
        process, known = self._choose(quick, u_informed < insight, u_guess)
        if process is None:
            return
        self.kind = "quick" if quick else "local" if process.partner is None else "cross"
        size = getattr(c, f"effort_{self.kind}")
        self.effort = size * (1.0 + c.effort_spread * (2.0 * u_effort - 1.0))
        self.left = self.effort
        u_aim = self.model.draws(COURSE, self.slot, now.t)[0]
        self.for_customers = u_aim < now.customer_outcome_focus
        self.process, self.known = process, known
        process.busy = True

    def _choose(self, quick: bool, informed: bool, u: float) -> tuple[Process | None, bool]:
        """The process to work on, and whether that answers a known pain point."""
        free = [p for p in self.model.processes if not p.busy and not (quick and p.partner)]
        if not free:
            return None, False
        worst = max(free, key=lambda process: process.urgency)
        if informed and worst.urgency > 0:
            return worst, True
        guessed = free[int(u * len(free))]
        return guessed, guessed.issues >= 1.0

    # --- progress ----------------------------------------------------------------------------

    def progress(self, portion: float) -> list[Head]:
        """Work for a week on this portion of the capacity; the heads in whose houses it was."""
        c, now, process = self.model.facts, self.model.now, self.process
        assert process is not None
        self.left -= portion * process.pace()
        u_reversal = self.model.draws(COURSE, self.slot, now.t)[1]
        if u_reversal < c.rework_rate * now.rivalry * process.conflict():
            self.left = min(self.effort, self.left + c.rework_share * self.effort)
        if self.left <= 0:
            self._complete(process)
            process.busy, self.process = False, None
        return process.hosts

    def _complete(self, process: Process) -> None:
        c, model = self.model.facts, self.model
        rewarded = 1.0 if self.known else c.unknown_yield
        gain = getattr(c, f"gain_{self.kind}")
        closed = min(process.issues, c.issues_closed)
        process.issues -= closed
        process.owner.closures += closed
        if self.for_customers:
            process.quality += gain * rewarded * (1.0 - process.quality)
            self._celebrate(process, rewarded)
        else:
            process.quality += (gain * c.efficiency_quality * rewarded) * (1.0 - process.quality)
            model.evidence += c.evidence_efficiency * (1.0 - model.evidence)
            model.savings += (
                c.saving_per_effort * self.effort * (c.employees / c.reference_employees)
            )

    def _celebrate(self, process: Process, rewarded: float) -> None:
        c, now, model = self.model.facts, self.model.now, self.model
        win = (c.win_quick if self.kind == "quick" else c.win_large) * rewarded
        shown = win * (c.win_unseen + (1.0 - c.win_unseen) * now.capitalisation)
        for head in process.hosts:
            head.wins += shown * (1.0 - head.wins)
        model.wins += c.win_company * shown * (1.0 - model.wins)
        proof = c.evidence_gain * win
        proof *= c.evidence_coherence + (1.0 - c.evidence_coherence) * now.coherence
        proof *= c.evidence_attribution + (1.0 - c.evidence_attribution) * now.roi_attribution
        model.evidence += proof * (1.0 - model.evidence)
        model.wins_completed += 1
