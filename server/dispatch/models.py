"""The table of who can go."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from server.database.tables import Json, Table


class Technician(Table):
    """A user who goes out. `working_hours` maps a weekday (mon..sun) to [start, end] as local HH:MM."""

    __tablename__ = "technician"
    id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), primary_key=True)
    skills: Mapped[Json] = mapped_column(default=dict)
    home_latitude: Mapped[float | None]
    home_longitude: Mapped[float | None]
    working_hours: Mapped[Json] = mapped_column(default=dict)
    phone: Mapped[str] = mapped_column(default="")
