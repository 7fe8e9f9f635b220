"""The chain of a device: gaps, forks, broken links and forged signatures are refused loudly and harm nothing."""

from typing import Any

import httpx

from mobile_contract.chain import uuid7
from mobile_contract.conformance.field import Check, Field
from mobile_contract.conformance.raw_phone import RawPhone, body_of, must
from mobile_contract.conformance.verdicts import equal, expect

Json = dict[str, Any]


def refused(answer: httpx.Response, status: int, code: str) -> Json:
    """The problem document of an answer that must be this refusal."""
    problem: Json = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    equal((answer.status_code, problem.get("code")), (status, code), "status and code")
    return problem


async def still_works(phone: RawPhone, field: Field, visit_id: str) -> None:
    """The next right operation is accepted: what was refused has used up no number."""
    wire = phone.note(visit_id, "after the refusal")
    await phone.sync()
    equal(phone.outcome(wire), ("applied", None, None), "outcome of the right operation that follows")
    expect(body_of(wire)["id"] in await field.desk.recorded(visit_id), "it in the history", "it is missing")


async def gap(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    phone.note(visit_id, "one")
    second = phone.note(visit_id, "two")
    problem = refused(await phone.post([second], phone.held.cursor), 409, "sequence_gap")
    equal(problem.get("expected_seq"), 1, "expected_seq")
    equal(await field.desk.recorded(visit_id), [], "operations in the history")
    await phone.sync()
    equal(phone.outcome(second), ("applied", None, None), "outcome after sending from expected_seq")


async def fork(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    first = phone.note(visit_id, "the true one")
    await phone.sync()
    other = phone.sign({**body_of(first), "id": uuid7(), "body": {"note_id": uuid7(), "text": "another past"}})
    refused(await phone.post([other], phone.held.cursor), 409, "device_forked")
    same_id = phone.sign({**body_of(first), "body": {"note_id": uuid7(), "text": "same id, other content"}})
    refused(await phone.post([same_id], phone.held.cursor), 409, "device_forked")
    equal(await field.desk.recorded(visit_id), [body_of(first)["id"]], "operations in the history")
    await still_works(phone, field, visit_id)


async def stolen_id(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    first = phone.note(visit_id)
    await phone.sync()
    wire = phone.sign(phone.envelope("note", visit_id, {"note_id": uuid7(), "text": "?"}, id=body_of(first)["id"]))
    refused(await phone.post([wire], phone.held.cursor), 409, "device_forked")
    await still_works(phone, field, visit_id)


async def broken_link(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    phone.note(visit_id)
    await phone.sync()
    for prev in ("0" * 64, None):
        wire = phone.sign(phone.envelope("depart", visit_id, prev=prev))
        refused(await phone.post([wire], phone.held.cursor), 409, "chain_broken")
    await still_works(phone, field, visit_id)


async def forged(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    stranger = RawPhone(field.http)
    envelope = phone.envelope("depart", visit_id)
    for wire in (phone.sign(envelope, phone.forged()), stranger.sign(envelope), phone.sign(envelope, "AAAA")):
        refused(await phone.post([wire], phone.held.cursor), 409, "wrong_signature")
    equal((await field.desk.look(visit_id))["state"], "dispatched", "the visit stays")
    await still_works(phone, field, visit_id)


async def before_the_bad_one(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    good = phone.note(visit_id)
    bad = phone.sign(phone.envelope("note", visit_id, {"note_id": uuid7(), "text": "?"}), phone.forged())
    refused(await phone.post([good, bad], phone.held.cursor), 409, "wrong_signature")
    equal(must(await phone.post([], phone.held.cursor), 200)["last_seq"], 1, "last_seq after the refusal")
    equal(await field.desk.recorded(visit_id), [body_of(good)["id"]], "operations in the history")
    await still_works(phone, field, visit_id)


async def not_canonical(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    wire = phone.sign(phone.envelope("note", visit_id, {"note_id": uuid7(), "text": "?"}))
    odd = wire["body"].replace(":", ": ", 1)
    answer = must(await phone.post([{"body": odd, "signature": phone.key.sign(odd)}], phone.held.cursor), 200)
    (outcome,) = answer["outcomes"]
    equal((outcome["seq"], outcome["outcome"], outcome["code"]), (1, "parked", "not_canonical"), "the outcome")
    phone.advance({"body": odd})
    await still_works(phone, field, visit_id)


async def no_place(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    for odd in ("{}", "[]", "not JSON"):
        answer = await phone.post([{"body": odd, "signature": phone.key.sign(odd)}], phone.held.cursor)
        refused(answer, 422, "not_canonical")
    await still_works(phone, field, visit_id)


async def other_device(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    wire = phone.sign(phone.envelope("note", visit_id, {"note_id": uuid7(), "text": "?"}, device_id=uuid7()))
    answer = must(await phone.post([wire], phone.held.cursor), 200)
    equal(answer["outcomes"][0]["outcome"], "parked", "the outcome")
    phone.advance(wire)
    await still_works(phone, field, visit_id)


CHECKS: dict[str, Check] = {
    "a gap is 409 `sequence_gap` with `expected_seq`, and sending from there works": gap,
    "another past under a used number is 409 `device_forked`": fork,
    "a new number with a used id is 409 `device_forked`": stolen_id,
    "a wrong `prev` is 409 `chain_broken`": broken_link,
    "a wrong signature is 409 `wrong_signature`": forged,
    "what came before the bad operation of a batch is kept": before_the_bad_one,
    "a text that is not canonical JSON takes its place, parked as `not_canonical`": not_canonical,
    "a text that says nothing of its place is 422 `not_canonical`, and nothing of it is stored": no_place,
    "an operation that names another device is parked": other_device,
}
