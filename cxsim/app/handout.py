"""Files that the Compare page hands out: numbers, pictures, a page to print, scenario files."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence

import cxsim
from cxsim import parameters
from cxsim.app import exports
from cxsim.app.parcel import Parcel, packed
from cxsim.app.simulation import REPLICATES, SIMULATOR
from cxsim.app.state import (
    LETTERS,
    Setting,
    command_line,
    describe,
    file_name,
    needs_files,
    scenario_of,
    world_of,
)
from cxsim.report import report
from cxsim.report.certainty import certainty
from cxsim.results import Ensemble

# Format -> words on its button.
FORMATS = {
    "html": "One page to print (HTML)",
    "png": "Charts (PNG)",
    "svg": "Charts (SVG)",
    "csv": "Numbers (CSV)",
    "parquet": "Numbers (Parquet)",
    "zip": "Scenario files (ZIP)",
}


def make(wanted: str, setting: Setting, address: str) -> Parcel:
    """Make a file for a setting.

    Parameters
    ----------
    wanted
        One of `FORMATS`.
    setting
        What is on the page.
    address
        The full link to it.

    Raises
    ------
    CxsimError
        A scenario cannot be simulated.
    """
    kind, make_file = _MAKERS[wanted]
    made = ensembles_of(setting)
    content = make_file(setting, made, address)
    return packed(exports.download_name(made, f".{wanted}"), kind, content)


def ensembles_of(setting: Setting) -> list[Ensemble]:
    """All futures of a setting, from memory where they are kept."""
    scenarios = [scenario_of(side, setting) for side in setting.sides]
    made = [SIMULATOR.run(one, REPLICATES, setting.seed, lambda: False) for one in scenarios]
    return [one for one in made if one is not None]


def _letters(setting: Setting) -> list[str]:
    return [letter.upper() for letter in LETTERS[: len(setting.sides)]]


def assumptions(setting: Setting) -> list[str]:
    """What was changed about the world, in words."""
    table = parameters.registry()
    return [
        f"{table.find(name).title or name.replace('_', ' ')}: {value}"
        for name, value in (world_of(setting).items() if setting.world_changed else ())
    ]


# --- one function per format ---------------------------------------------------------------------


def _html(setting: Setting, made: Sequence[Ensemble], address: str) -> bytes:
    page = report(
        made,
        link=address,
        command=command_line(setting),
        version=cxsim.__version__,
        made=datetime.datetime.now(tz=datetime.UTC).date(),
        changes=[describe(side) for side in setting.sides],
        assumptions=assumptions(setting),
        certainty=certainty(),
        keys=_letters(setting),
    )
    return page.encode()


def _zip(setting: Setting, made: Sequence[Ensemble], _: str) -> bytes:
    files = exports.scenario_files(one.scenario for one in made)
    for place, side in enumerate(setting.sides):
        if needs_files(side):  # the command names it, even if the numbers are a bundled one's
            name = file_name(place)
            files[f"{name}.toml"] = made[place].scenario.with_name(name).to_toml()
    return exports.to_zip(files)


_MAKERS: dict[str, tuple[str, Callable[[Setting, Sequence[Ensemble], str], bytes]]] = {
    "html": ("text/html", _html),
    "png": ("image/png", lambda setting, made, _: exports.to_png(made, setting.charts)),
    "svg": ("image/svg+xml", lambda setting, made, _: exports.to_svg(made, setting.charts)),
    "csv": ("text/csv", lambda setting, made, _: exports.to_csv(made, _letters(setting))),
    "parquet": (
        "application/vnd.apache.parquet",
        lambda setting, made, _: exports.to_parquet(made, _letters(setting)),
    ),
    "zip": ("application/zip", _zip),
}
