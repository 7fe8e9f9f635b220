"""What dispatch sends and takes on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from server.dispatch.rules import Lateness
from server.ground.texts import Written
from server.jobs.rules import VisitState
from server.jobs.schemas import AgreedIn, OverlapOut, Skill

Hour = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", max_length=5)]


class TechnicianIn(Written):
    """What makes a user with the role technician one who can be sent."""

    user_id: UUID
    skills: Annotated[list[Skill], msgspec.Meta(max_length=50, examples=[["chiller", "electrical"]])] = []  # noqa: RUF012  msgspec copies it
    home_latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    home_longitude: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None
    working_hours: dict[str, tuple[Hour, Hour]] = {}  # noqa: RUF012  msgspec copies it
    phone: Annotated[str, msgspec.Meta(max_length=50)] = ""


class TechnicianOut(msgspec.Struct):
    """A technician."""

    id: UUID
    name: str
    office_id: UUID
    skills: list[str]
    working_hours: dict[str, tuple[str, str]]
    phone: str
    active: bool


class AssignIn(Written):
    """A plan for a visit: who goes, when they are to be there, and why when it changes an earlier plan.

    Without `planned_start` it is the start of the window, or what it was while the window stands. Without a window the one that was agreed
    stays; with another one, `agreed` says who agreed to it. `to_be_agreed`: the one that was agreed holds no more, and nobody has agreed to another.
    """

    technician_ids: Annotated[list[UUID], msgspec.Meta(min_length=1, max_length=10)]
    window_start: Annotated[datetime, msgspec.Meta(examples=["2026-03-02T09:00:00+08:00"])] | None = None
    window_end: Annotated[datetime, msgspec.Meta(examples=["2026-03-02T11:00:00+08:00"])] | None = None
    planned_start: Annotated[datetime, msgspec.Meta(examples=["2026-03-02T09:30:00+08:00"])] | None = None
    minutes: Annotated[int, msgspec.Meta(ge=5, le=1440)] | None = None
    agreed: AgreedIn | None = None
    to_be_agreed: bool = False
    reason: Annotated[str, msgspec.Meta(max_length=500, examples=["Li Wei is held up at the site before"])] = ""


class AgreeIn(Written):
    """A window that the customer agreed to, and who did."""

    window_start: Annotated[datetime, msgspec.Meta(examples=["2026-03-02T13:00:00+08:00"])]
    window_end: Annotated[datetime, msgspec.Meta(examples=["2026-03-02T15:00:00+08:00"])]
    agreed: AgreedIn


class UnassignIn(Written):
    """Why an order is taken back, and whether the window stands that was agreed with the customer."""

    reason: Annotated[
        str, msgspec.Meta(min_length=1, max_length=500, examples=["Li Wei is ill; nobody else is free yet"])
    ]
    keep_window: bool = True


class BoardMember(msgspec.Struct):
    """Somebody who was sent, and where they are by their phone's last word; who declined stands here until others are sent."""

    technician_id: UUID
    state: VisitState


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
    planned_start: datetime | None
    minutes: int
    overlaps: list[OverlapOut]
    technician_ids: list[UUID]
    crew: list[BoardMember]
    lateness: Lateness
    photos_promised: int
    photos_verified: int
    photos_decided: int
    photos_late: int
    photos_words: str
    """Empty while none is late or decided, or such as '12 of 14 photos, 1 damaged, phone last heard 16:40'."""
    phone_last_heard_at: datetime | None
    not_sealed_since: datetime | None
    """Signed, or completed, since then, and not sealed: GET /v1/unsealed says why."""


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
    """From `start` to `end`: visits by technician, those that are open and late from before, and those without a window.

    `unassigned` has nobody to go, be it that all who were sent have left the company. `late` is late or about to be.
    `came_back` was begun and waits for the desk: on hold, or it could not be completed and has no further visit yet.
    `left_out` says how many visits did not fit into the limit. `not_sealed` counts the visits of any day whose report is not
    sealed, the oldest since `not_sealed_since`.
    """

    start: datetime
    end: datetime
    technicians: list[TechnicianOut]
    visits: list[BoardVisit]
    unassigned: list[UUID]
    late: list[UUID]
    came_back: list[UUID]
    left_out: int
    not_sealed: int
    not_sealed_since: datetime | None


class OrderOut(msgspec.Struct):
    """One line of the dispatch record 派单记录. The last three say that it was taken back without a replacement."""

    visit_id: UUID
    plan_version: int
    window_start: datetime | None
    window_end: datetime | None
    planned_start: datetime
    minutes: int
    technician_ids: list[UUID]
    reason: str
    ordered_by: UUID
    ordered_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: UUID | None
    withdrawal_reason: str
