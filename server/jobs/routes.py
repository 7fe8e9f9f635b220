"""HTTP: jobs and visits for the desk, with the history of who did what when."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.customers.models import Asset, Site
from server.identity.permissions import allow
from server.identity.rules import DESK
from server.identity.tokens import Actor
from server.jobs.history import advance, lock_visit, record
from server.jobs.models import ChecklistItem, Job, Visit, VisitEvent
from server.jobs.queries import jobs_out, visits_out
from server.jobs.rules import CHECKLISTS
from server.jobs.schemas import CancelIn, EventOut, JobIn, JobOut, VisitIn, VisitOut
from server.problems import Invalid, NotFound
from server.requests.models import Ticket

Caller = Request[Actor, str, State]


class Jobs(Controller):
    """The work to be done."""

    path = "/v1/jobs"
    tags = ("jobs",)
    guards = (allow(DESK),)

    @get()
    async def jobs(
        self,
        session: NamedDependency[AsyncSession],
        limit: Annotated[int, QueryParameter(ge=1, le=500, name="limit")] = 100,
    ) -> list[JobOut]:
        """Jobs, newest first, with their visits."""
        rows = list(await session.scalars(select(Job).order_by(Job.id.desc()).limit(limit)))
        return await jobs_out(session, rows)

    @post()
    async def add(self, data: JSONBody[JobIn], request: Caller, session: NamedDependency[AsyncSession]) -> JobOut:
        """Make a job with its first visit; a ticket gives customer, site, asset and title."""
        ticket = await session.get(Ticket, data.ticket_id) if data.ticket_id else None
        if data.ticket_id and ticket is None:
            raise Invalid(f"No ticket has the id {data.ticket_id}.")
        site_id = data.site_id or (ticket.site_id if ticket else None)
        site = await session.get(Site, site_id) if site_id else None
        if site is None:
            raise Invalid("A job needs a site. Give site_id, or a ticket that has one.")
        if ticket and ticket.customer_id != site.customer_id:
            raise Invalid("The site is not one of the ticket's customer.")
        asset_id = data.asset_id or (ticket.asset_id if ticket else None)
        asset = await session.get(Asset, asset_id) if asset_id else None
        if asset_id and (asset is None or asset.site_id != site.id):
            raise Invalid("The asset does not stand at this site. Choose one that does.")
        title = data.title or (ticket.subject if ticket else "")
        if not title:
            raise Invalid("A job needs a title, or a ticket whose subject it takes.")
        actor = request.user
        job = Job(
            ticket_id=data.ticket_id, customer_id=site.customer_id, contact_id=ticket.contact_id if ticket else None,
            site_id=site.id, asset_id=asset_id, office_id=ticket.office_id if ticket else actor.office_id,
            kind=data.kind, title=title, description=data.description, skills={"names": data.skills},
        )  # fmt: skip
        session.add(job)
        await session.flush()
        labels = data.checklist if data.checklist is not None else list(CHECKLISTS.get(data.kind, ()))
        await _add_visit(session, job, data.minutes, labels, actor)
        if ticket and ticket.state in ("open", "responded"):
            ticket.state = "in_progress"
        return (await jobs_out(session, [job]))[0]

    @get("/{job_id:uuid}")
    async def job(self, job_id: FromPath[UUID], session: NamedDependency[AsyncSession]) -> JobOut:
        """One job with its visits."""
        row = await session.get(Job, job_id)
        if row is None:
            raise NotFound(f"No job has the id {job_id}.")
        return (await jobs_out(session, [row]))[0]

    @post("/{job_id:uuid}/visits")
    async def another_visit(
        self, job_id: FromPath[UUID], data: JSONBody[VisitIn], request: Caller, session: NamedDependency[AsyncSession]
    ) -> VisitOut:
        """One more trip for a job."""
        job = await session.get(Job, job_id)
        if job is None:
            raise NotFound(f"No job has the id {job_id}.")
        visit = await _add_visit(session, job, data.minutes, list(CHECKLISTS.get(job.kind, ())), request.user)
        return (await visits_out(session, [visit]))[0]


class Visits(Controller):
    """Single trips."""

    path = "/v1/visits"
    tags = ("jobs",)
    guards = (allow(DESK),)

    @get("/{visit_id:uuid}")
    async def visit(self, visit_id: FromPath[UUID], session: NamedDependency[AsyncSession]) -> VisitOut:
        """One visit."""
        row = await session.get(Visit, visit_id)
        if row is None:
            raise NotFound(f"No visit has the id {visit_id}.")
        return (await visits_out(session, [row]))[0]

    @get("/{visit_id:uuid}/history")
    async def history(self, visit_id: FromPath[UUID], session: NamedDependency[AsyncSession]) -> list[EventOut]:
        """Who did what when, in the order it was recorded."""
        rows = await session.scalars(
            select(VisitEvent).where(VisitEvent.visit_id == visit_id).order_by(VisitEvent.recorded_at, VisitEvent.id)
        )
        return [EventOut(r.kind, r.actor_id, r.operation_id, r.occurred_at, r.recorded_at, r.facts) for r in rows]

    @post("/{visit_id:uuid}/cancel", status_code=200)
    async def cancel(
        self,
        visit_id: FromPath[UUID],
        data: JSONBody[CancelIn],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> VisitOut:
        """Cancel a visit; it leaves its crew's phones."""
        visit = await lock_visit(session, visit_id)
        advance(session, visit, "cancel", actor_id=request.user.user_id, facts={"reason": data.reason})
        return (await visits_out(session, [visit]))[0]


async def _add_visit(session: AsyncSession, job: Job, minutes: int, labels: list[str], actor: Actor) -> Visit:
    visit = Visit(job_id=job.id, state="unscheduled", minutes=minutes, skipped={}, custody={}, plan_version=0)
    session.add(visit)
    await session.flush()
    session.add_all(
        ChecklistItem(visit_id=visit.id, position=position, label=label, kind="yes_no", required=False)
        for position, label in enumerate(labels, 1)
    )
    record(session, visit.id, "create", actor_id=actor.user_id)
    await session.flush()
    return visit
