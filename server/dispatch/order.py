"""An order: who goes and when, as a numbered plan version that the phones are told of; what assigning and agreeing have in common."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobile_contract.shapes.visits import state_of
from server.actions.rules import Word
from server.ground import clock
from server.identity.tokens import Actor
from server.jobs.models import Visit, VisitCrew, VisitPlan
from server.jobs.rules import VisitState


def times_of(visit: Visit) -> tuple[datetime | None, ...]:
    """What a technician accepts: when to be there."""
    return visit.window_start, visit.window_end, visit.planned_start


def give_order(session: AsyncSession, visit: Visit, crew: list[UUID], reason: str, by: Actor) -> None:
    """The next plan version of a visit, as it stands now."""
    visit.plan_version += 1
    session.add(
        VisitPlan(
            visit_id=visit.id, plan_version=visit.plan_version, window_start=visit.window_start, window_end=visit.window_end,
            planned_start=visit.planned_start, minutes=visit.minutes, crew={"technician_ids": crew}, reason=reason, ordered_by=by.user_id,
        )
    )  # fmt: skip


def order_of(visit: Visit) -> dict[str, Any]:
    """What an order says of a visit, for the action log."""
    return {
        "state": Word(visit.state), "window_start": visit.window_start, "window_end": visit.window_end,
        "planned_start": visit.planned_start, "minutes": visit.minutes, "plan_version": visit.plan_version,
    }  # fmt: skip


async def crew_of(session: AsyncSession, visit_id: UUID) -> list[UUID]:
    """Who is to go, the lead first."""
    query = select(VisitCrew.technician_id).where(VisitCrew.visit_id == visit_id, VisitCrew.removed_at.is_(None))
    return list(await session.scalars(query.order_by(VisitCrew.lead.desc(), VisitCrew.technician_id)))


async def send(session: AsyncSession, visit: Visit, wanted: list[UUID], same_time: bool) -> list[UUID]:
    """Send these. Who stays keeps where they are unless the time is another. Returns who was to go before, the lead first."""
    rows = {
        row.technician_id: row for row in await session.scalars(select(VisitCrew).where(VisitCrew.visit_id == visit.id))
    }
    moment, here = clock.now(), [row for row in rows.values() if row.removed_at is None]
    before = [row.technician_id for row in sorted(here, key=lambda row: (not row.lead, row.technician_id))]
    for technician_id, row in rows.items():
        if technician_id not in wanted:
            row.removed_at = row.removed_at or moment
            row.state = VisitState.DISPATCHED if row.state == VisitState.DECLINED else row.state
    for position, technician_id in enumerate(wanted):
        if technician_id not in rows:
            rows[technician_id] = VisitCrew(visit_id=visit.id, technician_id=technician_id, assigned_at=moment)
            session.add(rows[technician_id])
        row = rows[technician_id]
        if not same_time or technician_id not in before:
            row.state, row.accepted_at, row.departed_at = VisitState.DISPATCHED, None, None
        row.lead, row.removed_at = position == 0, None
    visit.state = state_of(rows[technician_id].state for technician_id in wanted)
    return before
