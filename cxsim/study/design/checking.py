"""Whether a design makes sense: every problem, each with the key that it concerns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cxsim import headline
from cxsim.checks import Frozen, Path, Problems
from cxsim.errors import CxsimError
from cxsim.scenario import NAME, Scenario
from cxsim.study.design import keeping, subject
from cxsim.study.design.factor import LEVER, ROLES, SCENARIO, TABLES, Factor, Until, is_number
from cxsim.study.design.keeping import number, tried
from cxsim.study.design.sampling import (
    LATIN_HYPERCUBE,
    MEANING,
    METHODS,
    ONE_AT_A_TIME,
    SALTELLI,
    SOBOL_SEQUENCE,
    TABLE,
    count,
    policies,
    usual,
)
from cxsim.values import LARGEST_SEED, MOST_REPLICATES, clean_value, shown, suggestion

if TYPE_CHECKING:
    from cxsim.study.design.design import Design

MOST_POINTS = 100_000
MOST_RUNS = 10_000_000
MOST_FACTORS = 300
MOST_CELLS = 2_000_000  # values in a table of points, so that its file can still be read


def where(factor: Factor) -> Path:
    """Return the place of a factor in a design file."""
    return (TABLES[SCENARIO], "names") if factor.role == SCENARIO else _place(factor)


def _place(factor: Factor) -> Path:
    return (TABLES[factor.role], factor.name)


def checked(design: Design, problems: Problems) -> dict[str, Any]:
    """Return a design's entries in their proper types; what is wrong goes to `problems`."""
    clean: dict[str, Any] = {"rows": _rows(design, problems)}
    clean["scenarios"] = _scenarios(design, clean["rows"], problems)
    of_company = design.base is not None or bool(clean["scenarios"])
    _check_words(design, problems)
    clean["measures"] = keeping.measures(design, clean["scenarios"], of_company, problems)
    clean["outcomes"] = keeping.outcomes(design, clean["measures"], of_company, problems)
    clean["factors"] = _factors(design, clean["rows"], of_company, problems)
    clean["seed"] = number(("seed",), design.seed, 0, LARGEST_SEED, "seed", problems)
    clean |= _sampling(design, clean["factors"], problems)
    _check_names(clean["factors"], clean["outcomes"], problems)
    _check_groups(clean["factors"], problems)
    keeping.check_rest(design, clean["outcomes"], of_company, problems)
    if design.method == TABLE:
        declared = {factor.name for factor in design.factors}
        clean["rows"] = _fitting_rows(clean["rows"], clean["factors"], declared, problems)
    if not problems.found:
        _check_size(design, clean, problems)
    return clean


def _check_words(design: Design, problems: Problems) -> None:
    if not isinstance(design.name, str) or not NAME.fullmatch(design.name):
        problems.add(
            ("name",), f"{shown(design.name)} where small letters, digits and _ are wanted"
        )
    if not isinstance(design.title, str):
        problems.add(("title",), f"{shown(design.title)} where text is wanted")
    if design.base is not None and not isinstance(design.base, Scenario):
        problems.add(("base",), f"{shown(design.base)} where a scenario is wanted")


# --- what varies -------------------------------------------------------------------------------


def _scenarios(
    design: Design, rows: Sequence[Mapping[str, Any]], problems: Problems
) -> tuple[Scenario, ...]:
    """Return the scenarios of the factor of that name; bundled ones need not be given."""
    from cxsim.scenario_file import load

    names = _scenario_names(design, rows)
    if not names:
        if design.scenarios:
            problems.add(("scenarios",), "scenarios without a factor called 'scenario'")
        return ()
    if design.base is not None:
        problems.add(("base",), "a base and whole scenarios exclude each other; leave one out")
    given = {scenario.name: scenario for scenario in design.scenarios}
    found = []
    for index, name in enumerate(names):
        path = (TABLES[SCENARIO], "names", index)
        scenario = given[name] if name in given else tried(problems, path, load, name)
        if scenario is not None:
            found.append(scenario)
    weeks = sorted({scenario.weeks for scenario in found})
    if len(weeks) > 1:
        problems.add(
            (TABLES[SCENARIO],),
            f"the scenarios run for {' and '.join(map(str, weeks))} weeks, so their outcomes do "
            f"not compare; write weeks = {weeks[-1]}",
        )
    return tuple(found)


