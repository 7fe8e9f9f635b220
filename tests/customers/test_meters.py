"""Meter readings: an operation about an asset, by whoever holds the asset on a phone or held it."""

from typing import Any
from uuid import uuid4

import pytest
from litestar import Litestar
from sqlalchemy import text

from tests.company import Company
from tests.customers.other import another_customer
from tests.phones import enrolled, tap_unchecked


def reading(**changed: Any) -> dict[str, Any]:
    return {"meter_reading_id": str(uuid4()), "counter": "hours run", "value_milli": 1_234_500, "unit": "h", **changed}


async def outcome(phone: Any, operation_id: str) -> tuple[str, str | None]:
    await phone.sync()
    done = phone.state["outcomes"][operation_id]
    return done["outcome"], done.get("code")


async def test_a_reading_is_on_each_phone_that_holds_the_asset(company: Company) -> None:
    await company.visit("wei", "anna")
    wei, anna = await enrolled(company, "wei"), await enrolled(company, "anna")
    body = reading(photo_id=str(uuid4()))
    tapped = wei.tap("meter_reading", company.ids["asset"], body)
    assert await outcome(wei, tapped) == ("applied", None)
    await anna.sync()
    for phone in (wei, anna):
        row = phone.row("meter_reading", body["meter_reading_id"])["body"]
        assert (row["asset_id"], row["counter"], row["value_milli"], row["unit"], row["photo_id"], row["read_by"]) == (
            company.ids["asset"], "hours run", 1_234_500, "h", body["photo_id"], company.ids["wei"],
        )  # fmt: skip
    [listed] = await company.must("mei", "GET", f"/v1/assets/{company.ids['asset']}/meter-readings")
    assert (listed["value_milli"], listed["unit"], listed["read_by"]) == (1_234_500, "h", company.ids["wei"])


async def test_what_is_said_again_under_another_id_counts_once(company: Company, app: Litestar) -> None:
    await company.visit("wei")
    wei, body = await enrolled(company, "wei"), reading()
    wei.tap("meter_reading", company.ids["asset"], body)
    again = wei.tap("meter_reading", company.ids["asset"], body)
    assert await outcome(wei, again) == ("merged", None)
    async with app.state.sessions() as session:
        assert await session.scalar(text("select count(*) from meter_reading")) == 1


async def test_whoever_held_the_asset_may_still_hand_in_and_nobody_else(company: Company) -> None:
    visit_id = await company.visit("wei")
    wei, anna = await enrolled(company, "wei"), await enrolled(company, "anna")
    await company.must("mei", "POST", f"/v1/visits/{visit_id}/cancel", json={"reason": "called off"})
    await wei.sync()
    assert not wei.row("asset", company.ids["asset"])
    assert await outcome(wei, wei.tap("meter_reading", company.ids["asset"], reading())) == ("applied", None)
    assert await outcome(anna, anna.tap("meter_reading", company.ids["asset"], reading())) == ("parked", "not_yours")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"value_milli": -1}, "malformed_body"), ({"value_milli": "1"}, "malformed_body"), ({"unit": ""}, "malformed_body"),
        ({"counter": " \u200b"}, "invalid"), ({"photo_id": "no"}, "malformed_body"),
    ],
)  # fmt: skip
async def test_what_says_nothing_is_parked(company: Company, changed: dict[str, Any], code: str) -> None:
    await company.visit("wei")
    wei = await enrolled(company, "wei")
    tapped = tap_unchecked(wei, "meter_reading", company.ids["asset"], reading(**changed))
    assert await outcome(wei, tapped) == ("parked", code)


async def test_an_operation_is_about_what_its_kind_is_about(company: Company) -> None:
    visit_id = await company.visit("wei")
    wei = await enrolled(company, "wei")
    wei.tap("note", visit_id, {"note_id": str(uuid4()), "text": "x"})
    for kind, subject, about, body, expected in (
        ("meter_reading", "visit", visit_id, reading(), "malformed_body"),
        ("note", "asset", company.ids["asset"], {"note_id": str(uuid4()), "text": "x"}, "malformed_body"),
        ("meter_reading", "asset", str(uuid4()), reading(), "not_found"),
        ("note", "moon", visit_id, {"note_id": str(uuid4()), "text": "x"}, "not_found"),
    ):
        envelope = wei._envelope(kind, about, body) | {"subject": {"type": subject, "id": about}}
        assert await outcome(wei, wei._append(envelope, None)) == ("parked", expected), (kind, subject)


async def test_an_asset_that_moves_takes_its_readings_along(company: Company, app: Litestar) -> None:
    await company.visit("wei")
    wei, body = await enrolled(company, "wei"), reading()
    wei.tap("meter_reading", company.ids["asset"], body)
    await wei.sync()
    other = await another_customer(company)
    async with app.state.sessions.begin() as session:
        moved = {"site": other["site"], "asset": company.ids["asset"]}
        await session.execute(text("update asset set site_id = :site where id = :asset"), moved)
    await wei.sync()
    assert not wei.row("meter_reading", body["meter_reading_id"])
    async with app.state.sessions() as session:
        assert (await session.execute(text("select * from sync_discrepancy"))).all() == []
