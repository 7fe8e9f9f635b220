"""Whether an operation has room in its visit's record: what no verifier could read again is parked, and is in no record.

The record of a visit holds every operation about it, parked ones too. So each kind has a largest size, and the operations of a
visit have one together (`mobile_contract.limits`); what goes beyond either is kept as an operation of its phone, about no visit.
"""

from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, distinct, func, not_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from mobile_contract.limits import VISIT_BYTES, most_bytes
from server.database.rows import among
from server.database.tables import Table
from server.field.models import Operation
from server.ground.problems import Conflict
from server.sync.chain import Link, OperationTooLarge


class VisitFull(Conflict):
    """The visit holds as much as its record can"""

    code = "visit_full"


@cache
def _known(table: Any) -> Select[Any]:
    """What is told of the operations comes with the rows, because each push asks. The size of bytes that are stored apart is known without
    them."""
    about_it = (
        select(
            func.coalesce(func.sum(func.octet_length(Operation.raw)), 0).label("size"),
            func.array_agg(distinct(Operation.kind)).label("kinds"),
        )
        .where(Operation.visit_id == table.id, not_(among(Operation.id, "operations")))
        .lateral()
    )
    rows = select(table, about_it.c.size, about_it.c.kinds).join(about_it, true()).where(among(table.id, "subjects"))
    return rows.order_by(table.id).with_for_update(of=table)


class Known(NamedTuple):
    """Rows that have a record, by id and locked; how many bytes the operations about each have by now, other than those that are asked
    for, and of which kinds they are."""

    rows: dict[UUID, Any]
    sizes: dict[UUID, int]
    kinds: dict[UUID, frozenset[str]]


async def known_rows(session: AsyncSession, table: type[Table], subjects: list[UUID], operations: list[UUID]) -> Known:
    """Those of the rows that there are, and what is known of them without these operations."""
    rows = (await session.execute(_known(table), {"subjects": subjects, "operations": operations})).all()
    return Known(
        {row.id: row for row, _, _ in rows},
        {row.id: size for row, size, _ in rows},
        {row.id: frozenset(kinds or ()) for row, _, kinds in rows},
    )


def must_have_room(link: Link, held: int | None) -> None:
    """Raises `OperationTooLarge`, or `VisitFull` when the record of a visit that holds so many bytes has no room for it."""
    size, most = len(link.raw), most_bytes(link.envelope.kind)
    if size > most:
        raise OperationTooLarge(f"Its text has {size} bytes; an operation of this kind has {most} at most.")
    if held is not None and held + size > VISIT_BYTES:
        raise VisitFull(
            f"The operations of this visit would have {held + size} bytes, and {VISIT_BYTES} fit into its record. "
            "This one is kept, and is not in it."
        )
