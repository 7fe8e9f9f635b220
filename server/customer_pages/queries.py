"""Reads requests for another time for desks: those that wait, the oldest first, or all."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.customer_pages.models import ChangeRequest
from server.customer_pages.schemas import ChangeRequestOut, WishedWindow
from server.http.listing import Listing
from server.jobs.agreed import Window
from server.jobs.models import Job, Visit
from server.visit_links.models import VisitLink
from server.visit_links.rules import LinkSide

CHANGE_REQUESTS = Listing(
    "change-requests",
    ChangeRequestOut,
    key=ChangeRequest.id,
    sorts={"asked_at": ChangeRequest.asked_at},
    default="asked_at",
)


def select_change_requests(office_id: UUID | None, waiting: bool | None) -> Select[ChangeRequest, str]:
    """Those of an office's visits, each with whose link it came by; with `waiting` only those that have no answer, or have one."""
    query = select(ChangeRequest, VisitLink.whose).join(VisitLink, VisitLink.id == ChangeRequest.link_id)
    if office_id is not None:
        of = select(Visit.id).join(Job, Job.id == Visit.job_id).where(Job.office_id == office_id)
        query = query.where(ChangeRequest.visit_id.in_(of))
    if waiting is not None:
        query = query.where(ChangeRequest.answered_at.is_(None) if waiting else ChangeRequest.answered_at.is_not(None))
    return query


async def office_of_change_request(session: AsyncSession, request_id: UUID) -> UUID | None:
    """The office of the visit that it is about."""
    query = select(Job.office_id).join(Visit, Visit.job_id == Job.id)
    query = query.join(ChangeRequest, ChangeRequest.visit_id == Visit.id)
    return await session.scalar(query.where(ChangeRequest.id == request_id))


def change_request_out(row: ChangeRequest, whose: str) -> ChangeRequestOut:
    """A request for another time on the wire."""
    return ChangeRequestOut(
        row.id, row.visit_id, LinkSide(whose), row.wishes, [WishedWindow(*one) for one in windows_of(row)], row.asked_at,
        row.answer, row.answered_by, row.answered_at,
    )  # fmt: skip


def windows_of(row: ChangeRequest) -> list[Window]:
    """The times that were named."""
    return [Window(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in row.windows["windows"]]
