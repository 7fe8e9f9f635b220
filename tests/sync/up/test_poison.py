"""Operations that nobody thought of: each is parked with a reason, and the queue goes on."""

from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from mobile_contract.chain import uuid7
from mobile_contract.phone import Phone, SyncRefused
from mobile_contract.report import make_report
from server.sync.up.kinds import KINDS
from tests.company import Company

NEVER_AT_THE_END = (
    """create function refuse() returns trigger language plpgsql as $$
       begin raise exception 'not this one' using errcode = '23514'; end $$""",
    """create constraint trigger refuse after insert on note deferrable initially deferred
       for each row when (new.text = 'never') execute function refuse()""",
)


async def forbid(app: Litestar, table: str, condition: str) -> None:
    """A rule of the database that nobody here knows of."""
    async with app.state.sessions.begin() as session:
        await session.execute(text(NEVER_AT_THE_END[0]))
        await session.execute(
            text(
                f"create trigger refuse before insert or update on {table} for each row when ({condition}) "
                "execute function refuse()"
            )
        )


async def parked_as(company: Company, phone: Phone, visit_id: str, operation_id: str) -> str | None:
    """What the poison was parked as, when a note before it and one after it were applied."""
    after = phone.tap("note", visit_id, {"note_id": uuid7(), "text": "after"})
    await phone.sync()
    outcomes = phone.state["outcomes"]
    assert outcomes[after]["outcome"] == "applied"
    assert outcomes[operation_id]["outcome"] == "parked", outcomes[operation_id]
    waiting = {row["id"] for row in await company.must("mei", "GET", "/v1/parked")}
    assert operation_id in waiting, "the desk sees it"
    code: str | None = outcomes[operation_id]["code"]
    return code


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "in a batch"])
@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("note", {"text": "never"}, "refused_by_database"),
        ("from\0nowhere", {}, "unknown_kind"),
    ],
)
async def test_a_value_that_the_database_cannot_hold_is_parked(
    company: Company, wei: Phone, app: Litestar, kind: str, body: dict[str, Any], code: str, alone: bool
) -> None:
    await forbid(app, "note", "new.text = 'never'")
    visit_id = await company.visit("wei")
    await wei.sync()
    if not alone:
        wei.tap("note", visit_id, {"note_id": uuid7(), "text": "before"})
    poison = wei.tap(kind, visit_id, {"note_id": uuid7(), "expense_id": uuid7(), **body})
    if alone:
        await wei.sync()
    assert await parked_as(company, wei, visit_id, poison) == code


async def test_an_answer_that_was_parked_is_not_what_the_next_one_meets(
    company: Company, wei: Phone, anna: Phone, app: Litestar
) -> None:
    await forbid(app, "checklist_item", "new.answer ->> 'value' = 'never'")
    visit_id = await company.visit("wei", "anna")
    await wei.sync()
    await anna.sync()
    item = next(row["id"] for row in wei.rows("checklist_item") if row["visit_id"] == visit_id)
    anna.tap("checklist_answer", visit_id, {"item_id": item, "answer": "no"})
    await anna.sync()
    poison = wei.tap("checklist_answer", visit_id, {"item_id": item, "answer": "never"})
    good = wei.tap("checklist_answer", visit_id, {"item_id": item, "answer": "yes"})
    assert await parked_as(company, wei, visit_id, poison) == "refused_by_database"
    assert wei.state["outcomes"][good]["outcome"] == "merged"
    answers = [row["answer"] for row in wei.rows("checklist_item") if row["id"] == item]
    assert answers == [{"value": "yes", "others": ["no"]}]


@pytest.mark.parametrize("photos", [[1], [{}], None, {}, "", [{"slot": [], "sha256": ""}]])
async def test_a_report_with_strange_photos_is_parked(company: Company, wei: Phone, photos: Any) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    made = make_report(
        wei, visit_id, technician={"id": company.ids["wei"], "name": "李伟"}, work="", fault=None, locale="en"
    )
    value = msgspec.json.decode(made["canonical"]) | {"photos": photos}
    made["canonical"] = msgspec.json.encode(value, order="sorted").decode()
    poison = wei.tap("report", visit_id, made)
    assert await parked_as(company, wei, visit_id, poison) == "report_mismatch"


