"""Builds `customers.c` and lets it work on the engine's own arrays."""

from __future__ import annotations

import ctypes
import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from cxsim import draws
from cxsim.plan import FACTS
from cxsim.rules.customers import HIGHEST, LOWEST, Market
from cxsim.state import (
    ACQUAINTANCES,
    AGENDA,
    CHUNK,
    COMPANY_SERIES,
    CUSTOMER,
    EMPLOYEE,
    FUNCTION,
    NEVER,
    PROCESS,
    TOUCHPOINT,
    WEEK,
    floats,
)

SOURCE = Path(__file__).with_name("customers.c")
FLAGS = ("-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC")
MARKET = floats(*Market._fields)

CONSTANTS = {
    "ACQUAINTANCES": ACQUAINTANCES,
    "CHUNK": CHUNK,
    "NEVER": NEVER,
    "LOWEST": LOWEST,
    "HIGHEST": HIGHEST,
    "DRAW_CUSTOMER": draws.CUSTOMER,
    "DRAW_COMPLAINT": draws.COMPLAINT,
}
ROWS: dict[str, np.dtype[Any]] = {
    "Customer": CUSTOMER,
    "Employee": EMPLOYEE,
    "Process": PROCESS,
    "Function": FUNCTION,
    "Touchpoint": TOUCHPOINT,
    "Week": WEEK,
    "Agenda": AGENDA,
    "Facts": FACTS,
    "Market": MARKET,
    "CompanyRow": COMPANY_SERIES,
    "Answers": floats("sum", "number"),
}
NUMBERS: dict[np.dtype[Any], str] = {
    np.dtype(np.float64): "double",
    np.dtype(np.int64): "int64_t",
    np.dtype(np.int32): "int32_t",
    np.dtype(np.int16): "int16_t",
    np.dtype(np.uint32): "uint32_t",
    np.dtype(np.uint8): "uint8_t",
}
COUNTS = ("places", "processes_count", "functions_count", "front_width", "nodes", "guides")
ARRAYS = {
    "key": "uint32_t",
    "customers": "Customer",
    "employees": "Employee",
    "processes": "Process",
    "functions": "Function",
    "touchpoints": "Touchpoint",
    "guide": "int64_t",
    "front": "int32_t",
    "front_start": "int64_t",
    "base_table": "double",
    "acquaintances": "int32_t",
    "vacant": "int32_t",
    "weeks": "Week",
    "agenda": "Agenda",
    "facts": "Facts",
    "markets": "Market",
    "company": "CompanyRow",
    "voice": "Answers",
}


class World(ctypes.Structure):
    """What the C loop works on: counts, then addresses of arrays."""

    _fields_ = [
        *((name, ctypes.c_int64) for name in COUNTS),
        *((name, ctypes.c_void_p) for name in ARRAYS),
    ]


def compiler() -> list[str] | None:
    """Return the command of the system's C compiler (`CC` if set), or None if there is none."""
    for command in (os.environ.get("CC", ""), "cc", "gcc", "clang"):
        words = shlex.split(command)
        if words and shutil.which(words[0]):
            return words
    return None


def layout() -> str:
    """Return the header that tells C the engine's constants and the layout of its rows."""
    lines = ["#include <stddef.h>"]
    lines += [f"#define {name} ({value!r})" for name, value in CONSTANTS.items()]
    for name, dtype in ROWS.items():
        lines += _row(name, dtype)
    counts = "".join(f"int64_t {name}; " for name in COUNTS)
    arrays = "".join(f"{kind} *{name}; " for name, kind in ARRAYS.items())
    lines.append(f"typedef struct {{ {counts}{arrays}}} World;")
    return "\n".join([*lines, ""])


def _row(name: str, dtype: np.dtype[Any]) -> list[str]:
    """Return one C structure, and assertions that every field lies where NumPy has it."""
    fields: Mapping[str, Any] = dtype.fields or {}
    inside = "".join(f"{NUMBERS[kind[0]]} {field}; " for field, kind in fields.items())
    return [
        f"typedef struct {{ {inside}}} {name};",
        f'_Static_assert(sizeof({name}) == {dtype.itemsize}, "{name}");',
        *(
            f'_Static_assert(offsetof({name}, {field}) == {kind[1]}, "{name}.{field}");'
            for field, kind in fields.items()
        ),
    ]


def build(folder: Path, command: list[str]) -> ctypes.CDLL:
    """Compile the C loop into `folder` and load it.

    Raises
    ------
    RuntimeError
        With the compiler's words, if it refuses.
    """
    (folder / "layout.h").write_text(layout(), encoding="utf-8")
    library = folder / "customers.so"
    line = [*command, *FLAGS, f"-I{folder}", str(SOURCE), "-o", str(library), "-lm"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{shlex.join(line)}\n{done.stderr}")
    loaded = ctypes.CDLL(str(library))
    loaded.live_weeks.argtypes = [ctypes.POINTER(World), ctypes.c_int64, ctypes.c_int64]
    loaded.live_weeks.restype = None
    return loaded


def world(arrays: dict[str, np.ndarray], counts: dict[str, int]) -> World:
    """Return the addresses of arrays that C may write to; the arrays must outlive it.

    Raises
    ------
    ValueError
        An array whose rows are not as C was told, or not next to each other.
    """
    known = {kind: number for number, kind in NUMBERS.items()} | ROWS
    for name, kind in ARRAYS.items():
        array = arrays[name]
        whole = array.dtype == known[kind] or (kind == "Answers" and array.shape[1:] == (2,))
        if not (whole and array.flags.c_contiguous):
            raise ValueError(f"{name}: {array.dtype}, shape {array.shape}, is no array of {kind}")
    return World(**counts, **{name: arrays[name].ctypes.data for name in ARRAYS})
