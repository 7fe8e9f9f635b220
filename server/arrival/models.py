"""Tables of arrival: what the phone measured (never changed) and the verdicts on it (each new one beside the old)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from server.database.tables import Id, Json, Made, Table


class CheckIn(Table):
    """A technician's claim to have arrived: the raw fixes and the clock of the operation that carried them."""

    __tablename__ = "check_in"
    id: Mapped[Id]
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    technician_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    operation_id: Mapped[UUID] = mapped_column(unique=True)
    fixes: Mapped[Json]
    clock: Mapped[Json]
    earliest: Mapped[datetime]
    latest: Mapped[datetime]
    plan_version_held: Mapped[int]
    received_at: Mapped[datetime]


class ArrivalVerdict(Table):
    """A judgement of one check-in against the site and window known at the time; the newest counts."""

    __tablename__ = "arrival_verdict"
    id: Mapped[Id]
    check_in_id: Mapped[UUID] = mapped_column(ForeignKey("check_in.id"), index=True)
    verdict: Mapped[str]
    place: Mapped[str]
    time: Mapped[str]
    probability_ppm: Mapped[int | None]
    because: Mapped[str]
    inputs: Mapped[Json]
    words: Mapped[Json]
    judged_at: Mapped[Made]


class ArrivalExemption(Table):
    """A recorded reason why a late arrival does not count against the technician; it never changes the verdict."""

    __tablename__ = "arrival_exemption"
    id: Mapped[Id]
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    author_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[Made]