async def test_a_report_nested_deeper_than_anybody_reads_is_parked(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    deep = '{"a":' + "[" * 3000 + "]" * 3000 + "}"
    poison = wei.tap("report", visit_id, {"report_id": uuid7(), "locale": "en", "canonical": deep})
    assert await parked_as(company, wei, visit_id, poison) == "report_mismatch"


@pytest.mark.parametrize(
    "fault", [KeyError("nobody thought of this"), StatementError("no value", None, None, TypeError())]
)
async def test_a_fault_of_ours_parks_its_operation_and_is_logged(
    company: Company, wei: Phone, caplog: pytest.LogCaptureFixture, fault: Exception
) -> None:
    async def broken(*_: Any) -> None:
        raise fault

    visit_id = await company.visit("wei")
    await wei.sync()
    poison = wei.tap("expense", visit_id, {"expense_id": uuid7(), "kind": "meal", "amount": 1, "currency": "CNY"})
    with patch.dict(KINDS, {"expense": msgspec.structs.replace(KINDS["expense"], handler=broken)}):
        assert await parked_as(company, wei, visit_id, poison) == "not_understood"
    assert poison in caplog.text
    await company.must("mei", "POST", f"/v1/parked/{poison}", json={"resolution": "applied"})
    await wei.sync()
    assert len(wei.rows("expense")) == 1


async def test_what_fails_over_an_operation_that_nobody_signed_is_told_as_a_wrong_signature(
    company: Company, wei: Phone
) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError("an outage")

    visit_id = await company.visit("wei")
    await wei.sync()
    good = wei.tap("note", visit_id, {"note_id": uuid7(), "text": "before"})
    wei.tap("expense", visit_id, {"expense_id": uuid7(), "kind": "meal", "amount": 1, "currency": "CNY"})
    forged = wei.state["outbox"][-1]
    forged["signature"] = forged["signature"][:-6] + "AAAAAA"
    with (
        patch.dict(KINDS, {"expense": msgspec.structs.replace(KINDS["expense"], handler=broken)}),
        pytest.raises(SyncRefused) as caught,
    ):
        await wei.sync()
    assert caught.value.problem["code"] == "wrong_signature"
    assert [(one["id"], one["outcome"]) for one in caught.value.problem["outcomes"]] == [(good, "applied")]
    assert [one["code"] for one in await company.must("mei", "GET", "/v1/incidents")] == ["wrong_signature"]


async def test_what_the_database_refuses_at_the_commit_is_parked(company: Company, wei: Phone, app: Litestar) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    async with app.state.sessions.begin() as session:
        for statement in NEVER_AT_THE_END:
            await session.execute(text(statement))
    wei.tap("note", visit_id, {"note_id": uuid7(), "text": "before"})
    poison = wei.tap("note", visit_id, {"note_id": uuid7(), "text": "never"})
    assert await parked_as(company, wei, visit_id, poison) == "refused_by_database"
    assert sorted(row["text"] for row in wei.rows("note")) == ["after", "before"]


async def test_somebody_elses_parked_operation_is_not_even_locked(
    company: Company, wei: Phone, anna: Phone, app: Litestar
) -> None:
    lost = wei.tap("note", uuid7(), {"note_id": uuid7(), "text": "?"})
    await wei.sync()
    async with app.state.sessions.begin() as session:
        await session.execute(text("select from device where id = :id for update"), {"id": wei.state["device_id"]})
        refused = await company.call("anna", "POST", f"/v1/parked/{lost}", json={"resolution": "applied"})
    assert refused.status_code == 404


async def test_a_deactivated_technician_hands_in_and_does_nothing_else(
    company: Company, wei: Phone, app: Litestar
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    parked = wei.tap("resume", visit_id)
    await wei.sync()
    async with app.state.sessions.begin() as session:
        await session.execute(text("update app_user set active = false where login = 'wei'"))
    await wei.sign_in()
    bearer = {"authorization": f"Bearer {wei.access_token}"}
    for method, path in (("GET", f"/v1/visits/{visit_id}/photos"), ("POST", f"/v1/parked/{parked}")):
        answer = await wei.http.request(method, path, headers=bearer, json={"resolution": "applied"})
        assert answer.status_code == 403, path
    late = wei.tap("note", visit_id, {"note_id": uuid7(), "text": "late"})
    await wei.sync()
    assert wei.state["outcomes"][late]["code"] == "user_inactive"
