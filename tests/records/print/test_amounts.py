"""Fractions with their units and a total for each currency, as they stand on the page."""

from typing import Any, get_args

import pytest

from mobile_contract.shapes import report as shape
from mobile_contract.shapes.amounts import totals_of
from server.customers.rules import Unit
from tests.records.print.test_page import seen

CABLE = {
    "number": "C-1",
    "name": "Cable",
    "quantity": 3,
    "quantity_milli": 2_500,
    "unit": "m",
    "unit_price": 379,
    "currency": "CNY",
}
FAN = {"number": "F-1", "name": "Fan", "quantity": 1, "unit_price": 10_000, "currency": "USD"}


def shown(locale: str, *parts: dict[str, Any]) -> dict[str, Any]:
    return seen(
        locale, report={"parts": list(parts), "charges": [], "total": None, "totals": totals_of({"parts": parts})}
    )


@pytest.mark.parametrize(
    ("locale", "quantity", "amount", "totals"),
    [
        ("en", "2.5\u00a0m", "¥9.48", ["¥9.48", "$100.00"]),
        ("de", "2,5\u00a0m", "9,48\u00a0¥", ["9,48\u00a0¥", "100,00\u00a0$"]),
        ("zh-CN", "2.5\u00a0米", "¥9.48", ["¥9.48", "$100.00"]),
    ],
)
def test_a_fraction_has_its_unit_and_each_currency_its_total(
    locale: str, quantity: str, amount: str, totals: list[str]
) -> None:
    page = shown(locale, CABLE, FAN)
    assert [page["parts"]["rows"][0][at] for at in (2, 4)] == [quantity, amount]
    assert page["parts"]["rows"][1][2] == "1"
    assert [row[1] for row in page["charges"]["total"]] == totals


def test_what_is_taken_back_and_whole_kilograms() -> None:
    back = CABLE | {"quantity": -2, "quantity_milli": -2_500}
    rows = shown("en", back, FAN | {"quantity": 4, "unit": "kg"})["parts"]["rows"]
    assert [(row[2], row[4]) for row in rows] == [("−2.5\u00a0m", "−¥9.48"), ("4\u00a0kg", "$400.00")]


def test_the_units_of_the_shape_are_those_that_have_words() -> None:
    assert set(get_args(shape.Unit)) == set(Unit)
