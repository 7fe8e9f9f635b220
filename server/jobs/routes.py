"""HTTP: jobs and visits for the desk, with the history of who did what when."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, Request, get, patch, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground.problems import NotFound
from server.http.list_pages import each, listed, narrowed, within
from server.http.listing import AsAsked, Listed, listed_by
from server.identity.audience import DESKS
from server.identity.offices import seen_office
from server.identity.tokens import Actor
from server.jobs.cancel import cancel_visit
from server.jobs.change import change_job
from server.jobs.make import another_visit, make_job
from server.jobs.models import ChecklistItem, Job, Visit
from server.jobs.offices import office_of_job, office_of_visit
from server.jobs.queries import (
    CHECKLIST_LINES,
    JOBS,
    VISIT_EVENTS,
    event_out,
    jobs_out,
    line_out,
    select_events,
    select_jobs,
    visits_out,
)
from server.jobs.reword import change_checklist_line
from server.jobs.rules import JobKind, VisitState
from server.jobs.schemas import CancelIn, EventOut, JobChange, JobIn, JobOut, LineChange, LineOut, VisitIn, VisitOut

Caller = Request[Actor, str, State]
WithVisit = Annotated[
    VisitState | None, QueryParameter(name="visit_state", description="Jobs with a visit that is in this state now.")
]


class Jobs(Controller):
    """The work to be done."""

    path = "/v1/jobs"
    tags = ("jobs",)
    guards = (DESKS,)

    @get(**listed_by(JOBS))
    async def list_jobs(
        self,
        request: Caller,
        session: NamedDependency[AsyncSession],
        asked: AsAsked,
        customer_id: FromQuery[UUID | None] = None,
        site_id: FromQuery[UUID | None] = None,
        asset_id: FromQuery[UUID | None] = None,
        ticket_id: FromQuery[UUID | None] = None,
        kind: FromQuery[JobKind | None] = None,
        visit_state: WithVisit = None,
        made_from: FromQuery[datetime | None] = None,
        made_before: FromQuery[datetime | None] = None,
        office_id: FromQuery[UUID | None] = None,
    ) -> Listed[JobOut]:
        """Jobs, newest first, with their visits."""
        query = within(select_jobs(visit_state), Job.created_at, made_from, made_before, "made")
        mine = (Job.office_id, seen_office(request.user, office_id))
        wanted = (Job.customer_id, customer_id), (Job.site_id, site_id), (Job.asset_id, asset_id)
        query = narrowed(query, mine, *wanted, (Job.ticket_id, ticket_id), (Job.kind, kind))
        return await listed(asked, session, query, jobs_out)

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

    @patch("/{job_id:uuid}", guards=[DESKS.of("job_id", office_of_job)])
    async def change_job(
        self,
        job_id: FromPath[UUID],
        data: JSONBody[JobChange],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> JobOut:
        """Change what a job says, whom to ask for, or what to take along. Phones have it with their next exchange."""
        job = await change_job(session, job_id, data, request.user)
        return (await jobs_out(session, [job]))[0]

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

    @get(
        "/{visit_id:uuid}/history",
        guards=[DESKS.of("visit_id", office_of_visit)],
        **listed_by(VISIT_EVENTS),
    )
    async def list_visit_events(
        self, visit_id: FromPath[UUID], session: NamedDependency[AsyncSession], asked: AsAsked
    ) -> Listed[EventOut]:
        """Who did what when, in the order it was recorded."""
        return await listed(asked, session, select_events(visit_id), each(event_out))

    @get(
        "/{visit_id:uuid}/checklist",
        guards=[DESKS.of("visit_id", office_of_visit)],
        **listed_by(CHECKLIST_LINES),
    )
    async def list_checklist_lines(
        self, visit_id: FromPath[UUID], session: NamedDependency[AsyncSession], asked: AsAsked
    ) -> Listed[LineOut]:
        """The lines of a visit's checklist, with their text in each language and their answers."""
        query = select(ChecklistItem).where(ChecklistItem.visit_id == visit_id)
        return await listed(asked, session, query, each(line_out))

    @patch("/{visit_id:uuid}/checklist/{item_id:uuid}", guards=[DESKS.of("visit_id", office_of_visit)])
    async def change_checklist_line(
        self,
        visit_id: FromPath[UUID],
        item_id: FromPath[UUID],
        data: JSONBody[LineChange],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> LineOut:
        """Change the text of a line, in each language. A report that was made before keeps what it says."""
        return line_out(await change_checklist_line(session, visit_id, item_id, data, request.user))

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
