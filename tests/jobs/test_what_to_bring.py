"""What the desk tells a technician before the visit: what to take along, whom to ask for, and since when the customer waits."""

from datetime import datetime

import pytest

from mobile_contract.phone import Phone
from tests.company import Company
from tests.customers.other import another_customer
from tests.phones import enrolled


@pytest.fixture
async def wei(company: Company) -> Phone:
    return await enrolled(company, "wei")


async def test_what_to_bring_comes_to_the_phone_and_changes_there(company: Company, wei: Phone) -> None:
    part = company.ids["part"]
    told = [{"part_id": part, "quantity_milli": 2500}, {"text": "Ladder of 3 m"}]
    body = {"site_id": company.ids["site"], "title": "Fan is loud", "bring": told}
    job = await company.must("mei", "POST", "/v1/jobs", json=body)
    await company.assign(job["visits"][0]["id"], "wei")
    await wei.sync()
    [row] = [row for row in wei.rows("job") if row["id"] == job["id"]]
    assert row["bring"] == [
        {"text": "", "part_id": part, "quantity_milli": 2500},
        {"text": "Ladder of 3 m", "part_id": None, "quantity_milli": None},
    ]
    assert row["office_id"] == company.ids["office"]
    await company.must("mei", "PATCH", f"/v1/jobs/{job['id']}", json={"bring": [], "title": "Fan is very loud"})
    await wei.sync()
    [row] = [row for row in wei.rows("job") if row["id"] == job["id"]]
    assert (row["bring"], row["title"]) == ([], "Fan is very loud")
    assert wei.is_intact()


async def test_a_phone_of_the_first_contract_gets_its_jobs_as_it_knows_them(company: Company, wei: Phone) -> None:
    await company.visit("wei")
    wei.contract_version = 1
    wei.commit(cursor=None, rows={}, scopes={})
    await wei.sync()
    [row] = wei.rows("job")
    assert not {"bring", "noticed_at", "office_id", "required_slots"} & row.keys()
    assert wei.is_intact()


async def test_the_warranty_is_judged_by_when_the_customer_told_us(company: Company) -> None:
    received = "2026-03-02T08:00:00+00:00"
    ticket = {"customer_id": company.ids["customer"], "kind": "repair", "channel": "phone", "subject": "E42"}
    made = await company.must("mei", "POST", "/v1/tickets", json=ticket | {"received_at": received})
    job = await company.must("mei", "POST", "/v1/jobs", json={"ticket_id": made["id"], "site_id": company.ids["site"]})
    assert datetime.fromisoformat(job["noticed_at"]) == datetime.fromisoformat(received)


async def test_a_line_names_a_part_that_there_is_or_says_what_it_is(company: Company) -> None:
    job = await company.must("mei", "POST", "/v1/jobs", json={"site_id": company.ids["site"], "title": "Fan"})
    path, nowhere = f"/v1/jobs/{job['id']}", "0192f6a0-0000-7000-8000-0000000000f1"
    for wrong in ({}, {"text": " "}, {"part_id": nowhere}, {"text": "Oil", "quantity_milli": 1000}):
        answer = await company.call("mei", "PATCH", path, json={"bring": [wrong]})
        assert answer.status_code == 422, wrong
    other = await another_customer(company)
    theirs = await company.must("mei", "POST", f"/v1/customers/{other['customer']}/contacts", json={"name": "Jo"})
    assert (await company.call("mei", "PATCH", path, json={"contact_id": theirs["id"]})).status_code == 422
    assert (await company.call("mei", "PATCH", path, json={"title": " "})).status_code in (400, 422)
