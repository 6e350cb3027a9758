"""What was learned of a company, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxsim.study.company.unknowns import Unknown

if TYPE_CHECKING:
    from cxsim.study.company.calibration import Answer, Band, Calibration

WELL = 0.75  # share of the figures inside the band from which on the model follows them


def sentences(found: Calibration) -> list[str]:
    """Return what the data tell and do not tell, how well the model fits, and what is assumed."""
    if found.out_of_reach:
        return unreached(found)
    by = {
        verdict: [answer for answer in found.answers if answer.verdict == verdict]
        for verdict in ("told", "narrowed", "open")
    }
    said = [_what_was_given(found)]
    if by["told"]:
        said.append(f"The data tell: {'; '.join(map(_interval, by['told']))}.")
    if by["narrowed"]:
        said.append(f"They narrow down: {'; '.join(map(_interval, by['narrowed']))}.")
    if by["open"]:
        said.append(
            f"They say nothing about {_listed([a.unknown for a in by['open']])}: what was possible "
            "before is possible still."
        )
    if not by["told"] and not by["narrowed"]:
        said.append("So these figures alone cannot tell one company from another.")
    said += [_trade(*pair) for pair in found.trade_offs()[:4]]
    said += [_fit(band) for band in found.bands]
    said.append(
        "Intervals hold the truth 95 times in 100 if the model is right and the figures are exact "
        "counts with the luck of a company of this size; whatever the model leaves out is not in "
        "them."
    )
    return said


def unreached(found: Calibration) -> list[str]:
    """Return why no interval is given."""
    return [
        "THE MODEL CANNOT REACH THESE FIGURES, so no interval and no scenario is given:",
        *(f"  {reason}." for reason in found.out_of_reach),
        "Look for a slip in the data (percent or share? month or year?). If they are right, give "
        "a base that is nearer to the company (--base), what happened to it as events there, or "
        "what you know of it (--set); else the model is not made for this company.",
    ]


def story(found: Calibration) -> str:
    """Return the story of a scenario that came of a calibration."""
    labels = ", ".join(band.observed.label.lower() for band in found.bands)
    return (
        f"Fitted to {found.data.values} figures ({labels or 'none checked'}), with "
        f"{found.setting.base.title!r} for all that was neither given nor learned. It is one of "
        "many companies that fit as well; the draws beside this file are the others."
    )


def _what_was_given(found: Calibration) -> str:
    data = found.data
    left = [_counted(data.gaps, "gap")] if data.gaps else []
    left += [f"{_counted(data.early, 'row')} before the start"] if data.early else []
    counts = [f"{len(s.values)} of {s.label.lower()}" for s in data.series]
    out = f"; left out: {' and '.join(left)}" if left else ""
    return (
        f"{data.values} figures ({', '.join(counts)}) over {data.weeks} weeks from the start of "
        f"the programme ({data.start}){out}."
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _interval(answer: Answer) -> str:
    unknown = answer.unknown
    low, high = unknown.text(answer.low), unknown.text(answer.high)
    sign = " %" if unknown.unit == "%" else ""
    return f"{unknown.title.lower()} {low} to {high}{sign}"


def _listed(unknowns: list[Unknown]) -> str:
    titles = [unknown.title.lower() for unknown in unknowns]
    return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} and {titles[-1]}"


def _trade(first: Unknown, second: Unknown, correlation: float) -> str:
    how = "less" if correlation < 0.0 else "more"
    return (
        f"{first.title} and {second.title.lower()} stand in for each other: more of the one with "
        f"{how} of the other fits as well (correlation {correlation:.2f})."
    )


def _fit(band: Band) -> str:
    many = len(band.observed.values)
    unit = "points" if band.kind.factor != 1.0 else "of its unit"
    follows = "follows" if band.inside >= WELL * many else "follows only roughly"
    if band.error > band.error_of_constant:
        follows = "is no better than a constant at"
    return (
        f"{band.observed.label}: the model {follows} the figures; {band.inside} of {many} lie in "
        f"the band of 90 % of simulated companies, error {band.error:.2g} {unit} (a constant: "
        f"{band.error_of_constant:.2g})."
    )
