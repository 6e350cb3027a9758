"""A file on its way to the browser."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

_serials = count(1)


@dataclass(frozen=True, eq=False)
class Parcel:
    """A file on its way to the browser; the serial tells two equal ones apart."""

    serial: int
    name: str
    type: str
    content: bytes


def packed(name: str, type_: str, content: bytes) -> Parcel:
    """Return a file, ready to be sent once more."""
    return Parcel(next(_serials), name, type_, content)
