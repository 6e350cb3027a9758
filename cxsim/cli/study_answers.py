"""``cxsim study show``: what a study found, in short and by the method that fits it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cxsim.cli.output import examples, print_files, print_json, table
from cxsim.errors import CxsimError
from cxsim.values import parse_amount

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.study.batch import Study


class Amount(click.ParamType):
    """A number as people write it: 0.5, 50%, 1.5M."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number."""
        number = parse_amount(value) if isinstance(value, str) else value
        if number is None:
            self.fail(f"{value!r} where a number such as 0.5, 50% or 1.5M is wanted", param, ctx)
        return number


AMOUNT = Amount()
MOST_FAILED = 10  # points are listed

_BELONGS = {"x": "map", "y": "map", "level": "map", "threshold": "robust", "better": "robust"}

Answer = Any  # what the functions of cxsim.study.analysis return: table, sentences, frame, figure


@dataclass(frozen=True)
class Asked:
    """One question to a study: the name of the answer, and how to get it."""

    name: str
    ask: Callable[[Study], Answer]


def _index_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for each kind of index."""
    for name, what in (
        ("delta", "What moves an outcome, from points of any method (delta)."),
        ("pawn", "What moves an outcome, from points of any method (PAWN)."),
        ("morris", "Which factors matter at all; for a design of method morris."),
        ("sobol", "What part of the variance is whose; for a design of method saltelli."),
    ):
        command = click.option(f"--{name}", metavar="OUTCOME", help=what)(command)
    return command


@click.command(
    epilog=examples(
        "cxsim study show tipping_study",
        "cxsim study show tipping_study --map self_sustaining --figure map.png",
        'cxsim study show where_it_fails_study --fails "adoption < 0.5"',
        "cxsim study show robust_choice_study --robust adoption --threshold 0.5",
    )
)
@click.argument("folder", type=click.Path(path_type=Path))
@_index_options
@click.option("--map", "mapped", metavar="OUTCOME", help="Where an outcome tips, over two factors.")
@click.option("--x", metavar="FACTOR", help="Of the map, from left to right.")
@click.option("--y", metavar="FACTOR", help="Of the map, from bottom to top.")
@click.option("--level", type=AMOUNT, help="Of the map: what counts as tipped, such as 0.5 or 50%.")
@click.option("--fails", metavar="CONDITION", help='Where it fails, such as "adoption < 0.5".')
@click.option(
    "--fails-method",
    type=click.Choice(("prim", "cart")),
    default="prim",
    show_default=True,
    help="How to find where it fails: box by box, or by a tree.",
)
@click.option("--robust", metavar="OUTCOME", help="Which policy does well in most futures.")
@click.option("--threshold", type=AMOUNT, help="What is good enough, for --robust.")
@click.option(
    "--better",
    type=click.Choice(("high", "low")),
    help="For --robust and a measure of one's own: which side is better.",
)
@click.option(
    "--figure",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Draw the answer: FILE ends in .png or .svg.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def show(folder: Path, figure: Path | None, as_json: bool, **options: Any) -> None:
    """Show what a study found.

    Without options: means and ranges of the outcomes, what failed, and the answer that its method
    is made for.
    """
    from cxsim.study.batch import open_study

    study = open_study(folder)
    asked = _asked(study, options)
    usual = [] if asked else _usual(study)
    answers, notes = {}, []
    for question in asked or usual:
        try:
            answers[question.name] = question.ask(study)
        except CxsimError as error:
            if asked:
                raise
            notes.append(str(error))
    files = [] if figure is None else _drawn(answers, figure)
    if as_json:
        print_json(_as_json(study, answers, notes, files))
        return
    summary = [] if asked else [_summary(study), _failures(study)]
    shown = [answer.table() for answer in answers.values()]
    click.echo("\n\n".join([part for part in (*summary, *shown, *notes) if part]))
    print_files(files)


# --- questions ---------------------------------------------------------------------------------


def _asked(study: Study, options: dict[str, Any]) -> list[Asked]:
    """Return the questions that the options ask."""
    from cxsim.study import analysis

    for name, of in _BELONGS.items():
        if options[name] is not None and options["mapped" if of == "map" else of] is None:
            raise click.UsageError(f"--{name} says more about --{of}; give that as well")
    found = [
        Asked(name, _of_outcome(getattr(analysis, name), options[name]))
        for name in ("sobol", "morris", "pawn", "delta")
        if options[name] is not None
    ]
    if (outcome := options["mapped"]) is not None:
        found.append(_map(study, outcome, options["x"], options["y"], options["level"]))
    if (condition := options["fails"]) is not None:
        method = options["fails_method"]
        found.append(
            Asked("fails", lambda study: analysis.where_it_fails(study, condition, method))
        )
    if (policy := options["robust"]) is not None:
        threshold, better = options["threshold"], options["better"]
        found.append(
            Asked("robust", lambda study: analysis.robust(study, policy, threshold, better))
        )
    return found


def _of_outcome(ask: Callable[[Study, str], Answer], outcome: str) -> Callable[[Study], Answer]:
    return lambda study: ask(study, outcome)


def _map(study: Study, outcome: str, x: str | None, y: str | None, level: float | None) -> Asked:
    from cxsim.study.analysis import policy_map

    for name in (x, y):
        if name is not None:
            study.design.factor(name)  # says so when there is none
    if x is None or y is None:
        numbers = _numbers(study)
        if len(numbers) < 2:
            raise CxsimError(
                "--map: a map needs two factors that are numbers; this study varies "
                f"{', '.join(study.design.names)}"
            )
        rest = [name for name in numbers if name not in (x, y)]
        if len(numbers) != 2 or (x or y) not in (None, *numbers):
            raise CxsimError(
                "--map: name two factors with --x and --y; this study varies "
                f"{', '.join(study.design.names)}"
            )
        x, y = x or rest[0], y or rest[-1]
    return Asked("map", lambda study: policy_map(study, x, y, outcome, level))


def _numbers(study: Study) -> list[str]:
    """Return the names of the factors that are numbers."""
    return [
        factor.name
        for factor in study.design.factors
        if factor.values is None or not any(isinstance(value, str) for value in factor.values)
    ]


def _usual(study: Study) -> list[Asked]:
    """Return the question that the method is made for, about the first outcome."""
    from cxsim.study import analysis

    design = study.design
    outcome = design.outcomes[0]
    if design.method in ("saltelli", "morris"):
        name = "sobol" if design.method == "saltelli" else "morris"
        return [Asked(name, _of_outcome(getattr(analysis, name), outcome))]
    if len(design.names) == 2 and len(_numbers(study)) == 2 and design.method != "one_at_a_time":
        return [_map(study, outcome, None, None, None)]
    return []


# --- answers -----------------------------------------------------------------------------------


def _summary(study: Study) -> str:
    """Return means and ranges of the outcomes over the points."""
    from cxsim.study.analysis.words import meaning

    design, now = study.design, study.status()
    rows: list[tuple[str, ...]] = [("", "mean", "lowest", "highest", "points")]
    for name, numbers in _columns(study).items():
        about = meaning(name)
        told = numbers.dropna()
        ends = (told.mean(), told.min(), told.max()) if len(told) else ()
        texts = [about.text(float(value)) for value in ends] or ["-"] * 3
        rows.append((f"{about.label} ({name})", *texts, f"{len(told):,}"))
    state = f"{now.points:,} points, {now.done:,} of {now.runs:,} runs"
    if now.done < now.runs:
        state += f"; to go on: cxsim study resume {study.folder}"
    return f"{design.title}\n{state}\n\n{table(rows, rights=(1, 2, 3, 4))}"


def _columns(study: Study) -> dict[str, pd.Series]:
    """Return each outcome's means at the points."""
    points = study.points()
    taken = {*study.design.names, "replicates", "error"}
    return {str(name): points[name] for name in points.columns if name not in taken}


