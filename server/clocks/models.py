"""The table of clocks: by when something must be done, about whatever it is, and what became of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Interval, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSTZMULTIRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from server.clocks.rules import ClockKind, ClockStanding, ClockSubject
from server.database.tables import Id, Table, one_of


class Clock(Table):
    """One clock of a thing: a ticket may have one to be answered and another to be called back.

    What the policy gave is kept with it (`within`, `pausable`), so that a policy that changes leaves promises that were made alone.

    `due_at` and `state` are worked out by `rules.py` when something happens, and the state once more when the time runs out
    (`overdue.py`). Who needs it to the second asks with `queries.py`. `pauses` are those that are over; `paused_at` is since when it is paused.
    """

    __tablename__ = "clock"
    __table_args__ = (
        UniqueConstraint("subject_id", "kind"),
        Index("ix_clock_kind", "kind", "due_at", "subject_id"),
        Index("ix_clock_waiting", "due_at", postgresql_where=text("met_at is null and stopped_at is null")),
        one_of("subject_type", ClockSubject),
        one_of("kind", ClockKind),
        one_of("state", ClockStanding),
        CheckConstraint("within > interval '0'", name="within"),
        CheckConstraint("pausable or (paused_at is null and isempty(pauses))", name="pausable"),
        CheckConstraint("num_nonnulls(paused_at, met_at, stopped_at) <= 1", name="one_end"),
        CheckConstraint("met_at is not null or met_by is null", name="met_by"),
    )
    id: Mapped[Id]
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    kind: Mapped[str]
    policy: Mapped[str]
    within: Mapped[timedelta] = mapped_column(Interval)
    pausable: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    pauses: Mapped[Sequence[Range[datetime]]] = mapped_column(TSTZMULTIRANGE, default=list)
    paused_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    met_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    stopped_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default=ClockStanding.RUNNING)
