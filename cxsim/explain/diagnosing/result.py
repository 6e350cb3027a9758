"""The answer to "what went wrong?": for code, for JSON and for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxsim.explain.diagnosing.cures import OUTCOMES, Cure, Trial
from cxsim.explain.diagnosing.observables import OBSERVABLES
from cxsim.explain.diagnosing.ranking import (
    HEALTHY,
    LIKELY,
    PLAUSIBLE,
    TOLD,
    UNSURE,
    Gain,
    unharmed,
)
from cxsim.explain.diagnosing.words import (
    UNITS,
    cure_dict,
    cure_words,
    gain_words,
    in_futures,
    lacking,
    lacks,
    percent,
)
from cxsim.explain.sentences import listed
from cxsim.scenario_file import heading

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.scenario import Scenario

FAILURE = "failure"
WIDTH = 96


@dataclass(frozen=True, eq=False)
class Candidate:
    """One failure mode that a run may suffer from.

    Attributes
    ----------
    mode, name, title : str
        "FM06", the name of its scenario, and its title.
    likelihood : float
        From the weekly numbers alone, mean over the futures, 0..1.
    first_in : int
        Futures in which it is named first.
    futures : int
        All of them.
    evidence : str
        What speaks for it.
    cure : Cure or None
        None where no cure could be tried.
    gain : Gain or None
    """

    mode: str
    name: str
    title: str
    likelihood: float
    first_in: int
    futures: int
    evidence: str
    cure: Cure | None = None
    gain: Gain | None = None

    @property
    def likely(self) -> bool:
        """Whether the weekly numbers alone make it more likely than not."""
        return self.likelihood >= LIKELY

    @property
    def confirmed(self) -> bool:
        """Whether it is plausible and its cure, tried on this very run, wins back what matters."""
        return self.likelihood >= PLAUSIBLE and self.gain is not None and self.gain.matters

    @property
    def named(self) -> str:
        """The mode with its title."""
        return f"{self.mode} {self.title}"

    @property
    def first_in_text(self) -> str:
        """In how many futures it is named first."""
        return in_futures(self.first_in, self.futures)

    @property
    def gain_text(self) -> str:
        """What its cure would have done, without a subject."""
        if self.cure is None or self.gain is None:
            return "has not been tried"
        if not self.cure.changes:
            return "changes nothing here"
        if not self.gain.beside:
            return gain_words(self.gain)
        others = listed([f"that of {heading(name)['mode']}" for name in self.gain.beside])
        return f"beside {others} {gain_words(self.gain)}"

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "mode": self.mode,
            "name": self.name,
            "title": self.title,
            "likelihood": round(self.likelihood, 4),
            "likelihood_text": percent(self.likelihood),
            "first_in": self.first_in,
            "first_in_text": self.first_in_text,
            "evidence": self.evidence,
            "cure": None if self.cure is None else cure_dict(self.cure),
            "gain": None if self.gain is None else self._gain_dict(self.gain),
            "confirmed": self.confirmed,
        }

    def _gain_dict(self, gain: Gain) -> dict[str, Any]:
        about = {"outcome": gain.outcome, "unit": UNITS[gain.outcome], "lacking": gain.lacking}
        return about | gain.mean.as_dict(self.gain_text)


@dataclass(frozen=True, eq=False, repr=False)
class Diagnosis:
    """What went wrong in a run.

    Attributes
    ----------
    scenario : Scenario or None
        None for a company's own numbers.
    weeks, replicates : int
    seed, week : int or None
        Luck and week under which the cures were tried.
    candidates : tuple of Candidate
        The best first.
    futures : tuple of str
        What each future is named: a mode such as "FM06", "healthy" or "cannot tell".
    likelihoods : mapping of str to float
        Of every failure mode by the name of its scenario, from the weekly numbers alone; mean over
        the futures.
    health : float
        How likely it is that nothing is wrong, likewise.
    trial : Trial or None
        What the cures came to.
    notes : tuple of str
        What a reader should know about this answer.
    read : int or None
        Weeks that were read, the first ones; None for all.
    programme : bool
        Whether there is any; without one nothing is looked for.
    """

    scenario: Scenario | None
    weeks: int
    replicates: int
    seed: int | None
    week: int | None
    candidates: tuple[Candidate, ...]
    futures: tuple[str, ...]
    likelihoods: Mapping[str, float]
    health: float
    trial: Trial | None
    notes: tuple[str, ...] = ()
    read: int | None = None
    programme: bool = True

    def __repr__(self) -> str:
        return self.table()

    @property
    def causes(self) -> tuple[Candidate, ...]:
        """What is named: likely modes, confirmed where cures were tried, and what came beside them.

        Beside a likely mode a plausible one is named if its cure helps. The likely come first.
        """
        if self.trial is None:
            return tuple(one for one in self.candidates if one.likely)
        confirmed = [one for one in self.candidates if one.confirmed]
        likely = [one for one in confirmed if one.likely]
        return (*likely, *(one for one in confirmed if likely and not one.likely))

    @property
    def verdict(self) -> str:
        """One of "failure", "healthy" and "cannot tell"."""
        if self.causes:
            return FAILURE
        return HEALTHY if self.health >= LIKELY or self._unharmed else UNSURE

    @property
    def _unharmed(self) -> bool:
        return self.trial is not None and bool(unharmed(self.trial).mean() >= LIKELY)

    @property
    def sentence(self) -> str:
        """What went wrong, how sure that is, and what the cure would have done."""
        match self.verdict:
            case "failure":
                return self._failure()
            case "healthy":
                return self._healthy()
            case _:
                return self._unsure()

    def _healthy(self) -> str:
        if self.health < LIKELY and self.trial is not None:
            return (
                "Nothing that matters went wrong: beside the same company with all done well it "
                f"{lacks(self.trial, 'adoption', 'customers')}."
            )
        count = in_futures(self.futures.count(HEALTHY), self.replicates)
        where = "" if self.replicates == 1 else f" {count}"
        return f"Nothing went wrong: the numbers are those of a healthy programme{where}."

    def _failure(self) -> str:
        first = self.causes[0]
        sure = f"likelihood {percent(first.likelihood)}"
        where = f"{sure}, named first {first.first_in_text}" if self.replicates > 1 else sure
        cured = ""
        if self.trial is not None:
            cured = f"; its cure in week {self.week} {first.gain_text}"
        return f"{first.named} ({where}){cured}.{self._others()}"

    def _others(self) -> str:
        others = [f"{one.named} ({percent(one.likelihood)})" for one in self.causes[1:3]]
        return f" It is not alone: there is {listed(others)} too." if others else ""

    def _unsure(self) -> str:
        if not self.programme:
            spent = "no money is spent on one" if self.scenario is None else "nobody supports one"
            return f"There is no programme to diagnose: {spent} in any of the weeks."
        likely = [one for one in self.candidates if one.likely]
        if likely:
            one = likely[0]
            return (
                f"Cannot tell: it looks like {one.named} ({percent(one.likelihood)}), but its cure "
                f"in week {self.week} {one.gain_text}; an earlier week may show more."
            )
        if not self.candidates:
            return "Cannot tell: this is no healthy programme, and it looks like no known failure."
        near = self.candidates[0]
        return (
            "Cannot tell: no known way to fail stands out; "
            f"the nearest is {near.named} ({percent(near.likelihood)})."
        )

    @property
    def history(self) -> str:
        """What was read: "10 futures of 60 weeks (the first 52 of them were read), seed 1"."""
        many = "one future" if self.replicates == 1 else f"{self.replicates} futures"
        read = "" if self.read is None else f" (the first {self.read} of them were read)"
        seed = "" if self.seed is None else f", seed {self.seed}"
        return f"{many} of {self.weeks} weeks{read}{seed}"

    def _reading(self) -> list[str]:
        if self.read is None:
            return []
        return [f"The first {self.read} of the {self.weeks} weeks were read."]

    def counts(self) -> list[tuple[str, int]]:
        """Return what futures are named and how many are, most first."""
        names = dict.fromkeys(self.futures)
        return sorted(((n, self.futures.count(n)) for n in names), key=lambda pair: -pair[1])

    def as_dict(self) -> dict[str, Any]:
        """Return everything ready for JSON, with all texts that people see."""
        scenario = self.scenario
        titles = {one.mode: one.title for one in self.candidates}
        titles |= {
            HEALTHY: "no failure",
            UNSURE: "no known failure stands out" if self.programme else "there is no programme",
        }
        return {
            "verdict": self.verdict,
            "sentence": self.sentence,
            "scenario": None
            if scenario is None
            else {"name": scenario.name, "title": scenario.title, "hash": scenario.hash},
            "weeks": self.weeks,
            "replicates": self.replicates,
            "seed": self.seed,
            "week": self.week,
            "health": round(self.health, 4),
            "lacking": None if self.trial is None else lacking(self.trial),
            "candidates": [one.as_dict() for one in self.candidates],
            "futures": [
                {"mode": name, "title": titles[name], "count": count}
                for name, count in self.counts()
            ],
            "observables": [one.as_dict() for one in OBSERVABLES],
            "notes": [*self._reading(), *self.notes],
        }

    def frame(self) -> pd.DataFrame:
        """Return one row per candidate, the best first, indexed by its mode.

        Columns: name, title, likelihood, first_in, confirmed, outcome, gain, low, high, lacking.
        """
        import pandas as pd

        rows = [one.as_dict() for one in self.candidates]
        plain_columns = ("mode", "name", "title", "likelihood", "first_in", "confirmed")
        of_gain = {"outcome": "outcome", "gain": "value"} | {
            k: k for k in ("low", "high", "lacking")
        }
        return pd.DataFrame(
            [
                {key: row[key] for key in plain_columns}
                | {column: (row["gain"] or {}).get(key) for column, key in of_gain.items()}
                for row in rows
            ],
            columns=[*plain_columns, *of_gain],
        ).set_index("mode")

    def futures_frame(self) -> pd.DataFrame:
        """Return what each future is named: one row per replicate, one column ``named``."""
        import pandas as pd

        return pd.DataFrame({"named": self.futures}).rename_axis("replicate")

    def table(self) -> str:
        """Return the answer for the terminal."""
        lines = [self.history, "", self.sentence, ""]
        if self.trial is not None:
            lack = lacks(self.trial, *OUTCOMES)
            lines += [f"Beside the same company with all done well it {lack}.", ""]
        for place, one in enumerate(self.candidates, 1):
            if one.likelihood >= TOLD or place == 1:
                lines += _candidate_lines(place, one)
        if len(self.futures) > 1 and self.programme:
            told = listed([f"{name} in {count}" for name, count in self.counts()])
            lines += [f"Future by future: {told} of {self.replicates}.", ""]
        lines += self.notes
        wrapped = (textwrap.fill(line, WIDTH, subsequent_indent=_indent(line)) for line in lines)
        return "\n".join(wrapped).rstrip()


def _indent(line: str) -> str:
    return " " * (len(line) - len(line.lstrip()))


def _candidate_lines(place: int, one: Candidate) -> Sequence[str]:
    head = f"{place}. {one.named}: likelihood {percent(one.likelihood)}"
    if one.likelihood >= PLAUSIBLE and one.gain is not None:
        head += ", confirmed by its cure" if one.confirmed else ", not confirmed by its cure"
    lines = [head, f"   Seen: {one.evidence}."]
    if one.cure is not None:
        lines.append(f"   Its cure in week {one.cure.event.week} {one.gain_text}.")
        lines += [f"   The cure: {cure_words(one.cure)}."] if one.cure.changes else []
    return [*lines, ""]
