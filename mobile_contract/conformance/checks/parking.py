"""What cannot take effect is parked: kept, shown, decided by people, and never in the way of what follows."""

from mobile_contract.chain import uuid7
from mobile_contract.conformance.field import Check, Field
from mobile_contract.conformance.raw_phone import RawPhone, body_of
from mobile_contract.conformance.verdicts import equal, expect


async def never_blocks(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    expense = {"expense_id": uuid7(), "kind": "parking", "amount": -1, "currency": "CNY"}
    bad = [
        (phone.tap("expense", visit_id, expense), "malformed_body"),
        (phone.tap("resume", visit_id), "state_not_possible"),
        (phone.note(uuid7()), "not_found"),
    ]
    good = phone.tap("accept", visit_id)
    await phone.sync()
    for wire, code in bad:
        equal(phone.outcome(wire), ("parked", None, code), f"outcome, was and code of '{body_of(wire)['kind']}'")
        sentence = phone.held.outcomes[body_of(wire)["seq"]].get("sentence") or ""
        expect(len(sentence) > 10, "a sentence that a person understands", repr(sentence))
    equal(phone.outcome(good), ("applied", None, None), "outcome of the good one behind them")
    equal((await field.desk.look(visit_id))["state"], "accepted", "the visit is")
    equal(phone.held.outbox, [], "the outbox")


async def shown(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    wire = phone.tap("resume", visit_id)
    await phone.sync()
    operation_id = body_of(wire)["id"]
    row = (await field.desk.parked()).get(operation_id)
    expect(row is not None, "the operation in the desk's inbox", "it is missing")
    equal((row or {}).get("body"), body_of(wire), "the inbox shows it whole:")
    held = phone.held.body("operation", operation_id)
    expect(held is not None, "a row of `operation` on the phone", "none")
    equal((held or {}).get("visit_id"), visit_id, "its visit is")


async def decided(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    resume = phone.tap("resume", visit_id)
    lost = phone.tap("hold", visit_id, {"reason": "too early"})
    await phone.sync()
    for kind, body in (("start", {}), ("hold", {"reason": "lunch"})):
        phone.tap(kind, visit_id, body)
    await phone.sync()
    first, second = body_of(resume)["id"], body_of(lost)["id"]
    answer = await field.desk.ask("POST", f"/v1/parked/{second}", {"resolution": "dismissed"})
    equal(answer.status_code, 422, "status of a dismissal without a reason")
    await field.desk.call("POST", f"/v1/parked/{second}", {"resolution": "dismissed", "reason": "tapped by mistake"})
    await field.desk.call("POST", f"/v1/parked/{first}", {"resolution": "applied"})
    await phone.sync()
    equal((phone.held.body("visit", visit_id) or {}).get("state"), "in_progress", "after 'apply now' the visit is")
    equal(phone.held.body("operation", first), None, "the phone's row of what was applied")
    equal(phone.held.body("operation", second), None, "the phone's row of what was dismissed")
    again = await field.desk.ask("POST", f"/v1/parked/{first}", {"resolution": "applied"})
    equal(again.status_code, 409, "status of a second decision")


async def not_yours(field: Field) -> None:
    visit_id = await field.desk.visit(field.other)
    phone = await field.phone()
    wires = [phone.tap("accept", visit_id), phone.note(visit_id)]
    await phone.sync()
    for wire in wires:
        equal(phone.outcome(wire), ("parked", None, "not_your_visit"), "outcome, was and code")
    equal((await field.desk.look(visit_id))["state"], "dispatched", "the visit stays")


async def unknown_kind(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    odd, good = phone.tap("teleport", visit_id, {"to": "roof", "steps": [1, 2]}), phone.note(visit_id)
    await phone.sync()
    equal(phone.outcome(odd), ("parked", None, "unknown_kind"), "outcome, was and code")
    equal(phone.outcome(good), ("applied", None, None), "outcome of the one behind it")
    await kept_whole(field, phone, odd)


async def unknown_fields(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    body = {"note_id": uuid7(), "text": "Fan blocked", "mood": "calm", "later": {"a": [1, None, "二"]}}
    note = phone.tap("note", visit_id, body, trace="new in version 9")
    odd = phone.tap("teleport", visit_id, {"to": "roof"}, trace={"new": ["in", "version", 9]})
    await phone.sync()
    equal(phone.outcome(note), ("applied", None, None), "outcome of a note with fields that this server does not know")
    await kept_whole(field, phone, odd)


async def kept_whole(field: Field, phone: RawPhone, wire: dict[str, str]) -> None:
    """The parked operation is kept as it was sent."""
    kept = (await field.desk.parked()).get(body_of(wire)["id"], {}).get("body")
    equal(kept, body_of(wire), "the desk's inbox has every field:")


CHECKS: dict[str, Check] = {
    "a poison operation is parked with code and sentence, and the next one is applied": never_blocks,
    "a parked operation is shown whole to the desk, and to its phone as a row": shown,
    "a parked operation is applied, or dismissed with a reason, once": decided,
    "an operation on somebody else's visit is parked and changes nothing": not_yours,
    "an unknown kind is parked `unknown_kind` and kept whole": unknown_kind,
    "unknown fields do no harm and are kept": unknown_fields,
}
