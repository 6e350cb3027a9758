"""Numbers as people write them."""

from __future__ import annotations

import pytest

from cxsim.errors import CxsimError
from cxsim.series import check_share
from cxsim.values import parse_amount


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *[("0.5", 0.5), (" 50 % ", 0.5), ("1.5M", 1.5e6), ("$800k", 8e5), ("-.5", -0.5)],
        *[("1,500,000", 1.5e6), ("1e6", 1e6), ("-$2bn", -2e9), ("3.", 3.0), ("1_500", 1500.0)],
    ],
)
def test_amounts_are_understood(text: str, number: float) -> None:
    assert parse_amount(text) == pytest.approx(number)


@pytest.mark.parametrize(
    "text", ["0,5", "1,5M", "12,34", "1,50,000", "", "many", "nan", "inf", "%"]
)
def test_what_could_mean_two_things_or_none_is_not_guessed(text: str) -> None:
    assert parse_amount(text) is None


def test_a_share_beside_an_outcome_that_is_none_is_told() -> None:
    check_share("adoption", 0.4, "level")
    check_share("net_value", 40.0, "level")
    with pytest.raises(CxsimError, match=r"^level: adoption: 40 where a share .* 0\.5 or 50%$"):
        check_share("adoption", 40.0, "level")
