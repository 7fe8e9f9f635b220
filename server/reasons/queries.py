"""Reads the lists of reasons."""

from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.http.listing import MOST, Listing
from server.reasons.models import Reason
from server.reasons.rules import ReasonFor
from server.reasons.schemas import ReasonOut

REASONS = Listing(
    "reasons", ReasonOut, key=Reason.id,
    sorts={"position": Reason.position, "code": Reason.code, "made": Reason.id}, default="position", usual=MOST,
)  # fmt: skip


def select_reasons(office_id: UUID | None, retired: bool | None) -> Select[Reason]:
    """The reasons that one office offers, the company's among them, or all of all offices."""
    query = select(Reason)
    if office_id is not None:
        query = query.where(or_(Reason.office_id == office_id, Reason.office_id.is_(None)))
    if retired is not None:
        query = query.where(Reason.retired_at.is_not(None) if retired else Reason.retired_at.is_(None))
    return query


async def office_of_reason(session: AsyncSession, reason_id: UUID) -> UUID | None:
    """The office that keeps a reason; None of the company's, which administrators keep."""
    return await session.scalar(select(Reason.office_id).where(Reason.id == reason_id))


def reason_out(row: Reason) -> ReasonOut:
    """A reason on the wire."""
    return ReasonOut(
        row.id, ReasonFor(row.given_for), row.code, row.office_id, row.labels, row.position, row.retired_at
    )
