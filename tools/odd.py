"""Write docs/odd.md from its template, the code and the specification: ``python tools/odd.py``.

The template is docs/odd/*.md, one file an element of ODD. ``{{name argument}}`` in it stands for a
table read from the code (tools/odd_tables.py), for a piece of docs/model.md, for the text of a
function, or for measured results. ``--check`` only compares, and exits with 1 when docs/odd.md is
out of date.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import odd_tables
from odd_tables import OddError

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = ROOT / "docs" / "odd"
MODEL = ROOT / "docs" / "model.md"
TARGET = ROOT / "docs" / "odd.md"

NOTICE = (
    "<!-- Written by tools/odd.py from docs/odd/, docs/model.md and the code. Change those and run "
    "`python tools/odd.py`. -->\n\n"
)
ADVICE = "docs/odd.md is out of date: run `python tools/odd.py`."
BEGIN, END = "<!-- odd: begin -->", "<!-- odd: end -->"

PREAMBLE = "preamble"  # of docs/model.md, before its first section; quoted

MEASURED = (
    "calibration",
    "validation",
    "sensitivity",
    "failure_modes",
    "diagnosis",
    "momentum",
    "benchmarks",
    "company",
)
NOT_OF_THE_MODEL = ("app", "batch")  # experiments on the software around it

_DIRECTIVE = re.compile(r"\{\{(\w+)(?:\s+([^{}]+))?\}\}")
_SECTION = re.compile(r"^## (\d+)\. (.+)$", re.MULTILINE)
_PASSAGE = re.compile(r"^\*\*([^*]+)\*\*", re.MULTILINE)
_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


# ------------------------------------------------------------------ the specification, in pieces


class Model:
    """docs/model.md in pieces, each of which is wanted once.

    A piece is a section, or in a section whose paragraphs open with bold words a passage: from one
    such paragraph to the next. What comes before the first one has the name "".
    """

    def __init__(self, text: str) -> None:
        found = list(_SECTION.finditer(text))
        ends = [*(match.start() for match in found[1:]), len(text)]
        self.titles = {match[1]: match[2] for match in found}
        opening = text[: found[0].start()].split("\n", 1)[1].strip()  # without the title
        self.pieces = {
            PREAMBLE: {"": "\n".join(f"> {line}".rstrip() for line in opening.splitlines())},
            **{
                match[2]: _passages(text[match.end() : end].strip())
                for match, end in zip(found, ends, strict=True)
            },
        }
        self.used: Counter[tuple[str, str]] = Counter()

    def take(self, wanted: str) -> str:
        """Return "Section" or "Section | Passage | Passage" and note that it was taken."""
        title, *names = (part.strip() for part in wanted.split("|"))
        if title not in self.pieces:
            raise OddError(f"docs/model.md has no section '{title}'; it has: {_list(self.pieces)}")
        section = self.pieces[title]
        chosen = [name if name != "opening" else "" for name in names] or list(section)
        for name in chosen:
            if name not in section:
                raise OddError(
                    f"docs/model.md, '{title}', has no '{name}'; it has: {_list(section)}"
                )
            self.used[title, name] += 1
        return self._named("\n\n".join(section[name] for name in chosen))

    def _named(self, text: str) -> str:
        """Return the text with numbers of sections replaced by their titles."""
        return re.sub(r"\bsection (\d)\b", lambda match: f'section "{self.titles[match[1]]}"', text)

    def check_all_used_once(self) -> None:
        """Raise OddError when a piece was left out or taken twice."""
        for title, section in self.pieces.items():
            for name in section:
                times = self.used[title, name]
                if times != 1:
                    place = f"'{title}'" + (f", '{name or 'opening'}'" if len(section) > 1 else "")
                    raise OddError(
                        f"docs/model.md, {place}: in the template {times} times, not once"
                    )


def _passages(section: str) -> dict[str, str]:
    hidden = _BLOCK.sub(lambda match: " " * len(match[0]), section)  # nothing in a block opens one
    opens = [
        m
        for m in _PASSAGE.finditer(hidden)
        if m.start() == 0 or hidden[: m.start()].endswith("\n\n")
    ]
    starts = [match.start() for match in opens]
    names = [match[1].rstrip(".") for match in opens]
    if not starts or starts[0] > 0:
        starts, names = [0, *starts], ["", *names]
    ends = [*starts[1:], len(section)]
    return {
        name: section[start:end].strip()
        for name, start, end in zip(names, starts, ends, strict=True)
    }


def _list(names: Iterable[str]) -> str:
    return ", ".join(f"'{name or 'opening'}'" for name in names)


# ------------------------------------------------------------------ other sources


def code_of(place: str) -> str:
    """Return the text of a function: "cxsim/company.py base_hazards"."""
    path, name = place.split()
    source = (ROOT / path).read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            lines = source.splitlines()[node.lineno - 1 : node.end_lineno]
            return "```python\n" + "\n".join(lines) + "\n```"
    raise OddError(f"{path} has no function '{name}'")


def constants_of(place: str) -> str:
    """Return plain constants of a module, as text: "cxsim/company.py NODES STEPS"."""
    path, *names = place.split()
    source = (ROOT / path).read_text(encoding="utf-8")
    found = {
        node.targets[0].id: ast.get_source_segment(source, node.value) or ""
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    for name in names:
        if name not in found:
            raise OddError(f"{path} has no constant '{name}'")
    return ", ".join(f"`{name} = {found[name]}`" for name in names)


def measured(name: str) -> str:
    """Return where an experiment's results stand, and what it wants quoted between its marks."""
    if name not in MEASURED:
        raise OddError(f"no experiment is called '{name}'; there are: {_list(MEASURED)}")
    path = ROOT / "experiments" / name / "measured.md"
    command = f"`python -m experiments.{name}`"
    if not path.exists():
        return f"By {command}; no run of it is kept yet."
    text = path.read_text(encoding="utf-8")
    link = f"By {command}: [measured results](../experiments/{name}/measured.md)."
    if BEGIN not in text:
        return link
    quoted = [part.split(END)[0].strip() for part in text.split(BEGIN)[1:]]
    return "\n\n".join([link, *quoted])


