"""What an operation can be about, and who may tap there: whoever holds it, or held it."""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.tables import Table
from server.field.taps import Tap
from server.ground.problems import Forbidden


class NotYours(Forbidden):
    """What the operation is about was never on this technician's phones"""

    code = "not_yours"


class Decided(NamedTuple):
    """What became of a parked operation about a thing that has a record: of what kind it was, and who decided what, and why."""

    subject_id: UUID
    operation_id: UUID
    kind: str
    resolution: str
    reason: str
    actor_id: UUID


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """A thing that operations are about, by its name on the wire, which is its collection's.

    `recorded`: what is tapped there stands in a record of its own; its rows are locked in one order, and its operations have room together.
    `members` reads who may tap, where that is not whoever holds or held the row: of `subjects` each with a row of everybody who is or was
    on it (`technician_id`, and `removed_at` of who is not any more), as taps find them in `Batch.members`. `over` says of a row that its work is over, so that what comes in is late, and `was_late` notes on it that
    something did. `said_again` writes down what a person said before in the same words, and `decided` what became of what was parked.
    """

    name: str
    table: type[Table]
    recorded: bool = False
    members: Executable | None = None
    not_yours: Callable[[], Forbidden] = lambda: NotYours("This was never on your phones.")
    over: Callable[[Any], bool] = lambda _: False
    was_late: Callable[[Any], None] = lambda _: None
    said_again: Callable[[Tap], None] = lambda _: None
    decided: Callable[[AsyncSession, Decided], None] = lambda _, __: None
