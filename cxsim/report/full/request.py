"""What a report is asked, as data that travels in the report itself."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import cxsim
from cxsim.errors import CxsimError
from cxsim.scenario import Scenario
from cxsim.scenario_file import parse
from cxsim.values import LARGEST_SEED, MOST_REPLICATES, clean_value

MOST_SCENARIOS = 4
FORMAT = 1  # of the data in a report
BLOCK = re.compile(r'<script type="application/json" id="cxsim-report">(.*?)</script>', re.DOTALL)


@dataclass(frozen=True)
class Request:
    """What a report answers.

    Attributes
    ----------
    scenarios : tuple of Scenario
        One to four; the first is the reference.
    replicates : int
        Futures behind outcomes and charts.
    futures : int
        Futures behind each further question, which needs many runs of each.
    seed : int
    made : date
        Day of making; changes no number.
    version : str
        Of the cxsim that made it.

    Raises
    ------
    CxsimError
        Too many or no scenarios, different horizons, or a number out of range.
    """

    scenarios: tuple[Scenario, ...]
    replicates: int = 100
    futures: int = 12
    seed: int = 1
    made: date = date(1970, 1, 1)
    version: str = ""

    def __post_init__(self) -> None:
        count = len(self.scenarios)
        if not 1 <= count <= MOST_SCENARIOS:
            raise CxsimError(f"{count} scenarios; a report is about one to {MOST_SCENARIOS}")
        weeks = {scenario.weeks for scenario in self.scenarios}
        if len(weeks) > 1:
            raise CxsimError(
                f"the scenarios run for {', '.join(map(str, sorted(weeks)))} weeks; give them the "
                "same horizon, for instance with --weeks"
            )
        limits = {"replicates": (2, MOST_REPLICATES), "futures": (10, 10_000)}
        for name, (low, high) in {**limits, "seed": (0, LARGEST_SEED)}.items():
            try:
                clean_value(getattr(self, name), "integer", low, high, name)
            except CxsimError as error:
                raise CxsimError(f"{name}: {error}") from None

    def as_dict(self) -> dict[str, Any]:
        """Return the request ready for JSON."""
        return {
            "format": FORMAT,
            "cxsim": self.version or cxsim.__version__,
            "made": self.made.isoformat(),
            "replicates": self.replicates,
            "futures": self.futures,
            "seed": self.seed,
            "scenarios": [
                {"hash": scenario.hash, "toml": scenario.to_toml()} for scenario in self.scenarios
            ],
        }

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> Request:
        """Return the request that a report holds.

        Raises
        ------
        CxsimError
            The data are damaged, or of a later format.
        """
        try:
            if table["format"] != FORMAT:
                raise CxsimError(
                    f"this report has format {table['format']}; this version of cxsim reads "
                    f"{FORMAT}. Use the version that made it: {table['cxsim']}"
                )
            return cls(
                scenarios=tuple(
                    _scenario(place, one) for place, one in enumerate(table["scenarios"])
                ),
                replicates=table["replicates"],
                futures=table["futures"],
                seed=table["seed"],
                made=date.fromisoformat(table["made"]),
                version=str(table["cxsim"]),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise CxsimError(f"the report's data are damaged: {error!r}") from error
        except ValueError as error:
            if isinstance(error, CxsimError):
                raise
            raise CxsimError(f"the report's data are damaged: {error}") from error


def _scenario(place: int, table: Mapping[str, Any]) -> Scenario:
    """Return a scenario of a report; its text has to be what its hash says."""
    scenario = parse(str(table["toml"]), f"scenario {place + 1} of the report")
    if scenario.hash != table["hash"]:
        raise CxsimError(
            f"scenario {place + 1} of the report ({scenario.name}) was changed after the report "
            "was made: its content no longer fits its hash"
        )
    return scenario


def embedded(data: Mapping[str, Any]) -> str:
    """Return data as a block of a web page that no browser shows or runs."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # Whatever a title holds, it cannot end the block early.
    safe = text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return f'<script type="application/json" id="cxsim-report">{safe}</script>'


def read_embedded(html: str) -> dict[str, Any]:
    """Return the data of a report.

    Raises
    ------
    CxsimError
        It has none, or they are damaged.
    """
    found = BLOCK.search(html)
    if found is None:
        raise CxsimError("holds no data of a report; give a file written by cxsim report")
    try:
        data = json.loads(found[1])
    except ValueError as error:
        raise CxsimError(f"the report's data are damaged: {error}") from error
    if not isinstance(data, dict) or not isinstance(data.get("request"), dict):
        raise CxsimError("the report's data are damaged: they do not say what was asked")
    return data
