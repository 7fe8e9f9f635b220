"""Each operation takes effect exactly once, whatever is lost, repeated or killed on the way."""

import asyncio
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from mobile_contract.conformance.field import Check, Field
from mobile_contract.conformance.raw_phone import body_of, must
from mobile_contract.conformance.verdicts import equal, expect
from mobile_contract.phone import Phone


async def lost_reply(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    accept, note = phone.tap("accept", visit_id), phone.note(visit_id)
    await phone.lose_reply()
    await phone.sync()
    for wire in (accept, note):
        equal(phone.outcome(wire), ("duplicate", "applied", None), "outcome, was and code of the retry")
    equal(len(await field.desk.recorded(visit_id)), 2, "lines of the visit's history with an operation")
    equal(len([row for row in phone.held.bodies("note") if row["visit_id"] == visit_id]), 1, "notes on the visit")


async def parked_again(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    wire = phone.tap("resume", visit_id)
    await phone.lose_reply()
    await phone.sync()
    outcome, was, code = phone.outcome(wire)
    equal((outcome, was), ("duplicate", "parked"), "outcome and was of the retry")
    expect(bool(code), "the code of the parked operation again", phone.held.outcomes)
    parked = await field.desk.parked()
    equal([key for key in parked if key == body_of(wire)["id"]], [body_of(wire)["id"]], "parked once:")


async def stored(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    accept, note = phone.tap("accept", visit_id), phone.note(visit_id)
    await phone.sync()
    for wire in (accept, note):
        equal(phone.outcome(wire), ("applied", None, None), "outcome")
    equal((await field.desk.look(visit_id))["state"], "accepted", "the desk sees the state")
    equal(await field.desk.recorded(visit_id), [body_of(w)["id"] for w in (accept, note)], "operations in the history")
    second = await field.phone()
    note_id = body_of(note)["body"]["note_id"]
    expect(second.held.body("note", note_id) is not None, "the note on another phone of the technician", "no such row")


async def at_once(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    wire = phone.note(visit_id)
    answers = await asyncio.gather(*(phone.post([wire], phone.held.cursor) for _ in range(4)))
    outcomes = sorted(must(answer, 200)["outcomes"][0]["outcome"] for answer in answers)
    equal(outcomes, ["applied", "duplicate", "duplicate", "duplicate"], "outcomes of one operation sent four times")
    equal(await field.desk.recorded(visit_id), [body_of(wire)["id"]], "operations in the history")


async def what_landed(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    first, second = phone.note(visit_id), phone.note(visit_id)
    equal(must(await phone.post([first], phone.held.cursor), 200)["last_seq"], 1, "last_seq after operation 1")
    equal(must(await phone.post([], phone.held.cursor), 200)["last_seq"], 1, "last_seq of an exchange without any")
    both = must(await phone.post([first, second], phone.held.cursor), 200)
    equal(both["last_seq"], 2, "last_seq after operations 1 and 2")
    kinds = [(one["seq"], one["outcome"]) for one in both["outcomes"]]
    equal(kinds, [(1, "duplicate"), (2, "applied")], "outcomes of a batch that overlaps the one before")


async def killed(field: Field) -> None:
    """The reference phone, its state on disk, dies after the server has committed and before the reply is stored."""
    visit_id = await field.desk.visit(field.technician)
    with TemporaryDirectory(prefix="fieldproof-conformance-") as folder:
        disk = Path(folder) / "phone.json"
        phone = Phone(field.http, disk=disk)
        await phone.enrol(await field.desk.code(field.technician))
        await phone.sync()
        tap = phone.tap("accept", visit_id)
        before = disk.read_bytes()
        await phone.sync()
        disk.write_bytes(before)
        again = Phone(field.http, disk=disk)
        await again.sync()
    equal(again.state["outcomes"][tap]["outcome"], "duplicate", "outcome after the restart")
    equal(again.state["outcomes"][tap].get("was"), "applied", "what it was")
    equal(again.state["outbox"], [], "the outbox")
    equal(again.row("visit", visit_id)["body"]["state"], "accepted", "the visit on the phone is")
    expect(again.is_intact(), "count and checksum to agree after the restart", "they differ")
    equal(await field.desk.recorded(visit_id), [tap], "operations in the history")


async def cut_in_half(field: Field) -> None:
    """A request whose body breaks off has no effect at all."""
    visit_id, phone = await field.visit_and_phone()
    wire = phone.note(visit_id)
    whole = json.dumps({"contract_version": 1, "operations": [wire], "cursor": None}).encode()

    async def half() -> httpx.Response:
        headers = {**phone.bearer(), "content-type": "application/json"}
        return await field.http.post("/v1/sync", content=whole[: len(whole) // 2], headers=headers)

    answer = await half()
    expect(400 <= answer.status_code < 500, "a 4xx for half a body", answer.status_code)
    equal(await field.desk.recorded(visit_id), [], "operations in the history")
    await phone.sync()
    equal(phone.outcome(wire), ("applied", None, None), "outcome of the whole one")


CHECKS: dict[str, Check] = {
    "an applied operation is stored: desk, history and a second phone show it": stored,
    "a lost reply: the retry is answered `duplicate` with `was`, and nothing happens twice": lost_reply,
    "a lost reply about a parked operation: `duplicate`, was `parked`, the same code": parked_again,
    "the same batch from four connections at once takes effect once": at_once,
    "`last_seq` says what has landed; a batch may overlap the one before": what_landed,
    "an app killed between sending and storing the reply loses and repeats nothing": killed,
    "half a request has no effect": cut_in_half,
}
