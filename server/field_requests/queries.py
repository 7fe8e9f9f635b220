"""Reads requests from the field for desks: those that wait, the oldest first, or all."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.field_requests.models import FieldRequest
from server.field_requests.rules import FieldRequestKind
from server.field_requests.schemas import FieldRequestOut
from server.http.listing import Listing
from server.jobs.models import Job, Visit

FIELD_REQUESTS = Listing(
    "field-requests",
    FieldRequestOut,
    key=FieldRequest.id,
    sorts={"received_at": FieldRequest.created_at},
    default="received_at",
)


def select_field_requests(office_id: UUID | None, waiting: bool | None) -> Select[FieldRequest]:
    """Those of an office's visits; with `waiting` only those that have no answer, or have one."""
    query = select(FieldRequest)
    if office_id is not None:
        of = select(Visit.id).join(Job, Job.id == Visit.job_id).where(Job.office_id == office_id)
        query = query.where(FieldRequest.visit_id.in_(of))
    if waiting is not None:
        query = query.where(FieldRequest.answered_at.is_(None) if waiting else FieldRequest.answered_at.is_not(None))
    return query


async def office_of_field_request(session: AsyncSession, request_id: UUID) -> UUID | None:
    """The office of the visit that it comes from."""
    query = (
        select(Job.office_id).join(Visit, Visit.job_id == Job.id).join(FieldRequest, FieldRequest.visit_id == Visit.id)
    )
    return await session.scalar(query.where(FieldRequest.id == request_id))


def field_request_out(row: FieldRequest) -> FieldRequestOut:
    """A request from the field on the wire."""
    return FieldRequestOut(
        row.id, row.visit_id, FieldRequestKind(row.kind), row.text, row.asset_id, row.urgent, row.asked_by, row.asked_at,
        row.created_at, row.answer, row.job_id, row.answered_by, row.answered_at,
    )  # fmt: skip