def _scenario_names(design: Design, rows: Sequence[Mapping[str, Any]]) -> tuple[Any, ...]:
    """Return the names of the scenarios that vary, perhaps only in the rows of a table."""
    if design.factors or design.method != TABLE:
        return next((f.values or () for f in design.factors if f.role == SCENARIO), ())
    return tuple(dict.fromkeys(row[SCENARIO] for row in rows if SCENARIO in row))


def _factors(
    design: Design, rows: Sequence[Mapping[str, Any]], of_company: bool, problems: Problems
) -> tuple[Factor, ...]:
    """Return the factors in the order of their roles, with words from the registry."""
    given = list(design.factors)
    if not given and design.method == TABLE:
        given = _from_columns(rows, of_company, problems)
    if not given and not problems.touch("points"):
        problems.add((), "nothing varies; name factors in [levers], [uncertainties] or [scenarios]")
    if len(given) > MOST_FACTORS:
        problems.add((), f"{len(given)} factors; at most {MOST_FACTORS} are allowed")
    found = []
    for role in ROLES:
        for factor in (each for each in given if each.role == role):
            if role == SCENARIO or not of_company:
                found.append(factor)
            elif fitted := tried(problems, _place(factor), subject.fitted, factor):
                found.append(fitted)
    names: set[str] = set()
    for factor in found:
        if factor.name in names:
            problems.add(where(factor), "varies twice; leave one out")
        names.add(factor.name)
    return tuple(found)


def _from_columns(
    rows: Sequence[Mapping[str, Any]], of_company: bool, problems: Problems
) -> list[Factor]:
    """Return a factor for each name in a table of points, with the values found there."""
    found = []
    for name in dict.fromkeys(name for row in rows for name in row):
        values = tuple(dict.fromkeys(row[name] for row in rows if name in row))
        row = next(index for index, row in enumerate(rows) if name in row)

        factor = tried(problems, ("points", row, name), _column, name, list(values), of_company)
        if factor is not None:
            found.append(factor)
    return found


def _column(name: str, values: list[Any], of_company: bool) -> Factor:
    """Return the factor of a column: numbers are a range, from the least to the greatest."""
    numbers = len(values) > 1 and all(map(is_number, values))
    given = (min(values), max(values)) if numbers else values
    if not of_company and name != SCENARIO:
        return subject.factor(name, LEVER, given, of_company=False)
    role = subject.usual_role(name)
    return subject.factor(name, role, given, of_company=role != SCENARIO)


def _check_names(factors: Iterable[Factor], outcomes: Sequence[str], problems: Problems) -> None:
    """Check that factors and outcomes can be columns of one table."""
    for factor in factors:
        if factor.name in outcomes:
            problems.add(where(factor), "an outcome has the same name; do not keep it, or fix this")
        elif factor.name in keeping.RESERVED:
            problems.add(
                where(factor), "the table of runs has a column of this name; choose another"
            )


def _check_groups(factors: Iterable[Factor], problems: Problems) -> None:
    groups = {factor.name for factor in factors if factor.name in headline.GROUPS}
    for factor in factors:
        if factor.name in groups or factor.role == SCENARIO:
            continue
        try:
            group = subject.subject(factor.name).group
        except CxsimError:
            continue  # of a study of one's own function
        if group in groups:
            problems.add(
                where(factor), f"moves with the headline group '{group}'; vary one or the other"
            )


# --- where, and how often ----------------------------------------------------------------------