# ------------------------------------------------------------------ the document


def produced() -> str:
    """Return what docs/odd.md should hold.

    Raises
    ------
    OddError
        A directive cannot be carried out, or a piece of the specification, a submodel's
        coefficients or a table has been forgotten.
    """
    model = Model(MODEL.read_text(encoding="utf-8"))
    known: dict[str, Callable[[str], str]] = {
        "model": model.take,
        "code": code_of,
        "constants": constants_of,
        "measured": measured,
        "coefficients": odd_tables.coefficients,
        "facts": odd_tables.facts,
        "state": odd_tables.state_fields,
        "count": odd_tables.count,
        "levers": lambda _: odd_tables.levers(),
        "patterns": lambda _: odd_tables.patterns(),
        "reality": lambda _: odd_tables.reality(),
        "signs": lambda _: odd_tables.signs(),
        "grades": lambda _: odd_tables.grades(),
        "schedule": lambda _: odd_tables.schedule(),
        "purposes": lambda _: odd_tables.purposes(),
        "series": lambda _: odd_tables.series(),
        "outcomes": lambda _: odd_tables.outcomes(),
        "shocks": lambda _: odd_tables.shocks(),
        "scenarios": lambda _: odd_tables.scenarios(),
    }
    used: list[tuple[str, str]] = []
    parts = []
    for path in sorted(TEMPLATE.glob("*.md")):

        def fill(match: re.Match[str], path: Path = path) -> str:
            name, argument = match[1], " ".join((match[2] or "").split())
            if name not in known:
                raise OddError(f"docs/odd/{path.name}: {match[0]}: unknown; known: {_list(known)}")
            used.append((name, argument))
            try:
                return known[name](argument)
            except OddError as error:
                raise OddError(f"docs/odd/{path.name}: {match[0]}: {error}") from None

        parts.append(_DIRECTIVE.sub(fill, path.read_text(encoding="utf-8")).strip())
    model.check_all_used_once()
    _check_nothing_is_forgotten(used, set(known))
    return NOTICE + "\n\n".join(parts) + "\n"


def _check_nothing_is_forgotten(used: list[tuple[str, str]], known: set[str]) -> None:
    """Raise OddError unless each table is there, for all submodels, facts and populations."""
    forgotten = known - {name for name, _ in used}
    if forgotten:
        raise OddError(f"docs/odd: no part uses {_list(sorted(forgotten))}")
    fields = " ".join(argument for name, argument in used if name == "state").split()
    wanted = {("coefficients", name) for name in odd_tables.submodels()}
    wanted |= {("facts", name) for name in ("organisation", "market")}
    wanted |= {("measured", name) for name in MEASURED}
    missing = [argument for name, argument in sorted(wanted - set(used))]
    missing += [name for name in odd_tables.populations() if name not in fields]
    if missing:
        raise OddError(f"docs/odd: no part shows {_list(missing)}")


def change(now: str) -> str:
    """Return how docs/odd.md differs from what it should hold; "" if it does not."""
    known = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
    if known == now:
        return ""
    lines = difflib.unified_diff(
        known.splitlines(), now.splitlines(), "docs/odd.md", "now", lineterm="", n=0
    )
    return "\n".join([*list(lines)[:20], "", ADVICE])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare")
    check = parser.parse_args().check
    try:
        now = produced()
    except OddError as error:
        print(error)
        return 1
    told = change(now)
    if told and not check:
        TARGET.write_text(now, encoding="utf-8", newline="\n")
    print(told if told and check else f"docs/odd.md: {'written' if told else 'up to date'}")
    return int(check and bool(told))


if __name__ == "__main__":
    raise SystemExit(main())
