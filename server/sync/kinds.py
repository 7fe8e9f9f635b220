"""Every kind of operation a phone may send, and the domain that handles it."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.arrival import operations as arrival
from server.followup import operations as followup
from server.jobs import operations as jobs
from server.media import operations as media
from server.records import operations as records
from server.taps import Tap

Handler = Callable[[AsyncSession, Tap, Any], Awaitable[bool | None]]
"""Applies an operation; True says that it was merged with what others did. Raises a `Problem` to have it parked."""

KINDS: dict[str, tuple[type[msgspec.Struct], Handler]] = {
    "accept": (jobs.Plain, jobs.tapped),
    "decline": (jobs.Because, jobs.tapped),
    "depart": (jobs.Plain, jobs.tapped),
    "start": (jobs.Plain, jobs.tapped),
    "hold": (jobs.Because, jobs.tapped),
    "resume": (jobs.Plain, jobs.tapped),
    "complete": (jobs.Completion, jobs.tapped),
    "cannot_complete": (jobs.Because, jobs.tapped),
    "note": (jobs.NoteBody, jobs.note),
    "checklist_answer": (jobs.ChecklistAnswer, jobs.checklist_answer),
    "part_used": (jobs.PartUsedBody, jobs.part_used),
    "expense": (jobs.ExpenseBody, jobs.expense),
    "check_in": (arrival.CheckInBody, arrival.check_in),
    "photo": (media.PhotoBody, media.photo),
    "report": (records.ReportBody, records.report),
    "sign": (records.SignBody, records.sign),
    "survey": (followup.SurveyBody, followup.survey),
}
