"""What jobs do with a phone's operations: moves of the visit, and what the technician recorded."""

from typing import Annotated
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobile_contract.shapes.amounts import MILLI, next_whole
from mobile_contract.shapes.merging import merge_text
from server.customers.models import Part, Site
from server.customers.rules import Unit
from server.database.events import CUSTODY_CHANGED
from server.database.rows import among
from server.field.kind import Kind
from server.field.taps import Tap
from server.ground.problems import Conflict, Invalid, NotFound
from server.ground.texts import is_blank
from server.jobs.crew import sent, summary_of, take_step
from server.jobs.history import record_tap
from server.jobs.models import ChecklistItem, Expense, Job, Note, PartUsed, Visit
from server.jobs.rules import ENDED, Cause, ComesNext, ExpenseKind
from server.reasons.given import READS, given

Text = Annotated[str, msgspec.Meta(max_length=8000)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class AfterReassignment(Conflict):
    """The visit was taken away before this arrived"""

    code = "after_reassignment"


class Plain(msgspec.Struct):
    """Nothing beside the tap itself."""


class Because(msgspec.Struct):
    """A tap with its reason in words; `reason_id` names one out of the office's list, where the words began with one."""

    reason: Reason
    reason_id: UUID | None = None


class NotCompleted(Because):
    """The work could not be done: why in words, the cause, and what comes next."""

    cause: Cause | None = None
    comes_next: ComesNext | None = None


class AccessNoteBody(msgspec.Struct):
    """How to get in, corrected on the spot: the text that the phone showed, and the one it should be."""

    was: Annotated[str, msgspec.Meta(max_length=4000)]
    text: Annotated[str, msgspec.Meta(max_length=4000)]


class Completion(msgspec.Struct):
    """The work is done: what was done, and the fault as the field's codes."""

    work_summary: Text
    fault: dict[str, str] | None = None


class NoteBody(msgspec.Struct):
    """Something written down."""

    note_id: UUID
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=8000)]


class ChecklistAnswer(msgspec.Struct):
    """An answer to one line of the checklist."""

    item_id: UUID
    answer: Annotated[str, msgspec.Meta(max_length=1000)]


class PartUsedBody(msgspec.Struct):
    """A part that went in; a negative quantity takes back.

    A fraction is `quantity_milli`, in thousandths of the part's unit, beside `quantity` as the next whole number up.
    """

    part_used_id: UUID
    part_id: UUID
    quantity: Annotated[int, msgspec.Meta(ge=-1000, le=1000)]
    charged: bool = True
    quantity_milli: Annotated[int, msgspec.Meta(ge=-1_000_000, le=1_000_000)] | None = None


class ExpenseBody(msgspec.Struct):
    """Money spent, in minor units."""

    expense_id: UUID
    kind: ExpenseKind
    amount: Annotated[int, msgspec.Meta(gt=0, le=10**10)]
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$", max_length=3)]
    note: Annotated[str, msgspec.Meta(max_length=1000)] = ""


async def tapped(session: AsyncSession, tap: Tap, body: Plain | Because | Completion) -> bool:
    """A move of the visit; True if it was there already, or its summary met another's.

    After a reassignment: raises `AfterReassignment`.
    """
    if tap.late:
        raise AfterReassignment("The visit was reassigned or cancelled before this reached us. The dispatcher decides.")
    if isinstance(body, Because) and is_blank(body.reason):
        raise Invalid("reason is blank. Write something that can be seen.", field="reason")
    facts = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not None}
    if isinstance(body, Because):
        facts |= given(tap, tap.kind, body.reason_id)
    merged = False
    visit, member, overtaken = take_step(tap)
    if tap.kind in ("complete", "cannot_complete"):
        for row in (visit, member):
            row.finished_at = max(row.finished_at or tap.occurred_at, tap.occurred_at)
    if isinstance(body, Completion):
        others = visit.work_summary
        member.work_summary, merged = merge_text(member.work_summary, "", body.work_summary)
        visit.work_summary = summary_of(sent(tap.batch.members[tap.visit_id]))
        merged = merged or bool(others and body.work_summary)
    record_tap(tap, facts)
    return merged or overtaken


async def note(session: AsyncSession, tap: Tap, body: NoteBody) -> None:
    """A note is only ever added."""
    tap.add(
        Note,
        id=body.note_id,
        visit_id=tap.visit_id,
        text=body.text,
        author_id=tap.user_id,
        occurred_at=tap.occurred_at,
    )
    record_tap(tap)


