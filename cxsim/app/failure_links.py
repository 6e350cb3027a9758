"""Addresses of the page on failure modes. Nothing in a link is trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from cxsim.app.mystery import Secret, read_number
from cxsim.values import LARGEST_SEED, shown

LONGEST_QUERY = 2000
ANY = 1  # ?mystery=1 asks for a mystery, whichever


@dataclass(frozen=True)
class Place:
    """A place on the page: the library unless one of the two is given.

    Attributes
    ----------
    mode : Secret or None
        A failure mode opened by its name, and its seed.
    mystery : int or None
        A mystery's number; `ANY` for whichever.
    message : str
        What the link asked for that is not there.
    """

    mode: Secret | None = None
    mystery: int | None = None
    message: str = ""


def from_query(query: str | None, names: Sequence[str]) -> Place:
    """The place that a link asks for.

    Parameters
    ----------
    query
        Query part of a link, with or without the question mark; None for none.
    names
        Failure modes that exist.
    """
    try:
        given = dict(parse_qsl((query or "").lstrip("?")[:LONGEST_QUERY], max_num_fields=20))
    except ValueError:
        given = {}
    if "mystery" in given:
        return Place(mystery=read_number(given["mystery"]) or ANY)
    if "mode" not in given:
        return Place()
    if given["mode"] not in names:
        said = f"{shown(given['mode'])}: there is no such failure mode; here are those there are."
        return Place(message=said)
    return Place(mode=Secret(given["mode"], _seed(given.get("seed", ""))))


def _seed(text: str) -> int:
    whole = text.isascii() and text.isdigit() and int(text[:20]) <= LARGEST_SEED
    return int(text[:20]) if whole else 1


def to_mode(name: str, seed: int = 1) -> str:
    """The query that opens a failure mode."""
    return urlencode({"mode": name, "seed": seed})


def to_mystery(number: int = ANY) -> str:
    """The query that opens a mystery."""
    return urlencode({"mystery": number})


def visited(wish: object, path: str) -> str | None:
    """Where a link that was followed in the browser leads, None when it leads elsewhere.

    Parameters
    ----------
    wish
        "?query" for a place on this page, or "page?query".
    path
        Of this page.
    """
    if not isinstance(wish, str) or len(wish) > LONGEST_QUERY or "//" in wish or ":" in wish:
        return None
    return f"/{path}{wish}" if not wish or wish.startswith("?") else f"/{wish.lstrip('/')}"
