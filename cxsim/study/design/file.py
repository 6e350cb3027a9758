"""Design files: finding and reading them, with every problem told by its line.

    name = "tipping"
    base = "typical"

    [levers]
    leadership = { low = 0.0, high = 1.0 }

    [design]
    method = "factorial"
    samples = 9

All entries are described in docs/guides/experiments.md; bundled designs lie in experiments/designs.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cxsim.checks import Path as KeyPath
from cxsim.checks import Problems, ScenarioError, as_table
from cxsim.errors import CxsimError
from cxsim.scenario import Scenario
from cxsim.scenario_file import (
    TomlText,
    build,
    load,
    named_path,
    path_beside,
    printable,
    read_text,
)
from cxsim.study.design import subject
from cxsim.study.design.design import USUAL_OUTCOMES, Design
from cxsim.study.design.factor import LEVER, SCENARIO, TABLES, UNCERTAINTY, Factor, Until
from cxsim.study.design.keeping import tried
from cxsim.values import shown

LARGEST_FILE = 64 * 1024 * 1024  # bytes; a table of a hundred thousand points is long

# The keys of each table, the top of the file under "".
_KEYS = {
    "": (
        "name", "title", "base", "weeks", "seed", "levers", "uncertainties", "scenarios", "design",
        "replicates", "outcomes", "series", "points",
    ),
    "scenarios": ("names",),
    "design": ("method", "samples"),
    "replicates": ("number", "until", "half_width", "at_least", "at_most"),
    "outcomes": ("keep", "withdraw", "measures"),
    "series": ("keep",),
}  # fmt: skip


def design_folder() -> Path:
    """Return the folder of the bundled designs: the installed one, else the checkout's."""
    package = Path(__file__).resolve().parents[2]
    inside = package / "designs"
    return inside if inside.is_dir() else package.parent / "experiments" / "designs"


def bundled_designs() -> list[str]:
    """Return the names of the bundled designs in alphabetical order."""
    return sorted(path.stem for path in design_folder().glob("*.toml"))


def load_design(name_or_path: str | os.PathLike[str]) -> Design:
    """Read a design.

    Parameters
    ----------
    name_or_path : str or path
        The name of a bundled design, or a path: whatever ends in ``.toml`` or contains a separator.

    Raises
    ------
    CxsimError
        Unknown name, unreadable file, or a line with file, line and column for each problem.
    """
    path = named_path(name_or_path, design_folder(), "design")
    label = printable(str(path))
    return parse_design(read_text(path, label, "design", LARGEST_FILE), label, path.parent)


def parse_design(text: str, label: str = "design", folder: Path | None = None) -> Design:
    """Read a design from the text of a file.

    Parameters
    ----------
    text : str
        TOML.
    label : str
        The file's name for messages.
    folder : Path, optional
        Where scenarios named by a relative path are looked for; without it only bundled ones, and
        those written out, can be used.

    Raises
    ------
    CxsimError
        One line for each problem, at most ten.
    """
    return _Reader(text, label, folder).design()


