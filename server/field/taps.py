"""The value that a domain gets when a phone's operation reaches it: what was tapped, by whom, and when at most and least."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy.orm.attributes import set_committed_value

from server.database.tables import Table

Row = TypeVar("Row")
Rows = dict[tuple[type, UUID], Any]
"""Rows by their table's class and id."""

Facts = list[tuple[type[Table], dict[str, Any]]]
"""Rows that are only ever added: their table's class and values, in order."""

Changes = dict[type[Table], list[dict[str, Any]]]
"""New values of rows with their ids, in order, by table; all rows of a table with the same columns."""


class Tap(msgspec.Struct, frozen=True):
    """One operation on a visit, or on what else its kind is about. The tap happened within [earliest, latest]; `occurred_at` is the time to show."""

    operation_id: UUID
    kind: str
    user_id: UUID
    device_id: UUID
    subject_id: UUID
    occurred_at: datetime
    earliest: datetime
    latest: datetime
    received_at: datetime
    clock: msgspec.Struct
    """The phone's clocks as they were sent."""
    interval: msgspec.Struct
    """The bounds with what holds each of them; see `server.arrival.bounded_time.Interval`."""
    late: bool
    """It was no longer this technician's, or over, before this came in: a late contribution."""
    attachment: str | None = None
    platform: str = "android"
    rows: Rows = {}
    """What the batch builds on, its visits first, read together beforehand, and what its taps have made since."""

    facts: Facts = []
    """What the batch adds; written together at its end, one statement a table."""

    changes: Changes = {}
    """What the batch changes; written together at its end, one statement a table unless a row changes twice."""

    events: list[tuple[str, UUID]] = []
    """What happened, for those who act on it later; enqueued with the batch."""

    @property
    def visit_id(self) -> UUID:
        """The visit, for kinds that are about one."""
        return self.subject_id

    def add(self, table: type[Table], **values: Any) -> None:
        """Add a row of a table to which rows are only ever added and which no operation looks into."""
        self.facts.append((table, values))

    def make(self, row: Table, row_id: UUID) -> None:
        """Add a row that taps of the same batch may still change: it is written as it is at the batch's end."""
        self.rows[type(row), row_id] = row
        self.facts.append((type(row), vars(row)))

    def change(self, row: Table, row_id: UUID, **values: Any) -> None:
        """Change a row that the operation's kind said it would change. The session is not to write it a second time."""
        for name, value in values.items():
            set_committed_value(row, name, value)
        self.changes.setdefault(type(row), []).append({"id": row_id, **values})

    def row(self, table: type[Row], row_id: UUID) -> Row | None:
        """A row that the operation's kind said it would need; None when there is none of this id."""
        found: Row | None = self.rows.get((table, row_id))
        return found
