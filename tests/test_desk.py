"""The desk through the API: tickets, jobs, assignment, the board."""

from tests.company import Company


async def test_a_repair_notice_is_to_be_answered_within_an_hour(company: Company) -> None:
    body = {
        "customer_id": company.ids["customer"], "site_id": company.ids["site"], "asset_id": company.ids["asset"],
        "kind": "repair", "channel": "phone", "subject": "E42", "received_at": "2026-03-02T08:00:00+08:00",
    }  # fmt: skip
    ticket = await company.must("mei", "POST", "/v1/tickets", json=body)
    assert ticket["first_response"]["due_at"].startswith("2026-03-02T")
    assert ticket["first_response"]["state"] == "breached"


async def test_a_ticket_becomes_a_job_that_is_assigned_and_stands_on_the_board(company: Company) -> None:
    body = {
        "customer_id": company.ids["customer"], "site_id": company.ids["site"], "kind": "repair", "channel": "phone",
        "subject": "Leaks oil",
    }  # fmt: skip
    ticket = await company.must("mei", "POST", "/v1/tickets", json=body)
    job = await company.must("mei", "POST", "/v1/jobs", json={"ticket_id": ticket["id"]})
    assert job["title"] == "Leaks oil"
    visit = job["visits"][0]
    assert visit["state"] == "unscheduled"
    assigned = await company.assign(visit["id"], "wei")
    assert (assigned["state"], assigned["plan_version"]) == ("dispatched", 1)
    board = await company.must("mei", "GET", "/v1/board", params={"start": "2026-03-02T00:00:00+08:00"})
    assert [(v["visit_id"], v["technician_ids"]) for v in board["visits"]] == [(visit["id"], [company.ids["wei"]])]
    assert board["late"] == [visit["id"]]
