"""An ensemble as tidy pandas frames, made from whole arrays and never row by row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from cxsim.errors import CxsimError
from cxsim.series import COMPANY, FUNCTION, LAYER, LEDGERS, OUTCOMES, SERIES
from cxsim.values import suggestion

if TYPE_CHECKING:
    from cxsim.results.ensemble import Ensemble


def _repeated(text: str, count: int) -> pd.Categorical:
    """Return one text for every row at the price of one."""
    return pd.Categorical.from_codes(np.zeros(count, np.int8), [text])


def _replicate_week(ensemble: Ensemble) -> dict[str, np.ndarray]:
    return {
        "replicate": np.repeat(np.arange(ensemble.replicates), ensemble.weeks),
        "week": np.tile(np.arange(ensemble.weeks), ensemble.replicates),
    }


def outcomes(ensemble: Ensemble) -> pd.DataFrame:
    """Return one row per replicate, one column per outcome."""
    columns = {name: ensemble.outcome(name) for name in OUTCOMES}
    return pd.DataFrame(columns, index=pd.RangeIndex(ensemble.replicates, name="replicate"))


def ledger(ensemble: Ensemble, flow: str) -> pd.DataFrame:
    """Return one row per replicate and week, one column per cause of a flow, and their total."""
    if flow not in LEDGERS:
        raise CxsimError(f"{flow}: no such ledger{suggestion(flow, LEDGERS)}")
    total, causes = LEDGERS[flow]
    columns = {name: ensemble.series(name).ravel() for name in causes}
    columns["total"] = ensemble.series(total).ravel()
    return pd.DataFrame({**_replicate_week(ensemble), **columns})


def ledger_totals(ensemble: Ensemble) -> pd.DataFrame:
    """Return all ledgers summed over the weeks, one row per flow, cause and replicate."""
    pairs = [(flow, cause) for flow, (_, causes) in LEDGERS.items() for cause in causes]
    count = ensemble.replicates
    return pd.DataFrame(
        {
            "flow": np.repeat([flow for flow, _ in pairs], count),
            "cause": np.repeat([cause for _, cause in pairs], count),
            "label": np.repeat([SERIES[cause].label for _, cause in pairs], count),
            "replicate": np.tile(np.arange(count), len(pairs)),
            "events": np.concatenate([ensemble.series(c).sum(axis=1) for _, c in pairs]),
        }
    )


def wide(ensemble: Ensemble) -> pd.DataFrame:
    """Return one row per replicate and week, one column per series of the company."""
    columns = {name: ensemble.series(name).ravel() for name in ensemble.series_names()}
    frame = pd.DataFrame({**_replicate_week(ensemble), **columns})
    frame.insert(0, "scenario", _repeated(ensemble.scenario.name, len(frame)))
    return frame


def long(ensemble: Ensemble) -> pd.DataFrame:
    """Return one row per number of the company, of every function and of every layer."""
    company = {name: ensemble.series(name)[..., None] for name in ensemble.series_names()}
    function = {n: ensemble.function_series(n) for n, s in SERIES.items() if FUNCTION in s.levels}
    layer = {n: ensemble.layer_series(n) for n, s in SERIES.items() if LAYER in s.levels}
    blocks = [
        _block(COMPANY, ("",), company),
        _block(FUNCTION, ensemble.functions, function),
        _block(LAYER, ensemble.layers, layer),
    ]
    frame = _concatenated(blocks, ("level", "unit"))
    frame.insert(0, "scenario", _repeated(ensemble.scenario.name, len(frame)))
    frame.insert(1, "seed", ensemble.seed)
    return frame


def _block(level: str, units: Sequence[str], arrays: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return the rows of one level; each array has the shape (replicates, weeks, units)."""
    values = np.stack(list(arrays.values()))
    places = np.indices(values.shape, np.int32).reshape(4, -1)
    codes = np.array([list(SERIES).index(name) for name in arrays])
    return pd.DataFrame(
        {
            "replicate": places[1],
            "week": places[2],
            "level": _repeated(level, values.size),
            "unit": pd.Categorical.from_codes(places[3], list(units)),
            "series": pd.Categorical.from_codes(codes[places[0]], list(SERIES)),
            "value": values.ravel(),
        }
    )


def _concatenated(blocks: list[pd.DataFrame], columns: Iterable[str]) -> pd.DataFrame:
    """Return the blocks one under the other; these columns differ in their categories."""
    joined = {name: union_categoricals([block[name] for block in blocks]) for name in columns}
    return pd.concat(blocks, ignore_index=True).assign(**joined)


def summary(ensemble: Ensemble, q: Sequence[float]) -> pd.DataFrame:
    """Return weekly quantiles of every series of the company, one row per number."""
    names = ensemble.series_names()
    values = np.stack([ensemble.quantiles(name, q) for name in names])  # series, quantile, week
    places = np.indices(values.shape, np.int32).reshape(3, -1)
    return pd.DataFrame(
        {
            "scenario": _repeated(ensemble.scenario.name, values.size),
            "series": pd.Categorical.from_codes(places[0], list(names)),
            "week": places[2],
            "quantile": np.asarray(q)[places[1]],
            "value": values.ravel(),
        }
    )
