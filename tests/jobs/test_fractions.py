"""2.5 kg from the phone's tap to the row on every phone: thousandths of the part's unit, and the next whole number up."""

import json
from typing import Any
from uuid import uuid4

import pytest

from mobile_contract.phone import Phone
from mobile_contract.report import make_report
from tests.company import Company
from tests.phones import enrolled, tap_unchecked


@pytest.fixture
async def wei(company: Company) -> Phone:
    oil = {"number": "OIL-68", "name": "Oil 68", "unit_price": 45_001, "currency": "CNY", "unit": "kg"}
    company.ids["oil"] = (await company.must("root", "POST", "/v1/parts", json=oil))["id"]
    dollars = {"number": "SEN-1", "name": "Sensor", "unit_price": 10_000, "currency": "USD"}
    company.ids["sensor"] = (await company.must("root", "POST", "/v1/parts", json=dollars))["id"]
    return await enrolled(company, "wei")


def used(company: Company, part: str, line: str, **says: Any) -> dict[str, Any]:
    return {"part_used_id": line, "part_id": company.ids[part], **says}


def lines(phone: Phone) -> list[tuple[int, int, str]]:
    return [(row["quantity_milli"], row["quantity"], row["unit"]) for row in phone.rows("part_used")]


async def test_a_fraction_comes_to_every_phone_and_adds_up(company: Company, wei: Phone) -> None:
    anna = await enrolled(company, "anna")
    visit_id, line = await company.visit("wei", "anna"), str(uuid4())
    await wei.sync()
    wei.tap("part_used", visit_id, used(company, "oil", line, quantity=3, quantity_milli=2_500))
    await wei.sync()
    assert lines(wei) == [(2_500, 3, "kg")]
    await anna.sync()
    anna.tap("part_used", visit_id, used(company, "oil", line, quantity=1, quantity_milli=250))
    anna.tap("part_used", visit_id, used(company, "oil", line, quantity=-1))
    await anna.sync()
    await wei.sync()
    assert lines(wei) == lines(anna) == [(1_750, 2, "kg")]


async def test_a_phone_that_knows_whole_numbers_only_goes_on(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    wei.tap("part_used", visit_id, used(company, "part", str(uuid4()), quantity=2))
    await wei.sync()
    assert lines(wei) == [(2_000, 2, "piece")]


@pytest.mark.parametrize(
    ("part", "says", "said"),
    [
        ("oil", {"quantity": 2, "quantity_milli": 2_500}, "quantity should be 3"),
        ("oil", {"quantity": 0, "quantity_milli": 0}, "says nothing"),
        ("part", {"quantity": 3, "quantity_milli": 2_500}, "FAN-12 is counted in pieces"),
    ],
)
async def test_what_others_would_read_otherwise_is_parked(
    company: Company, wei: Phone, part: str, says: dict[str, Any], said: str
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    tap = tap_unchecked(wei, "part_used", visit_id, used(company, part, str(uuid4()), **says))
    await wei.sync()
    assert wei.state["outcomes"][tap]["outcome"] == "parked"
    assert said in wei.state["outcomes"][tap]["sentence"]
    assert lines(wei) == []


@pytest.mark.parametrize("landed", [False, True])
async def test_the_report_has_the_fraction_and_a_total_for_each_currency(
    company: Company, wei: Phone, landed: bool
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    wei.tap("part_used", visit_id, used(company, "oil", str(uuid4()), quantity=3, quantity_milli=2_500))
    wei.tap("part_used", visit_id, used(company, "sensor", str(uuid4()), quantity=1))
    if landed:
        await wei.sync()
    report = make_report(
        wei, visit_id, technician={"id": company.ids["wei"], "name": "李伟"}, work="换油", fault=None, locale="zh-CN"
    )
    value = json.loads(report["canonical"])
    found = {
        line["number"]: (line["quantity"], line.get("quantity_milli"), line.get("unit"), line["amount"])
        for line in value["parts"]
    }
    assert found == {"OIL-68": (3, 2_500, "kg", 112_503), "SEN-1": (1, None, None, 10_000)}
    assert value["total"] is None
    assert sorted(value["totals"], key=lambda one: one["currency"]) == [
        {"amount": 112_503, "currency": "CNY"}, {"amount": 10_000, "currency": "USD"},
    ]  # fmt: skip
    wei.tap("report", visit_id, report)
    await wei.sync()
    assert [one["outcome"] for one in wei.state["outcomes"].values()] == ["applied"] * 3


@pytest.mark.parametrize(("contract", "flagged"), [(1, ["OIL-68"]), (2, None)])
async def test_a_report_that_reads_a_fraction_as_a_whole_number_is_flagged_in_the_history(
    company: Company, wei: Phone, contract: int, flagged: list[str] | None
) -> None:
    anna = await enrolled(company, "anna")
    anna.contract_version = contract
    anna.commit(cursor=None, rows={}, scopes={})
    visit_id = await company.visit("wei", "anna")
    await wei.sync()
    wei.tap("part_used", visit_id, used(company, "oil", str(uuid4()), quantity=3, quantity_milli=2_500))
    wei.tap("part_used", visit_id, used(company, "part", str(uuid4()), quantity=2))
    await wei.sync()
    await anna.sync()
    technician = {"id": company.ids["anna"], "name": "Anna"}
    report = make_report(anna, visit_id, technician=technician, work="Oil", fault=None, locale="en")
    anna.tap("report", visit_id, report)
    await anna.sync()
    history = await company.must("mei", "GET", f"/v1/visits/{visit_id}/history")
    [line] = [one for one in history if one["kind"] == "report"]
    assert line["facts"].get("read_as_whole") == flagged
    [oil] = [one for one in json.loads(report["canonical"])["parts"] if one["number"] == "OIL-68"]
    assert oil["amount"] == (3 * 45_001 if contract == 1 else 112_503)
