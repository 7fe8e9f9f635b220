"""Reads jobs and visits with their crew, in a fixed number of queries however many they are."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.http.listing import MOST, Listing
from server.identity.models import User
from server.jobs.models import ChecklistItem, Job, Visit, VisitCrew, VisitEvent
from server.jobs.overlaps import overlaps_of
from server.jobs.rules import JobKind, VisitState
from server.jobs.schemas import BringLine, CrewOut, EventOut, JobOut, LineOut, VisitOut

JOBS = Listing("jobs", JobOut, key=Job.id, sorts={"made": Job.id, "number": Job.number}, default="-made")
VISIT_EVENTS = Listing(
    "history",
    EventOut,
    key=VisitEvent.id,
    sorts={"recorded_at": VisitEvent.recorded_at, "occurred_at": VisitEvent.occurred_at},
    default="recorded_at",
    usual=MOST,
)

CHECKLIST_LINES = Listing(
    "checklist",
    LineOut,
    key=ChecklistItem.id,
    sorts={"position": ChecklistItem.position},
    default="position",
    usual=MOST,
)


def select_jobs(visit_state: VisitState | None) -> Select[Job]:
    """Jobs; with a state those that have a visit in it."""
    query = select(Job)
    if visit_state is None:
        return query
    return query.where(select(Visit.id).where(Visit.job_id == Job.id, Visit.state == visit_state).exists())


def select_events(visit_id: UUID) -> Select[VisitEvent]:
    """What happened to a visit."""
    return select(VisitEvent).where(VisitEvent.visit_id == visit_id)


def event_out(row: VisitEvent) -> EventOut:
    """A line of a visit's history on the wire."""
    return EventOut(row.kind, row.actor_id, row.operation_id, row.occurred_at, row.recorded_at, row.facts)


def line_out(row: ChecklistItem) -> LineOut:
    """A line of a checklist on the wire."""
    answer = (row.answer or {}).get("value")
    return LineOut(row.id, row.position, row.label, row.labels, row.kind, row.required, answer)


async def visits_out(session: AsyncSession, visits: list[Visit]) -> list[VisitOut]:
    """Visits with their present crew, in three queries however many they are."""
    crews: dict[UUID, list[CrewOut]] = {visit.id: [] for visit in visits}
    overlaps = await overlaps_of(session, [visit.id for visit in visits])
    rows = await session.execute(
        select(VisitCrew, User.name)
        .join(User, User.id == VisitCrew.technician_id)
        .where(VisitCrew.visit_id.in_(crews), VisitCrew.removed_at.is_(None) | (VisitCrew.state == VisitState.DECLINED))
        .order_by(VisitCrew.lead.desc(), User.name)
    )
    for crew, name in rows:
        crews[crew.visit_id].append(_crew_out(crew, name))
    return [
        VisitOut(
            id=v.id, job_id=v.job_id, state=VisitState(v.state), window_start=v.window_start, window_end=v.window_end,
            plan_version=v.plan_version, planned_start=v.planned_start, minutes=v.minutes, overlaps=overlaps.get(v.id, []), crew=crews[v.id], arrived_at=v.arrived_at,
            started_at=v.started_at, finished_at=v.finished_at, work_summary=v.work_summary,
            skipped=sorted(v.skipped), custody=v.custody, after_reassignment=v.after_reassignment,
        )
        for v in visits
    ]  # fmt: skip


def _crew_out(crew: VisitCrew, name: str) -> CrewOut:
    return CrewOut(
        crew.technician_id, name, crew.lead, VisitState(crew.state), crew.accepted_at, crew.departed_at, crew.arrived_at,
        crew.started_at, crew.finished_at,
    )  # fmt: skip


async def jobs_out(session: AsyncSession, jobs: Sequence[Job]) -> list[JobOut]:
    """Jobs with their visits, in four queries however many they are."""
    rows = await session.scalars(
        select(Visit).where(Visit.job_id.in_([job.id for job in jobs])).order_by(Visit.created_at, Visit.id)
    )
    found: dict[UUID, list[VisitOut]] = {job.id: [] for job in jobs}
    for visit in await visits_out(session, list(rows)):
        found[visit.job_id].append(visit)
    return [
        JobOut(
            id=j.id, number=j.number, ticket_id=j.ticket_id, customer_id=j.customer_id, contact_id=j.contact_id, site_id=j.site_id,
            asset_id=j.asset_id, office_id=j.office_id, kind=JobKind(j.kind), title=j.title, description=j.description,
            skills=j.skills.get("names", []), bring=msgspec.convert(j.bring, list[BringLine]), noticed_at=j.noticed_at, visits=found[j.id],
        )
        for j in jobs
    ]  # fmt: skip
