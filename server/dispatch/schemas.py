"""What dispatch sends and takes on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from server.jobs.rules import VisitState

Hour = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class TechnicianIn(msgspec.Struct, forbid_unknown_fields=True):
    """What makes a user with the role technician one who can be sent."""

    user_id: UUID
    skills: Annotated[list[str], msgspec.Meta(max_length=50, examples=[["chiller", "electrical"]])] = []
    home_latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    home_longitude: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None
    working_hours: dict[str, tuple[Hour, Hour]] = {}
    phone: Annotated[str, msgspec.Meta(max_length=50)] = ""


class TechnicianOut(msgspec.Struct):
    """A technician."""

    id: UUID
    name: str
    office_id: UUID
    skills: list[str]
    working_hours: dict[str, tuple[str, str]]
    phone: str


class AssignIn(msgspec.Struct, forbid_unknown_fields=True):
    """A plan for a visit: who goes, when they are to arrive, and why when it changes an earlier plan."""

    technician_ids: Annotated[list[UUID], msgspec.Meta(min_length=1, max_length=10)]
    window_start: Annotated[datetime, msgspec.Meta(examples=["2026-03-02T09:00:00+08:00"])]
    window_end: Annotated[datetime, msgspec.Meta(examples=["2026-03-02T11:00:00+08:00"])]
    reason: Annotated[str, msgspec.Meta(max_length=500, examples=["Li Wei is held up at the site before"])] = ""


class BoardVisit(msgspec.Struct):
    """A card on the board."""

    visit_id: UUID
    job_number: int
    title: str
    customer: str
    site: str
    state: VisitState
    window_start: datetime | None
    window_end: datetime | None
    technician_ids: list[UUID]
    lateness: str
    photos_promised: int
    photos_verified: int
    photos_decided: int
    photos_late: int
    photos_words: str
    """Empty while none is late or decided, or such as '12 of 14 photos, 1 damaged, phone last heard 16:40'."""
    phone_last_heard_at: datetime | None


class MissingOut(msgspec.Struct):
    """A visit whose promised photos are late. `words` says it in a line; `phone_last_heard_at` is of who promised them.

    Of `kept` ones the bytes are there and cannot be shown, and the desk is to decide: they count as late at once. `decided`
    ones are not late.
    """

    visit_id: UUID
    job_number: int
    title: str
    customer: str
    site: str
    state: VisitState
    finished_at: datetime | None
    promised: int
    verified: int
    quarantined: int
    kept: int
    decided: int
    late: int
    phone_last_heard_at: datetime | None
    words: str


class Board(msgspec.Struct):
    """The day: visits by technician, those without one, and those that are late or about to be."""

    technicians: list[TechnicianOut]
    visits: list[BoardVisit]
    unassigned: list[UUID]
    late: list[UUID]


class OrderOut(msgspec.Struct):
    """One line of the dispatch record 派单记录."""

    visit_id: UUID
    plan_version: int
    window_start: datetime | None
    window_end: datetime | None
    technician_ids: list[UUID]
    reason: str
    ordered_by: UUID
    ordered_at: datetime
