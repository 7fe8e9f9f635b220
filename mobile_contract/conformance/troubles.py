"""More stories that are recorded: what must not hold up the rest, and how a phone gets out of trouble that is its own."""

from mobile_contract.chain import uuid7
from mobile_contract.conformance.checks.photos import png
from mobile_contract.conformance.recorder import Recorder
from mobile_contract.conformance.recording import Recording


async def too_large(rec: Recorder) -> Recording:
    visit_id = await rec.visit()
    await rec.enrol()
    await rec.sync()
    for number in range(3):
        rec.tap("note", visit_id, {"note_id": uuid7(), "text": f"note {number}"})
    rec.drive("sync")
    await rec.exchange("something before the server finds the batch too large", "too large")
    await rec.exchange("the same in pieces", pieces=True)
    return rec.recording(
        "too_large", "413: send the batch in pieces",
        "Something between phone and server takes smaller requests than the server does, and answers 413 with a page of its "
        "own. The phone sends fewer operations at a time, the same bytes in the same order, until all are there.", [],
    )  # fmt: skip


async def unreadable(rec: Recorder) -> Recording:
    visit_id = await rec.visit()
    await rec.enrol()
    await rec.sync()
    rec.tap("accept", visit_id)
    rec.tap("resume", visit_id)
    rec.tap("note", visit_id, {"note_id": uuid7(), "text": "behind the bad one"})
    rec.drive("sync")
    await rec.exchange("one operation that cannot be read, and the whole batch is refused", "unreadable")
    await rec.exchange("the same in pieces, the bad one alone", pieces=True, alone=[2])
    return rec.recording(
        "unreadable", "422 for a whole batch: what came before lands, and the bad one goes alone",
        "A batch is refused because of one operation in it. The phone sends smaller ones: what came before lands, the bad one "
        "goes by itself and is parked, and what follows goes on. A piece that has the bad one beside others is refused again.",
        [],
    )  # fmt: skip


async def unknown_cursor(rec: Recorder) -> Recording:
    visit_id = await rec.visit()
    gone = await rec.visit()
    await rec.enrol()
    await rec.sync()
    path = f"/v1/visits/{gone}/cancel"
    await rec.desk("a visit is cancelled while the phone is away", "POST", path, {"reason": "repaired by itself"})
    rec.tap("accept", visit_id)
    rec.drive("sync")
    await rec.exchange("the server does not know the cursor", "unknown cursor")
    rec.phone.held.cursor, rec.phone.held.rows = None, {}
    await rec.exchange("everything anew, and the outbox as it was")
    return rec.recording(
        "unknown_cursor", "400 cursor_refused: drop the cursor, keep the outbox",
        "The cursor is of another server, or of keys that are no more. The phone asks without one and sends the same bytes; "
        "what does not come again is no more.", [],
    )  # fmt: skip


async def fork_mended(rec: Recorder) -> Recording:
    visit_id = await rec.visit()
    await rec.enrol()
    await rec.sync()
    rec.tap("note", visit_id, {"note_id": uuid7(), "text": "before the backup"})
    await rec.sync()
    rec.drive("backup")
    rec.tap("accept", visit_id)
    await rec.sync()
    rec.drive("go_back")
    rec.tap("depart", visit_id)
    rec.drive("sync", fails=True)
    await rec.exchange("another operation under a number that was used")
    await rec.enrol()
    await rec.sync()
    return rec.recording(
        "fork_mended", "A forked phone is enrolled anew and takes along what has not landed",
        "As in `fork`; then the dispatcher gives a new code. The phone is another device from here on: what has not landed is "
        "signed by the new key, in a chain that begins at 1, with an id of its own. What landed is not sent again. Rows and "
        "cursor are the technician's, and stay.", [],
    )  # fmt: skip


async def unavailable(rec: Recorder) -> Recording:
    visit_id = await rec.visit()
    await rec.enrol()
    await rec.sync()
    rec.tap("accept", visit_id)
    rec.drive("sync", fails=True)
    await rec.exchange("503 with Retry-After", "unavailable")
    await rec.sync()
    return rec.recording(
        "unavailable", "503 with Retry-After: wait, then send the same again",
        "The server is down for a moment, and something before it says for how long. The phone waits and sends the same bytes.",
        [],
    )  # fmt: skip


async def photos(rec: Recorder) -> Recording:
    visit_id = await rec.visit()
    await rec.enrol()
    await rec.sync()
    visits, data = (visit_id, uuid7(), visit_id), (png(), png(), png())
    taken = [rec.photo(where, "before", one) for where, one in zip(visits, data, strict=True)]
    await rec.sync()
    rec.drive("upload")
    for photo_id, one in zip(taken, data, strict=True):
        await rec.bring(photo_id, one)
    return rec.recording(
        "photos", "A photo that the server does not know holds up none of the others",
        "Three photos are promised. The second is of a visit that is none, so its promise is parked and its upload answers "
        "404. The client brings the others, and can try that one again another day. Photos may be brought in any order.",
        ["storage"],
    )  # fmt: skip
