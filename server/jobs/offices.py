"""Which office a job and its visits are of."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of
from server.actions.rules import Thing
from server.jobs.models import Job, Visit


async def office_of_job(session: AsyncSession, job_id: UUID) -> UUID | None:
    """The office of a job."""
    return await session.scalar(select(Job.office_id).where(Job.id == job_id))


async def office_of_visit(session: AsyncSession, visit_id: UUID) -> UUID | None:
    """The office of a visit's job."""
    return await session.scalar(select(Job.office_id).join(Visit, Visit.job_id == Job.id).where(Visit.id == visit_id))


async def the_visit(session: AsyncSession, visit_id: UUID) -> Of:
    """A visit as the action log names it."""
    return Of(Thing.VISIT, visit_id, await office_of_visit(session, visit_id))
