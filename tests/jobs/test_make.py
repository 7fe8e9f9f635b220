"""Making work: what a job takes from its ticket and its customer, and what its visits have in common."""

from typing import Any

import pytest
from sqlalchemy import select

from server.jobs.models import ChecklistItem
from tests.company import Company
from tests.customers.other import another_customer
from tests.phones import enrolled


async def ticket(company: Company, **changed: Any) -> dict[str, Any]:
    body = {
        "customer_id": company.ids["customer"], "contact_id": company.ids["contact"], "asset_id": company.ids["asset"],
        "kind": "maintenance", "channel": "phone", "subject": "Yearly service", "description": "Ask for the key at the gate.",
        **changed,
    }  # fmt: skip
    made: dict[str, Any] = await company.must("mei", "POST", "/v1/tickets", json=body)
    return made


async def labels(app: Any, visit_id: str) -> list[str]:
    async with app.state.sessions() as session:
        query = select(ChecklistItem.label).where(ChecklistItem.visit_id == visit_id).order_by(ChecklistItem.position)
        return list(await session.scalars(query))


async def test_a_job_takes_place_person_kind_and_description_from_its_ticket(company: Company) -> None:
    job = await company.must("mei", "POST", "/v1/jobs", json={"ticket_id": (await ticket(company))["id"]})
    named = ("customer_id", "contact_id", "site_id", "asset_id", "kind", "title", "description")
    assert [job[one] for one in named] == [
        *(company.ids[one] for one in ("customer", "contact", "site", "asset")), "maintenance", "Yearly service",
        "Ask for the key at the gate.",
    ]  # fmt: skip


async def test_what_the_job_says_itself_counts(company: Company) -> None:
    own = {
        "ticket_id": (await ticket(company))["id"],
        "kind": "repair",
        "description": "Bring a ladder.",
        "title": "Fan",
    }
    job = await company.must("mei", "POST", "/v1/jobs", json=own)
    both = "Bring a ladder.\n\nAsk for the key at the gate."
    assert (job["kind"], job["description"], job["title"]) == ("repair", both, "Fan"), "the technician reads both"


async def test_an_inquiry_leads_to_a_repair_when_nothing_else_is_said(company: Company) -> None:
    job = {"ticket_id": (await ticket(company, kind="inquiry"))["id"]}
    assert (await company.must("mei", "POST", "/v1/jobs", json=job))["kind"] == "repair"


async def test_the_tickets_description_reaches_the_phone(company: Company) -> None:
    wei = await enrolled(company, "wei")
    job = await company.must("mei", "POST", "/v1/jobs", json={"ticket_id": (await ticket(company))["id"]})
    await company.assign(job["visits"][0]["id"], "wei")
    await wei.sync()
    assert wei.row("job", job["id"])["body"]["description"] == "Ask for the key at the gate."


async def test_a_jobs_office_is_its_customers_and_not_that_of_who_makes_it(company: Company) -> None:
    berlin = {"name": "Berlin", "time_zone": "Europe/Berlin"}
    office_id = (await company.must("root", "POST", "/v1/offices", json=berlin))["id"]
    other = await another_customer(company, office_id=office_id)
    job = await company.must("root", "POST", "/v1/jobs", json={"site_id": other["site"], "title": "E42"})
    assert job["office_id"] == office_id


@pytest.mark.parametrize("by_ticket", [True, False])
@pytest.mark.parametrize("what", ["contact", "asset", "site"])
async def test_what_is_another_customers_is_refused(company: Company, what: str, by_ticket: bool) -> None:
    other = await another_customer(company)
    start = {"ticket_id": (await ticket(company))["id"]} if by_ticket else {"site_id": company.ids["site"]}
    body = start | {"title": "E42", f"{what}_id": other[what]}
    answer = await company.call("mei", "POST", "/v1/jobs", json=body)
    assert answer.status_code == (422 if by_ticket or what != "site" else 201)
    expected = [] if answer.status_code == 422 else [other["customer"]]
    assert [job["customer_id"] for job in await company.must("mei", "GET", "/v1/jobs")] == expected


async def test_a_job_for_an_asset_is_where_the_asset_stands(company: Company) -> None:
    job = await company.must("mei", "POST", "/v1/jobs", json={"asset_id": company.ids["asset"], "title": "E42"})
    assert (job["site_id"], job["customer_id"]) == (company.ids["site"], company.ids["customer"])


@pytest.mark.parametrize("given", [["Gas checked", "Valve sealed"], [], None])
async def test_a_second_visit_has_the_first_ones_checklist_unanswered(
    company: Company, app: Any, given: list[str] | None
) -> None:
    body = {"site_id": company.ids["site"], "title": "E42", "checklist": given}
    job = await company.must("mei", "POST", "/v1/jobs", json=body)
    second = await company.must("mei", "POST", f"/v1/jobs/{job['id']}/visits", json={"minutes": 30})
    first_has = await labels(app, job["visits"][0]["id"])
    assert first_has == given or given is None
    assert await labels(app, second["id"]) == first_has
    assert second["minutes"] == 30


async def test_a_third_visit_has_it_too_and_answers_stay_with_their_visit(company: Company) -> None:
    wei = await enrolled(company, "wei")
    visit_id = await company.visit("wei", checklist=["Gas checked"])
    await wei.sync()
    [item] = [row for row in wei.rows("checklist_item") if row["visit_id"] == visit_id]
    wei.tap("start", visit_id)
    wei.tap("checklist_answer", visit_id, {"item_id": item["id"], "answer": "yes"})
    await wei.sync()
    job_id = (await company.must("mei", "GET", f"/v1/visits/{visit_id}"))["job_id"]
    for _ in range(2):
        again = await company.must("mei", "POST", f"/v1/jobs/{job_id}/visits", json={})
        await company.assign(again["id"], "wei")
        await wei.sync()
        assert [(r["label"], r["answer"]) for r in wei.rows("checklist_item") if r["visit_id"] == again["id"]] == [
            ("Gas checked", None)
        ]
