"""The value that a domain gets when a phone's operation reaches it: what was tapped, by whom, and when at most and least.

A tap writes in two ways. What is only added, and the rows that its kind names, it gives to the batch (`add`, `change`), which writes
them together at its end. What other taps look for by a query goes to the session, which writes it before that query.
"""

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


class Batch(msgspec.Struct):
    """What the taps of a batch build on and leave behind."""

    rows: Rows = {}
    """What they are about and name, read together beforehand."""
    members: dict[UUID, list[Any]] = {}
    """Who is or was on what they are about, by its id, where that is what says who may tap (`Subject.members`)."""
    facts: Facts = []
    """What they add; written together at the end, one statement a table."""
    changes: Changes = {}
    """What they change; written together at the end, one statement a table unless a row changes twice."""
    events: list[tuple[str, UUID]] = []
    """What happened, for those who act on it later; enqueued with the batch."""
    added: dict[tuple[type, UUID], dict[str, Any]] = {}
    """The values in `facts` that have an id, by table and id."""

    def has(self, table: type, row_id: UUID) -> bool:
        """Whether there is such a row, or a tap of this batch adds it."""
        return (table, row_id) in self.rows or (table, row_id) in self.added


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
    batch: Batch
    attachment: str | None = None
    platform: str = "android"

    @property
    def visit_id(self) -> UUID:
        """The visit, for kinds that are about one."""
        return self.subject_id

    def add(self, table: type[Table], **values: Any) -> None:
        """Add a row that no tap looks for by a query."""
        self.batch.facts.append((table, values))
        if "id" in values:
            self.batch.added[table, values["id"]] = values

    def change(self, row: Table, row_id: UUID, **values: Any) -> None:
        """Change a row that the operation's kind said it would change. The session is not to write it a second time."""
        for name, value in values.items():
            set_committed_value(row, name, value)
        if (added := self.batch.added.get((type(row), row_id))) is not None:
            added |= values
        else:
            self.batch.changes.setdefault(type(row), []).append({"id": row_id, **values})

    def tell(self, *events: tuple[str, UUID]) -> None:
        """Say what happened."""
        self.batch.events.extend(events)

    def row(self, table: type[Row], row_id: UUID) -> Row | None:
        """A row that the operation's kind said it would need, or that a tap of this batch adds; None when there is none of this id."""
        found: Row | None = self.batch.rows.get((table, row_id))
        if found is None and (values := self.batch.added.get((table, row_id))) is not None:
            found = self.batch.rows[table, row_id] = table(**values)
        return found
