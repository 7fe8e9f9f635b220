"""Making work: a job from a ticket or for a site, with its first visit, and one more visit for a job."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of, log_action
from server.actions.rules import Thing, Verb, worded
from server.customers.belongs import must_be_theirs, site_of
from server.customers.models import Customer, Site
from server.ground import clock
from server.ground.by_language import kept
from server.ground.problems import Invalid, NotFound
from server.ground.texts import distinct
from server.identity.offices import must_change
from server.identity.tokens import Actor
from server.jobs.change import lines_to_bring
from server.jobs.checklists import CHECKLISTS, Line, line_of
from server.jobs.history import record
from server.jobs.models import ChecklistItem, Job, Visit
from server.jobs.rules import KINDS
from server.jobs.schemas import JobIn, LineIn, VisitIn
from server.requests.models import Ticket

TOLD = ("ticket_id", "customer_id", "contact_id", "site_id", "asset_id", "kind", "title", "description", "bring")


async def make_job(session: AsyncSession, data: JobIn, actor: Actor) -> Job:
    """Make a job and its first visit; a ticket fills in what is not given. The office is the customer's.

    Raises `Invalid` for a place or person of another customer, or when there is no site or title.
    """
    ticket = await session.get(Ticket, data.ticket_id) if data.ticket_id else None
    if data.ticket_id and ticket is None:
        raise Invalid(f"No ticket has the id {data.ticket_id}.")
    contact_id = data.contact_id or (ticket.contact_id if ticket else None)
    asset_id = data.asset_id or (ticket.asset_id if ticket else None)
    site = await site_of(session, data.site_id or (ticket.site_id if ticket else None), asset_id)
    if site is None:
        raise Invalid("A job needs a site. Give site_id, or a ticket that has one.")
    customer_id = ticket.customer_id if ticket else site.customer_id
    await must_be_theirs(session, customer_id, contact_id=contact_id, site_id=site.id, asset_id=asset_id)
    title = data.title or (ticket.subject if ticket else "")
    if not title:
        raise Invalid("A job needs a title, or a ticket whose subject it takes.")
    kind = data.kind or (ticket.kind if ticket and ticket.kind in KINDS else KINDS[0])
    office_id = await _office(session, site)
    must_change(actor, office_id)
    job = Job(
        ticket_id=data.ticket_id, customer_id=customer_id, contact_id=contact_id, site_id=site.id, asset_id=asset_id,
        office_id=office_id, kind=kind, title=title,
        description=_both(data.description, ticket.description if ticket else ""), skills={"names": distinct(data.skills)},
        bring=await lines_to_bring(session, data.bring), noticed_at=ticket.received_at if ticket else clock.now(),
    )  # fmt: skip
    session.add(job)
    await session.flush()
    lines = list(CHECKLISTS.get(kind, ())) if data.checklist is None else [_line(one) for one in data.checklist]
    visit = await _add_visit(session, job, data.minutes, lines, actor.user_id)
    fields = {name: getattr(job, name) for name in TOLD} | {"skills": data.skills, "visit_id": visit.id}
    of = Of(Thing.JOB, job.id, office_id)
    log_action(session, actor.user_id, Verb.ADD_JOB, of, after=worded(fields, "kind"))
    if ticket and ticket.state in ("open", "responded"):
        ticket.state = "in_progress"
    return job


def _line(given: str | LineIn) -> Line:
    return line_of(given, {}) if isinstance(given, str) else line_of(given.label, kept(given.labels))


def _both(own: str, reported: str) -> str:
    """What the desk says of the job, then what the customer said of the trouble: the technician reads both."""
    return "\n\n".join(dict.fromkeys(part for part in (own, reported) if part))


async def another_visit(session: AsyncSession, job_id: UUID, data: VisitIn, made_by: UUID) -> Visit:
    """One more trip for a job, with the checklist of its first one, unanswered. Raises `NotFound`."""
    job = await session.get(Job, job_id)
    if job is None:
        raise NotFound(f"No job has the id {job_id}.")
    first = select(Visit.id).where(Visit.job_id == job_id).order_by(Visit.created_at, Visit.id).limit(1)
    items = await session.scalars(
        select(ChecklistItem)
        .where(ChecklistItem.visit_id == first.scalar_subquery())
        .order_by(ChecklistItem.position, ChecklistItem.id)
    )
    lines = [Line(item.label, item.labels, item.kind, item.required) for item in items]
    visit = await _add_visit(session, job, data.minutes, lines, made_by)
    of = Of(Thing.VISIT, visit.id, job.office_id)
    log_action(session, made_by, Verb.ADD_VISIT, of, after={"job_id": job.id, "minutes": visit.minutes})
    return visit


async def _office(session: AsyncSession, site: Site) -> UUID:
    return (await session.get_one(Customer, site.customer_id)).office_id


async def _add_visit(session: AsyncSession, job: Job, minutes: int, lines: list[Line], made_by: UUID) -> Visit:
    visit = Visit(job_id=job.id, state="unscheduled", minutes=minutes, skipped={}, custody={}, plan_version=0)
    session.add(visit)
    await session.flush()
    session.add_all(
        ChecklistItem(visit_id=visit.id, position=position, **line._asdict()) for position, line in enumerate(lines, 1)
    )
    record(session, visit.id, "create", actor_id=made_by)
    await session.flush()
    return visit
