"""Reads all past visits of an asset, for desks and for technicians who are or were sent to where it stands."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobile_contract.shapes.amounts import MILLI
from server.customers.models import Asset, Part
from server.customers.rules import Unit
from server.ground.problems import NotFound
from server.http.listing import Listing
from server.identity.models import User
from server.identity.offices import sees_only
from server.identity.rules import DESK
from server.identity.tokens import Actor
from server.jobs.models import Job, PartUsed, Visit, VisitCrew, VisitEvent
from server.jobs.past.schemas import PastPart, PastVisit
from server.jobs.rules import JobKind, VisitState

PAST = (VisitState.COMPLETED, VisitState.CLOSED, VisitState.CANNOT_COMPLETE)
PAST_VISITS = Listing(
    "past_visits", PastVisit, key=Visit.id, sorts={"finished_at": Visit.finished_at}, default="-finished_at"
)


async def select_past_visits(session: AsyncSession, asset_id: UUID, actor: Actor) -> Select[Visit, Job]:
    """The visits to an asset that have ended. Raises `NotFound` for an asset that there is not, or where the technician was never sent."""
    asset = await session.get(Asset, asset_id)
    query = select(Visit, Job).join(Job, Job.id == Visit.job_id)
    if asset is None or (actor.role not in DESK and not await _was_sent_there(session, asset, actor)):
        raise NotFound("There is no such asset where you are sent.")
    query = query.where(Job.asset_id == asset_id, Visit.state.in_(PAST))
    only = sees_only(actor)
    return query if only is None else query.where(Job.office_id == only)


async def _was_sent_there(session: AsyncSession, asset: Asset, actor: Actor) -> bool:
    sent = (
        select(VisitCrew.visit_id)
        .join(Visit, Visit.id == VisitCrew.visit_id)
        .join(Job, Job.id == Visit.job_id)
        .where(VisitCrew.technician_id == actor.user_id, Job.site_id == asset.site_id)
    )
    return (await session.execute(sent.limit(1))).first() is not None


async def past_visits_out(session: AsyncSession, rows: Sequence[Row[Visit, Job]]) -> list[PastVisit]:
    """Past visits with crews, faults and parts, in three queries however many they are."""
    ids = [visit.id for visit, _ in rows]
    crews: dict[UUID, list[str]] = {one: [] for one in ids}
    parts: dict[UUID, list[PastPart]] = {one: [] for one in ids}
    names = select(VisitCrew.visit_id, User.name).join(User, User.id == VisitCrew.technician_id)
    here = VisitCrew.visit_id.in_(ids), VisitCrew.removed_at.is_(None)
    for visit_id, name in await session.execute(names.where(*here).order_by(VisitCrew.lead.desc(), User.name)):
        crews[visit_id].append(name)
    milli = func.sum(func.coalesce(PartUsed.quantity_milli, PartUsed.quantity * MILLI))
    used = select(PartUsed.visit_id, Part, milli).join(Part, Part.id == PartUsed.part_id)
    used = used.where(PartUsed.visit_id.in_(ids)).group_by(PartUsed.visit_id, Part.id).having(milli > 0)
    for visit_id, part, quantity in await session.execute(used.order_by(Part.number)):
        parts[visit_id].append(PastPart(part.id, part.number, part.name, int(quantity), Unit(part.unit)))
    said = select(VisitEvent.visit_id, VisitEvent.facts["fault"])
    said = said.where(VisitEvent.visit_id.in_(ids), VisitEvent.kind == "complete", VisitEvent.facts.has_key("fault"))
    told = await session.execute(said.order_by(VisitEvent.recorded_at))
    faults: dict[UUID, dict[str, str] | None] = {row[0]: row[1] for row in told}
    return [
        PastVisit(
            v.id, j.number, JobKind(j.kind), j.title, VisitState(v.state), v.started_at, v.finished_at, v.work_summary,
            faults.get(v.id) or {}, crews[v.id], parts[v.id],
        )
        for v, j in rows
    ]  # fmt: skip
