"""The table of reasons: the lists from which technicians choose why."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.database.tables import Id, Json, Made, Table, one_of
from server.ground.texts import folded
from server.reasons.rules import ReasonFor


def _key(context: Any) -> str:
    """What all spellings of the code have in common."""
    return folded(context.get_current_parameters()["code"])


class Reason(Table):
    """A reason out of a list, of one office or of the whole company. `labels` has its text by language; where it has none the code is read.

    What is retired is offered no more, and stays where it was said.
    """

    __tablename__ = "reason"
    __table_args__ = (
        one_of("given_for", ReasonFor),
        UniqueConstraint("given_for", "office_id", "code_key", postgresql_nulls_not_distinct=True),
    )
    id: Mapped[Id]
    given_for: Mapped[str]
    code: Mapped[str]
    code_key: Mapped[str] = mapped_column(default=_key)
    office_id: Mapped[UUID | None] = mapped_column(ForeignKey("office.id"), index=True)
    labels: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    position: Mapped[int]
    retired_at: Mapped[datetime | None]
    created_at: Mapped[Made]
