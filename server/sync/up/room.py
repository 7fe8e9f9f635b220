"""Whether an operation has room in its visit's record: what no verifier could read again is parked, and is in no record.

The record of a visit holds every operation about it, parked ones too. So each kind has a largest size, and the operations of a
visit have one together (`mobile_contract.limits`); what goes beyond either is kept as an operation of its phone, about no visit.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, not_, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobile_contract.limits import KIND_BYTES, VISIT_BYTES
from server.database.rows import among
from server.ground.problems import Conflict
from server.jobs.models import Visit
from server.sync.chain import Link, OperationTooLarge
from server.sync.models import Operation
from server.sync.up.kinds import KINDS


class VisitFull(Conflict):
    """The visit holds as much as its record can"""

    code = "visit_full"


# In the statement that reads the visits, because each push asks. The size of bytes that are stored apart is known without them.
VISITS: Select[Any] = (
    select(
        Visit,
        select(func.coalesce(func.sum(func.octet_length(Operation.raw)), 0))
        .where(Operation.visit_id == Visit.id, not_(among(Operation.id, "operations")))
        .scalar_subquery(),
    )
    .where(among(Visit.id, "visits"))
    .order_by(Visit.id)
    .with_for_update(of=Visit)
)


async def visits_with_sizes(
    session: AsyncSession, visits: list[UUID], operations: list[UUID]
) -> tuple[dict[UUID, Visit], dict[UUID, int]]:
    """The visits, locked, and how many bytes the operations about each have by now, other than these."""
    rows = (await session.execute(VISITS, {"visits": visits, "operations": operations})).all()
    return {visit.id: visit for visit, _ in rows}, {visit.id: size for visit, size in rows}


def must_have_room(link: Link, held: int) -> None:
    """Raises `OperationTooLarge` or `VisitFull` when the record of a visit that holds so many bytes has no room for it."""
    size, kind = len(link.raw), KINDS.get(link.envelope.kind)
    most = kind.most_bytes if kind else KIND_BYTES
    if size > most:
        raise OperationTooLarge(f"Its text has {size} bytes; an operation of this kind has {most} at most.")
    if held + size > VISIT_BYTES:
        raise VisitFull(
            f"The operations of this visit would have {held + size} bytes, and {VISIT_BYTES} fit into its record. "
            "This one is kept, and is not in it."
        )
