"""The stories that are recorded: what goes wrong between a phone and a server, and where the phone must end."""

from collections.abc import Awaitable, Callable

from mobile_contract.chain import uuid7
from mobile_contract.conformance import troubles
from mobile_contract.conformance.recorder import Recorder
from mobile_contract.conformance.recording import Recording

SMALL_PAGE = 4096
"""Bytes of a page in the story of the first sync, so that a few rows make two."""
Story = Callable[[Recorder], Awaitable[Recording]]


async def two_pages(rec: Recorder) -> Recording:
    for _ in range(4):
        await rec.visit()
    rec.page_bytes = SMALL_PAGE
    await rec.enrol()
    await rec.sync()
    return rec.recording(
        "first_sync", "A first sync in pages",
        "A new phone enrols and asks for everything. The answer comes in pages; each has a cursor to go on from, and only "
        "the last one has count and checksum.", [],
    )  # fmt: skip


async def delta(rec: Recorder) -> Recording:
    await rec.visit()
    await rec.enrol()
    await rec.sync()
    path = f"/v1/sites/{rec.field.desk.site_id}"
    await rec.desk("the site's note changes", "PATCH", path, {"access_note": "gate code 4711"})
    await rec.sync()
    await rec.sync()
    return rec.recording(
        "delta", "What changed since, and nothing when nothing did",
        "One row changes: the answer has that row. Then nothing changes: the answer has no changes and no cursor, and the "
        "phone keeps the one it has.", [],
    )  # fmt: skip


async def outcomes(rec: Recorder) -> Recording:
    visit_id = await rec.visit()
    parts = await rec.desk("the price list", "GET", "/v1/parts")
    part = rec.name("part", parts[0]["id"])
    await rec.enrol()
    await rec.sync()
    line = uuid7()
    rec.tap("accept", visit_id)
    rec.drive("sync", fails=True)
    await rec.exchange("the server does the work; its reply is lost", "reply lost")
    rec.tap("resume", visit_id)
    for quantity in (1, 2):
        rec.tap("part_used", visit_id, {"part_used_id": line, "part_id": part, "quantity": quantity})
    await rec.sync()
    return rec.recording(
        "outcomes", "duplicate, parked, applied and merged in one batch",
        "Four taps go up at once. The server has had the first before, but its reply was lost: duplicate. The second cannot "
        "take effect and is parked; the ones behind it are applied, and another quantity on the same line is merged and adds to it. All "
        "four leave the outbox.", ["part"],
    )  # fmt: skip


async def lost_reply(rec: Recorder) -> Recording:
    visit_id = await rec.visit()
    await rec.enrol()
    await rec.sync()
    rec.tap("accept", visit_id)
    rec.tap("resume", visit_id)
    rec.drive("sync", fails=True)
    await rec.exchange("the server does the work; its reply is lost", "reply lost")
    await rec.sync()
    return rec.recording(
        "lost_reply", "The reply is lost; the retry is answered with the first outcomes",
        "The phone cannot know that the server has its taps. It sends the same bytes again; the answer says duplicate and "
        "what the outcome was.", [],
    )  # fmt: skip


async def lost_request(rec: Recorder) -> Recording:
    visit_id = await rec.visit()
    await rec.enrol()
    await rec.sync()
    rec.tap("accept", visit_id)
    rec.drive("sync", fails=True)
    await rec.exchange("the request never arrives", "request lost")
    await rec.sync()
    return rec.recording(
        "lost_request", "The request is lost; the retry is the first that arrives",
        "To the phone this looks like a lost reply, and it does the same: it sends the same bytes again.", [],
    )  # fmt: skip


async def gap(rec: Recorder) -> Recording:
    visit_id = await rec.visit()
    await rec.enrol()
    await rec.sync()
    rec.tap("accept", visit_id)
    rec.tap("depart", visit_id)
    rec.drive("sync", fails=True)
    await rec.exchange("operation 2 arrives before operation 1", suffix=1)
    await rec.sync()
    return rec.recording(
        "gap", "The server misses an operation and says from where to send",
        "Operation 2 arrives alone and is refused with sequence_gap and expected_seq 1. The phone sends from there, the "
        "same bytes, and drops nothing.", [],
    )  # fmt: skip


async def fork(rec: Recorder) -> Recording:
    visit_id = await rec.visit()
    await rec.enrol()
    await rec.sync()
    rec.drive("backup")
    rec.tap("accept", visit_id)
    await rec.sync()
    rec.drive("go_back")
    rec.tap("depart", visit_id)
    rec.drive("sync", fails=True)
    refusal = await rec.exchange("another operation under a number that was used")
    rec.stopped_by = refusal["code"]
    return rec.recording(
        "fork", "A phone that was set back to an old state stops",
        "The phone's disk is put back to an old copy, and the technician goes on. The server refuses the other operation "
        "under the same number with device_forked. The phone keeps its outbox, stops sending, and says that it must be "
        "enrolled anew.", [],
    )  # fmt: skip


async def removal(rec: Recorder) -> Recording:
    visit_id = await rec.visit()
    await rec.enrol()
    await rec.sync()
    await rec.assign(visit_id, rec.field.other)
    await rec.sync()
    return rec.recording(
        "removal", "A visit goes to somebody else and leaves the phone",
        "The answer has the rows as removals: no body. The phone drops them, and count and checksum agree.",
        ["second technician"],
    )  # fmt: skip


