"""Write down what cxsim says and comes to today: ``python tools/golden.py``.

The files in ``tests/golden`` are meant to change on purpose only. To be run when rules, defaults,
scenarios or wording have changed; ``--check`` only compares.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import json
import math
import tempfile
from pathlib import Path

from click.testing import CliRunner

import cxsim
from cxsim.cli import main as command_line

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "golden"
ADVICE = (
    "If that is on purpose, run `python tools/golden.py` and give the reason in the commit; "
    "if not, something changes the results that should not."
)

# File -> the command whose standard output it holds; of several, run one after the other, the last.
COMMANDS = {
    "list.txt": "list",
    "show_fm06_survey_lady.txt": "show fm06_survey_lady",
    "show_charter.txt": "show charter",
    "run_orchestrated.txt": "run orchestrated --replicates 8 --weeks 78",
    "run_fm13_lagging_survey.json": "run fm13_lagging_survey --replicates 4 --json",
    "compare_typical_orchestrated.txt": "compare typical orchestrated --replicates 8",
    "compare_charter.json": ("compare typical typical --set-b charter=0.85 --replicates 6 --json"),
    "explain_typical_orchestrated.txt": "explain typical orchestrated --replicates 4 --weeks 78",
    "causes_commitment.txt": (
        "causes fm06_survey_lady --series commitment --replicates 4 --weeks 78"
    ),
    "momentum_orchestrated.txt": "momentum orchestrated --replicates 4 --weeks 78",
    "study_show.txt": "study run quick; study show quick_study",
    "study_runs.txt": "study run quick; study export quick_study --to . --format csv; cat runs.csv",
}
BASELINE = "baseline.json"
NAMES = (*COMMANDS, BASELINE)

REPLICATES, SEED = 4, 1  # of the baseline

SHOWN = 40  # lines of a difference


def produced(name: str) -> str:
    """Return what a file should hold according to the code as it is."""
    return baseline() if name == BASELINE else said(COMMANDS[name])


def said(command: str) -> str:
    """Return what commands print in the end, run in an empty folder: they name its files alone."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        text = ""
        for part in command.split(";"):
            words = part.split()
            text = Path(words[1]).read_text("utf-8") if words[0] == "cat" else _said(words)
    return text


def _said(words: list[str]) -> str:
    result = CliRunner().invoke(command_line, words)
    if result.exit_code != 0:
        raise RuntimeError(f"cxsim {words} ends with {result.exit_code}: {result.output}")
    return result.stdout


def baseline() -> str:
    """Return a few results of every bundled scenario, each number with all of its digits."""
    results = {name: _results(name) for name in cxsim.bundled()}
    content = {"replicates": REPLICATES, "seed": SEED, "scenarios": results}
    return json.dumps(content, indent=2) + "\n"


def _results(name: str) -> dict[str, float]:
    ensemble = cxsim.simulate(cxsim.load(name), replicates=REPLICATES, seed=SEED, baseline=False)
    assert ensemble is not None  # nothing cancels it
    series = {s: ensemble.series(s) for s in ("adoption", "commitment", "churned", "contribution")}
    # fsum rounds once, at the end: no order of adding up can change a digit.
    return {
        "adoption_at_end": math.fsum(series["adoption"][:, -1]) / REPLICATES,
        "commitment_at_end": math.fsum(series["commitment"][:, -1]) / REPLICATES,
        "customers_lost": math.fsum(series["churned"].flat),
        "contribution": math.fsum(series["contribution"].flat),
    }


def change(name: str, now: str) -> str:
    """Return how a file differs from what it should hold, and what to do; "" if it does not."""
    path = FOLDER / name
    known = path.read_text(encoding="utf-8") if path.exists() else ""
    if known == now:
        return ""
    lines = difflib.unified_diff(
        known.splitlines(), now.splitlines(), f"tests/golden/{name}", "now", lineterm="", n=1
    )
    return "\n".join([*list(lines)[:SHOWN], "", ADVICE])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare")
    check = parser.parse_args().check
    changed = 0
    for name in NAMES:
        now = produced(name)
        told = change(name, now)
        changed += bool(told)
        print(f"{name}: {'changed' if told else 'up to date'}")
        if told and check:
            print(told)
        elif told:
            (FOLDER / name).write_text(now, encoding="utf-8", newline="\n")
    return int(check and changed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
