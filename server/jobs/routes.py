"""HTTP: jobs and visits for the desk, with the history of who did what when."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground.problems import NotFound
from server.identity.audience import DESKS
from server.identity.tokens import Actor
from server.jobs.cancel import cancel_visit
from server.jobs.make import another_visit, make_job
from server.jobs.models import Job, Visit, VisitEvent
from server.jobs.offices import office_of_job, office_of_visit
from server.jobs.queries import jobs_out, visits_out
from server.jobs.schemas import CancelIn, EventOut, JobIn, JobOut, VisitIn, VisitOut

Caller = Request[Actor, str, State]


class Jobs(Controller):
    """The work to be done."""

    path = "/v1/jobs"
    tags = ("jobs",)
    guards = (DESKS,)

    @get()
    async def list_jobs(
        self,
        session: NamedDependency[AsyncSession],
        limit: Annotated[int, QueryParameter(ge=1, le=500, name="limit")] = 100,
    ) -> list[JobOut]:
        """Jobs, newest first, with their visits."""
        rows = list(await session.scalars(select(Job).order_by(Job.id.desc()).limit(limit)))
        return await jobs_out(session, rows)

    @post()
    async def add_job(self, data: JSONBody[JobIn], request: Caller, session: NamedDependency[AsyncSession]) -> JobOut:
        """Make a job with its first visit; a ticket gives customer, contact, site, asset, kind, title and description."""
        job = await make_job(session, data, request.user)
        return (await jobs_out(session, [job]))[0]

    @get("/{job_id:uuid}", guards=[DESKS.of("job_id", office_of_job)])
    async def get_job(self, job_id: FromPath[UUID], session: NamedDependency[AsyncSession]) -> JobOut:
        """One job with its visits."""
        row = await session.get(Job, job_id)
        if row is None:
            raise NotFound(f"No job has the id {job_id}.")
        return (await jobs_out(session, [row]))[0]

    @post("/{job_id:uuid}/visits", guards=[DESKS.of("job_id", office_of_job)])
    async def add_visit(
        self, job_id: FromPath[UUID], data: JSONBody[VisitIn], request: Caller, session: NamedDependency[AsyncSession]
    ) -> VisitOut:
        """One more trip for a job, with the checklist of its first one."""
        visit = await another_visit(session, job_id, data, request.user.user_id)
        return (await visits_out(session, [visit]))[0]


class Visits(Controller):
    """Single trips."""

    path = "/v1/visits"
    tags = ("jobs",)
    guards = (DESKS,)

    @get("/{visit_id:uuid}", guards=[DESKS.of("visit_id", office_of_visit)])
    async def get_visit(self, visit_id: FromPath[UUID], session: NamedDependency[AsyncSession]) -> VisitOut:
        """One visit."""
        row = await session.get(Visit, visit_id)
        if row is None:
            raise NotFound(f"No visit has the id {visit_id}.")
        return (await visits_out(session, [row]))[0]

    @get("/{visit_id:uuid}/history", guards=[DESKS.of("visit_id", office_of_visit)])
    async def list_visit_events(
        self, visit_id: FromPath[UUID], session: NamedDependency[AsyncSession]
    ) -> list[EventOut]:
        """Who did what when, in the order it was recorded."""
        rows = await session.scalars(
            select(VisitEvent).where(VisitEvent.visit_id == visit_id).order_by(VisitEvent.recorded_at, VisitEvent.id)
        )
        return [EventOut(r.kind, r.actor_id, r.operation_id, r.occurred_at, r.recorded_at, r.facts) for r in rows]

    @post("/{visit_id:uuid}/cancel", guards=[DESKS.of("visit_id", office_of_visit)], status_code=200)
    async def cancel_visit(
        self,
        visit_id: FromPath[UUID],
        data: JSONBody[CancelIn],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> VisitOut:
        """Cancel a visit; it leaves its crew's phones."""
        visit = await cancel_visit(session, visit_id, data.reason, request.user)
        return (await visits_out(session, [visit]))[0]
