"""What a technician asks for from a cellar reaches the desk, and the answer comes down."""

from typing import Any
from uuid import uuid4

import pytest

from mobile_contract.phone import Phone
from tests.company import Company
from tests.customers.other import another_customer
from tests.phones import enrolled, tap_unchecked


@pytest.fixture
async def wei(company: Company) -> Phone:
    return await enrolled(company, "wei")


async def asked(company: Company, wei: Phone, kind: str = "help_request", **says: Any) -> tuple[str, str]:
    visit_id, request_id = await company.visit("wei"), str(uuid4())
    await wei.sync()
    wei.tap(kind, visit_id, {f"{kind}_id": request_id, "text": "E42 again, S3?", **says})
    await wei.sync()
    return visit_id, request_id


async def waiting(company: Company) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await company.must("mei", "GET", "/v1/field-requests?waiting=true")
    return found


async def test_a_question_waits_for_the_desk_and_its_answer_comes_to_the_phone(company: Company, wei: Phone) -> None:
    visit_id, request_id = await asked(company, wei, urgent=True)
    [one] = await waiting(company)
    assert (one["id"], one["visit_id"], one["kind"], one["urgent"]) == (request_id, visit_id, "help", True)
    await company.must("mei", "POST", f"/v1/field-requests/{request_id}/answer", json={"answer": "Set S3 to 2."})
    assert await waiting(company) == []
    await wei.sync()
    [row] = wei.rows("field_request")
    assert (row["answer"], row["answered_at"] is None) == ("Set S3 to 2.", False)
    again = await company.call("mei", "POST", f"/v1/field-requests/{request_id}/answer", json={"answer": "x"})
    assert again.status_code == 409
    history = await company.must("mei", "GET", f"/v1/visits/{visit_id}/history")
    assert [line["kind"] for line in history[-2:]] == ["help_request", "field_request_answered"]


async def test_work_that_was_found_becomes_a_job_of_the_same_customer(company: Company, wei: Phone) -> None:
    _, request_id = await asked(company, wei, "further_work", asset_id=company.ids["asset"])
    other = await another_customer(company)
    theirs = await company.must("mei", "POST", "/v1/jobs", json={"site_id": other["site"], "title": "Elsewhere"})
    path = f"/v1/field-requests/{request_id}/answer"
    refused = await company.call("mei", "POST", path, json={"answer": "We come.", "job_id": theirs["id"]})
    assert refused.status_code == 422
    job = await company.must("mei", "POST", "/v1/jobs", json={"site_id": company.ids["site"], "title": "Pump leaks"})
    done = await company.must("mei", "POST", path, json={"answer": "We come.", "job_id": job["id"]})
    assert done["job_id"] == job["id"]


async def test_what_is_asked_after_a_reassignment_is_kept(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    tap = wei.tap("help_request", visit_id, {"help_request_id": str(uuid4()), "text": "Which oil?"})
    await company.assign(visit_id, "anna")
    await wei.sync()
    assert wei.state["outcomes"][tap]["outcome"] == "applied"
    assert len(await waiting(company)) == 1


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("help_request", {"help_request_id": str(uuid4()), "text": " \n"}, "invalid"),
        ("further_work", {"further_work_id": str(uuid4()), "text": "x", "asset_id": str(uuid4())}, "not_found"),
    ],
)
async def test_what_says_nothing_is_parked(
    company: Company, wei: Phone, kind: str, body: dict[str, Any], code: str
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    tap = tap_unchecked(wei, kind, visit_id, body)
    await wei.sync()
    assert (wei.state["outcomes"][tap]["outcome"], wei.state["outcomes"][tap]["code"]) == ("parked", code)
    assert await waiting(company) == []


async def test_why_a_visit_could_not_be_completed_and_what_comes_next_is_in_its_history(
    company: Company, wei: Phone
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    body = {"reason": "Fan is out of stock", "cause": "part_missing", "comes_next": "parts"}
    wei.tap("cannot_complete", visit_id, body)
    await wei.sync()
    history = await company.must("mei", "GET", f"/v1/visits/{visit_id}/history")
    assert history[-1]["facts"] == body