def _failed(study: Study) -> list[dict[str, Any]]:
    """Return the points at which something went wrong, each with its settings and error."""
    points = study.points()
    names = list(study.design.names)
    wrong = points[points["error"].fillna("") != ""]
    return [
        {"point": int(number), "settings": dict(row[names]), "error": str(row["error"])}
        for number, row in wrong.iterrows()
    ]


def _failures(study: Study) -> str:
    failed = _failed(study)
    if not failed:
        return ""
    lines = [f"{len(failed)} points failed:"]
    for each in failed[:MOST_FAILED]:
        settings = ", ".join(f"{name}={_short(v)}" for name, v in each["settings"].items())
        lines.append(f"  {each['point']} ({settings}): {each['error'].splitlines()[0]}")
    more = len(failed) - MOST_FAILED
    return "\n".join([*lines, *([f"  ... and {more} more"] if more > 0 else [])])


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _drawn(answers: dict[str, Answer], path: Path) -> list[Path]:
    """Write the figure of the one answer."""
    from cxsim import figures

    form = path.suffix.lstrip(".").lower()
    if form not in figures.FORMATS:
        raise CxsimError(f"--figure: {path} does not end in .{' or .'.join(figures.FORMATS)}")
    if len(answers) != 1:
        raise CxsimError("--figure: one answer makes one figure; ask for one, such as --map")
    (answer,) = answers.values()
    return figures.save_figure(answer.figure(), path.with_suffix(""), [form])


def _as_json(
    study: Study, answers: dict[str, Answer], notes: list[str], files: list[Path]
) -> dict[str, Any]:
    from cxsim.study.analysis.words import meaning

    design, now = study.design, study.status()
    outcomes = {}
    for name, numbers in _columns(study).items():
        about, told = meaning(name), numbers.dropna()
        outcomes[name] = {
            "label": about.label,
            "unit": about.shown_unit,
            "scale": about.scale,
            "mean": float(told.mean()),
            "low": float(told.min()),
            "high": float(told.max()),
            "points": len(told),
        }
    return {
        "name": design.name,
        "title": design.title,
        "hash": design.hash,
        "points": now.points,
        "runs": now.runs,
        "done": now.done,
        "failed": [_plain(each) for each in _failed(study)],
        "outcomes": outcomes,
        "answers": {name: _answer_json(answer) for name, answer in answers.items()},
        "notes": notes,
        "files": files,
    }


def _answer_json(answer: Answer) -> dict[str, Any]:
    rows = json.loads(answer.frame().to_json(orient="records", double_precision=15))
    return {"sentence": answer.sentence(), "rows": rows}


def _plain(each: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a point with numbers of Python itself."""
    settings = {
        name: value.item() if hasattr(value, "item") else value
        for name, value in each["settings"].items()
    }
    return {**each, "settings": settings}
