"""A first sync in pages: complete, resumable from its last page, and the same however often it is asked."""

import contextlib
from typing import Any

from mobile_contract.conformance.checks.membership import intact
from mobile_contract.conformance.field import Check, Field
from mobile_contract.conformance.raw_phone import RawPhone, must
from mobile_contract.conformance.verdicts import Failed, NotOffered, equal, expect

Json = dict[str, Any]
LINES = 100
WIDE = "检" * 290
PAGE = 128 * 1024
"""Bytes that a phone asks for at most; a server that does not know the wish has pages of its own size."""
VISITS = 6
"""Six visits with a hundred wide checklist lines each are some 600 kB of JSON."""


async def load(field: Field) -> list[str]:
    """Visits that make a first sync of more than half a megabyte."""
    labels = [f"{number} {WIDE}" for number in range(LINES)]
    return [await field.desk.visit(field.technician, checklist=labels) for _ in range(VISITS)]


async def new_phone(field: Field) -> RawPhone:
    """Enrolled, with nothing on it yet."""
    phone = RawPhone(field.http)
    await phone.enrol(await field.desk.code(field.technician))
    return phone


async def whole(phone: RawPhone, visits: list[str]) -> None:
    """Every row that the desk made is there, and count and checksum agree."""
    for visit_id in visits:
        expect(phone.held.body("visit", visit_id) is not None, f"visit {visit_id} on the phone", "it is missing")
        lines = [row["position"] for row in phone.held.bodies("checklist_item") if row["visit_id"] == visit_id]
        equal(len(lines), LINES, f"checklist lines of visit {visit_id}")
    intact(phone)


async def complete(field: Field) -> None:
    visits = await load(field)
    phone = await new_phone(field)
    answers = await phone.sync()
    await whole(phone, visits)
    for answer in answers[:-1]:
        expect(bool(answer.get("cursor")), "a cursor with every page, to go on from", "a page without")
    expect(not answers[-1].get("more"), "no `more` on the last page", answers[-1].get("more"))


async def resumed(field: Field) -> None:
    visits = await load(field)
    phone = await new_phone(field)
    first = must(await phone.post([], None, page_bytes=PAGE), 200)
    if not first.get("more"):
        raise NotOffered("everything came in one page")
    phone.held.apply(first)
    on_first_page = set(phone.held.rows)
    # The app dies here; what changes meanwhile must come too, and what is on the first page must not come again.
    await field.desk.change_site("changed between two pages")
    await field.desk.cancel(visits[0])
    rest = await phone.sync()
    again = [
        f"{change['collection']}/{change['id']}"
        for answer in rest
        for change in answer.get("changes", [])
        if change.get("body") is not None
    ]
    repeated = [key for key in again if key in on_first_page and not key.startswith(("site/", "visit/"))]
    equal(repeated, [], "rows of the first page that came again although nothing had changed:")
    equal(phone.held.body("visit", visits[0]), None, "the visit that was cancelled between the pages:")
    site = phone.held.body("site", field.desk.site_id) or {}
    equal(site.get("access_note"), "changed between two pages", "the site's note on the phone")
    await whole(phone, visits[1:])


async def idempotent(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    before = phone.held.cursor
    await field.desk.change_site("asked for twice")
    phone.note(visit_id)
    await phone.sync()
    once = must(await phone.post([], before), 200)
    twice = must(await phone.post([], before), 200)
    equal(once.get("changes"), twice.get("changes"), "the same cursor gives the same changes:")
    rows = dict(phone.held.rows)
    phone.held.apply(once)
    equal(phone.held.rows, rows, "taking an answer in twice changes nothing:")


async def refused_cursors(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    cursors: list[str] = ["nonsense", "", (phone.held.cursor or "")[:-4] + "AAAA", phone.token]
    with contextlib.suppress(NotOffered):  # without a second technician the other cursors are checked all the same
        cursors.append((await field.phone(field.other)).held.cursor or "none")
    tap = phone.tap("accept", visit_id)
    for cursor in cursors:
        answer = await phone.post([tap], cursor)
        code = answer.json().get("code") if answer.is_error else None
        equal((answer.status_code, code), (400, "cursor_refused"), f"status and code for the cursor {cursor[:12]!r}...")
    phone.held.cursor, phone.held.rows, phone.held.scopes = None, {}, {}
    await phone.sync()
    expect(
        phone.outcome(tap)[0] in ("applied", "duplicate"), "the outbox to survive the fresh start", phone.outcome(tap)
    )
    intact(phone)


async def resync(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    ghost = "visit/00000000-0000-7000-8000-00000000dead"
    phone.held.rows[ghost] = dict(phone.held.rows[f"visit/{visit_id}"])
    await field.operate("restore")
    tap = phone.tap("accept", visit_id)
    answers = await phone.sync()
    named = {scope for answer in answers for scope in answer.get("resync", [])}
    expect(f"technician:{field.technician}" in named, "`resync` to name the technician's scope", sorted(named))
    if ghost in phone.held.rows:
        raise Failed("a row that the restored server never had to be gone", "it is still there")
    equal(phone.outcome(tap)[0], "applied", "outcome of what was in the outbox")
    intact(phone)


CHECKS: dict[str, Check] = {
    "the same cursor gives the same answer, and taking it in twice changes nothing": idempotent,
    "a forged, cut or foreign cursor is 400 `cursor_refused`; a fresh start keeps the outbox": refused_cursors,
    "a restored server says `resync`, and the outbox survives": resync,
    "a first sync of half a megabyte is complete, page by page": complete,
    "a first sync that is interrupted goes on from its last page": resumed,
}
