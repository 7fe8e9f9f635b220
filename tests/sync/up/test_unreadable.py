"""One operation that cannot be taken says nothing against the others: it keeps its place in the chain, parked, or is an incident."""

import json
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from sqlalchemy import text

from mobile_contract.chain import make_operation, sha256_hex, uuid7
from mobile_contract.phone import Phone
from server.records.sealer import Sealer
from server.sync.schemas import MAX_ATTACHMENT, MAX_TEXT
from tests.company import Company
from tests.day import finished_visit
from tests.phones import tap_unchecked
from tests.records.sealing import record_and_pdf, seal, verified

HALF = "\\ud83d"


def note(phone: Phone, visit_id: str, words: str) -> str:
    return phone.tap("note", visit_id, {"note_id": uuid7(), "text": words})


def signed(phone: Phone, body: str) -> None:
    """Put any text into the outbox as the phone's next operation, signed by its key."""
    phone.state["outbox"].append({"body": body, "signature": phone.key.sign(body)})
    phone.state["next_seq"] += 1
    phone.state["prev"] = sha256_hex(body)


def spoiled(phone: Phone, visit_id: str, old: str, new: str) -> None:
    """The phone's next note, with something of its text replaced before it was signed."""
    before, number = phone.state["prev"], phone.state["next_seq"]
    note(phone, visit_id, "spoiled")
    phone.state["prev"], phone.state["next_seq"] = before, number
    body = phone.state["outbox"].pop()["body"]
    assert old in body
    signed(phone, body.replace(old, new))


async def push(phone: Phone, operations: list[Any] | None = None, **changed: Any) -> tuple[int, dict[str, Any]]:
    """One exchange with these operations; status and answer."""
    sent = phone.state["outbox"] if operations is None else operations
    body = {"contract_version": 1, "operations": sent, "cursor": phone.state["cursor"], **changed}
    answer = await phone.http.post("/v1/sync", json=body, headers={"authorization": f"Bearer {phone.access_token}"})
    return answer.status_code, answer.json()


def outcomes(answer: dict[str, Any]) -> list[tuple[int, str, str | None]]:
    return [(one["seq"], one["outcome"], one.get("code")) for one in answer["outcomes"]]


