"""What the lines of a report come to: whole numbers of minor units, with a total for each currency and never a sum across.

The rules stand here once for the phone's builder, the check at intake and the printed page; `vectors/shapes.json` has cases for
every client.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

MILLI = 1000
"""Thousandths of a unit in one."""


def milli_of(part: Mapping[str, Any]) -> int | None:
    """The quantity of a line in thousandths of its unit: 2500 for 2.5 kg. None where it has none."""
    milli, whole = part.get("quantity_milli"), part.get("quantity")
    if milli is not None:
        return int(milli)
    return None if whole is None else int(whole) * MILLI


def next_whole(milli: int) -> int:
    """The next whole number up, which stands beside a fraction for who reads whole numbers only: 3 for 2.5, -2 for -2.5."""
    return -(-milli // MILLI)


def line_amount(milli: int, unit_price: int) -> int:
    """Quantity times price in minor units, half up: 1 for 0.5, and -1 for -0.5, so that what is taken back leaves nothing."""
    exact = milli * unit_price
    rounded = (abs(exact) + MILLI // 2) // MILLI
    return rounded if exact >= 0 else -rounded


def part_amount(part: Mapping[str, Any]) -> int | None:
    """What a line of parts comes to, whether it is charged or not; None where it has no quantity or no price."""
    price = part.get("unit_price")
    if price is None or (milli := milli_of(part)) is None:
        return None
    return line_amount(milli, price)


class Sums:
    """What one currency's lines come to."""

    def __init__(self) -> None:
        self.parts, self.charges, self.risen = 0, 0, 0
        self.has_charges = False

    @property
    def whole(self) -> int:
        """Charged parts, expenses and charges together."""
        return self.parts + self.charges

    @property
    def right(self) -> set[int]:
        """What a total may say: both together, or the charges alone where their lines come to at least what the parts do."""
        held = self.has_charges and self.risen >= self.parts
        return {self.whole, *([self.charges] if held else [])}


def sums_of(report: Mapping[str, Any]) -> dict[str, Sums]:
    """By currency, in the order in which they come."""
    found: dict[str, Sums] = defaultdict(Sums)
    for currency, amount in _charged(report):
        found[currency].parts += amount
    for charge in report.get("charges") or []:
        sums = found[charge["currency"]]
        sums.charges += charge["amount"]
        sums.risen += max(charge["amount"], 0)
        sums.has_charges = True
    return dict(found)


def totals_of(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The `totals` of a report whose charges are beside its parts: one for each currency that something is to be paid in."""
    return [{"amount": sums.whole, "currency": currency} for currency, sums in sums_of(report).items() if sums.whole]


def _charged(report: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for part in report.get("parts") or []:
        if (amount := part_amount(part)) and part.get("charged", True):
            yield part["currency"], amount
    for expense in report.get("expenses") or []:
        if expense.get("charged", False):
            yield expense["currency"], expense["amount"]
