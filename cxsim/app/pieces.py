"""Several pieces of data that make sense together only, on their way to the browser as one."""

from __future__ import annotations

import numpy as np


def joined(*parts: bytes) -> bytes:
    """Join parts into one piece that the browser takes apart again.

    Returns
    -------
    bytes
        The lengths as little-endian uint32, then the parts, each filled up to a multiple of 4.
    """
    lengths = np.array([len(part) for part in parts], "<u4").tobytes()
    return lengths + b"".join(part + bytes(-len(part) % 4) for part in parts)
