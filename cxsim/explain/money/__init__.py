"""Money: when a programme pays back, what it is worth, and what a calculator would have said."""

from cxsim.explain.money.worth import Money, money

__all__ = ["Money", "money"]
