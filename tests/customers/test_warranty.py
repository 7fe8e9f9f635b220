"""Warranty: whole months from the arrival, and days as they are at the site."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from sqlalchemy import text

from mobile_contract.shapes.warranty import last_day, stands
from server.customers.rules import Warranty
from server.ground import clock
from tests.company import Company

LEAP = date(2024, 2, 29)


@pytest.fixture
def at() -> Iterator[object]:
    """Holds the clock at a local time."""
    yield lambda moment: clock.hold(lambda: clock.to_micros(datetime.fromisoformat(moment)))
    clock.hold(None)


@pytest.mark.parametrize(
    ("months", "last"), [(12, "2025-02-28"), (24, "2026-02-28"), (48, "2028-02-29"), (0, "2024-02-29")]
)
def test_desk_case_27_a_warranty_ends_on_the_same_day_of_the_month_or_on_its_last(months: int, last: str) -> None:
    assert last_day(LEAP, months) == date.fromisoformat(last)


@given(st.dates(), st.integers(0, 240))
def test_a_warranty_of_any_year_has_an_end(arrival: date, months: int) -> None:
    until = last_day(arrival, months)
    assert until >= arrival
    if until < date.max:
        assert (until.year - arrival.year) * 12 + until.month - arrival.month == months


@pytest.mark.parametrize(
    ("notice", "zone", "says"),
    [
        ("2025-03-01T23:50:00+08:00", "Asia/Shanghai", Warranty.UNDER_WARRANTY),
        ("2025-03-02T00:30:00+08:00", "Asia/Shanghai", Warranty.OUT_OF_WARRANTY),
        ("2025-03-02T00:30:00+00:00", "America/Los_Angeles", Warranty.UNDER_WARRANTY),
        ("2025-03-01T12:00:00+00:00", "Pacific/Kiritimati", Warranty.OUT_OF_WARRANTY),
    ],
)
def test_desk_case_29_a_notice_counts_by_the_date_at_the_site(notice: str, zone: str, says: Warranty) -> None:
    assert stands(datetime.fromisoformat(notice), zone, date(2024, 3, 1), 12).status == says


@pytest.mark.parametrize(
    ("moment", "says"),
    [("2027-06-01T23:50:00+08:00", "under_warranty"), ("2027-06-02T00:30:00+08:00", "out_of_warranty")],
)
async def test_the_register_asks_for_the_date_at_the_site(company: Company, at: object, moment: str, says: str) -> None:
    at(moment)  # type: ignore[operator]
    await company.log_in("mei")
    [asset] = await company.must("mei", "GET", f"/v1/sites/{company.ids['site']}/assets")
    assert (asset["warranty_until"], asset["warranty"]) == ("2027-06-01", says)


@pytest.mark.parametrize("arrived", ["9998-06-01", "2254-12-31", "1900-01-02"])
async def test_an_arrival_in_a_far_year_that_is_there_can_be_read(
    company: Company, app: Litestar, arrived: str
) -> None:
    async with app.state.sessions.begin() as session:
        await session.execute(text("update asset set arrival_date = :day"), {"day": date.fromisoformat(arrived)})
    [asset] = await company.must("mei", "GET", f"/v1/sites/{company.ids['site']}/assets")
    assert asset["arrival_date"] == arrived


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
async def test_no_site_at_a_pole_has_a_datum_of_china(company: Company, datum: str) -> None:
    site = {"name": "Pole", "address": "1", "latitude": 90, "longitude": 0, "time_zone": "UTC", "datum": datum}
    path = f"/v1/customers/{company.ids['customer']}/sites"
    assert (await company.call("mei", "POST", path, json=site)).status_code == 422
    made = await company.must("mei", "POST", path, json=site | {"datum": "wgs84"})
    change = {"latitude": 89.9, "longitude": 0, "datum": datum, "reason": "x"}
    assert (await company.call("mei", "PATCH", f"/v1/sites/{made['id']}", json=change)).status_code == 422
