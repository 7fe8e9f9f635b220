"""The table of the action log: a line for each verb of the desk, never changed, removed when its term is over."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from server.database.tables import Id, Json, Table
from server.ground.clock import now


class Action(Table):
    """Who did what to which thing. `actor_id` is None for a command of whoever runs the server and for what a customer does on their page, `office_id` for what is the company's.

    `before` and `after` hold the changed fields whose values say nothing of a person, `withheld` the names of the other changed ones.
    A trigger refuses any update.
    """

    __tablename__ = "action"
    __table_args__ = (
        Index("ix_action_at", "at", "id"),
        Index("ix_action_thing_id", "thing_id", "at", "id"),
        Index("ix_action_actor_id", "actor_id", "at", "id"),
    )
    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    what: Mapped[str]
    thing: Mapped[str]
    thing_id: Mapped[UUID]
    office_id: Mapped[UUID | None] = mapped_column(ForeignKey("office.id"))
    before: Mapped[Json]
    after: Mapped[Json]
    withheld: Mapped[list[str]] = mapped_column(ARRAY(Text))
