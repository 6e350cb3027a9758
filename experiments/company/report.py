"""Tables of the experiment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cxsim
from cxsim.study.company import Calibration
from cxsim.study.company.coverage import Coverage
from experiments.company.netflix import BASES, monthly_errors
from experiments.markdown import table

BEGIN, END = "<!-- odd: begin -->", "<!-- odd: end -->"  # between them: quoted in docs/odd.md
LOW, HIGH = 0.90, 0.99  # how often a nominal 95 % interval may hold the truth


def summary(found: Sequence[Coverage]) -> str:
    """Return in a sentence how many intervals hold what they promise."""
    told = [each for each in found if each.identified]
    good = [each for each in told if LOW <= each.covered <= HIGH]
    shares = [each.covered for each in told]
    return (
        f"Of {len(told)} pairs of data and unknown where the data tell something, nominal 95 % "
        f"intervals hold the truth in {100 * LOW:.0f} to {100 * HIGH:.0f} % of the trials in "
        f"{len(good)}; over all of them in {100 * min(shares, default=0):.0f} to "
        f"{100 * max(shares, default=0):.0f} %."
    )


def covered(found: Sequence[Coverage]) -> str:
    """Return coverage as a table, one row for each kind of data and unknown."""
    rows = []
    for each in found:
        verdict = "open"
        if each.identified:
            verdict = "as promised" if LOW <= each.covered <= HIGH else "**not as promised**"
        rows.append(
            (
                " + ".join(each.kinds) if len(each.kinds) < 6 else "all six",
                each.unknown.title,
                f"{100 * each.covered:.0f} %",
                f"{each.width:.2f}",
                f"{100 * each.silent:.0f} %",
                verdict,
            )
        )
    heads = ("Data", "Unknown", "Covered", "Width", "Told: nothing", "95 % intervals")
    return table(heads, rows)


def real(fits: Mapping[str, Calibration]) -> str:
    """Return how well the published series is fitted."""
    rows = []
    for name, fit in fits.items():
        by_kind = {band.observed.kind: band for band in fit.bands}
        if "churn" not in by_kind:
            rows.append((BASES[name], "", "", "", "", "out of reach"))
            continue
        churn, customers = by_kind["churn"], by_kind.get("customers")
        error, constant = monthly_errors(churn)
        verdict = "follows" if error < constant else "no better than a constant"
        subscribers = ""
        if customers is not None:
            subscribers = f"{customers.error:.0f} ({customers.error_of_constant:.0f})"
        rows.append(
            (
                BASES[name],
                f"{error:.2f} points",
                f"{constant:.2f} points",
                f"{churn.inside} of {len(churn.observed.values)}",
                subscribers,
                "out of reach" if fit.out_of_reach else verdict,
            )
        )
    heads = (
        "Fitted to", "Error, monthly churn", "Of a constant", "Quarters in the band",
        "Error, subscribers, first = 100 (constant)", "Verdict",
    )  # fmt: skip
    return table(heads, rows)


def document(
    found: Sequence[Coverage], fits: Mapping[str, Calibration], months: int, simulations: int
) -> str:
    """Return the kept page."""
    trials = max(each.trials for each in found)
    parts = [
        "# Calibrating to a company",
        f"{months} months of figures, {simulations:,} simulated companies in the reference table, "
        f"{trials} trials; cxsim {cxsim.__version__}. README.md says how to read it.",
        f"{BEGIN}\n{summary(found)}\n{END}",
        "## Companies whose levers are known",
        covered(found),
        "## Netflix, 2009 to 2011",
        real(fits),
    ]
    for name, fit in fits.items():
        said = "\n".join(f"* {line.strip()}" for line in fit.sentences())
        parts.append(f"In words, fitted to {BASES[name]}:\n\n{said}")
    return "\n\n".join(parts) + "\n"
