"""The exchange from both ends: what reaches the phone, what the server does with taps, and what stays after trouble."""

from typing import Any

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text

from mobile_contract.chain import make_operation, uuid7
from mobile_contract.phone import Phone, SyncRefused
from tests.company import Company


def state_of(phone: Phone, visit_id: str) -> Any:
    return phone.row("visit", visit_id).get("body", {}).get("state")


def outcome(phone: Phone, operation_id: str) -> tuple[str, str | None]:
    found = phone.state["outcomes"][operation_id]
    return found["outcome"], found.get("code")


async def test_an_assigned_visit_arrives_with_all_that_belongs_to_it(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    assert state_of(wei, visit_id) == "dispatched"
    assert {key.split("/")[0] for key in wei.state["rows"]} == {
        "visit", "job", "site", "customer", "contact", "asset", "checklist_item", "product", "part", "visit_link", "reason", "office",
    }  # fmt: skip
    assert wei.is_intact()


async def test_a_visit_that_is_taken_away_is_removed_and_comes_back(company: Company, wei: Phone, anna: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    await company.assign(visit_id, "anna")
    await wei.sync()
    await anna.sync()
    assert (state_of(wei, visit_id), state_of(anna, visit_id)) == (None, "dispatched")
    assert not wei.rows("site")
    await company.assign(visit_id, "wei")
    await wei.sync()
    assert state_of(wei, visit_id) == "dispatched"
    assert wei.is_intact()


async def test_a_write_in_plain_sql_reaches_the_phone(company: Company, wei: Phone, app: Litestar) -> None:
    await company.visit("wei")
    async with app.state.sessions.begin() as session:
        await session.execute(text("update site set access_note = 'gate code 4711'"))
    await wei.sync()
    assert [site["access_note"] for site in wei.rows("site")] == ["gate code 4711"]
    assert wei.is_intact()


async def test_a_day_offline_is_applied_in_order(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    item = next(row for row in wei.rows("checklist_item") if row["visit_id"] == visit_id)
    taps = [
        wei.tap("accept", visit_id),
        wei.tap("depart", visit_id),
        wei.tap("start", visit_id),
        wei.tap("hold", visit_id, {"reason": "part is in the van"}),
        wei.tap("resume", visit_id),
        wei.tap("note", visit_id, {"note_id": uuid7(), "text": "Fan blocked"}),
        wei.tap("checklist_answer", visit_id, {"item_id": item["id"], "answer": "yes"}),
        wei.tap("part_used", visit_id, {"part_used_id": uuid7(), "part_id": company.ids["part"], "quantity": 1}),
        wei.tap("expense", visit_id, {"expense_id": uuid7(), "kind": "parking", "amount": 1500, "currency": "CNY"}),
        wei.tap("complete", visit_id, {"work_summary": "Fan replaced"}),
        wei.tap("survey", visit_id, {"survey_id": uuid7(), "satisfaction": 5, "recommend": 9}),
    ]
    await wei.sync()
    assert [outcome(wei, tap) for tap in taps] == [("applied", None)] * len(taps)
    assert state_of(wei, visit_id) == "completed"
    assert wei.state["outbox"] == []
    history = await company.must("mei", "GET", f"/v1/visits/{visit_id}/history")
    assert [line["kind"] for line in history][:4] == ["create", "plan", "accept", "depart"]
    visit = await company.must("mei", "GET", f"/v1/visits/{visit_id}")
    assert visit["skipped"] == ["on_site"]


async def test_a_lost_reply_is_answered_with_the_same_outcome(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    tap = wei.tap("accept", visit_id)
    outbox = list(wei.state["outbox"])
    await wei.sync()
    wei.state["outbox"] = outbox
    await wei.sync()
    assert wei.state["outcomes"][tap] == {
        "id": tap, "seq": 1, "outcome": "duplicate", "was": "applied",
    }  # fmt: skip


async def test_a_poison_operation_is_parked_and_holds_nobody_up(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    bad = wei.tap("expense", visit_id, {"expense_id": uuid7(), "kind": "parking", "amount": -1, "currency": "CNY"})
    odd = wei.tap("teleport", visit_id)
    wrong = wei.tap("resume", visit_id)
    nowhere = wei.tap("note", uuid7(), {"note_id": uuid7(), "text": "?"})
    good = wei.tap("accept", visit_id)
    await wei.sync()
    assert [outcome(wei, one) for one in (bad, odd, wrong, nowhere, good)] == [
        ("parked", "malformed_body"), ("parked", "unknown_kind"), ("parked", "state_not_possible"),
        ("parked", "not_found"), ("applied", None),
    ]  # fmt: skip
    assert len(wei.rows("operation")) == 4
    inbox = await company.must("mei", "GET", "/v1/parked")
    assert [one["id"] for one in inbox] == [bad, odd, wrong, nowhere]


async def test_a_parked_operation_is_applied_later_or_dismissed_with_a_reason(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    resume = wei.tap("resume", visit_id)
    start, hold = wei.tap("start", visit_id), wei.tap("hold", visit_id, {"reason": "lunch"})
    await wei.sync()
    assert [outcome(wei, one)[0] for one in (resume, start, hold)] == ["parked", "applied", "applied"]
    refused = await company.call("mei", "POST", f"/v1/parked/{resume}", json={"resolution": "dismissed"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    await company.must("mei", "POST", f"/v1/parked/{resume}", json={"resolution": "applied"})
    await wei.sync()
    assert state_of(wei, visit_id) == "in_progress"
    assert wei.rows("operation") == []
    again = await company.call("mei", "POST", f"/v1/parked/{resume}", json={"resolution": "applied"})
    assert again.status_code == 409


async def test_work_done_before_the_phone_could_know_is_kept_and_flagged(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    await company.assign(visit_id, "anna")
    note = wei.tap("note", visit_id, {"note_id": uuid7(), "text": "I was there"})
    start = wei.tap("start", visit_id)
    await wei.sync()
    assert outcome(wei, note) == ("applied", None)
    assert outcome(wei, start) == ("parked", "after_reassignment")
    visit = await company.must("mei", "GET", f"/v1/visits/{visit_id}")
    assert (visit["after_reassignment"], visit["state"]) == (True, "dispatched")


async def test_somebody_elses_visit_is_not_touched(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("anna")
    tap = wei.tap("accept", visit_id)
    await wei.sync()
    assert outcome(wei, tap) == ("parked", "not_your_visit")
    assert (await company.must("mei", "GET", f"/v1/visits/{visit_id}"))["state"] == "dispatched"


async def test_a_gap_says_which_number_is_expected(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    wei.tap("accept", visit_id)
    wei.tap("depart", visit_id)
    del wei.state["outbox"][0]
    with pytest.raises(SyncRefused) as refused:
        await wei.sync()
    problem = refused.value.problem
    assert (problem["status"], problem["code"], problem["expected_seq"]) == (409, "sequence_gap", 1)


async def test_a_fork_a_broken_link_and_a_forged_signature_are_loud(
    company: Company, wei: Phone, app: Litestar
) -> None:
    visit_id = await company.visit("wei")
    wei.tap("accept", visit_id)
    await wei.sync()
    clock = {"wall": 0, "monotonic": 0, "boot_id": "b", "anchor": None}
    base = {
        "id": uuid7(), "device_id": wei.state["device_id"], "kind": "depart", "base": None, "body": {}, "clock": clock,
        "subject": {"type": "visit", "id": visit_id},
    }  # fmt: skip
    forged = make_operation(wei.key, {**base, "seq": 2, "prev": wei.state["prev"]})
    forged["signature"] = forged["signature"][:-6] + "AAAAAA"
    for operation, code in (
        (make_operation(wei.key, {**base, "seq": 1, "prev": None}), "device_forked"),
        (make_operation(wei.key, {**base, "seq": 2, "prev": "0" * 64}), "chain_broken"),
        (forged, "wrong_signature"),
    ):
        wei.state["outbox"] = [operation]
        with pytest.raises(SyncRefused) as refused:
            await wei.sync()
        assert refused.value.problem["code"] == code
    async with app.state.sessions() as session:
        codes = (await session.execute(text("select code from incident order by created_at"))).scalars().all()
    assert codes == ["device_forked", "chain_broken", "wrong_signature"]
    assert (await company.must("mei", "GET", f"/v1/visits/{visit_id}"))["state"] == "accepted"


async def test_a_forged_or_foreign_cursor_is_refused_and_a_fresh_start_works(
    company: Company, wei: Phone, anna: Phone
) -> None:
    visit_id = await company.visit("wei")
    for cursor in ("nonsense", anna.state["cursor"]):
        body: dict[str, Any] = {"contract_version": 1, "operations": [], "cursor": cursor}
        refused = await wei.session.call("POST", "/v1/sync", json=body)
        assert (refused.status_code, refused.json()["code"]) == (400, "cursor_refused")
        wei.state["cursor"] = cursor
        tap = wei.tap("accept", visit_id)
        await wei.sync()
        assert wei.state["outcomes"][tap]["outcome"] in ("applied", "merged"), "the outbox stays"
        assert wei.is_intact()


async def test_a_restored_server_is_noticed(company: Company, wei: Phone, app: Litestar) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    async with app.state.sessions.begin() as session:
        await session.execute(text("update sync_scope set epoch = epoch + 1"))
    tap = wei.tap("accept", visit_id)
    await wei.sync()
    assert outcome(wei, tap) == ("applied", None)
    assert wei.is_intact()


async def test_after_two_weeks_offline_the_outbox_still_gets_in(
    company: Company, wei: Phone, http: httpx.AsyncClient
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    tap = wei.tap("accept", visit_id)
    wei.access_token = ""
    wei.state["refresh_token"] = None
    await wei.sync()
    assert outcome(wei, tap) == ("applied", None)


async def test_a_deactivated_technicians_taps_are_parked(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    await company.must("root", "POST", f"/v1/users/{company.ids['wei']}/deactivate")
    tap = wei.tap("accept", visit_id)
    wei.access_token = ""
    await wei.sync()
    assert outcome(wei, tap) == ("parked", "user_inactive")


async def test_an_exchange_after_quiescence_is_small_and_empty(
    company: Company, wei: Phone, http: httpx.AsyncClient
) -> None:
    await company.visit("wei")
    await wei.sync()
    body = {"contract_version": 1, "operations": [], "cursor": wei.state["cursor"]}
    answer = await http.post("/v1/sync", json=body, headers={"authorization": f"Bearer {wei.access_token}"})
    assert set(answer.json()) == {"anchor", "last_seq"}
    assert len(answer.content) < 300
