"""What the Compare page offers to choose from."""

from __future__ import annotations

import json

import pytest

import cxsim
from cxsim import headline
from cxsim.app.catalogue import catalogue, described
from cxsim.app.changes import change
from cxsim.app.state import SLIDERS, default_setting
from cxsim.parameters import registry
from cxsim.series import SIX
from cxsim.timeline import SHOCKS

OFFER = catalogue()


def test_it_is_plain_data() -> None:
    assert json.loads(json.dumps(OFFER)) == OFFER


def test_every_bundled_scenario_is_offered_once() -> None:
    names = [one["name"] for one in OFFER["scenarios"]]
    assert sorted(names) == sorted(cxsim.bundled())
    assert [one["family"] for one in OFFER["scenarios"]] == sorted(
        (one["family"] for one in OFFER["scenarios"]), key=OFFER["families"].index
    )


def test_the_families_are_what_they_say() -> None:
    family = {one["name"]: one["family"] for one in OFFER["scenarios"]}
    assert {name for name, one in family.items() if one == "Why programmes fail"} == {
        name for name in cxsim.bundled() if cxsim.load(name).mode
    }
    assert {name for name, one in family.items() if one == "Starting points"} == {
        "no_programme",
        "orchestrated",
        "typical",
    }
    assert family["netflix_2011"] == "Cases"
    assert family["sector_consumer"] == "Sectors"


def test_every_scenario_tells_its_story() -> None:
    for one in OFFER["scenarios"]:
        scenario = cxsim.load(one["name"])
        assert (one["title"], one["story"]) == (scenario.title, scenario.story)
        assert one["curable"] == (scenario.cure is not None)
        assert one["story"]


def test_every_lever_can_be_reached() -> None:
    offered = {lever["name"]: lever for lever in OFFER["levers"]}
    assert set(offered) == set(registry().levers)
    assert {lever["group"] for lever in offered.values()} <= set(OFFER["groups"])
    for slider in OFFER["sliders"]:
        assert slider["levers"] == [lever.name for lever in headline.levers(slider["name"])]
        assert {offered[name]["group"] for name in slider["levers"]} == {slider["name"]}
    assert [slider["name"] for slider in OFFER["sliders"]] == list(SLIDERS)


def test_every_number_says_what_it_is() -> None:
    for one in [*OFFER["levers"], *OFFER["world"]]:
        assert one["meaning"], one["name"]
        assert one["source"], one["name"]
        assert one["grade"], one["name"]
        assert len(one["anchors"]) in (0, 3)
        assert one["title"] != one["title"].upper()


def test_every_assumption_is_of_a_named_world() -> None:
    everything = {*registry().organisation, *registry().market, *registry().coefficients}
    assert {one["name"] for one in OFFER["world"]} == everything
    assert {one["kind"] for one in OFFER["world"]} == set(OFFER["worlds"])


@pytest.mark.parametrize("one", OFFER["levers"], ids=lambda one: str(one["name"]))
def test_the_usual_value_of_a_lever_can_be_typed(one: dict[str, object]) -> None:
    value = one["default"]
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    wish = {"kind": "lever", "side": 0, "name": one["name"], "text": text}
    changed = change(default_setting(cxsim.bundled()), wish)
    assert (one["name"], text) in changed.sides[0].levers


def test_every_shock_has_a_name_and_its_fields() -> None:
    assert [shock["name"] for shock in OFFER["shocks"]] == list(SHOCKS)
    fields = {shock["name"]: shock["fields"] for shock in OFFER["shocks"]}
    assert [field["name"] for field in fields["price_rise"]] == [""]
    assert [field["name"] for field in fields["outage"]] == ["size", "weeks", "function"]
    assert [field["required"] for field in fields["outage"]] == [True, True, False]
    assert fields["demand_surge"][0]["high"] == 5


def test_charts_on_offer() -> None:
    names = [chart["name"] for chart in OFFER["charts"]]
    assert set(SIX) < set(names)
    assert OFFER["usual_charts"] == list(SIX)
    for chart in OFFER["charts"]:
        assert chart["label"]
        assert chart["unit"]


def test_a_list_as_a_parameter() -> None:
    functions = described(registry().organisation["functions"])
    assert functions["default"][:2] == ["marketing", "sales"]
