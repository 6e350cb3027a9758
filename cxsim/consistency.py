"""Checks across keys: what each value alone cannot tell about a scenario."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from cxsim.checks import Path, Problems
from cxsim.parameters import SHARES
from cxsim.timeline import Event
from cxsim.values import suggestion

_SUM_TOLERANCE = 1e-9  # for the five allocation shares
_LIST_TOLERANCE = 1e-6  # for share lists, which people write to a few digits


def check_consistency(
    clean: Mapping[str, Any], placed: Iterable[tuple[int, Event]], problems: Problems
) -> None:
    """Check a scenario's cleaned tables against each other.

    Parameters
    ----------
    clean : mapping
        levers, organisation, weeks and perhaps cure, each already checked by itself.
    placed : iterable of (int, Event)
        Events in the order of their weeks, each with the number that messages give it.
    problems : Problems
        Takes what is wrong. A check is left out where its own keys are already reported.
    """
    events: list[tuple[Path, Event]] = [(("events", index), event) for index, event in placed]
    if not problems.touch("weeks"):
        _check_weeks(clean["weeks"], events, problems)
    if not problems.touch("allocation", *SHARES):
        _check_allocation(clean, events, problems)
    if not problems.touch("functions"):
        _check_share_lists(clean["organisation"], problems)
        _check_functions(clean, events, problems)


def _check_weeks(weeks: int, events: list[tuple[Path, Event]], problems: Problems) -> None:
    for path, event in events:
        if event.week >= weeks:
            problems.add(
                (*path, "week"),
                f"{event.week} is beyond the horizon of {weeks} weeks; allowed: 0..{weeks - 1}, "
                f"or a horizon of at least {event.week + 1} weeks",
            )


def _check_allocation(
    clean: Mapping[str, Any], events: list[tuple[Path, Event]], problems: Problems
) -> None:
    """Check that the shares sum to one at week 0, after each event and under the cure."""
    shares = {name: clean["levers"][name] for name in SHARES}
    timeline: list[tuple[Path, Event | None]] = [(("levers",), None), *events]
    cure = clean.get("cure")
    if cure is not None:
        after = next((i for i, (_, e) in enumerate(timeline) if e and e.week > cure.week), None)
        timeline.insert(len(timeline) if after is None else after, (("cure",), cure))
    for path, event in timeline:
        given = {k: v for k, v in event.set.items() if k in SHARES} if event else shares
        after_it = shares | given
        if path != ("cure",):
            shares = after_it
        total = math.fsum(after_it.values())
        if given and abs(round(total, 12) - 1) > _SUM_TOLERANCE:
            where = (*path, "allocation") if event is None else (*path, "set", "allocation")
            written = ", ".join(f"{name} {value:g}" for name, value in after_it.items())
            problems.add(where, f"the five shares sum to {total:.6g} instead of 1 ({written})")


def _check_share_lists(organisation: Mapping[str, Any], problems: Problems) -> None:
    count = len(organisation["functions"])
    for name in ("headcount_shares", "contact_shares"):
        shares = organisation[name]
        if problems.touch(name):
            continue
        if len(shares) != count:
            problems.add(
                ("organisation", name),
                f"{len(shares)} shares for {count} functions; one for each is wanted",
            )
        elif abs(math.fsum(shares) - 1) > _LIST_TOLERANCE:
            problems.add(
                ("organisation", name), f"the shares sum to {math.fsum(shares):.6g} instead of 1"
            )


def _check_functions(
    clean: Mapping[str, Any], events: list[tuple[Path, Event]], problems: Problems
) -> None:
    """Check that every function named anywhere is one of this company's."""
    functions = clean["organisation"]["functions"]
    named: list[tuple[Path, str]] = [
        (("levers", "holdouts"), name) for name in clean["levers"]["holdouts"]
    ]
    named.append((("organisation", "host_function"), clean["organisation"]["host_function"]))
    if clean.get("cure") is not None:
        events = [*events, (("cure",), clean["cure"])]
    for path, event in events:
        named += [((*path, *below), name) for below, name in event.functions()]
    for path, name in named:
        if name not in functions:
            near = suggestion(name, functions)
            problems.add(path, f"'{name}' is not a function of this company{near}")
