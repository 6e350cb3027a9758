"""A scenario: everything that a run needs to know, checked once and then unchangeable.

Every way to a scenario (a file, a slider, ``--set``, a design of experiments) ends in the same
constructor and so in the same checks and messages.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import tomli_w

from cxsim import parameters
from cxsim.checks import Frozen, Problems, clean_table
from cxsim.consistency import check_consistency
from cxsim.errors import CxsimError
from cxsim.parameters import ALLOCATION, KINDS, SHARES
from cxsim.signs import Sign, check_company, clean_signs, that_fit
from cxsim.timeline import HORIZON, Event, clean_event, clean_events, plain
from cxsim.values import shown, shown_key, suggestion

NAME = re.compile(r"[a-z0-9_]+")
_MODE = re.compile(r"FM(0[1-9]|[12][0-9]|3[01])")
# Values that no longer fit once the key is given anew, and so are not taken over from a parent.
_RESETS = {
    "allocation": SHARES,
    "functions": ("headcount_shares", "contact_shares", "host_function"),
}


@dataclass(frozen=True)
class Scenario:
    """One company, its market, its programme and what happens to it.

    Values left out are the registry's defaults. Two scenarios are equal when their contents are;
    they give the same numbers when their `hash` is the same.

    Attributes
    ----------
    name : str
        Small letters, digits and underscores.
    title, story, signature : str
        Plain words for people.
    levers, organisation, market, coefficients : mapping
        Registry name to value, complete; levers as they are at week 0.
    events : tuple of Event
        In the order of their weeks.
    weeks : int
        Horizon, 1..520.
    mode : str or None
        "FM01".."FM31" for a failure mode.
    cure : Event or None
        What would rescue the programme, and when.
    signs : tuple of Sign
        What to look for in the results, each with a measure and its bounds.
    extends : str or None
        The parent as the file names it; does not count for equality.
    inherited : mapping
        The parent's levers, or the defaults; does not count for equality.

    Raises
    ------
    CxsimError
        One line for each thing that is wrong.
    """

    name: str
    title: str
    levers: Mapping[str, Any] = field(default_factory=Frozen)
    organisation: Mapping[str, Any] = field(default_factory=Frozen)
    market: Mapping[str, Any] = field(default_factory=Frozen)
    coefficients: Mapping[str, Any] = field(default_factory=Frozen)
    events: tuple[Event, ...] = ()
    weeks: int = 156
    story: str = ""
    signature: str = ""
    mode: str | None = None
    cure: Event | None = None
    signs: tuple[Sign, ...] = ()
    extends: str | None = field(default=None, compare=False)
    inherited: Mapping[str, Any] = field(default_factory=Frozen, compare=False, repr=False)

    def __post_init__(self) -> None:
        problems = Problems()
        self._check_words(problems)
        clean: dict[str, Any] = {
            kind: _complete(kind, getattr(self, kind), problems) for kind in KINDS
        }
        clean["inherited"] = Frozen(defaults("levers") | dict(self.inherited))
        clean["weeks"] = problems.attempt(("weeks",), HORIZON.clean, self.weeks)
        placed = clean_events(self.events, problems)
        clean["events"] = tuple(event for _, event in placed)
        if self.cure is not None:
            clean["cure"] = clean_event(self.cure, ("cure",), problems)
        check_consistency(clean, placed, problems)
        signs = clean_signs(self.signs, problems)
        clean["signs"] = tuple(sign for _, sign in signs)
        if not problems.touch("functions", "events"):
            check_company(signs, clean["organisation"]["functions"], clean["events"], problems)
        problems.raise_if_any()
        for key, value in clean.items():
            object.__setattr__(self, key, value)

    def _check_words(self, problems: Problems) -> None:
        if not isinstance(self.name, str) or not NAME.fullmatch(self.name):
            problems.add(
                ("name",), f"{shown(self.name)} where small letters, digits and _ are wanted"
            )
        for key in ("title", "story", "signature"):
            if not isinstance(getattr(self, key), str):
                problems.add((key,), f"{shown(getattr(self, key))} where text is wanted")
        if isinstance(self.title, str) and not self.title.strip():
            problems.add(("title",), "empty; a few words for people are wanted")
        mode = self.mode
        if mode is not None and not (isinstance(mode, str) and _MODE.fullmatch(mode)):
            problems.add(("mode",), f"{shown(mode)} where FM01..FM31 is wanted")

    # --- variants --------------------------------------------------------------------------

    def with_levers(self, values: Mapping[str, Any] | None = None, /, **more: Any) -> Scenario:
        """Return a scenario with these levers at week 0; `allocation` takes all five shares."""
        return self._overlaid({"levers": {**(values or {}), **more}})

    def with_organisation(
        self, values: Mapping[str, Any] | None = None, /, **more: Any
    ) -> Scenario:
        """Return a scenario with these facts of the firm; new functions reset the share lists."""
        return self._overlaid({"organisation": {**(values or {}), **more}})

    def with_market(self, values: Mapping[str, Any] | None = None, /, **more: Any) -> Scenario:
        """Return a scenario with these facts of the market."""
        return self._overlaid({"market": {**(values or {}), **more}})

    def with_coefficients(
        self, values: Mapping[str, Any] | None = None, /, **more: Any
    ) -> Scenario:
        """Return a scenario with these coefficients of the model."""
        return self._overlaid({"coefficients": {**(values or {}), **more}})

    def with_settings(self, values: Mapping[str, Any]) -> Scenario:
        """Return a scenario with these values, each put in the table that its name belongs to."""
        tables: dict[str, dict[str, Any]] = {}
        for name, value in values.items():
            tables.setdefault(_kind_of(name), {})[name] = value
        return self._overlaid(tables)

    def with_events(self, events: Iterable[Event | Mapping[str, Any]]) -> Scenario:
        """Return a scenario with these events added; within a week they come after the others."""
        return replace(self, events=(*self.events, *events))  # type: ignore[arg-type]

    def with_weeks(self, weeks: int) -> Scenario:
        """Return a scenario that runs for `weeks` weeks; no event may lie beyond them."""
        return replace(self, weeks=weeks)

    def described(self, changes: str) -> Scenario:
        """Return the same scenario with what was changed in its title, for legends and figures."""
        return self.with_name(self.name, f"{self.title} ({changes})") if changes else self

    def with_name(self, name: str, title: str | None = None) -> Scenario:
        """Return the same scenario under another name and, if given, title."""
        return replace(self, name=name, title=self.title if title is None else title)

    def rescue(self) -> Scenario:
        """Return the scenario with its cure applied in the cure's week, without its signs.

        Raises
        ------
        CxsimError
            The scenario has no cure, or its week lies beyond the horizon.
        """
        if self.cure is None:
            raise CxsimError(f"{self.name}: has no cure, so there is nothing to rescue it with")
        if self.cure.week >= self.weeks:
            raise CxsimError(
                f"cure.week: {self.cure.week} is beyond the horizon of {self.weeks} weeks"
            )
        return replace(
            self,
            name=f"{self.name}_rescued",
            title=f"{self.title} (rescued in week {self.cure.week})",
            events=(*self.events, self.cure),
            cure=None,
            signs=(),
        )

    def without_programme(self) -> Scenario:
        """Return the same company without a CX programme, for a paired baseline.

        Each lever that belongs to the programme stands at its `off` value throughout; shocks stay,
        except that a CCO who was never appointed cannot leave.
        """
        levers = parameters.registry().levers
        off = {name: lever.off for name, lever in levers.items() if lever.off is not None}
        return replace(
            self,
            name=f"{self.name}_without_programme",
            title=f"{self.title} (without the programme)",
            levers={**self.levers, **off},
            events=tuple(kept for event in self.events if (kept := _without(event, off))),
            mode=None,
            cure=None,
            signs=(),
        )

    def _overlaid(self, tables: Mapping[str, Mapping[str, Any]]) -> Scenario:
        """Return a scenario with these values; signs of functions that go have nothing to show."""
        changes: dict[str, Any] = {
            kind: overlay(getattr(self, kind), own) for kind, own in tables.items()
        }
        functions = changes.get("organisation", self.organisation)["functions"]
        return replace(self, **changes, signs=that_fit(self.signs, functions))

    # --- what it says ----------------------------------------------------------------------

    def changed_levers(self) -> dict[str, Any]:
        """Return the levers that differ at week 0 from the parent, or else from the defaults."""
        return {name: value for name, value in self.levers.items() if value != self.inherited[name]}

    @cached_property
    def hash(self) -> str:
        """Sixteen hex digits that stand for everything that changes a number."""
        content: dict[str, Any] = {kind: plain(getattr(self, kind)) for kind in KINDS}
        content["events"] = [
            {key: value for key, value in event.as_table().items() if key != "note"}
            for event in self.events
        ]
        content["weeks"] = self.weeks
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def to_toml(self) -> str:
        """Return the text of a scenario file that gives an equal scenario, without a parent."""
        table: dict[str, Any] = {"name": self.name, "title": self.title}
        words = {"mode": self.mode, "story": self.story, "signature": self.signature}
        table |= {key: value for key, value in words.items() if value}
        table["weeks"] = self.weeks
        if self.cure is not None:
            table["cure"] = self.cure.as_table()
        for kind in KINDS:
            if changed := self._changed(kind):
                table[kind] = plain(changed)
        if self.events:
            table["events"] = [event.as_table() for event in self.events]
        if self.signs:
            table["signs"] = [sign.as_table() for sign in self.signs]
        return tomli_w.dumps(table)

    def _changed(self, kind: str) -> dict[str, Any]:
        """Return the values to be written: those that a reader would not fill in by itself."""
        own: Mapping[str, Any] = getattr(self, kind)
        filled = defaults(kind)
        if kind == "organisation":
            filled |= _fitting(own["functions"])
        return {name: value for name, value in own.items() if value != filled[name]}


def defaults(kind: str) -> dict[str, Any]:
    """Return the default of every parameter of one of the registry's tables."""
    return {name: p.default for name, p in parameters.registry().table(kind).items()}


