"""What jobs and visits look like on the wire."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from server.ground.by_language import Labels
from server.ground.texts import CODE, Written
from server.jobs.rules import JobKind, VisitState
from server.requests.rules import Channel

Skill = Annotated[str, msgspec.Meta(min_length=1, max_length=100, extra=CODE)]
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]


class BringLine(Written):
    """Something to take along: in words, or a part of the catalogue, or both. `quantity_milli` is in thousandths of the part's unit."""

    text: Annotated[str, msgspec.Meta(max_length=300, examples=["Ladder of 3 m"])] = ""
    part_id: UUID | None = None
    quantity_milli: Annotated[int, msgspec.Meta(gt=0, le=1_000_000)] | None = None


Bring = Annotated[list[BringLine], msgspec.Meta(max_length=50)]


class LineIn(Written):
    """A line of a checklist with its text by language; `label` is read where that has nothing better."""

    label: Annotated[Line, msgspec.Meta(examples=["Gas pressure noted"])]
    labels: Labels = msgspec.field(default_factory=Labels)


class LineChange(Written):
    """What changes of a line's text; `labels` replaces the texts of all languages."""

    label: Line | None = None
    labels: Labels | None = None


class LineOut(msgspec.Struct):
    """A line of a visit's checklist and its latest answer."""

    id: UUID
    position: int
    label: str
    labels: dict[str, str]
    kind: str
    required: bool
    answer: Any


class JobIn(Written):
    """A job: from a ticket (which fills in what is missing) or for a site directly."""

    title: Annotated[str, msgspec.Meta(max_length=300, examples=["Chiller shows E42 and stops"])] = ""
    ticket_id: UUID | None = None
    contact_id: UUID | None = None
    site_id: UUID | None = None
    asset_id: UUID | None = None
    kind: JobKind | None = None
    description: Annotated[str, msgspec.Meta(max_length=8000)] = ""
    skills: Annotated[list[Skill], msgspec.Meta(max_length=20)] = []  # noqa: RUF012  msgspec copies it
    minutes: Annotated[int, msgspec.Meta(ge=5, le=1440)] = 60
    checklist: Annotated[list[Line | LineIn], msgspec.Meta(max_length=100)] | None = None
    bring: Bring = []  # noqa: RUF012  msgspec copies it


class JobChange(Written):
    """What changes of a job. `bring` replaces the whole list; phones have it with their next exchange."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=300)] | None = None
    description: Annotated[str, msgspec.Meta(max_length=8000)] | None = None
    contact_id: UUID | None = None
    bring: Bring | None = None


class VisitIn(Written):
    """One more trip for a job."""

    minutes: Annotated[int, msgspec.Meta(ge=5, le=1440)] = 60


class CancelIn(Written):
    """Why a visit will not take place."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500, examples=["The customer repaired it"])]


class AgreedIn(Written):
    """Who agreed to a window: a contact of the customer, or a name; when (now, if nothing is said) and by which channel."""

    contact_id: UUID | None = None
    agreed_with: Annotated[str, msgspec.Meta(max_length=200, examples=["Frau Weber, reception"])] = ""
    channel: Channel | None = None
    agreed_at: Annotated[datetime, msgspec.Meta(examples=["2026-03-01T16:20:00+08:00"])] | None = None
    note: Annotated[str, msgspec.Meta(max_length=500)] = ""


class AgreementOut(msgspec.Struct):
    """What was agreed about when somebody comes. Without a window it was to be agreed; without `agreed_at` nobody said that the customer
    agreed."""

    id: UUID
    visit_id: UUID
    window_start: datetime | None
    window_end: datetime | None
    contact_id: UUID | None
    agreed_with: str
    channel: Channel | None
    agreed_at: datetime | None
    note: str
    recorded_by: UUID
    recorded_at: datetime


class OverlapOut(msgspec.Struct):
    """Another visit that one of the crew is planned for at the same time, and for how many minutes."""

    visit_id: UUID
    technician_id: UUID
    minutes: int


class CrewOut(msgspec.Struct):
    """Who was sent, and where they are; somebody who declined stands here until others are sent."""

    technician_id: UUID
    name: str
    lead: bool
    state: VisitState
    accepted_at: datetime | None
    departed_at: datetime | None
    arrived_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None


class VisitOut(msgspec.Struct):
    """One trip."""

    id: UUID
    job_id: UUID
    state: VisitState
    window_start: datetime | None
    window_end: datetime | None
    plan_version: int
    planned_start: datetime | None
    minutes: int
    overlaps: list[OverlapOut]
    crew: list[CrewOut]
    arrived_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    work_summary: str
    skipped: list[str]
    custody: dict[str, Any]
    after_reassignment: bool


class JobOut(msgspec.Struct):
    """A job and its visits."""

    id: UUID
    number: int
    ticket_id: UUID | None
    customer_id: UUID
    contact_id: UUID | None
    site_id: UUID
    asset_id: UUID | None
    office_id: UUID
    kind: JobKind
    title: str
    description: str
    skills: list[str]
    bring: list[BringLine]
    noticed_at: datetime
    visits: list[VisitOut]


class EventOut(msgspec.Struct):
    """One line of a visit's history."""

    kind: str
    actor_id: UUID | None
    operation_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    facts: dict[str, Any]
