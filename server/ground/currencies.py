"""Currencies by ISO 4217, from a kept table: which there are, and how many digits their amounts have after the point."""

from functools import cache

from iso4217 import Currency

from server.ground.problems import Invalid


@cache
def digits_of(currency: str) -> int | None:
    """Digits of the minor unit; None for what ISO 4217 does not list, or gives no minor unit (gold, 'no currency')."""
    try:
        digits: int | None = Currency(currency).exponent
    except ValueError:
        return None
    return digits


def must_be_currency(code: str) -> None:
    """Raises `Invalid` for a code in which nothing can be priced: its amounts would be read with guessed digits."""
    if digits_of(code) is None:
        raise Invalid(
            f"{code} is no currency of ISO 4217. Give its three letters, such as CNY or EUR.", field="currency"
        )