async def regrant(rec: Recorder) -> Recording:
    visit_id = await rec.visit()
    await rec.enrol()
    await rec.sync()
    await rec.assign(visit_id, rec.field.other)
    await rec.sync()
    await rec.assign(visit_id, rec.field.technician)
    rec.tap("note", visit_id, {"note_id": uuid7(), "text": "written while it was somebody else's"})
    await rec.sync()
    return rec.recording(
        "regrant", "A visit leaves the phone and comes back",
        "The rows come again at higher revisions. What was tapped meanwhile is applied.", ["second technician"],
    )  # fmt: skip


async def unsent_work(rec: Recorder) -> Recording:
    visit_id = await rec.visit()
    await rec.enrol()
    await rec.sync()
    await rec.assign(visit_id, rec.field.other)
    rec.drive("sync", held=True)
    reply = await rec.exchange("the removal is on its way", "reply held")
    rec.tap("note", visit_id, {"note_id": uuid7(), "text": "tapped before the reply was here"})
    rec.tap("start", visit_id)
    rec.drive("release", fails=True)
    rec.take_in(reply)
    await rec.exchange("the next request never arrives", "request lost")
    rec.expect()
    await rec.sync()
    return rec.recording(
        "removal_with_unsent_work", "A visit is taken away while work on it is unsent",
        "The technician taps while the answer that takes the visit away is on its way. The phone keeps the visit, marked "
        "as taken away and read-only, until its operations have landed: the note is applied as a late contribution, the "
        "start is parked. Then the visit goes.", ["second technician"],
    )  # fmt: skip


async def restored(rec: Recorder) -> Recording:
    visit_id = await rec.visit()
    gone = await rec.visit()
    await rec.enrol()
    await rec.sync()
    path = f"/v1/visits/{gone}/cancel"
    await rec.desk("a visit is cancelled while the phone is away", "POST", path, {"reason": "repaired by itself"})
    await rec.operator("restore")
    rec.tap("accept", visit_id)
    await rec.sync()
    return rec.recording(
        "resync", "The server was restored: everything comes again, and the outbox stays",
        "The server has a new epoch, so the cursor means nothing to it any more. The answer names the scopes in resync: the "
        "phone drops their rows, takes the ones that come, and keeps its outbox. A visit that was cancelled meanwhile does "
        "not come as a removal; only dropping the rows gets rid of it.", ["operator"],
    )  # fmt: skip


async def reconcile(rec: Recorder) -> Recording:
    visit_id = await rec.visit()
    await rec.enrol()
    await rec.sync()
    rec.drive("lose_row", row=f"visit/{visit_id}")
    path = f"/v1/sites/{rec.field.desk.site_id}"
    await rec.desk("the site's note changes", "PATCH", path, {"access_note": "ring twice"})
    rec.drive("sync")
    await rec.exchange("count and checksum do not agree with what the phone holds")
    await rec.reconcile(f"technician:{rec.field.technician}")
    return rec.recording(
        "reconcile", "A row was lost on the phone, and is found missing",
        "The phone's storage lost a row. With the next change the server says count and checksum, and the phone sees that "
        "they are not its own. It sends its digests by bucket and gets all rows of the buckets that differ.",
        ["reconcile"],
    )  # fmt: skip


async def busy(rec: Recorder) -> Recording:
    visit_id = await rec.visit()
    await rec.enrol()
    await rec.sync()
    rec.tap("accept", visit_id)
    rec.drive("sync", fails=True)
    await rec.exchange("429 with Retry-After", "busy")
    await rec.sync()
    return rec.recording(
        "busy", "429 with Retry-After: wait, then send the same again",
        "Something between phone and server has too much to do. The phone waits at least as long as it is told and sends "
        "the same bytes.", [],
    )  # fmt: skip


async def expired(rec: Recorder) -> Recording:
    visit_id = await rec.visit()
    await rec.enrol()
    await rec.sync()
    await rec.operator("wait")
    rec.tap("accept", visit_id)
    rec.drive("sync")
    await rec.exchange("the access token has expired")
    await rec.sign_in()
    await rec.exchange("the same exchange with the new token")
    return rec.recording(
        "expired_token", "The token expired while the phone was offline",
        "The server answers 401. The device asks for a challenge, signs it with its key, gets new tokens and sends the same "
        "bytes again. The outbox is not touched.", ["operator"],
    )  # fmt: skip


STORIES: dict[str, Story] = {
    "first_sync": two_pages, "delta": delta, "outcomes": outcomes, "lost_reply": lost_reply, "lost_request": lost_request,
    "gap": gap, "fork": fork, "removal": removal, "regrant": regrant, "removal_with_unsent_work": unsent_work,
    "resync": restored, "reconcile": reconcile, "busy": busy, "expired_token": expired,
    "too_large": troubles.too_large, "unreadable": troubles.unreadable, "unknown_cursor": troubles.unknown_cursor,
    "fork_mended": troubles.fork_mended, "unavailable": troubles.unavailable, "photos": troubles.photos,
}  # fmt: skip
