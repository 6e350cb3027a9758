"""What a design keeps of its runs: outcomes, measures and weekly series."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cxsim.checks import Frozen, Path, Problems
from cxsim.errors import CxsimError
from cxsim.explain.sustaining import QUIET
from cxsim.scenario import Scenario
from cxsim.series import OUTCOMES, SERIES
from cxsim.study.design.factor import Until
from cxsim.timeline import LONGEST
from cxsim.values import clean_value, shown, suggestion

if TYPE_CHECKING:
    from cxsim.study.design.design import Design

SHARE_SURVIVING, SELF_SUSTAINING = "share_surviving", "self_sustaining"
AFTER_WITHDRAWAL = (SHARE_SURVIVING, SELF_SUSTAINING)
# Columns that tables of runs and points have anyway.
RESERVED = ("point", "replicate", "replicates", "error", "week", "value")
_COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}")


def tried[T](problems: Problems, path: Path, function: Callable[..., T], *given: Any) -> T | None:
    """Return ``function(*given)``; on a CxsimError note it and return None."""
    try:
        return function(*given)
    except CxsimError as error:
        problems.add(path, str(error))
        return None


def number(
    path: Path, value: object, low: float, high: float, unit: str, problems: Problems
) -> Any:
    """Return a whole number that is in its range; else note the problem and return None."""
    return tried(problems, path, clean_value, value, "integer", low, high, unit)


def measures(
    design: Design, scenarios: Sequence[Scenario], of_company: bool, problems: Problems
) -> Frozen:
    """Return the declared measures that can be read off these companies."""
    from cxsim.measures import parse

    if not isinstance(design.measures, Mapping):
        problems.add(("outcomes", "measures"), f"{shown(design.measures)} where a table is wanted")
        return Frozen()
    companies = scenarios or ((design.base,) if isinstance(design.base, Scenario) else ())
    found = {}
    for name, text in design.measures.items():
        path: Path = ("outcomes", "measures", name)
        if name in OUTCOMES or name in AFTER_WITHDRAWAL or name in RESERVED:
            problems.add(path, "is the name of an outcome or column already; choose another")
        elif not _COLUMN.fullmatch(str(name)):
            problems.add(path, "a name of letters, digits and _ is wanted, at most 60 long")
        elif not of_company:
            problems.add(path, "a study of one's own function has no series to measure")
        elif measure := tried(problems, path, parse, text):
            for company in companies:
                _check_measure(measure, company, path, problems)
            found[name] = measure.text
    return Frozen(found)


def _check_measure(measure: Any, company: Scenario, path: Path, problems: Problems) -> None:
    functions = company.organisation["functions"]
    for name in measure.functions:
        if name not in functions:
            problems.add(path, f"'{name}' is not a function of the company {company.name}")
    shocks = {shock for event in company.events for shock in event.shock}
    for shock in measure.shocks:
        if shock not in shocks:
            problems.add(path, f"{company.name} has no event with the shock '{shock}'")


def outcomes(
    design: Design, measures: Mapping[str, str], of_company: bool, problems: Problems
) -> tuple[str, ...]:
    """Return what is kept; every declared measure is."""
    path: Path = ("outcomes", "keep")
    names = design.outcomes
    if isinstance(names, str) or not isinstance(names, list | tuple):
        problems.add(path, f"{shown(names)} where a list of outcomes is wanted")
        return ()
    if not names and not measures:
        problems.add(path, "nothing is kept; name outcomes, such as adoption")
    declared = design.measures if isinstance(design.measures, Mapping) else {}
    choices = [*OUTCOMES, *AFTER_WITHDRAWAL, *declared]
    for index, name in enumerate(names):
        place = (*path, index)
        if not isinstance(name, str) or not _COLUMN.fullmatch(name) or name in RESERVED:
            problems.add(place, f"{shown(name)} where the name of an outcome is wanted")
        elif of_company and name not in choices:
            problems.add(place, f"{shown(name)} is no outcome{suggestion(name, choices)}")
    sound = (name for name in names if isinstance(name, str))
    return tuple(dict.fromkeys((*sound, *measures)))


def check_rest(
    design: Design, outcomes: Sequence[str], of_company: bool, problems: Problems
) -> None:
    """Check the rule for replicates, the weekly series and the withdrawal."""
    rule = design.replicates
    if isinstance(rule, Until) and outcomes and rule.outcome not in outcomes:
        near = suggestion(rule.outcome, outcomes)
        problems.add(("replicates", "until"), f"{shown(rule.outcome)} is no kept outcome{near}")
    if isinstance(design.series, str) or not isinstance(design.series, list | tuple):
        problems.add(("series", "keep"), f"{shown(design.series)} where a list is wanted")
    else:
        _check_series(design.series, of_company, problems)
    withdraw, needed = design.withdraw, [name for name in AFTER_WITHDRAWAL if name in outcomes]
    path: Path = ("outcomes", "withdraw")
    if withdraw is not None:
        unit = f"weeks, so that {QUIET} more can follow"
        number(path, withdraw, 1, LONGEST - QUIET, unit, problems)
        if not of_company:
            problems.add(path, "a study of one's own function has no programme to withdraw")
    elif needed and of_company:
        problems.add(
            ("outcomes",), f"{needed[0]} needs the week of the withdrawal, such as withdraw = 104"
        )


def _check_series(names: Sequence[Any], of_company: bool, problems: Problems) -> None:
    for index, name in enumerate(names):
        path: Path = ("series", "keep", index)
        if not of_company:
            problems.add(path, "a study of one's own function has no series")
        elif not isinstance(name, str):
            problems.add(path, f"{shown(name)} where the name of a series is wanted")
        elif name not in SERIES:
            problems.add(path, f"{shown(name)} is no series{suggestion(name, SERIES)}")