def overlay(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` with `own` laid over it, without what `own` makes meaningless."""
    reset = {name for key, names in _RESETS.items() if key in own for name in names}
    return {**{key: value for key, value in base.items() if key not in reset}, **own}


def parse_assignment(text: str) -> tuple[str, Any]:
    """Read ``name=value`` as the command line has it.

    Parameters
    ----------
    text : str
        Such as ``charter=0.8``, ``holdouts=sales,finance`` or ``allocation=.1,.5,.2,.1,.1``.

    Returns
    -------
    (str, value)
        Any name of the registry, or "allocation", with a checked value; see
        `Scenario.with_settings`.

    Raises
    ------
    CxsimError
        No equals sign, an unknown name, or a value that the name cannot take.
    """
    name, equals, written = (part.strip() for part in text.partition("="))
    if not equals:
        raise CxsimError(f"{shown(text)} where name=value is wanted, such as charter=0.8")
    problems = Problems()
    kind = _kind_of(name)
    value = _parse_allocation(written) if name == "allocation" else _parse_value(name, written)
    clean = clean_table(kind, {name: value}, (), problems)
    problems.raise_if_any()
    return name, value if name == "allocation" else clean[name]


def _parse_value(name: str, written: str) -> Any:
    match parameters.registry().find(name).type:
        case "number" | "integer":
            return _parse_number(written)
        case "list":
            return [_parse_number(part) for part in written.split(",")]
        case "functions":
            return [part.strip() for part in written.split(",")] if written else []
        case _:
            return written


def _parse_number(written: str) -> Any:
    """Return a number, or the text itself for the check to name."""
    try:
        return int(written)
    except ValueError:
        pass
    try:
        return float(written)
    except ValueError:
        return written


def _parse_allocation(written: str) -> dict[str, Any]:
    parts = [_parse_number(part.strip()) for part in written.split(",")]
    if len(parts) != len(ALLOCATION):
        raise CxsimError(
            f"allocation: {shown(written)} where five shares are wanted: {', '.join(ALLOCATION)}"
        )
    return dict(zip(ALLOCATION, parts, strict=True))


def _kind_of(name: str) -> str:
    """Return the table that a name belongs to."""
    registry = parameters.registry()
    if name == "allocation":
        return "levers"
    names = [*registry.names(), "allocation"]
    if name not in names:
        raise CxsimError(f"{shown_key(name)}: unknown name{suggestion(name, names)}")
    return registry.find(name).kind


class _Complete(Frozen):
    """A table of the registry that has been checked and completed, and needs no second look."""

    __slots__ = ("kind",)

    def __init__(self, kind: str, items: Mapping[str, Any]) -> None:
        super().__init__(items)
        self.kind = kind


def _complete(kind: str, raw: object, problems: Problems) -> Frozen:
    """Return the checked values of a table with defaults for those left out."""
    if isinstance(raw, _Complete) and raw.kind == kind:
        return raw
    checked = clean_table(kind, raw, (kind,), problems)
    clean = {name: value for name, value in checked.items() if value is not None}
    filled = defaults(kind)
    if kind == "organisation":
        filled |= _fitting(clean.get("functions", filled["functions"]))
    return _Complete(kind, filled | clean)


def _fitting(functions: tuple[str, ...]) -> dict[str, Any]:
    """Return shares and host of a firm that gives none: the defaults, or equal and the first."""
    known = defaults("organisation")
    if functions == known["functions"]:
        return {name: known[name] for name in _RESETS["functions"]}
    equal = (1.0 / len(functions),) * len(functions)
    return {"headcount_shares": equal, "contact_shares": equal, "host_function": functions[0]}


def _without(event: Event, off: Mapping[str, Any]) -> Event | None:
    """Return the event as it reaches a company without a programme; None when nothing is left."""
    settings = {name: value for name, value in event.set.items() if name not in off}
    shock = {name: value for name, value in event.shock.items() if name != "cco_leaves"}
    return replace(event, set=settings, shock=shock) if settings or shock else None