class _Reader(TomlText):
    """One file on its way to a Design."""

    def __init__(self, text: str, label: str, folder: Path | None) -> None:
        super().__init__(text, label, "design")
        self.folder = folder
        self.problems = Problems()
        self.tables: dict[str, Mapping[str, Any]] = {}

    def design(self) -> Design:
        data = self.data()
        self.tables = {key: self.table(data, key) for key in _KEYS if key}
        self.check_keys(data)
        base, scenarios = self.companies(data)
        factors = self.factors(data, base is not None or bool(scenarios))
        if scenarios and all(factor.role != SCENARIO for factor in factors):
            base, scenarios = scenarios[0], ()  # the list of names itself was unsound
        lost = bool(self.problems.found)  # then what rests on the lost parts is not to blame
        design = None
        try:
            design = Design(
                data.get("name", _stem(self.label)), data.get("title", ""), base, factors,
                scenarios=scenarios, **self.rest(data),
            )  # fmt: skip
        except ScenarioError as error:
            self.problems.found += [each for each in error.problems if not (lost and _late(each))]
        if self.problems.found or design is None:
            raise self.error(list(dict.fromkeys(self.problems.found)))
        return design

    def table(self, data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        return as_table(data[key], (key,), self.problems) if key in data else {}

    def check_keys(self, data: Mapping[str, Any]) -> None:
        for table, content in {"": data, **self.tables}.items():
            for key in content:
                if key not in _KEYS[table]:
                    path = (table, key) if table else (key,)
                    self.problems.unknown(path, "key", _KEYS[table])

    # --- companies -------------------------------------------------------------------------

    def companies(self, data: Mapping[str, Any]) -> tuple[Scenario | None, tuple[Scenario, ...]]:
        """Return base and whole scenarios; in place of an unsound one the default company."""
        weeks = data.get("weeks")
        base = self.company(data["base"], ("base",), weeks) if "base" in data else None
        if "scenarios" not in data:
            if weeks is not None and base is None:
                self.problems.add(("weeks",), "a horizon needs a base")
            return base, ()
        path: KeyPath = ("scenarios", "names")
        names = self.tables["scenarios"].get("names", [])
        if not isinstance(names, list) or not names:
            self.problems.add(path, f"{shown(names)} where a list of scenarios is wanted")
            return base, ()
        found = [self.company(given, (*path, i), weeks) for i, given in enumerate(names)]
        return base, tuple(found)

    def company(self, given: object, path: KeyPath, weeks: object) -> Scenario:
        """Return a scenario that is named, or written out as a table."""
        found = (
            self.written_out(given, path)
            if isinstance(given, Mapping)
            else (self.named(given, path, "used"))
        )
        scenario = found or Scenario("unnamed", "Untitled")
        if weeks is None:
            return scenario
        try:
            return scenario.with_weeks(weeks)  # type: ignore[arg-type]
        except ScenarioError as error:
            said = error.problems[0][1]
            place = "" if error.problems[0][0] == ("weeks",) else f"{scenario.name}: "
            self.problems.add(("weeks",), f"{place}{said}")
            return scenario

    def written_out(self, given: Mapping[str, Any], path: KeyPath) -> Scenario | None:
        """Return the scenario that a table describes, over the one that it extends."""
        parent = None
        if "extends" in given:
            parent = self.named(given["extends"], (*path, "extends"), "extended")
        try:
            return build(given, parent)
        except ScenarioError as error:
            self.problems.found += [((*path, *below), said) for below, said in error.problems]
            return None

    def named(self, given: object, path: KeyPath, use: str) -> Scenario | None:
        """Return the scenario of a bundled name, or of a path beside this file."""
        if not isinstance(given, str) or not given:
            self.problems.add(
                path, f"{shown(given)} where the name or path of a scenario is wanted"
            )
            return None
        file = tried(self.problems, path, path_beside, given, self.folder, use)
        return None if file is None else load(file)

    # --- what varies -----------------------------------------------------------------------

    def factors(self, data: Mapping[str, Any], of_company: bool) -> tuple[Factor, ...]:
        """Return the sound factors."""
        found = []
        names = self.tables["scenarios"].get("names")
        if isinstance(names, list) and names:
            called = [given["name"] if isinstance(given, Mapping) and "name" in given else given
                      for given in names]  # fmt: skip
            stems = [Path(name).stem if isinstance(name, str) else name for name in called]
            factor = tried(self.problems, ("scenarios", "names"), _whole_scenarios, tuple(stems))
            found += [factor] if factor is not None else []
        for role in (LEVER, UNCERTAINTY):
            table = TABLES[role]
            for name, given in self.table(data, table).items():
                factor = tried(
                    self.problems, (table, name), subject.factor, name, role, given, of_company
                )
                found += [factor] if factor is not None else []
        return tuple(found)

    # --- where, how often, what to keep ----------------------------------------------------

    def rest(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return all other arguments of the Design; it checks them itself."""
        plan, outcomes = self.tables["design"], self.tables["outcomes"]
        points = data.get("points", [])
        if not isinstance(points, list):
            self.problems.add(("points",), f"{shown(points)} where [[points]] are wanted")
            points = []
        return {
            "method": plan.get("method"),
            "samples": plan.get("samples"),
            "rows": tuple(points),
            "replicates": self.replicates(),
            "seed": data.get("seed", 1),
            "outcomes": _listed(outcomes.get("keep", USUAL_OUTCOMES)),
            "measures": outcomes.get("measures", {}),
            "series": _listed(self.tables["series"].get("keep", ())),
            "withdraw": outcomes.get("withdraw"),
        }

    def replicates(self) -> Any:
        """Return a number as it is given, or a rule."""
        table = self.tables["replicates"]
        rule = {key: value for key, value in table.items() if key in _KEYS["replicates"]}
        number = rule.pop("number", None)
        if not rule:
            return 10 if number is None else number
        if number is not None:
            self.problems.add(("replicates", "number"), "a number and 'until' exclude each other")
        for key in ("until", "half_width"):
            if key not in rule:
                self.problems.add(("replicates",), f"lacks '{key}'")
                return 10
        try:
            return Until(rule.pop("until"), **rule)
        except CxsimError as error:
            key, _, said = str(error).partition(": ")
            self.problems.add(("replicates", key), said)
            return 10


def _whole_scenarios(names: tuple[Any, ...]) -> Factor:
    return Factor(SCENARIO, SCENARIO, values=names)


def _listed(value: object) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _stem(label: str) -> str:
    return Path(label).stem


def _late(problem: tuple[KeyPath, str]) -> bool:
    """Tell whether a problem may only follow from a part that could not be read."""
    path, said = problem
    return path[:1] == ("points",) or said.startswith("nothing varies")
