"""A request names what is its own customer's: the contact, the site and the asset."""

from typing import Any

import pytest

from tests.company import Company
from tests.customers.other import another_customer


def ticket(company: Company, **named: str) -> dict[str, Any]:
    return {"customer_id": company.ids["customer"], "kind": "repair", "channel": "phone", "subject": "E42", **named}


@pytest.mark.parametrize("with_site", [True, False])
@pytest.mark.parametrize("what", ["contact", "asset", "site"])
async def test_desk_case_32_what_is_another_customers_is_refused(company: Company, what: str, with_site: bool) -> None:
    other = await another_customer(company)
    named = ({"site_id": company.ids["site"]} if with_site else {}) | {f"{what}_id": other[what]}
    answer = await company.call("mei", "POST", "/v1/tickets", json=ticket(company, **named))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert f"The {what} is not one of this customer's." in answer.json()["detail"]
    assert await company.must("mei", "GET", "/v1/tickets") == []


async def test_what_is_nobodys_is_refused(company: Company) -> None:
    nobody = "0192f6a0-0000-7000-8000-000000000000"
    for what in ("contact", "asset", "site"):
        answer = await company.call("mei", "POST", "/v1/tickets", json=ticket(company, **{f"{what}_id": nobody}))
        assert answer.status_code == 422


async def test_ones_own_is_taken_and_the_asset_says_at_which_site(company: Company) -> None:
    named = {"contact_id": company.ids["contact"], "asset_id": company.ids["asset"]}
    taken = await company.must("mei", "POST", "/v1/tickets", json=ticket(company, **named))
    assert (taken["contact_id"], taken["site_id"]) == (company.ids["contact"], company.ids["site"])


async def test_an_asset_at_another_site_of_the_customer_is_refused_with_that_reason(company: Company) -> None:
    site = {"name": "Nord", "address": "2", "latitude": 31.3, "longitude": 121.5, "time_zone": "Asia/Shanghai"}
    path = f"/v1/customers/{company.ids['customer']}/sites"
    north = (await company.must("mei", "POST", path, json=site))["id"]
    named = {"site_id": north, "asset_id": company.ids["asset"]}
    answer = await company.call("mei", "POST", "/v1/tickets", json=ticket(company, **named))
    assert (answer.status_code, "does not stand at this site" in answer.json()["detail"]) == (422, True)


async def test_a_notice_from_the_future_or_without_a_zone_is_refused(company: Company) -> None:
    for received in ("2099-01-01T00:00:00Z", "2026-03-02T08:00:00"):
        body = ticket(company, received_at=received)
        assert (await company.call("mei", "POST", "/v1/tickets", json=body)).status_code == 422
