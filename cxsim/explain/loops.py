"""Which feedback loop carries a programme, and when: each influence is cut in turn, week by week.

    found = loops(load("orchestrated"))
    found.sentence   # "Of the feedback loops, ... moves adoption most in the year from week 0 ..."

The contribution of an influence from some week is the difference that it makes over the following
year: the run as it is, less the same future with the influence held as it was when the week began.
Contributions do not add up: where two influences need each other, each of them counts in full.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.errors import CxsimError
from cxsim.explain.columns import aligned, paragraph
from cxsim.explain.contribution import Contribution, Scale, plain
from cxsim.explain.cutting import check_scenario
from cxsim.explain.interaction import Effect
from cxsim.explain.links import CARRIES, LINKS, SIGNS, Link, find_link
from cxsim.explain.sentences import listed
from cxsim.results.running import whole
from cxsim.results.variants import live_variants
from cxsim.series import COMPANY, SERIES, WEEKS_A_YEAR
from cxsim.timeline import LONGEST
from cxsim.values import suggestion

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.scenario import Scenario

WEEKS = (0, 26, 52, 78, 104)
UNCLEAR = (
    "no clear difference: the 95 % interval includes zero, or the contribution is below half of "
    "the last digit shown"
)
BY_CHANCE = "Of a hundred influences that do nothing about five look clear by chance."
NEGLIGIBLE = 0.05  # of the largest contribution of any loop: what is smaller dominates nothing


@dataclass(frozen=True, eq=False, repr=False)
class Loops:
    """What each influence contributes to a series over some time from each of some weeks.

    Attributes
    ----------
    scenario : Scenario
    series : str
        Name of the weekly series that is looked at.
    weeks, until : tuple of int
        From which week each influence is held, and the last week of that year, which is read.
    horizon : int
        Weeks that a contribution is given.
    seed : int
    as_it_is : array, shape (replicates, weeks looked from)
        The series in the weeks that are read.
    held : dict of str to array, shape (replicates, weeks looked from)
        By link: the same with the link held.
    """

    scenario: Scenario
    series: str
    weeks: tuple[int, ...]
    until: tuple[int, ...]
    horizon: int
    seed: int
    as_it_is: np.ndarray
    held: dict[str, np.ndarray]

    def __repr__(self) -> str:
        return self.table()

    @property
    def replicates(self) -> int:
        """Futures behind each contribution."""
        return len(self.as_it_is)

    @cached_property
    def contributions(self) -> dict[str, tuple[Contribution, ...]]:
        """By link, the one that ever contributes most first: an effect for each week.

        All contributions from one week are said with the same number of decimals.
        """
        columns = [self._column(place) for place in range(len(self.weeks))]
        found = dict(zip(self.held, zip(*columns, strict=True), strict=True))
        return dict(sorted(found.items(), key=lambda item: -_largest(item[1])))

    def _column(self, place: int) -> tuple[Contribution, ...]:
        scale = Scale.of(SERIES[self.series], int(self.scenario.organisation["employees"]))
        as_it_is = self.as_it_is[:, place]
        effects = [scale.effect(held[:, place], as_it_is) for held in self.held.values()]
        return scale.alike([effect for effect in effects if effect is not None])

    @cached_property
    def dominant(self) -> tuple[Link | None, ...]:
        """For each week the feedback loop that clearly contributes most; None where none does.

        A contribution that is small beside the largest one of all weeks does not count.
        """
        return tuple(self._leader(place) for place in range(len(self.weeks)))

    def _leader(self, place: int) -> Link | None:
        closed = {n: e for n, e in self.contributions.items() if LINKS[n].sign != CARRIES}
        least = NEGLIGIBLE * max(map(_largest, closed.values()), default=0.0)
        clear = [
            (abs(effects[place].value), name)
            for name, effects in closed.items()
            if effects[place].clear and abs(effects[place].value) >= least
        ]
        return LINKS[max(clear)[1]] if clear else None

    @property
    def sentence(self) -> str:
        """Which loop dominates when, and what matters as much without being one."""
        label = SERIES[self.series].label
        label = f"{label[0].lower()}{label[1:]}"
        if not any(self.dominant):
            return f"No feedback loop clearly moves {label}.{self._carrier()}"
        places = range(len(self.weeks))
        told = [
            self._stretch(link, tuple(group))
            for link, group in groupby(places, key=lambda place: self.dominant[place])
        ]
        start = f"The feedback loop that moves {label} most"
        return f"{start}: {'; '.join(told)}.{self._carrier()}"

    def _stretch(self, link: Link | None, places: tuple[int, ...]) -> str:
        """Return who dominates in the time from some weeks that follow each other."""
        weeks = listed([str(self.weeks[place]) for place in places])
        start = f"in {self._span(places)} from week{'s' if len(places) > 1 else ''} {weeks}"
        if link is None:
            return f"{start} none clearly does"
        effects = [self.contributions[link.name][place] for place in places]
        sizes = listed([*map(_bare, effects[:-1]), effects[-1].text])
        return f"{start} {link.title} ({sizes})"

    def _carrier(self) -> str:
        """Return the influence that closes no loop and yet clearly contributes most."""
        clear = [
            (abs(effect.value), name, place, effect.text)
            for name, effects in self.contributions.items()
            for place, effect in enumerate(effects)
            if effect.clear and LINKS[name].sign == CARRIES
        ]
        if not clear:
            return ""
        _, name, place, text = max(clear)
        when = f"in {self._span((place,))} from week {self.weeks[place]}"
        most = f"{LINKS[name].title}, {text} {when}"
        return f" Of the influences that close no loop the largest is {most}."

    @property
    def span(self) -> str:
        """How long contributions are given, in words; less than asked for where the run ends."""
        return self._span(range(len(self.weeks)))

    def _span(self, places: Sequence[int]) -> str:
        lengths = {self.until[place] + 1 - self.weeks[place] for place in places}
        least, most = min(lengths), max(lengths)
        if least < most:
            return f"the {least} to {most} weeks"
        return {WEEKS_A_YEAR: "the year", 1: "the week"}.get(most, f"the {most} weeks")

    def as_dict(self) -> dict[str, Any]:
        """Return everything ready for JSON."""
        scenario, series = self.scenario, SERIES[self.series]
        return {
            "sentence": self.sentence,
            "scenario": {"name": scenario.name, "title": scenario.title, "hash": scenario.hash},
            "outcome": {"name": series.name, "label": series.label, "unit": series.shown_unit},
            "weeks": list(self.weeks),
            "horizon": self.horizon,
            "span": self.span,
            "replicates": self.replicates,
            "seed": self.seed,
            "links": [
                {**LINKS[name].as_dict(), "size": _largest(effects), **self._weekly(effects)}
                for name, effects in self.contributions.items()
            ],
            "dominant": [
                {
                    **self._time(place),
                    "name": None if link is None else link.name,
                    "title": None if link is None else link.title,
                    "text": "" if link is None else self.contributions[link.name][place].text,
                }
                for place, link in enumerate(self.dominant)
            ],
        }

    def _weekly(self, effects: Sequence[Effect]) -> dict[str, Any]:
        return {"contributions": [{**self._time(n), **plain(e)} for n, e in enumerate(effects)]}

    def _time(self, place: int) -> dict[str, int]:
        return {"week": self.weeks[place], "until": self.until[place]}

    def frame(self) -> pd.DataFrame:
        """Return one row per influence and week; numbers in the unit that people read."""
        import pandas as pd

        return pd.DataFrame(
            [
                {"link": name, "sign": LINKS[name].sign, **self._time(place), **plain(effect)}
                for name, effects in self.contributions.items()
                for place, effect in enumerate(effects)
            ]
        )

    def table(self) -> str:
        """Return contributions as columns of text, and the sentence; "~" marks unclear ones."""
        heads = [f"week {week}" for week in self.weeks]
        rows = [("", "", *heads)]
        for name, effects in self.contributions.items():
            link = LINKS[name]
            cells = [f"{'' if effect.clear else '~'}{_bare(effect)}" for effect in effects]
            rows.append((link.title, link.sign or "-", *cells))
        signs = "; ".join(f"{sign or '-'} = {words}" for sign, words in SIGNS.items())
        unit = next(iter(self.contributions.values()))[0].text.partition(" ")[2]
        series = SERIES[self.series].label
        head = f"{series}: what each influence contributes over {self.span} from each week, {unit}"
        notes = (f"{signs}; ~ = {UNCLEAR}. {BY_CHANCE}", self.sentence)
        return "\n\n".join([head.rstrip(", "), aligned(rows, (0, 1)), *map(paragraph, notes)])


def loops(
    scenario: Scenario,
    weeks: Sequence[int] | None = None,
    outcome: str = "adoption",
    horizon: int = WEEKS_A_YEAR,
    replicates: int = 20,
    seed: int = 1,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    links: Sequence[str] | None = None,
) -> Loops | None:
    """Cut each influence in each of some weeks, and rank them by what they contribute.

    Parameters
    ----------
    weeks : sequence of int, optional
        From which to look ahead; by default those of `WEEKS` that the run has.
    outcome : str
        A weekly series of the company.
    horizon : int
        Weeks ahead in which a contribution is read, or the end of the run, whichever is sooner.
    replicates, seed, threads, progress, cancelled
        As in `simulate`; None is returned when told to stop.
    links : sequence of str, optional
        All of `cxsim.explain.links.LINKS` by default.

    Raises
    ------
    CxsimError
        No such series or link, a number out of range, or no week at all.
    """
    check_scenario(scenario, "loops")
    _check_series(outcome)
    names = [find_link(name).name for name in (LINKS if links is None else links)]
    if not names:
        raise CxsimError("links: none is named; leave it out for all of them")
    horizon = whole("horizon", horizon, 1, LONGEST)
    starts = checked_weeks(weeks, scenario.weeks)
    ends = [min(week + horizon, scenario.weeks) for week in starts]
    trunk = _first_weeks(scenario, max(ends))
    leaves = [_first_weeks(scenario, end) for end in ends for _ in names]
    cuts = [{name: week} for week in starts for name in names]
    found = live_variants(
        [trunk, *leaves], lambda one: one.series(outcome)[0], replicates, seed, threads, progress,
        cancelled, baseline=SERIES[outcome].name == "net_value", cuts=[None, *cuts],
    )  # fmt: skip
    if found is None:
        return None
    last = np.stack([rows[:, -1] for rows in found[1:]], axis=1)
    last = last.reshape(len(last), len(starts), len(names))
    until = [end - 1 for end in ends]
    held = {name: last[:, :, place] for place, name in enumerate(names)}
    return Loops(
        scenario, outcome, tuple(starts), tuple(until), horizon, seed, found[0][:, until], held
    )


def _check_series(name: str) -> None:
    known = [key for key, series in SERIES.items() if COMPANY in series.levels]
    if name not in known:
        near = suggestion(name, known).rstrip("?")
        raise CxsimError(f"{name}: no such series{near}; there are {', '.join(known)}")


def checked_weeks(weeks: Sequence[int] | None, end: int) -> list[int]:
    """Return the weeks to look from, in order; the usual ones that the run has if none are given.

    Raises
    ------
    CxsimError
        A week in which the run is over, or an empty list.
    """
    if weeks is None:
        return [week for week in WEEKS if week < end]
    clean = sorted({whole("weeks", week, 0, LONGEST) for week in weeks})
    if not clean:
        raise CxsimError("weeks: none is named; leave it out for the usual ones")
    if clean[-1] >= end:
        raise CxsimError(
            f"weeks: {clean[-1]} is beyond the end of the run, whose last week is {end - 1}"
        )
    return clean


def _first_weeks(scenario: Scenario, weeks: int) -> Scenario:
    """Return the scenario with its first weeks only."""
    events = tuple(event for event in scenario.events if event.week < weeks)
    return replace(scenario, weeks=weeks, events=events, signs=())


def _largest(effects: Sequence[Effect]) -> float:
    return max((abs(effect.value) for effect in effects), default=0.0)


def _bare(effect: Effect) -> str:
    """Return an effect without its unit: "+61", "-$1.2 million"."""
    text, _, rest = effect.text.partition(" ")
    return f"{text} {rest.partition(' ')[0]}" if rest.startswith(("million", "billion")) else text
