"""What the Compare page is set to: scenarios and policies, assumptions, seed, charts.

Pure functions, no browser. Policies belong to one scenario; assumptions about the firm, its market
and the model's coefficients hold for all scenarios of a comparison, so that they meet one world.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import cxsim
from cxsim import headline, parameters
from cxsim.app import firm
from cxsim.app.simulation import REPLICATES
from cxsim.errors import CxsimError
from cxsim.scenario import Scenario, parse_assignment
from cxsim.scenario_file import parse
from cxsim.series import SIX

PREFERRED = ("typical", "orchestrated")
LETTERS = "abcd"
MOST_SIDES = len(LETTERS)
MOST_CHARTS = 12
FILE = "file"  # in place of a scenario's name: the text of an uploaded file counts

# Slider name -> words on the page. The names are those of cxsim.headline.
SLIDERS = {name: parameters.GROUPS[name] for name in headline.GROUPS}

# What may be made of a scenario after its policies are set.
VARIANTS = {"rescue": Scenario.rescue, "without": Scenario.without_programme}

Table = Mapping[str, Any]
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Side:
    """One scenario with its policies.

    Attributes
    ----------
    scenario : str
        Name of a bundled scenario, or ``"file"``.
    text : str
        Of the uploaded file, else empty.
    variant : str
        ``""``, ``"rescue"`` or ``"without"``.
    moved : tuple of (slider, percent)
        Headline sliders away from the scenario's own positions.
    levers : tuple of (name, text)
        Single levers, set after the sliders; texts as on the command line.
    events : tuple of mapping, or None
        The timeline in place of the scenario's own.
    """

    scenario: str
    text: str = ""
    variant: str = ""
    moved: tuple[tuple[str, int], ...] = ()
    levers: Pairs = ()
    events: tuple[Table, ...] | None = None

    def move(self, slider: str, percent: int) -> Side:
        """The same side with one slider at `percent` (0 to 100)."""
        moved = dict(self.moved) | {slider: min(100, max(0, int(percent)))}
        return replace(self, moved=tuple((name, moved[name]) for name in SLIDERS if name in moved))

    def release(self, slider: str) -> Side:
        """The same side with one slider, and the levers under it, at the scenario's own."""
        parts = {lever.name for lever in headline.levers(slider)}
        return replace(
            self,
            moved=tuple(pair for pair in self.moved if pair[0] != slider),
            levers=tuple(pair for pair in self.levers if pair[0] not in parts),
        )

    def set(self, name: str, text: str | None) -> Side:
        """The same side with one lever at a value; None gives it back to scenario and slider."""
        return replace(self, levers=with_pair(self.levers, name, text))

    def reset(self) -> Side:
        """The scenario as it is in its file."""
        return Side(self.scenario, self.text, self.variant)

    @property
    def changed(self) -> bool:
        """Whether anything differs from the scenario's file."""
        return self != self.reset()


@dataclass(frozen=True)
class Setting:
    """One to four sides in one world, with the luck they share."""

    sides: tuple[Side, ...]
    firm: Pairs = ()  # natural units, see cxsim.app.firm
    assumptions: Pairs = ()  # registry name, text
    seed: int = 1
    charts: tuple[str, ...] = SIX
    interaction: bool = False  # ask "was it the policy or the assumption?"

    def with_side(self, place: int, side: Side) -> Setting:
        """The same setting with another side in one place."""
        sides = [*self.sides]
        sides[place] = side
        return replace(self, sides=tuple(sides))

    @property
    def world_changed(self) -> bool:
        """Whether firm or assumptions differ from the scenarios' own."""
        return bool(self.firm or self.assumptions)


def with_pair(pairs: Pairs, name: str, text: str | None) -> Pairs:
    """Pairs with one entry replaced, added or, for None, left out."""
    kept = {key: value for key, value in pairs if key != name}
    return tuple(kept.items()) if text is None else (*kept.items(), (name, text))


def default_setting(names: Sequence[str]) -> Setting:
    """The comparison shown first: the preferred pair, or whatever scenarios there are."""
    chosen = [name for name in PREFERRED if name in names] or list(names[:2])
    return Setting(tuple(Side(name) for name in chosen))


@lru_cache(maxsize=128)
def own_scenario(name: str, text: str = "") -> Scenario:
    """A side's scenario before any change.

    Raises
    ------
    CxsimError
        It cannot be read.
    """
    return parse(text, "the uploaded file") if name == FILE else cxsim.load(name)


def world_of(setting: Setting) -> dict[str, Any]:
    """The registry values that firm and assumptions ask for.

    Raises
    ------
    CxsimError
        A name or a value that does not exist.
    """
    values = firm.settings(dict(setting.firm))
    for name, text in setting.assumptions:
        values[name] = _assumption(name, text)
    return values


def _assumption(name: str, text: str) -> Any:
    found, value = parse_assignment(f"{name}={text}")
    if found == "allocation" or parameters.registry().find(found).kind == "levers":
        raise CxsimError(f"{name}: is a policy, not an assumption; set it for one scenario")
    return value


