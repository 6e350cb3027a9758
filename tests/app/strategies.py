"""What visitors of the Compare page may do: random changes, and the settings that they lead to."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

import cxsim
from cxsim.app.changes import change
from cxsim.app.firm import Fact, facts, sectors
from cxsim.app.link import is_chart
from cxsim.app.state import SLIDERS, VARIANTS, Setting, default_setting
from cxsim.errors import CxsimError
from cxsim.parameters import registry
from cxsim.series import SERIES
from cxsim.timeline import Detail
from cxsim.values import LARGEST_SEED
from tests.strategies import settings_of, shocks, value_of

NAMES = cxsim.bundled()
CHARTS = [name for name in SERIES if is_chart(name)]
FUNCTIONS = tuple(cxsim.load("typical").organisation["functions"])
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=40)
FILE = '# my own\nname = "mine"\ntitle = "Ünïcode <b>&amp;</b>"\nextends = "typical"\nweeks = {}\n'


def parameters(*kinds: str) -> st.SearchStrategy[tuple[str, str | None]]:
    """A numeric parameter and a text that it may be given, or None to give it back."""
    numeric = [
        parameter
        for kind in kinds
        for parameter in registry().table(kind).values()
        if parameter.type in ("number", "integer")
    ]

    def given(parameter: Any) -> st.SearchStrategy[tuple[str, str | None]]:
        return st.tuples(st.just(parameter.name), st.none() | value_of(parameter).map(str))

    return st.sampled_from(numeric).flatmap(given)


def happenings() -> st.SearchStrategy[dict[str, Any]]:
    """An event of a timeline as the browser sends it."""
    return st.fixed_dictionaries(
        {"week": st.integers(0, 150), "set": settings_of("levers", 3).filter(bool)},
        optional={"shock": shocks(FUNCTIONS), "note": WORDS},
    )


def firm_fields() -> st.SearchStrategy[dict[str, Any]]:
    """A field of the firm's panel, filled in or emptied."""

    def filled(fact: Fact) -> st.SearchStrategy[dict[str, Any]]:
        text = value_of(Detail(fact.type, fact.low, fact.high)).map(str)
        return st.fixed_dictionaries({"name": st.just(fact.name), "text": st.none() | text})

    numbers = [filled(fact) for fact in facts().values()]
    sector = st.fixed_dictionaries(
        {"name": st.just("sector"), "text": st.none() | st.sampled_from([*sectors()])}
    )
    return st.one_of(*numbers, sector)


SIDES = st.integers(0, 4)  # one more than there can be
KINDS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "slider": st.fixed_dictionaries(
        {"side": SIDES, "name": st.sampled_from([*SLIDERS]), "value": st.integers(0, 100)}
    ),
    "release": st.fixed_dictionaries({"side": SIDES, "name": st.sampled_from([*SLIDERS])}),
    "lever": st.builds(
        lambda side, pair: {"side": side, "name": pair[0], "text": pair[1]},
        SIDES,
        parameters("levers"),
    ),
    "reset_side": st.fixed_dictionaries({"side": SIDES}),
    "scenario": st.fixed_dictionaries({"side": SIDES, "name": st.sampled_from(NAMES)}),
    "variant": st.fixed_dictionaries({"side": SIDES, "variant": st.sampled_from(["", *VARIANTS])}),
    "events": st.fixed_dictionaries(
        {"side": SIDES, "events": st.none() | st.lists(happenings(), max_size=5)}
    ),
    "upload": st.fixed_dictionaries({"side": SIDES, "text": st.integers(20, 200).map(FILE.format)}),
    "add": st.just({}),
    "remove": st.fixed_dictionaries({"side": SIDES}),
    "swap": st.just({}),
    "firm": firm_fields(),
    "world": st.builds(
        lambda pair: {"name": pair[0], "text": pair[1]},
        parameters("organisation", "market", "coefficients"),
    ),
    "reset_world": st.just({}),
    "seed": st.fixed_dictionaries({"value": st.integers(0, LARGEST_SEED).map(str)}),
    "charts": st.fixed_dictionaries(
        {"names": st.lists(st.sampled_from(CHARTS), max_size=8, unique=True)}
    ),
    "interaction": st.fixed_dictionaries({"on": st.booleans()}),
    "start_over": st.just({}),
}


ON_A_SIDE = ("scenario", "upload", "variant", "slider", "lever", "events", "release")
FOR_ALL = ("firm", "world")


def wishes(*kinds: str) -> st.SearchStrategy[dict[str, Any]]:
    """One change as the browser sends it, of one of these kinds or of any; some are refused."""

    def of_kind(kind: str) -> st.SearchStrategy[dict[str, Any]]:
        return KINDS[kind].map(lambda data: {"kind": kind, **data})

    return st.sampled_from(kinds or sorted(KINDS)).flatmap(of_kind)


@st.composite
def settings(draw: st.DrawFn) -> Setting:
    """A setting that a visitor can reach: sides, then their world, then what is shown."""
    steps: list[dict[str, Any]] = [{"kind": "add"}] * draw(st.integers(0, 2))
    for side in range(2 + len(steps)):
        own = draw(st.lists(wishes(*ON_A_SIDE), max_size=5))
        steps += [{**wish, "side": side} for wish in own]
    steps += draw(st.lists(wishes(*FOR_ALL), max_size=3))
    steps += draw(st.lists(wishes("seed", "charts", "remove", "swap"), max_size=3))
    steps.append({"kind": "interaction", "on": draw(st.booleans())})
    setting = default_setting(NAMES)
    for wish in steps:
        setting = tried(setting, wish)
    return setting


def tried(setting: Setting, wish: dict[str, Any]) -> Setting:
    """The setting after a change, or as it was if the change is refused."""
    try:
        return change(setting, wish)
    except CxsimError:
        return setting
