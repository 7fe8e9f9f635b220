"""Every kind of operation a phone may send, and the domain that handles it."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from mobile_contract.limits import KIND_BYTES, OPERATION_BYTES
from server.arrival import operations as arrival
from server.customers.models import Part
from server.field.taps import Tap
from server.followup import operations as followup
from server.jobs import operations as jobs
from server.jobs.models import ChecklistItem, PartUsed
from server.media import operations as media
from server.records import operations as records

Handler = Callable[[AsyncSession, Tap, Any], Awaitable[bool | None]]
"""Applies an operation; True says that it was merged with what others did. Raises a `Problem` to have it parked."""


class Kind(msgspec.Struct, frozen=True):
    """A kind: the shape of its body, its handler, the field with the id of what it makes, and those it builds on.

    `reads` and `changes` say which fields name rows of which table, so that a whole batch's are fetched together and
    handed over in `Tap.rows`; those that it changes are locked.
    """

    body: type[msgspec.Struct]
    handler: Handler
    creates: str | None = None
    needs: tuple[str, ...] = ()
    reads: dict[str, Any] = {}
    changes: dict[str, Any] = {}
    most_bytes: int = KIND_BYTES
    """Of an operation's text."""
    lenient: type[msgspec.Struct] | None = None
    """The shape that is taken, where more is taken than the contract asks for."""

    exact: bool = False
    """Its texts stand in the sealed record and are compared with the signed ones: what cannot be stored is parked."""

    @property
    def read_as(self) -> type[msgspec.Struct]:
        return self.lenient or self.body


KINDS: dict[str, Kind] = {
    "accept": Kind(jobs.Plain, jobs.tapped),
    "decline": Kind(jobs.Because, jobs.tapped),
    "depart": Kind(jobs.Plain, jobs.tapped),
    "start": Kind(jobs.Plain, jobs.tapped),
    "hold": Kind(jobs.Because, jobs.tapped),
    "resume": Kind(jobs.Plain, jobs.tapped),
    "complete": Kind(jobs.Completion, jobs.tapped),
    "cannot_complete": Kind(jobs.Because, jobs.tapped),
    "note": Kind(jobs.NoteBody, jobs.note, creates="note_id"),
    "checklist_answer": Kind(jobs.ChecklistAnswer, jobs.checklist_answer, changes={"item_id": ChecklistItem}),
    "part_used": Kind(
        jobs.PartUsedBody,
        jobs.part_used,
        creates="part_used_id",
        reads={"part_id": Part},
        changes={"part_used_id": PartUsed},
    ),
    "expense": Kind(jobs.ExpenseBody, jobs.expense, creates="expense_id"),
    "access_note": Kind(jobs.AccessNoteBody, jobs.access_note),
    "check_in": Kind(
        arrival.CheckInBody, arrival.check_in, creates="check_in_id", most_bytes=OPERATION_BYTES, lenient=arrival.Claim
    ),
    "photo": Kind(media.PhotoBody, media.photo, creates="photo_id"),
    "report": Kind(
        records.ReportBody,
        records.report,
        creates="report_id",
        needs=("amends_id",),
        most_bytes=OPERATION_BYTES,
        exact=True,
    ),
    "sign": Kind(records.SignBody, records.sign, creates="signature_id", needs=("report_id",), exact=True),
    "survey": Kind(followup.SurveyBody, followup.survey, creates="survey_id"),
}
