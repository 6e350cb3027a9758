"""The model's own elementary functions: as accurate as they promise, the same bits everywhere."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest

from cxsim.elementary import clip, exp, log, normal_quantile, sigmoid, sine_of_turns

INVERSE = NormalDist().inv_cdf


def test_exp_is_accurate_over_its_whole_range() -> None:
    for x in np.linspace(-700.0, 700.0, 5001):
        assert exp(x) == pytest.approx(math.exp(x), rel=1e-14, abs=0.0)


def test_exp_is_accurate_near_zero_and_exact_at_zero() -> None:
    assert exp(0.0) == 1.0
    for x in np.linspace(-0.5, 0.5, 1001):
        assert exp(x) == pytest.approx(math.exp(x), rel=1e-14, abs=0.0)


def test_exp_beyond_its_range_is_held_at_the_ends() -> None:
    assert exp(1e6) == exp(700.0)
    assert exp(-1e6) == exp(-700.0)
    assert exp(math.inf) == exp(700.0)


def test_log_is_accurate_over_many_orders_of_magnitude() -> None:
    for x in np.logspace(-300, 300, 5001):
        assert log(x) == pytest.approx(math.log(x), rel=1e-14, abs=1e-15)


def test_log_is_accurate_where_it_crosses_zero() -> None:
    assert log(1.0) == 0.0
    for x in np.linspace(0.5, 2.0, 3001):
        assert log(x) == pytest.approx(math.log(x), rel=1e-14, abs=1e-16)


def test_log_undoes_exp() -> None:
    for x in np.linspace(-650.0, 650.0, 1001):
        assert log(exp(x)) == pytest.approx(x, rel=1e-13, abs=1e-14)


def test_sine_is_accurate_over_several_turns() -> None:
    for turns in np.linspace(0.0, 1.0, 2001):
        assert sine_of_turns(turns) == pytest.approx(math.sin(math.tau * turns), abs=1e-12)
        assert sine_of_turns(turns + 4.0) == pytest.approx(sine_of_turns(turns), abs=1e-12)


def test_sine_hits_the_quarters_of_a_year() -> None:
    assert sine_of_turns(0.0) == 0.0
    assert sine_of_turns(13 / 52) == pytest.approx(1.0, abs=1e-12)
    assert sine_of_turns(26 / 52) == pytest.approx(0.0, abs=1e-12)
    assert sine_of_turns(39 / 52) == pytest.approx(-1.0, abs=1e-12)


def test_normal_quantile_is_as_accurate_as_acklam_promises() -> None:
    inner = np.linspace(0.0005, 0.9995, 4001)
    tails = np.logspace(-10, -3, 400)
    for u in (*inner, *tails, *(1.0 - tails)):
        assert normal_quantile(u) == pytest.approx(INVERSE(u), rel=1.15e-9, abs=1e-12)


def test_normal_quantile_is_symmetric() -> None:
    assert normal_quantile(0.5) == 0.0
    for u in (0.001, 0.02, 0.03, 0.2, 0.49):
        assert normal_quantile(1.0 - u) == pytest.approx(-normal_quantile(u), abs=1e-11)


@pytest.mark.parametrize("word", [0, 2**32 - 1])
def test_normal_quantile_takes_the_outermost_random_words(word: int) -> None:
    u = (word + 0.5) * 2**-32
    assert normal_quantile(u) == pytest.approx(INVERSE(u), rel=1e-8)


@pytest.mark.parametrize("joint", [0.02425, 0.97575])
def test_normal_quantile_rises_across_its_joints(joint: float) -> None:
    values = [normal_quantile(u) for u in np.linspace(joint - 1e-6, joint + 1e-6, 201)]
    assert all(np.diff(values) > 0)


@pytest.mark.parametrize("k", [-3, -1, 0, 1, 2, 7])
def test_exp_rises_where_its_power_of_two_changes(k: int) -> None:
    joint = (k + 0.5) * math.log(2.0)
    values = [exp(x) for x in np.linspace(joint - 1e-12, joint + 1e-12, 101)]
    assert all(np.diff(values) >= 0)
    assert values[-1] > values[0]


@pytest.mark.parametrize("joint", [0.5, math.sqrt(0.5), 1.0, math.sqrt(2.0), 2.0])
def test_log_rises_where_its_range_is_folded(joint: float) -> None:
    values = [log(x) for x in np.linspace(joint - 1e-13, joint + 1e-13, 101)]
    assert all(np.diff(values) >= 0)
    assert values[-1] > values[0]


def test_sigmoid() -> None:
    assert sigmoid(0.0) == 0.5
    assert sigmoid(1.0) == pytest.approx(0.7310585786300049, rel=1e-14)
    assert sigmoid(-1.0) == pytest.approx(0.2689414213699951, rel=1e-14)
    assert sigmoid(-1e4) == pytest.approx(0.0, abs=1e-300)
    assert sigmoid(1e4) == 1.0


def test_clip() -> None:
    assert clip(0.4, 0.0, 1.0) == 0.4
    assert clip(-0.4, 0.0, 1.0) == 0.0
    assert clip(1.4, 0.0, 1.0) == 1.0


@pytest.mark.parametrize(
    ("function", "x", "bits"),
    [
        (exp, 1.0, "0x1.5bf0a8b145763p+1"),
        (exp, -0.3, "0x1.7b4c869c37bfcp-1"),
        (exp, 50.25, "0x1.68e4824f25e49p+72"),
        (exp, -699.9, "0x1.32132bfae6577p-1010"),
        (log, 2.0, "0x1.62e42fefa39efp-1"),
        (log, 0.1, "-0x1.26bb1bbb55515p+1"),
        (log, 0.7071067811865475, "-0x1.62e42fefa39f1p-2"),
        (log, 1e+300, "0x1.5963447f87fb5p+9"),
        (sine_of_turns, 0.019230769230769232, "0x1.edb7debaa3ed9p-4"),
        (sine_of_turns, 0.3, "0x1.e6f0e13445506p-1"),
        (sine_of_turns, 5.6, "-0x1.2cf2304755a4ep-1"),
        (normal_quantile, 0.01, "-0x1.29c5c463cecf1p+1"),
        (normal_quantile, 0.024249999, "-0x1.f913fa0c963b5p+0"),
        (normal_quantile, 0.3, "-0x1.0c7e395d14936p-1"),
        (normal_quantile, 0.6, "0x1.036d6c4547b92p-2"),
        (normal_quantile, 0.99, "0x1.29c5c463cecf2p+1"),
        (normal_quantile, 1.1641532182693481e-10, "-0x1.95a1198ce64eep+2"),
    ],
)  # fmt: skip
def test_bits_are_the_same_on_every_machine(function, x: float, bits: str) -> None:
    assert float(function(x)).hex() == bits
