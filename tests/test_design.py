"""Designs of experiments: their points, their scenarios, and the way through a file."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsim import headline
from cxsim.errors import CxsimError
from cxsim.scenario_file import load
from cxsim.study import sensitivity
from cxsim.study.design import (
    Design,
    Factor,
    Until,
    bundled_designs,
    load_design,
    parse_design,
)

DRAWN = ("latin_hypercube", "sobol_sequence", "saltelli", "morris")
FEW: dict[str, Any] = {
    "levers": {"wins": (0.0, 1.0), "reporting_levels": "range", "holdouts": ["", "sales,finance"]},
    "uncertainties": {"workload": (0.2, 1.0), "threshold_mean": "sensitivity"},
    "outcomes": ("adoption",),
}

GOLDEN: dict[str, list[Any]] = {
    "latin_hypercube": [0.5752413631407911, 3, "", 0.8709762935605412, 0.4799873508375164],
    "sobol_sequence": [0.28616916202008724, 0, "", 0.6706876680254936, 0.44671104452572763],
    "saltelli": [0.15546531789004803, 2, "sales,finance", 0.3939199917018414, 0.5864223663229495],
    "morris": [0.0, 0, "sales,finance", 0.7333333333333334, 0.375],
}


def few(method: str, samples: int, **more: Any) -> Design:
    return Design.of("typical", method=method, samples=samples, **{**FEW, **more})


# --- factors -----------------------------------------------------------------------------------


def test_every_whole_number_and_listed_value_has_an_equal_part_of_the_way() -> None:
    whole = Factor("x", low=2, high=5, whole=True)
    listed = Factor("y", values=("a", "b", "c", "d"))
    at = [number / 400 for number in range(400)]
    for factor, values in ((whole, (2, 3, 4, 5)), (listed, ("a", "b", "c", "d"))):
        found = [factor.at(position) for position in at]
        assert [found.count(value) for value in values] == [100, 100, 100, 100]
        assert factor.at(1.0) == values[-1]
        assert [factor.at(factor.position_of(value)) for value in values] == list(values)
    with pytest.raises(CxsimError, match=r"position 1\.5"):
        whole.at(1.5)
    with pytest.raises(CxsimError, match="not among its values"):
        listed.position_of("e")
    with pytest.raises(CxsimError, match=r"not in 2\.\.5"):
        whole.position_of(6)


def test_a_finer_grid_holds_the_coarser_one() -> None:
    for factor in (Factor("x", low=0.1, high=0.7), Factor("n", low=1, high=17, whole=True)):
        assert set(factor.grid(3)) < set(factor.grid(5)) < set(factor.grid(9))
    assert Factor("n", low=1, high=3, whole=True).grid(9) == (1, 2, 3)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"low": 0.0}, "lacks 'high'"),
        ({}, "either a range"),
        ({"low": 0.0, "high": 1.0, "values": (1,)}, "either a range"),
        ({"low": 1.0, "high": 1.0}, "not below"),
        ({"low": 0.0, "high": float("nan")}, "nan where a number"),
        ({"low": 0, "high": 10**400}, "huge whole number"),
        ({"low": 0.5, "high": 3, "whole": True}, "whole number"),
        ({"values": ()}, "0 values"),
        ({"values": (1, 2, 1)}, "twice"),
        ({"values": (True,)}, "true among the values"),
        ({"values": "ab"}, "list of values"),
        ({"low": 0, "high": 1, "role": "leaver"}, "did you mean 'lever'"),
        ({"values": ("typical",), "role": "scenario"}, "go together"),
        ({"low": 0, "high": 1, "title": 3}, "title: 3 where text"),
    ],
)
def test_a_factor_that_makes_no_sense(given: dict[str, Any], said: str) -> None:
    with pytest.raises(CxsimError, match=said):
        Factor("x", **given)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"levers": ["leadership"]}, "levers: a list where names with their values are wanted"),
        ({"lever": {"charter": (0, 1)}}, "lever: .* did you mean 'levers'"),
        ({"sampels": 8}, "sampels: a design has nothing of that name, did you mean 'samples'"),
    ],
)
def test_words_that_a_design_does_not_know(given: dict[str, Any], told: str) -> None:
    with pytest.raises(CxsimError, match=told):
        Design.of("typical", **given)


# --- points ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "samples", "points"),
    [
        ("factorial", 3, 3 * 3 * 2 * 3 * 3),
        ("one_at_a_time", 3, 1 + 3 + 2 + 1 + 3 + 2),  # without the base's own values
        ("latin_hypercube", 10, 10 * 2),  # at each point both lists of holdouts
        ("sobol_sequence", 10, 10 * 2),
        ("saltelli", 4, 4 * (5 + 2)),
        ("morris", 4, 4 * (5 + 1)),
    ],
)
def test_every_method_makes_its_points_inside_the_ranges(
    method: str, samples: int, points: int
) -> None:
    design = few(method, samples)
    assert len(design) == len(design.settings) == points
    assert design.positions.shape == (points, 5)
    assert np.all((design.positions >= 0) & (design.positions <= 1))
    for row, setting in zip(design.positions, design.settings, strict=True):
        assert tuple(setting) == design.names
        for factor, position in zip(design.factors, row, strict=True):
            value = setting[factor.name]
            factor.position_of(value)  # refuses what lies outside
            assert factor.at(position) == pytest.approx(value) or isinstance(value, str)
    assert design.names == ("wins", "reporting_levels", "holdouts", "workload", "threshold_mean")


@pytest.mark.parametrize("method", ["sobol_sequence", "saltelli"])
def test_a_larger_sample_begins_with_the_smaller(method: str) -> None:
    small, large = few(method, 8), few(method, 32)
    assert large.settings[: len(small)] == small.settings
    assert small.with_samples(32) == large
    assert small.hash != large.hash


@pytest.mark.parametrize("method", ["latin_hypercube", "sobol_sequence"])
def test_every_policy_meets_the_same_futures(method: str) -> None:
    design = few(method, 6, levers={"wins": [0.2, 0.5, 0.8], "holdouts": ["", "sales"]})
    met: dict[Any, list[Any]] = {}
    for point in design.settings:
        policy = (point["wins"], point["holdouts"])
        met.setdefault(policy, []).append((point["workload"], point["threshold_mean"]))
    assert len(met) == 3 * 2
    assert all(futures == met[0.2, ""] for futures in met.values())
    assert len(set(met[0.2, ""])) == 6


@pytest.mark.parametrize("method", ["latin_hypercube", "sobol_sequence"])
def test_a_sample_of_nothing_but_listed_decisions_is_refused(method: str) -> None:
    with pytest.raises(
        CxsimError, match=r"^design\.method: .* are lists of decisions; choose fact"
    ):
        few(method, 6, levers={"wins": [0.2, 0.8]}, uncertainties={})


def test_a_finer_factorial_holds_the_points_of_the_coarser() -> None:
    coarse, fine = ([tuple(s.values()) for s in few("factorial", n).settings] for n in (3, 5))
    assert set(coarse) < set(fine)


def test_the_seed_decides_and_nothing_else() -> None:
    for method in DRAWN:
        first, again, other = few(method, 4), few(method, 4), few(method, 4, seed=2)
        assert first.settings == again.settings != other.settings
        assert first.hash == again.hash != other.hash
    program = (
        "from cxsim.study.design import Design\n"
        "d = Design.of('typical', levers={'wins': (0, 1), 'charter': 'range'}, samples=4, seed=7)\n"
        "print(d.hash, *(repr(v) for s in d.settings for v in s.values()))"
    )
    here = Design.of("typical", levers={"wins": (0, 1), "charter": "range"}, samples=4, seed=7)
    values = [repr(value) for point in here.settings for value in point.values()]
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [here.hash, *values]


def test_points_are_the_same_on_every_platform() -> None:
    """Numbers of the first point of each method, as they were when this was written."""
    for method, first in GOLDEN.items():
        found = list(few(method, 4).settings[0].values())
        assert found == [pytest.approx(v, abs=1e-12) if isinstance(v, float) else v for v in first]


def test_one_at_a_time_goes_out_from_the_base() -> None:
    base = load("typical")
    design = Design.of(base, levers={"wins": (0, 1), "charter": "range"}, method="one_at_a_time")
    centre = design.settings[0]
    assert design.scenario_at(centre).hash == base.hash
    assert centre == {"wins": headline.positions(base)["wins"], "charter": base.levers["charter"]}
    for point in design.settings[1:]:
        assert sum(point[name] != centre[name] for name in centre) == 1
    with pytest.raises(CxsimError, match=r"charter: .* own value, 0\.\d+, .* widen the range"):
        Design.of(base, levers={"charter": (0.9, 1.0)}, method="one_at_a_time")


def test_a_table_is_its_rows() -> None:
    rows = [{"charter": 0.3, "workload": 1}, {"charter": 0.6, "workload": 0.2}]
    design = Design.of("typical", method="table", rows=rows)
    assert design.settings == tuple(rows)
    assert design.factor("charter") == Factor(
        "charter", "lever", 0.3, 0.6, title=design.factor("charter").title, unit="share"
    )
    assert design.positions.tolist() == [[0.0, 1.0], [1.0, 0.0]]
    mixed = Design.of(
        method="table",
        rows=[
            {"scenario": "typical", "charter": 0.2},
            {"scenario": "orchestrated", "charter": 0.3},
        ],
    )
    assert [mixed.scenario_at(point).name for point in mixed.settings] == [
        "typical",
        "orchestrated",
    ]


# --- scenarios ---------------------------------------------------------------------------------


def test_a_point_is_set_as_by_hand() -> None:
    base = load("typical")
    design = few("factorial", 3)
    point = {"wins": 0.9, "holdouts": "sales,finance", "workload": 0.7, "threshold_mean": 0.4}
    by_hand = headline.move(base, "wins", 0.9).with_settings(
        {"holdouts": ["sales", "finance"], "workload": 0.7}
    )
    follows = sensitivity.with_what_follows({"threshold_mean": 0.4}, base)
    assert set(follows) == {"threshold_mean", "innovator_threshold"}
    assert design.scenario_at(point).hash == by_hand.with_settings(follows).hash
    assert design.scenario_at({}).hash == base.hash
    with pytest.raises(CxsimError, match="'workload'"):
        design.scenario_at({"workloud": 0.5})


def test_an_impossible_combination_says_so_at_its_point() -> None:
    design = Design.of("typical", levers={"insight_share": [0.0, 0.9]}, method="factorial")
    with pytest.raises(CxsimError, match="five shares sum to"):
        design.scenario_at(design.settings[1])


def test_whole_scenarios_vary() -> None:
    own = load("typical").with_levers(charter=0.25).with_name("mine")
    design = Design.of(
        scenarios=["orchestrated", own],
        uncertainties={"workload": [0.3, 0.9]},
        method="factorial",
        weeks=60,
    )
    assert [point["scenario"] for point in design.settings] == ["orchestrated"] * 2 + ["mine"] * 2
    last = design.scenario_at(design.settings[-1])
    assert (last.name, last.weeks, last.levers["charter"]) == ("mine", 60, 0.25)
    assert last.levers["workload"] == 0.9
    assert parse_design(design.to_toml()) == design


def test_a_long_list_and_many_written_scenarios_survive_their_file() -> None:
    story = "It was a long story. " * 100
    many = [
        replace(load("typical").with_levers(charter=0.1 * n), name=f"variant_{n}", story=story)
        for n in range(8)
    ]
    design = Design.of(
        scenarios=[*many, "orchestrated"],
        uncertainties={"workload": [n / 2000 for n in range(2000)]},
        method="sobol_sequence",
        samples=2,
    )
    assert parse_design(design.to_toml()) == design


def test_the_horizon_and_the_company_count_for_the_hash_but_titles_do_not() -> None:
    plain = few("morris", 2)
    assert plain.weeks == 156
    assert few("morris", 2, weeks=60).weeks == 60
    others = [few("morris", 2, **more) for more in (
        {"weeks": 60}, {"replicates": 11}, {"outcomes": ("embedded",)}, {"series": ("adoption",)},
        {"measures": {"late": "mean(adoption, -9)"}}, {"replicates": Until("adoption", 0.1)},
    )]  # fmt: skip
    assert len({design.hash for design in [plain, *others]}) == 1 + len(others)
    assert few("morris", 2, title="Another", name="other").hash == plain.hash


def test_a_study_of_ones_own_function() -> None:
    factors = (Factor("x", low=-1, high=1), Factor("kind", "uncertainty", values=("a", "b")))
    design = Design("own", "", None, factors, samples=8, outcomes=("y",))
    assert design.weeks is None
    assert parse_design(design.to_toml()) == design
    with pytest.raises(CxsimError, match="study of a function"):
        design.scenario_at(design.settings[0])
    with pytest.raises(CxsimError, match="where a Factor is wanted"):
        Design("own", "", None, ("x",))  # type: ignore[arg-type]
    with pytest.raises(CxsimError, match='"range" needs a base'):
        Design.of(levers={"x": "range"}, outcomes=["y"])


def test_a_design_travels_without_its_points() -> None:
    design = few("sobol_sequence", 4096)
    before = len(pickle.dumps(design))
    assert len(design.settings) == 2 * 4096
    travelled = pickle.loads(pickle.dumps(design))
    assert len(pickle.dumps(design)) == before < 30_000
    assert (travelled, travelled.hash, travelled.settings) == (
        design, design.hash, design.settings,
    )  # fmt: skip


def test_a_scenario_written_into_a_design_is_laid_over_what_it_extends() -> None:
    typical = load("typical")
    design = load_design("robust_choice")
    for scenario in design.scenarios:
        own = scenario.changed_levers()
        assert 4 <= len(own) <= 8
        assert scenario.levers == {**typical.levers, **own}
        assert scenario.market == typical.market


# --- through a file ----------------------------------------------------------------------------

_levers = st.fixed_dictionaries(
    {"charter": st.tuples(st.floats(0, 0.4), st.floats(0.5, 1))},
    optional={
        "wins": st.just("range"),
        "reporting_levels": st.lists(st.integers(0, 3), min_size=1, max_size=3, unique=True),
        "holdouts": st.just(["", "finance"]),
    },
)
_uncertainties = st.fixed_dictionaries(
    {}, optional={"workload": st.just((0.1, 1.1)), "belief_rate": st.just("sensitivity")}
)
_designs = st.fixed_dictionaries(
    {
        "levers": _levers,
        "uncertainties": _uncertainties,
        "method": st.sampled_from([*DRAWN, "factorial"]),
        "samples": st.sampled_from([2, 4, 8]),
        "replicates": st.one_of(
            st.integers(1, 50), st.builds(Until, st.just("adoption"), st.floats(1e-3, 1))
        ),
        "seed": st.integers(0, 2**32 - 1),
        "outcomes": st.sampled_from([["adoption"], ["net_value", "adoption", "self_sustaining"]]),
        "withdraw": st.integers(1, 468),
        "series": st.sampled_from([(), ("adoption", "belief")]),
        "measures": st.sampled_from([{}, {"late": 'sum(closures["service"], 0, 26)'}]),
        "weeks": st.sampled_from([30, 156]),
        "title": st.text(st.characters(exclude_categories=["C", "Z"]), max_size=9),
    }
)


@settings(max_examples=40, deadline=None)
@given(_designs)
def test_any_sound_design_survives_its_file(drawn: dict[str, Any]) -> None:
    design = Design.of("typical", **drawn)
    again = parse_design(design.to_toml())
    assert (again, again.hash) == (design, design.hash)
    assert again.settings == design.settings
    assert len(design) == len(design.settings)
    for point in design.settings:
        for factor in design.factors:
            factor.position_of(point[factor.name])


def test_bundled_designs_can_be_read() -> None:
    for name in bundled_designs():
        design = load_design(name)
        assert design.name == name
        assert parse_design(design.to_toml()) == design
        for point in design.settings[:: max(1, len(design) // 20)]:
            design.scenario_at(point)
