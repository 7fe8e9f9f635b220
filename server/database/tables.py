"""What every table shares: naming of constraints (so that a broken one can be named in a problem) and column kinds."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, MetaData, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

from server.ground.clock import now
from server.ground.ids import uuid7

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

Id = Annotated[UUID, mapped_column(primary_key=True, default=uuid7)]
"""A row's own id; made by us or by a phone, always UUIDv7."""

Made = Annotated[datetime, mapped_column(DateTime(timezone=True), default=now)]
"""When the row was made, UTC."""

Json = dict[str, Any]

KEYS = "keys"
"""Under this name the `info` of a CHECK has its column and the enum that it is made of."""


def one_of(column: str, keys: type[StrEnum]) -> CheckConstraint:
    """The CHECK that a column has one of an enum's keys. A test compares it with a migrated database."""
    listed = ",".join(f"'{key}'" for key in keys)
    return CheckConstraint(f"{column} in ({listed})", name=column, info={KEYS: (column, keys)})


class Table(DeclarativeBase):
    """The parent of every table; its metadata is what Alembic compares with the database."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy declares it as a plain class attribute
        datetime: DateTime(timezone=True),
        str: Text(),
        int: BigInteger(),
        UUID: postgresql.UUID(as_uuid=True),
        Json: JSONB(),
    }