DEEP = "[" * 3000 + "]" * 3000
SPOILED = {
    "a fraction": ('"text":"spoiled"', '"text":1.5'),
    "a number beyond what every phone reads": ('"text":"spoiled"', '"text":9007199254740992'),
    "half a character": ('"spoiled"', f'"{HALF}"'),
    "nested too deeply": ('"spoiled"', DEEP),
    "not in canonical form": ('"base"', ' "base"'),
    "a number in JavaScript's words": ('"spoiled"', "NaN"),
    "a device_id that is none": ('"device_id":"', '"device_id":"x'),
    "another phone's device_id": ('"device_id":"0', '"device_id":"1'),
    "no subject": ('"subject"', '"about"'),
    "no id": ('"id":"', '"id":"x'),
    "no kind": ('"kind":"note"', '"kind":7'),
    "a kind of no length": ('"kind":"note"', '"kind":""'),
    "no clock": ('"clock":{', '"clock":[{},') ,
    "a fraction in the clock": ('"clock":{', '"clock":{"a":0.5,'),
    "a wall clock beyond what every phone reads": ('"wall":', '"wall":99999999'),
    "a text of more than is taken": ('"spoiled"', '"' + "x" * MAX_TEXT + '"'),
    "too long in bytes, not in characters": ('"spoiled"', '"' + "雪" * (MAX_TEXT // 3) + '"'),
}  # fmt: skip


@pytest.mark.parametrize("what", SPOILED)
async def test_what_cannot_be_taken_keeps_its_place_and_holds_nobody_up(
    company: Company, wei: Phone, app: Litestar, what: str
) -> None:
    visit_id = await company.visit("wei")
    note(wei, visit_id, "before")
    spoiled(wei, visit_id, *SPOILED[what])
    spoilt = wei.state["outbox"][1]["body"]
    note(wei, visit_id, "after")
    status, answer = await push(wei)
    code = "operation_too_large" if len(spoilt.encode()) > MAX_TEXT else "not_canonical"
    assert status == 200, answer
    assert outcomes(answer) == [(1, "applied", None), (2, "parked", code), (3, "applied", None)]
    again = (await push(wei))[1]["outcomes"]
    assert [(one["id"], one["outcome"]) for one in again] == [(one["id"], "duplicate") for one in answer["outcomes"]]
    wei.state["outbox"] = []  # all of it has landed
    await wei.sync()
    assert sorted(row["text"] for row in wei.rows("note")) == ["after", "before"]
    (shown,) = wei.rows("operation")
    assert (shown["visit_id"], shown["code"]) == (None, code)
    (waiting,) = await company.must("mei", "GET", "/v1/parked")
    assert (waiting["id"], waiting["seq"], waiting["visit_id"]) == (shown["id"], 2, None)
    path = f"/v1/parked/{waiting['id']}"
    for resolution in ("applied", "attached"):
        refused = await company.call("mei", "POST", path, json={"resolution": resolution, "reason": "x"})
        assert refused.status_code in (409, 422), resolution
    await company.must("mei", "POST", path, json={"resolution": "dismissed", "reason": "written down anew"})
    await wei.sync()
    assert wei.rows("operation") == []
    async with app.state.sessions() as session:
        kept = (await session.execute(text("select raw, visit_id from operation where seq = 2"))).one()
    assert (kept.raw.decode(), kept.visit_id) == (spoilt, None)


@pytest.mark.parametrize("body", ["not JSON", "[]", "{}", '{"seq":2}', "", '{"seq":"2","prev":null}', DEEP])
async def test_what_does_not_say_its_place_has_it_by_what_was_signed_after_it(
    company: Company, wei: Phone, body: str
) -> None:
    visit_id = await company.visit("wei")
    note(wei, visit_id, "before")
    signed(wei, body)
    whole = list(wei.state["outbox"])
    status, answer = await push(wei)
    assert (status, answer["code"], answer["last_seq"]) == (422, "not_canonical", 1)
    assert outcomes(answer) == [(1, "applied", None)], "what came before has landed"
    note(wei, visit_id, "after")
    status, answer = await push(wei)
    assert status == 200
    expected = [(1, "duplicate", None), (2, "parked", "not_canonical"), (3, "applied", None)]
    assert outcomes(answer) == expected
    _, repeated = await push(wei, whole)
    assert outcomes(repeated) == [(1, "duplicate", None), (2, "duplicate", "not_canonical")], "without what proved it"


async def test_a_run_of_texts_that_say_nothing_is_placed_by_what_follows_the_last(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    note(wei, visit_id, "before")
    signed(wei, "one")
    signed(wei, "two")
    note(wei, visit_id, "after")
    _, answer = await push(wei)
    assert [(seq, outcome) for seq, outcome, _ in outcomes(answer)] == [
        (1, "applied"), (2, "parked"), (3, "parked"), (4, "applied"),
    ]  # fmt: skip


@pytest.mark.parametrize("signature", ["", "!", "x" * 500, "AAAA", None, 7])
async def test_a_signature_that_is_none_is_an_incident_and_what_came_before_lands(
    company: Company, wei: Phone, signature: Any
) -> None:
    visit_id = await company.visit("wei")
    note(wei, visit_id, "before")
    note(wei, visit_id, "unsigned")
    wei.state["outbox"][1]["signature"] = signature
    status, answer = await push(wei)
    assert (status, answer["code"], outcomes(answer)) == (409, "wrong_signature", [(1, "applied", None)])
    assert [one["code"] for one in await company.must("mei", "GET", "/v1/incidents")] == ["wrong_signature"]


async def test_an_unreadable_text_that_nobody_signed_takes_no_place(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    spoiled(wei, visit_id, *SPOILED["a fraction"])
    wei.state["outbox"][0]["signature"] = wei.key.sign("something else")
    note(wei, visit_id, "after")
    status, answer = await push(wei)
    assert (status, answer["code"], answer["last_seq"], answer["outcomes"]) == (409, "wrong_signature", 0, [])


@pytest.mark.parametrize(
    "junk", [None, 5, "text", [], {}, {"body": None, "signature": ""}, {"body": {"seq": 2}}, {"body": "x"}]
)
async def test_something_that_is_no_operation_is_an_incident_and_what_follows_goes_on(
    company: Company, wei: Phone, junk: Any
) -> None:
    visit_id = await company.visit("wei")
    note(wei, visit_id, "before")
    note(wei, visit_id, "after")
    first, second = wei.state["outbox"]
    status, answer = await push(wei, [first, junk, second])
    assert (status, outcomes(answer)) == (200, [(1, "applied", None), (2, "applied", None)])
    (incident,) = await company.must("mei", "GET", "/v1/incidents")
    assert (incident["code"], incident["visit_id"], incident["operation_id"]) == ("not_canonical", None, None)
    await company.must("mei", "GET", f"/v1/incidents/{incident['id']}/evidence")


async def test_members_that_are_not_known_beside_an_operation_are_no_matter(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    note(wei, visit_id, "x")
    wei.state["outbox"][0]["queued_at"] = 1.5
    assert outcomes((await push(wei))[1]) == [(1, "applied", None)]


async def test_an_attachment_that_is_too_large_is_kept_whole_and_takes_no_effect(
    company: Company, wei: Phone, app: Litestar
) -> None:
    visit_id = await company.visit("wei")
    tap_unchecked(wei, "note", visit_id, {"note_id": uuid7(), "text": "x"}, attachment="s" * (MAX_ATTACHMENT + 1))
    wei.tap("note", visit_id, {"note_id": uuid7(), "text": "y"}, attachment="é" * (MAX_ATTACHMENT // 2))
    _, answer = await push(wei)
    assert outcomes(answer) == [(1, "parked", "operation_too_large"), (2, "applied", None)]
    (waiting,) = await company.must("mei", "GET", "/v1/parked")
    refused = await company.call("mei", "POST", f"/v1/parked/{waiting['id']}", json={"resolution": "applied"})
    assert refused.status_code == 409
    assert "500000 are taken" in refused.json()["detail"]
    async with app.state.sessions() as session:
        kept = await session.scalar(text("select length(attachment) from operation where seq = 1"))
    assert kept > MAX_ATTACHMENT


async def test_half_a_character_in_the_request_itself_is_read_as_browsers_sign_it(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    note(wei, visit_id, "before \ufffd")
    sent = json.dumps({"contract_version": 1, "operations": wei.state["outbox"]}).replace("\\ufffd", HALF)
    headers = {"authorization": f"Bearer {wei.access_token}", "content-type": "application/json"}
    answer = await wei.http.post("/v1/sync", content=sent, headers=headers)
    assert outcomes(answer.json()) == [(1, "applied", None)]


@pytest.mark.parametrize("kind", ["application/json", "application/vnd.msgpack"])
async def test_the_largest_operation_fits_one_request(company: Company, wei: Phone, kind: str) -> None:
    visit_id = await company.visit("wei")
    tap_unchecked(wei, "from tomorrow", visit_id, {"text": ""}, attachment="\x01" * MAX_ATTACHMENT)
    room = MAX_TEXT - len(wei.state["outbox"].pop()["body"])
    wei.state |= {"next_seq": 1, "prev": None}
    tap_unchecked(wei, "from tomorrow", visit_id, {"text": "é" * (room // 2 - 40)}, attachment="\x01" * MAX_ATTACHMENT)
    body = {"contract_version": 1, "operations": wei.state["outbox"]}
    content = json.dumps(body).encode() if kind.endswith("json") else msgspec.msgpack.encode(body)
    headers = {"authorization": f"Bearer {wei.access_token}", "content-type": kind}
    answer = await wei.http.post("/v1/sync", content=content, headers=headers)
    assert outcomes(answer.json()) == [(1, "parked", "unknown_kind")]


async def test_a_used_id_does_not_keep_an_unreadable_operation_from_its_place(company: Company, wei: Phone) -> None:
    visit_id = await company.visit("wei")
    used = note(wei, visit_id, "before")
    await wei.sync()
    envelope = {
        "id": used, "device_id": wei.state["device_id"], "seq": 2, "prev": wei.state["prev"], "kind": "note", "base": None,
        "subject": {"type": "visit", "id": visit_id}, "body": {}, "clock": {},
    }  # fmt: skip
    signed(wei, make_operation(wei.key, envelope)["body"])
    note(wei, visit_id, "after")
    _, answer = await push(wei)
    assert [(one["seq"], one["outcome"]) for one in answer["outcomes"]] == [(2, "parked"), (3, "applied")]
    assert answer["outcomes"][0]["id"] != used


async def test_what_cannot_be_read_is_in_no_record_and_the_record_verifies(
    company: Company, wei: Phone, app: Litestar, sealer: Sealer
) -> None:
    visit_id = await finished_visit(company, wei)
    spoiled(wei, visit_id, *SPOILED["a fraction"])
    tap_unchecked(wei, "note", visit_id, {"note_id": uuid7(), "text": "x"}, attachment="s" * (MAX_ATTACHMENT + 1))
    note(wei, visit_id, "after")
    await wei.sync()
    await wei.upload_photos()
    assert await seal(app, sealer, visit_id) == 1
    _, pdf = await record_and_pdf(company, visit_id)
    claims = await verified(pdf, sealer)
    assert [claim.id for claim in claims.values() if claim.ok is False] == []
