"""Execute the notebooks in docs/ and keep what they show: python tools/notebook.py [--check].

With --check nothing is written; the exit code is 1 when a notebook fails or prints other words than
those kept in it. Pictures and progress bars are not compared.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

DOCS = Path(__file__).resolve().parents[1] / "docs"
SECONDS = 300  # that a cell may take
# Left out of a comparison: how an object is called in memory, and where a folder lies.
WIDGET = "application/vnd.jupyter.widget-view+json"
VARIES = re.compile(r"0x[0-9a-f]+|/tmp/\S+")


def executed(path: Path) -> Any:
    """Return a notebook with its cells executed in an empty folder."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        NotebookClient(
            notebook, timeout=SECONDS, kernel_name="python3", resources=resources
        ).execute()
    for cell in notebook.cells:
        cell.metadata = {}
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not passing(output)]
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "name": "python3"}}
    return notebook


def passing(output: Any) -> bool:
    """Return whether an output is of the moment only: a warning, a progress bar."""
    return output.get("name") == "stderr" or WIDGET in output.get("data", {})


def words(notebook: Any) -> list[str]:
    """Return what every cell printed, without what varies."""
    found = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            if "image/png" not in output.get("data", {}):
                found.append(VARIES.sub("...", "".join(text)).strip())
    return found


def main(check: bool) -> int:
    """Execute every notebook; return the exit code."""
    for path in sorted(DOCS.glob("*.ipynb")):
        try:
            notebook = executed(path)
        except CellExecutionError as error:
            print(f"{path}: {error}", file=sys.stderr)
            return 1
        if not check:
            nbformat.write(notebook, path)
        elif words(notebook) != words(nbformat.read(path, as_version=4)):
            print(f"{path}: says something else now; run python tools/notebook.py", file=sys.stderr)
            return 1
        print(path.name)
    return 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