async def checklist_answer(session: AsyncSession, tap: Tap, body: ChecklistAnswer) -> bool:
    """An answer replaces the one before it; where another phone had answered otherwise, both stay. True if merged."""
    item = tap.row(ChecklistItem, body.item_id)
    if item is None or item.visit_id != tap.visit_id:
        raise NotFound("This visit has no such checklist line.")
    before = item.answer or {}
    if before and item.answered_by == tap.user_id and before["value"] == body.answer:
        record_tap(tap)
        return True
    conflict = bool(before) and item.answered_by != tap.user_id and before["value"] != body.answer
    others = [*before.get("others", ()), before["value"]] if conflict else before.get("others", [])
    tap.change(item, item.id, answer={"value": body.answer, "others": others}, answered_by=tap.user_id)
    record_tap(tap)
    return conflict


async def part_used(session: AsyncSession, tap: Tap, body: PartUsedBody) -> bool:
    """Quantities are deltas: the same line from two phones adds up. The price is the office's, at this time.

    What one person says twice in the same words never gets here: it is counted once.
    """
    part, line = tap.row(Part, body.part_id), tap.row(PartUsed, body.part_used_id)
    if part is None:
        raise NotFound("No part has this id.")
    _must_count(body, part)
    visit: Visit = tap.batch.rows[Visit, tap.visit_id]
    if visit.state in ENDED:
        tap.tell((CUSTODY_CHANGED, visit.id))
    if line is None:
        tap.add(
            PartUsed, id=body.part_used_id, visit_id=tap.visit_id, part_id=part.id, quantity=body.quantity, charged=body.charged,
            quantity_milli=_milli(body), unit=part.unit, unit_price=part.unit_price, currency=part.currency, added_by=tap.user_id, created_at=tap.received_at,
        )  # fmt: skip
        record_tap(tap)
        return False
    if line.visit_id != tap.visit_id or line.part_id != part.id:
        raise Conflict("This line belongs to another visit or part.")
    before = _milli(line)
    now = before + _milli(body)
    tap.change(line, line.id, quantity=next_whole(now), quantity_milli=now)
    record_tap(tap)
    return before != 0


def _milli(one: PartUsedBody | PartUsed) -> int:
    """Thousandths of the unit; who says a whole number only means that."""
    return one.quantity * MILLI if one.quantity_milli is None else one.quantity_milli


def _must_count(body: PartUsedBody, part: Part) -> None:
    """Raises `Invalid` for a quantity that says nothing, or that others would read as another."""
    milli = _milli(body)
    if milli == 0:
        raise Invalid("A quantity of 0 says nothing.", field="quantity")
    if body.quantity != next_whole(milli):
        raise Invalid(
            f"quantity should be {next_whole(milli)}, the next whole number up from {milli} thousandths.",
            field="quantity",
        )
    if part.unit == Unit.PIECE and milli % MILLI:
        raise Invalid(f"{part.number} is counted in pieces, so it has no fraction.", field="quantity_milli")


async def access_note(session: AsyncSession, tap: Tap, body: AccessNoteBody) -> bool:
    """A correction of the site's access note. Where somebody else changed it meanwhile both texts stay: then True."""
    site = await session.scalar(
        select(Site)
        .join(Job, Job.site_id == Site.id)
        .join(Visit, Visit.job_id == Job.id)
        .where(Visit.id == tap.visit_id)
        .with_for_update(of=Site)
    )
    if site is None:
        raise NotFound("The visit's site is not there any more.")
    before = site.access_note
    site.access_note, merged = merge_text(before, body.was, body.text)
    record_tap(tap)
    return merged or site.access_note == before


async def expense(session: AsyncSession, tap: Tap, body: ExpenseBody) -> None:
    """An expense is only ever added."""
    tap.add(
        Expense, id=body.expense_id, visit_id=tap.visit_id, kind=body.kind, amount=body.amount, currency=body.currency,
        note=body.note, added_by=tap.user_id,
    )  # fmt: skip
    record_tap(tap)


# Sites are shared by visits: two phones that change one's note are not to wait in a circle.
SITES = (
    select(Site.id)
    .where(Site.id.in_(select(Job.site_id).join(Visit, Visit.job_id == Job.id).where(among(Visit.id, "subjects"))))
    .order_by(Site.id)
    .with_for_update()
)
KINDS = (
    Kind("accept", Plain, tapped),
    Kind("decline", Because, tapped, reads=READS),
    Kind("depart", Plain, tapped),
    Kind("start", Plain, tapped),
    Kind("hold", Because, tapped, reads=READS),
    Kind("resume", Plain, tapped),
    Kind("complete", Completion, tapped),
    Kind("cannot_complete", NotCompleted, tapped, reads=READS),
    Kind("note", NoteBody, note, creates="note_id"),
    Kind("checklist_answer", ChecklistAnswer, checklist_answer, changes={"item_id": ChecklistItem}),
    Kind(
        "part_used", PartUsedBody, part_used, creates="part_used_id", reads={"part_id": Part},
        changes={"part_used_id": PartUsed},
    ),
    Kind("expense", ExpenseBody, expense, creates="expense_id"),
    Kind("access_note", AccessNoteBody, access_note, locks=SITES),
)  # fmt: skip