def _sampling(design: Design, factors: Sequence[Factor], problems: Problems) -> dict[str, Any]:
    """Return method, samples and replicates."""
    method, samples = design.method, design.samples
    if not isinstance(method, str) or method not in METHODS:
        near = suggestion(method, METHODS) if isinstance(method, str) else ""
        problems.add(("design", "method"), f"{shown(method)} is no method{near}")
        method = usual(factors)
    if samples is None:
        samples = METHODS[method]
    least = 1 if method in (LATIN_HYPERCUBE, SOBOL_SEQUENCE, TABLE) else 2
    unit = MEANING.get(method, "points")
    path = ("design", "samples")
    samples = number(path, samples, least, MOST_POINTS, unit, problems)
    if method == SALTELLI and samples is not None and samples & (samples - 1):
        lower = 1 << (samples.bit_length() - 1)
        problems.add(
            path, f"{samples} is no power of two, which saltelli needs: {lower} or {2 * lower}"
        )
    if (
        method in (LATIN_HYPERCUBE, SOBOL_SEQUENCE)
        and factors
        and list(factors) == policies(factors)
    ):
        problems.add(
            ("design", "method"),
            f"{method} samples ranges and uncertainties, and here all that varies are lists of "
            "decisions; choose factorial",
        )
    if method == ONE_AT_A_TIME and any(factor.role == SCENARIO for factor in factors):
        problems.add(
            ("design", "method"),
            "one_at_a_time goes out from one base, and here whole scenarios vary; "
            "choose factorial, or one scenario as the base",
        )
    replicates = design.replicates
    if not isinstance(replicates, Until):
        replicates = number(
            ("replicates", "number"), replicates, 1, MOST_REPLICATES, "replicates", problems
        )
    return {"samples": samples, "replicates": replicates}


def _rows(design: Design, problems: Problems) -> tuple[Mapping[str, Any], ...]:
    rows = design.rows
    if design.method != TABLE:
        if rows:
            problems.add(("points",), 'points of one\'s own need method = "table"')
        return ()
    if not rows:
        problems.add(("design", "method"), "a table needs its points: [[points]]")
    if len(rows) > MOST_POINTS:
        problems.add(("points",), f"{len(rows):,} points; at most {MOST_POINTS:,} are allowed")
        return ()
    if len(rows) * len(rows[0] if rows and isinstance(rows[0], Mapping) else ()) > MOST_CELLS:
        problems.add(("points",), f"more than {MOST_CELLS:,} values; name fewer factors or points")
        return ()
    found = []
    for index, row in enumerate(rows):
        if not isinstance(row, Mapping):
            problems.add(("points", index), f"{shown(row)} where a table of values is wanted")
            continue
        for name, value in row.items():
            if not (is_number(value) or isinstance(value, str)):
                said = f"{shown(value)} where a number or text is wanted"
                problems.add(("points", index, name), said)
        found.append(Frozen(row))
    return () if problems.touch("points") else tuple(found)


def _fitting_rows(
    rows: Sequence[Mapping[str, Any]],
    factors: Sequence[Factor],
    declared: set[str],
    problems: Problems,
) -> tuple[Mapping[str, Any], ...]:
    """Return the rows of a table with the values as the factors hold them."""
    known = {factor.name: factor for factor in factors}
    found = []
    for index, row in enumerate(rows):
        path: Path = ("points", index)
        for name in row:
            if declared and name not in declared:
                problems.unknown((*path, name), "factor", declared)
        if lacking := [name for name in known if name not in row]:
            problems.add(path, f"lacks {', '.join(lacking)}")
        values = {}
        for name, factor in known.items():
            if name in row:
                values[name] = tried(problems, (*path, name), _taken, factor, row[name])
        found.append(Frozen(values))
    return tuple(found)


def _taken(factor: Factor, value: Any) -> Any:
    """Return the value of a row in the factor's own type."""
    if factor.values is not None and value in factor.values:
        return factor.values[factor.values.index(value)]
    try:
        factor.position_of(value)
    except CxsimError as error:
        raise CxsimError(str(error).removeprefix(f"{factor.name}: ")) from None
    return clean_value(value, "integer" if factor.whole else "number", *factor.span, factor.unit)


def _check_size(design: Design, clean: Mapping[str, Any], problems: Problems) -> None:
    """Check how much there would be to run, before any point is made."""
    if design.method == TABLE:
        points = len(clean["rows"])
    else:
        points = count(design.method, clean["factors"], clean["samples"])
    most = clean["replicates"]
    most = most.at_most if isinstance(most, Until) else most
    path: Path = ("design", "samples")
    if points > MOST_POINTS:
        problems.add(path, f"makes {points:,} points; at most {MOST_POINTS:,} are allowed")
    elif points * most > MOST_RUNS:
        problems.add(
            ("replicates",),
            f"{points:,} points of {most:,} replicates are {points * most:,} runs; "
            f"at most {MOST_RUNS:,} are allowed",
        )
