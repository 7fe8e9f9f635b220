"""What operations are about and name is fetched together and held, before any of them is applied."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.rows import among
from server.field.subject import Subject
from server.field.taps import Batch, Rows
from server.identity.models import User
from server.sync.chain import Link
from server.sync.models import SyncMember, SyncScope
from server.sync.schemas import Envelope
from server.sync.subjects import SUBJECTS
from server.sync.up.kinds import KINDS
from server.sync.up.room import known_rows

HELD = (
    select(SyncMember.row_id, ~SyncMember.present)
    .join(SyncScope, SyncScope.id == SyncMember.scope_id)
    .where(
        SyncScope.technician_id == bindparam("technician"), SyncMember.collection == bindparam("collection"),
        among(SyncMember.row_id, "subjects"),
    )
)  # fmt: skip
"""Whoever holds a row or held it may tap there, unless its subject says otherwise."""


LOCKING = {name: kind.locks for name, kind in KINDS.items() if kind.locks is not None}


class Held(msgspec.Struct):
    """A batch with what it is about, locked where it is recorded, and what else it names; and what is known of that: what of it
    the technician holds or held, and what was said about it."""

    holds: dict[UUID, bool] = {}
    """Of what the technician may tap: whether it is still theirs."""
    batch: Batch = msgspec.field(default_factory=Batch)
    sizes: dict[UUID, int] = {}
    """Bytes of the operations about each thing that has a record."""
    kinds: dict[UUID, frozenset[str]] = {}
    """The kinds that they are of."""
    taken: dict[tuple[UUID, str], list[Envelope]] = {}
    """What was taken of the batch so far and is not stored yet, by what it is about and its kind."""
    admitted: bool = False
    """The domain's handler was reached: what failed since is about what the operation says, not about who may say it."""

    def alike(self, envelope: Envelope) -> list[Envelope]:
        """What was taken of the same kind about the same thing; what is added to the list is taken, too."""
        return self.taken.setdefault((envelope.subject.id, envelope.kind), [])


async def hold(session: AsyncSession, user: User, links: Sequence[Link]) -> Held:
    """Lock what some operations are about in the order of its ids, so that two phones of a crew never wait in a circle.

    Held from here on, a reassignment comes wholly before or wholly after; who may tap is read with it. What else kinds lock is held
    in one order too.
    """
    held, operations = Held(), [link.envelope.id for link in links]
    for subject in SUBJECTS.values():
        wanted = sorted({link.envelope.subject.id for link in links if link.envelope.subject.type == subject.name})
        if not wanted:
            continue
        if subject.recorded:
            rows, sizes, kinds = await known_rows(session, subject.table, wanted, operations)
            held.sizes |= sizes
            held.kinds |= kinds
        else:
            rows = {row.id: row for row in await session.scalars(_by_id(subject.table, False), {"ids": wanted})}
        held.batch.rows |= {(subject.table, row_id): row for row_id, row in rows.items()}
        await _know_who(session, user, subject, wanted, held)
    for name, locks in LOCKING.items():
        if changed := {link.envelope.subject.id for link in links if link.envelope.kind == name}:
            await session.execute(locks, {"subjects": list(changed)})
    held.batch.rows |= await _named(session, links)
    return held


async def _know_who(session: AsyncSession, user: User, subject: Subject, wanted: list[UUID], held: Held) -> None:
    """What of it the technician may tap, and whether it is still theirs; and the members, where it has some."""
    if subject.members is None:
        asked = {"subjects": wanted, "technician": user.id, "collection": subject.name}
        held.holds |= {row_id: not gone for row_id, gone in await session.execute(HELD, asked)}
        return
    for row_id, member in await session.execute(subject.members, {"subjects": wanted}):
        held.batch.members.setdefault(row_id, []).append(member)
        if member.technician_id == user.id:
            held.holds[row_id] = member.removed_at is None


async def _named(session: AsyncSession, links: Sequence[Link]) -> Rows:
    """The rows that operations name, one query for each table; the locks come in one order, after those of the visits."""
    wanted: dict[tuple[str, bool], tuple[Any, set[UUID]]] = {}
    for link in links:
        if kind := KINDS.get(link.envelope.kind):
            for locked, fields in ((False, kind.reads), (True, kind.changes)):
                for name, table in fields.items():
                    if row_id := id_in(link.envelope.body, name):
                        wanted.setdefault((table.__tablename__, locked), (table, set()))[1].add(row_id)
    rows: Rows = {}
    for (_, locked), (table, ids) in sorted(wanted.items(), key=lambda one: one[0]):
        found = await session.scalars(_by_id(table, locked), {"ids": list(ids)})
        rows |= {(table, row.id): row for row in found}
    return rows


@cache
def _by_id(table: Any, locked: bool) -> Select[Any]:
    query = select(table).where(among(table.id, "ids")).order_by(table.id)
    # A row that an operation changed in memory before it failed is read again.
    return query.with_for_update().execution_options(populate_existing=True) if locked else query


def subject_of(link: Link, held: Held) -> tuple[Subject, Any] | None:
    """What an operation is about, and its row; None where there is no such thing."""
    subject = SUBJECTS.get(link.envelope.subject.type)
    row = held.batch.rows.get((subject.table, link.envelope.subject.id)) if subject else None
    return (subject, row) if subject and row is not None else None


def id_in(body: dict[str, Any], name: str | None) -> UUID | None:
    """The id that a member of a body is, if it is one."""
    try:
        return UUID(body[name]) if name else None
    except (KeyError, ValueError, TypeError, AttributeError):
        return None
