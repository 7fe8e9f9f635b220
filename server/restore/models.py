"""Tables of what is kept in the storage beside the database, and of backups that were restored."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from server.database.tables import Table, one_of
from server.restore.rules import CopyKind


class SafeCopy(Table):
    """Something whose newest state is to be in the storage too. Triggers write these rows, so nobody forgets one.

    `device`: a revoked phone. `user`: whether somebody is active, and their role. `record`, `answer`: a leaf of the log with its
    proof and checkpoint. `arrived_at` is null for as long as the storage does not have it.
    """

    __tablename__ = "safe_copy"
    __table_args__ = (
        one_of("kind", CopyKind),
        Index("ix_safe_copy_subject", "subject"),
        Index("ix_safe_copy_waiting", "changed_at", postgresql_where="arrived_at is null"),
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[UUID] = mapped_column(primary_key=True)
    changed_at: Mapped[datetime]
    arrived_at: Mapped[datetime | None]


class Restoration(Table):
    """The database was restored from a backup then: for some days the storage may hold what it does not know."""

    __tablename__ = "restoration"
    restored_at: Mapped[datetime] = mapped_column(primary_key=True)
