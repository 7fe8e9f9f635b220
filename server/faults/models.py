"""The table of background work that could not be done yet."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from server.database.tables import Table


class TaskFault(Table):
    """Why a task over one subject is not done, from the first failure until it succeeds.

    `tries` counts failures that are faults of ours, never a database, storage or authority that is away. A task that is `held`
    is not tried again by itself. `settled_at` says that it was done after all; another failure then begins anew.
    """

    __tablename__ = "task_fault"
    __table_args__ = (
        Index("ix_task_fault_open", "since", postgresql_where="settled_at is null"),
        Index("ix_task_fault_settled_at", "settled_at", postgresql_where="settled_at is not null"),
    )
    task: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    sentence: Mapped[str]
    trace: Mapped[str]
    tries: Mapped[int]
    held: Mapped[bool]
    since: Mapped[datetime]
    last_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
