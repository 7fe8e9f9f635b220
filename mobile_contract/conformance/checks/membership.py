"""What a phone holds: all that is its technician's, nothing else, through reassignment there and back."""

from typing import Any

from mobile_contract.conformance.field import Check, Field
from mobile_contract.conformance.raw_phone import RawPhone, body_of
from mobile_contract.conformance.verdicts import equal, expect

Json = dict[str, Any]


def intact(phone: RawPhone) -> None:
    """Count and checksum of every scope agree. Raises `Failed` with what differs."""
    equal(phone.held.differences(), [], "differences from count and checksum:")


def about(answers: list[Json], visit_id: str) -> list[str]:
    """The rows in some answers that belong to a visit, as `collection/id`; removals are none."""
    found = []
    for change in (change for answer in answers for change in answer.get("changes", [])):
        body = change.get("body")
        if body is not None and visit_id in (change["id"], body.get("visit_id")):
            found.append(f"{change['collection']}/{change['id']}")
    return found


async def arrives_whole(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    visit = phone.held.body("visit", visit_id)
    expect(visit is not None, "the visit on the phone", "it is missing")
    job = phone.held.body("job", (visit or {})["job_id"])
    expect(job is not None, "its job on the phone", "it is missing")
    site = phone.held.body("site", (job or {})["site_id"])
    expect(site is not None, "its site on the phone", "it is missing")
    expect(phone.held.body("customer", (site or {})["customer_id"]) is not None, "its customer", "it is missing")
    lines = [row for row in phone.held.bodies("checklist_item") if row["visit_id"] == visit_id]
    expect(bool(lines), "the lines of its checklist", "none")
    equal([one["technician_id"] for one in (visit or {})["crew"]], [field.technician], "the crew")
    intact(phone)


async def delta(field: Field) -> None:
    _, phone = await field.visit_and_phone()
    for note in ("gate code 4711", "ring twice"):
        await field.desk.change_site(note)
        answers = await phone.sync()
        changed = [f"{change['collection']}/{change['id']}" for one in answers for change in one.get("changes", [])]
        equal(changed, [f"site/{field.desk.site_id}"], "rows in the answer after one row changed:")
        equal((phone.held.body("site", field.desk.site_id) or {}).get("access_note"), note, "the note on the phone")
        intact(phone)


async def there_and_back(field: Field) -> None:
    other = field.other
    visit_id, phone = await field.visit_and_phone()
    colleague = await field.phone(other)
    for owner, loser, technician in ((colleague, phone, other), (phone, colleague, field.technician)) * 2:
        await field.desk.assign(visit_id, technician)
        answers = await loser.sync()
        equal(about(answers, visit_id), [], "rows of the visit in the answer to the phone that lost it:")
        left = [
            key
            for key in loser.held.rows
            if visit_id in (key.split("/")[1], loser.held.rows[key]["body"].get("visit_id"))
        ]
        equal(left, [], "rows of the visit that are left on the phone that lost it:")
        await owner.sync()
        expect(owner.held.body("visit", visit_id) is not None, "the visit on the new owner's phone", "it is missing")
        lines = [row for row in owner.held.bodies("checklist_item") if row["visit_id"] == visit_id]
        expect(bool(lines), "its checklist on the new owner's phone", "none")
        intact(loser)
        intact(owner)


async def late(field: Field) -> None:
    other = field.other
    visit_id, phone = await field.visit_and_phone()
    note, start = phone.note(visit_id, "I was there"), phone.tap("start", visit_id)
    await field.desk.assign(visit_id, other)
    await phone.sync()
    equal(phone.outcome(note), ("applied", None, None), "outcome of a note made before the phone could know")
    equal(phone.outcome(start), ("parked", None, "after_reassignment"), "outcome, was and code of a state change")
    seen = await field.desk.look(visit_id)
    equal((seen["after_reassignment"], seen["state"]), (True, "dispatched"), "flag and state at the desk")
    expect(body_of(note)["id"] in await field.desk.recorded(visit_id), "the note in the history", "it is missing")
    equal(phone.held.body("visit", visit_id), None, "the visit on the phone, once all is sent:")
    colleague = await field.phone(other)
    note_id = body_of(note)["body"]["note_id"]
    expect(colleague.held.body("note", note_id) is not None, "the note on the new owner's phone", "it is missing")


async def cancelled(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    note = phone.note(visit_id, "before the cancellation was known")
    await field.desk.cancel(visit_id)
    await phone.sync()
    equal(phone.outcome(note), ("applied", None, None), "outcome of the note")
    equal(phone.held.body("visit", visit_id), None, "the cancelled visit on the phone:")
    equal((await field.desk.look(visit_id))["state"], "cancelled", "the visit stays")
    intact(phone)


async def no_leak(field: Field) -> None:
    theirs = await field.desk.visit(field.other)
    mine, phone = await field.visit_and_phone()
    colleague = await field.phone(field.other)
    colleague.note(theirs, "private to its crew")
    await colleague.sync()
    fresh = await field.phone()
    fresh.held.cursor = None
    answers = await fresh.sync() + await phone.sync()
    expect(bool(about(answers, mine)), "the technician's own visit in the answers", "it is missing")
    await field.desk.assign(theirs, field.other)
    await field.desk.change_site("a change that both get")
    answers += await phone.sync()
    leaked = about(answers, theirs)
    equal(leaked, [], "rows of another technician's visit in the answers:")
    keys = [key for one in (phone, fresh) for key in one.held.rows]
    strangers = [key for key in keys if key.startswith("visit/") and not _is_mine(phone, fresh, key, field.technician)]
    equal(strangers, [], "visits on the phone that its technician is not in the crew of:")


def _is_mine(phone: RawPhone, fresh: RawPhone, key: str, technician: str) -> bool:
    row = phone.held.rows.get(key) or fresh.held.rows[key]
    return technician in {one["technician_id"] for one in row["body"]["crew"]}


async def both_phones(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    second = await field.phone()
    one, two = phone.note(visit_id, "from the first"), second.note(visit_id, "from the second")
    await phone.sync()
    await second.sync()
    await phone.sync()
    for each in (phone, second):
        texts = sorted(row["text"] for row in each.held.bodies("note") if row["visit_id"] == visit_id)
        equal(texts, ["from the first", "from the second"], "notes on each phone")
        intact(each)
    equal((phone.outcome(one)[0], second.outcome(two)[0]), ("applied", "applied"), "outcomes")
    equal(phone.held.rows, second.held.rows, "the second phone holds")


CHECKS: dict[str, Check] = {
    "an assigned visit arrives with job, site, customer and checklist": arrives_whole,
    "a delta has what changed and nothing else": delta,
    "two phones of one technician end in the same state": both_phones,
    "a visit that is taken away is removed, comes back, and goes again": there_and_back,
    "work done before the phone could know is kept and flagged; its state changes are parked": late,
    "a cancelled visit leaves the phone; facts about it are kept": cancelled,
    "no answer has a row of another technician's visit": no_leak,
}