def scenario_of(side: Side, setting: Setting, world: bool = True) -> Scenario:
    """The scenario of a side with policies and, if wanted, the setting's assumptions applied.

    Raises
    ------
    CxsimError
        What is wrong with any of them.
    """
    here = replace(setting, sides=(side,)) if world else Setting((side,))
    made = _made(_Told(repr((here.sides, here.firm, here.assumptions)), here))
    weeks = max([made.weeks, *horizons(setting)])
    return made if weeks == made.weeks else made.with_weeks(weeks)


def horizons(setting: Setting) -> list[int]:
    """The weeks that each side's scenario covers; a comparison runs as long as the longest."""
    return [own_scenario(side.scenario, side.text).weeks for side in setting.sides]


@dataclass(frozen=True)
class _Told:
    """A setting by what it says, since the tables inside cannot be looked up."""

    words: str
    setting: Setting = field(compare=False)


@lru_cache(maxsize=256)  # one move of a slider asks for the same scenarios several times
def _made(told: _Told) -> Scenario:
    setting = told.setting
    (side,) = setting.sides
    scenario = own_scenario(side.scenario, side.text)
    if setting.world_changed:
        scenario = scenario.with_settings(world_of(setting))
    for name, percent in side.moved:
        scenario = headline.move(scenario, name, percent / 100)
    if side.levers:
        scenario = scenario.with_settings(_levers(side.levers))
    if side.events is not None:
        scenario = replace(scenario, events=side.events)  # type: ignore[arg-type]
    scenario = scenario.described("; ".join(describe(side)))
    return VARIANTS[side.variant](scenario) if side.variant else scenario


def _levers(pairs: Pairs) -> dict[str, Any]:
    values = {}
    for name, text in pairs:
        found, value = parse_assignment(f"{name}={text}")
        if found != "allocation" and parameters.registry().find(found).kind != "levers":
            raise CxsimError(f"{name}: is an assumption, not a policy; it holds for all scenarios")
        values[found] = value
    return values


def describe(side: Side) -> list[str]:
    """What was changed on a side, in words: "early wins 20 %"."""
    levers = parameters.registry().levers
    words = [f"{SLIDERS[name].lower()} {percent} %" for name, percent in side.moved]
    for name, text in side.levers:
        title = levers[name].title if name in levers else name
        words.append(f"{title} {text or 'none'}")
    if side.events is not None:
        words.append("other events")
    return words


def positions(side: Side) -> dict[str, int]:
    """Where the headline sliders of a side stand, in percent."""
    own = headline.positions(own_scenario(side.scenario, side.text))
    return {name: round(100 * own[name]) for name in SLIDERS} | dict(side.moved)


def needs_files(side: Side) -> bool:
    """Whether the command line can name a side only as a scenario file."""
    policies = side.moved or side.levers
    no_programme = side.variant == "without" and policies  # to the command line a contradiction
    return bool(side.scenario == FILE or side.events is not None or no_programme)


def file_name(place: int) -> str:
    """The name under which a side is handed out as a scenario file."""
    return f"scenario_{LETTERS[place]}"


def command_line(setting: Setting) -> str:
    """The commands that give the numbers on the page, one line per pair of scenarios."""
    if len(setting.sides) == 1:
        return command_of(setting, "run", [0])
    others = range(1, len(setting.sides))
    return "\n".join(command_of(setting, "compare", [0, place]) for place in others)


def command_of(
    setting: Setting,
    verb: str,
    places: Sequence[int],
    more: Sequence[str] = (),
    replicates: int = REPLICATES,
    against_none: bool = False,
) -> str:
    """The command that asks something of one side or of two.

    Parameters
    ----------
    setting
        What the page is set to.
    verb
        The command after ``cxsim``.
    places
        Of one or two sides.
    more
        What else the command is told, after the scenarios.
    replicates
        Futures.
    against_none
        Put the first side's company without a programme before it.
    """
    words = ["cxsim", verb]
    options = ("--set-a", "--set-b") if len(places) + against_none > 1 else ("--set",)
    settings = [word for pair in _world_pairs(setting) for word in ("--set", pair)]
    if against_none:
        words.append(f"{_name(setting, places[0], alone=True)}:without")
    for place, option in zip(places, options[against_none:], strict=True):
        words.append(_name(setting, place))
        settings += [word for pair in _side_pairs(setting.sides[place]) for word in (option, pair)]
    weeks = horizons(setting)
    settings += ["--weeks", str(max(weeks))] if len(set(weeks)) > 1 else []
    tail = ["--replicates", str(replicates), "--seed", str(setting.seed)]
    return shlex.join([*words, *more, *settings, *tail])


def _name(setting: Setting, place: int, alone: bool = False) -> str:
    """What a side is called on the command line; `alone` without variant and policies."""
    side = setting.sides[place]
    if needs_files(side) or (alone and (side.moved or side.levers)):
        return f"{file_name(place)}.toml"
    return side.scenario + (f":{side.variant}" if side.variant and not alone else "")


def _world_pairs(setting: Setting) -> list[str]:
    world = world_of(setting) if setting.world_changed else {}
    return [f"{name}={_written(value)}" for name, value in world.items()]


def _side_pairs(side: Side) -> list[str]:
    if needs_files(side):
        return []
    moved = [f"{name}={percent / 100:g}" for name, percent in side.moved]
    return moved + [f"{name}={text}" for name, text in side.levers]


def _written(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
