"""Single rows of the model's arrays, so that a test can ask one rule one question.

Every row starts from zero or from the registry's defaults; a test writes down only what it is
about. Rows are views of a one-row array, exactly what the compiled rules get in a run.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cxsim import state
from cxsim.parameters import registry
from cxsim.plan import FACTS, LEVERS
from cxsim.rules.customers import Market


def row(dtype: np.dtype, /, **values: Any) -> Any:
    """One record of `dtype`, zero except for `values`."""
    return table(dtype, [values])[0]


def table(dtype: np.dtype, rows: list[dict[str, Any]]) -> np.ndarray:
    """Several records of `dtype`, zero except for what each of `rows` says."""
    records = np.zeros(len(rows), dtype)
    for record, values in zip(records, rows, strict=True):
        for name, value in values.items():
            record[name] = value
    return records


def levers(**values: Any) -> Any:
    """The numeric levers at their defaults, except for `values`."""
    return _defaults(LEVERS, values)


def facts(**values: Any) -> Any:
    """Coefficients and numeric facts at their defaults, except for `values`."""
    return _defaults(FACTS, values)


def _defaults(dtype: np.dtype, values: dict[str, Any]) -> Any:
    every = {parameter.name: parameter.default for parameter in registry()}
    return row(dtype, **{name: every[name] for name in dtype.names or ()} | values)


def week(**values: Any) -> Any:
    """A week of a running programme with a CCO in office, full line authority and no shocks."""
    return row(state.WEEK, **{"active": 1, "present": 1, "line": 1.0} | values)


def function(**values: Any) -> Any:
    return row(state.FUNCTION, **values)


def employee(**values: Any) -> Any:
    return row(state.EMPLOYEE, **values)


def customer(**values: Any) -> Any:
    """A customer who was there before week 0 and never complained."""
    return row(state.CUSTOMER, **{"active": 1, "joined": -1, "complained": state.NEVER} | values)


def programme(**values: Any) -> Any:
    return row(state.PROGRAMME, **{"budget": 1.0, "price_week": -2.0} | values)


def market(**values: float) -> Market:
    """A market without price rise, drift, or memories that fade."""
    calm = dict.fromkeys(Market._fields, 0.0) | {"fade": 1.0, "inflation": 1.0}
    return Market(**(calm | values))


def counters() -> tuple[Any, Any, Any]:
    """Fresh records of a week: company, function and layer."""
    series = (state.COMPANY_SERIES, state.FUNCTION_SERIES, state.LAYER_SERIES)
    company, of_function, of_layer = (row(dtype) for dtype in series)
    return company, of_function, of_layer
