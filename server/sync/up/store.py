"""Keeps operations as they came, with the outcomes that answer every retry, and writes what they add and change elsewhere.

One statement for the operations and one for what is added to each other table, however many rows there are.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.events import OPERATION_PARKED, emit
from server.database.rows import add_rows, change_rows
from server.database.storable import without_nul
from server.database.tables import Table
from server.field.models import Operation
from server.field.taps import Changes, Facts
from server.identity.models import Device, User
from server.records.report.strokes import lock
from server.sync.chain import Link
from server.sync.up.bounds import Bounds


class Case(msgspec.Struct, frozen=True):
    """One operation to apply: what was signed, when it was tapped at most and least, when it came."""

    link: Link
    when: Bounds
    received: datetime
    decided: bool = False
    """Somebody at the desk has decided that it is to be applied, whoever's phone it came from."""


class Applied(msgspec.Struct):
    """What became of an operation; `creates` is the id of what it made, or would have made."""

    outcome: str
    visit_id: UUID | None
    code: str | None = None
    sentence: str | None = None
    flags: dict[str, Any] = {}
    creates: UUID | None = None


async def store(
    session: AsyncSession, user: User, device: Device, cases: Sequence[Case], applied: Sequence[Applied]
) -> None:
    """Store a device's operations with what became of each. An attachment is encrypted."""
    pairs = zip(cases, applied, strict=True)
    await add_rows(session, Operation, [_row(session, user, device, case, one) for case, one in pairs])
    parked = (case.link.envelope.id for case, one in zip(cases, applied, strict=True) if one.outcome == "parked")
    await emit(session, *((OPERATION_PARKED, operation_id) for operation_id in parked))


def _row(session: AsyncSession, user: User, device: Device, case: Case, applied: Applied) -> dict[str, Any]:
    link, envelope = case.link, case.link.envelope
    return {
        "id": envelope.id, "device_id": device.id, "user_id": user.id, "seq": envelope.seq, "kind": without_nul(envelope.kind),
        "subject_type": without_nul(envelope.subject.type), "subject_id": envelope.subject.id, "visit_id": applied.visit_id,
        "raw": link.raw, "signature": link.signature, "attachment": lock(session, envelope.id, link.attachment),
        "sha256": link.sha256, "outcome": applied.outcome, "code": applied.code, "sentence": without_nul(applied.sentence),
        "flags": applied.flags, "creates": applied.creates, "earliest": case.when.earliest, "latest": case.when.latest,
        "received_at": case.received,
    }  # fmt: skip


async def write(session: AsyncSession, facts: Facts, changes: Changes) -> None:
    """Write what the domains added and changed."""
    rows: dict[type[Table], list[dict[str, Any]]] = {}
    for table, values in facts:
        rows.setdefault(table, []).append(values)
    for table, some in rows.items():
        await add_rows(session, table, some)
    for table, changed in changes.items():
        for together in _each_row_once(changed):
            await change_rows(session, table, together)


def _each_row_once(changed: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The changes in order, in as few parts as have no row twice: so that the database sees every value."""
    together: dict[UUID, dict[str, Any]] = {}
    for one in changed:
        if one["id"] in together:
            yield list(together.values())
            together = {}
        together[one["id"]] = one
    if together:
        yield list(together.values())
