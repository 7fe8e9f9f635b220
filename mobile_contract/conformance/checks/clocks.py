"""Time anchors in every answer, and phones whose clocks are wrong: nothing is lost, no order changes."""

import time
from datetime import datetime

from mobile_contract.conformance.checks.membership import intact
from mobile_contract.conformance.field import Check, Field
from mobile_contract.conformance.raw_phone import body_of
from mobile_contract.conformance.verdicts import equal, expect

HOUR = 3600 * 1_000_000
YEAR = 365 * 24 * HOUR


async def anchors(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    phone.note(visit_id)
    answers = await phone.sync() + await phone.sync()
    tokens = [answer.get("anchor") for answer in answers]
    expect(all(isinstance(one, str) and one for one in tokens), "an anchor in every answer", tokens)
    wire = phone.note(visit_id, "under an anchor")
    await phone.sync()
    equal(phone.outcome(wire)[0], "applied", "outcome of an operation that names its anchor")
    phone.anchor = {"token": "forged", "monotonic": 1, "boot_id": phone.boot_id, "round_trip": 1}
    wire = phone.note(visit_id, "under a forged anchor")
    await phone.sync()
    equal(phone.outcome(wire)[0], "applied", "a forged anchor proves nothing and costs nothing: outcome")


async def wrong_wall_clock(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    now = time.time_ns() // 1000
    taps = []
    for kind, wall in (
        ("accept", now - 30 * YEAR),
        ("depart", now + 40 * YEAR),
        ("start", 0),
        ("note", now - 5 * YEAR),
    ):
        body = {"note_id": "0" * 8 + body_id(visit_id), "text": "?"} if kind == "note" else {}
        clock = {**phone.envelope(kind, visit_id)["clock"], "wall": wall}
        taps.append(phone.tap(kind, visit_id, body, clock=clock))
    await phone.sync()
    equal([phone.outcome(one) for one in taps], [("applied", None, None)] * 4, "outcomes")
    equal(await field.desk.recorded(visit_id), [body_of(one)["id"] for one in taps], "the order in the history is")
    visit = phone.held.body("visit", visit_id) or {}
    equal(visit.get("state"), "in_progress", "the visit is")
    # Held against the server's own clock, which need not be this machine's.
    history = await field.desk.call("GET", f"/v1/visits/{visit_id}/history")
    recorded = next(line["recorded_at"] for line in history if line["kind"] == "start")
    true = datetime.fromisoformat(recorded).timestamp() * 1_000_000
    expect(abs((visit.get("started_at") or 0) - true) < HOUR, f"a start near {recorded}", visit.get("started_at"))
    intact(phone)


def body_id(visit_id: str) -> str:
    """The rest of a note's id, so that each visit has one of its own."""
    return visit_id[8:]


async def rebooted(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    first = phone.tap("accept", visit_id)
    clock = {"wall": time.time_ns() // 1000, "monotonic": 5, "boot_id": "another boot", "anchor": phone.anchor}
    second = phone.tap("depart", visit_id, clock=clock)
    third = phone.tap("start", visit_id, clock={**clock, "monotonic": 4, "sleeps": True})
    await phone.sync()
    equal([phone.outcome(one)[0] for one in (first, second, third)], ["applied"] * 3, "outcomes")
    equal(await field.desk.recorded(visit_id), [body_of(one)["id"] for one in (first, second, third)], "the order is")


CHECKS: dict[str, Check] = {
    "every answer has a time anchor; a forged one costs nothing": anchors,
    "a wall clock that is decades off changes no order and loses nothing": wrong_wall_clock,
    "a reboot, or a monotonic clock that runs back, loses nothing": rebooted,
}
