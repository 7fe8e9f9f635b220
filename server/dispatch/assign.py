"""Assigning a visit: a numbered plan version, the crew it names, and the move to `dispatched`."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobile_contract.shapes.visits import state_of
from server.actions.log_action import log_action
from server.actions.rules import Verb, Word
from server.arrival.again import judge_visit_again
from server.dispatch.models import Technician
from server.dispatch.schemas import AssignIn
from server.ground import clock
from server.ground.moments import must_be_window
from server.ground.problems import Invalid
from server.identity.models import User
from server.jobs.history import advance, lock_visit
from server.jobs.models import Visit, VisitCrew, VisitPlan
from server.jobs.offices import the_visit
from server.jobs.rules import VisitState


async def assign(session: AsyncSession, visit_id: UUID, plan: AssignIn, ordered_by: UUID) -> Visit:
    """Give a visit a window and a crew, or other ones; what was ordered before stays on record.

    Raises `Invalid` for a window that is no window or a technician who cannot be sent.
    """
    must_be_window(plan.window_start, plan.window_end)
    visit = await lock_visit(session, visit_id)
    wanted = list(dict.fromkeys(plan.technician_ids))
    known = set(
        await session.scalars(
            select(Technician.id).join(User, User.id == Technician.id).where(Technician.id.in_(wanted), User.active)
        )
    )
    if missing := [str(one) for one in wanted if one not in known]:
        raise Invalid(f"These are no active technicians: {', '.join(missing)}.")
    before = order_of(visit)
    facts = {"crew": wanted, "reason": plan.reason, "before": visit.state}
    await advance(session, visit, "plan", actor_id=ordered_by, facts=facts)
    same_time = (visit.window_start, visit.window_end) == (plan.window_start, plan.window_end)
    visit.window_start, visit.window_end = plan.window_start, plan.window_end
    visit.plan_version += 1
    crew = await _change_crew(session, visit, wanted, same_time)
    session.add(
        VisitPlan(
            visit_id=visit.id, plan_version=visit.plan_version, window_start=visit.window_start,
            window_end=visit.window_end, crew={"technician_ids": wanted}, reason=plan.reason, ordered_by=ordered_by,
        )
    )  # fmt: skip
    of, after = await the_visit(session, visit.id), order_of(visit) | {"technician_ids": wanted, "reason": plan.reason}
    log_action(session, ordered_by, Verb.ASSIGN_VISIT, of, before=before | {"technician_ids": crew}, after=after)
    await session.flush()
    await judge_visit_again(session, visit, f"plan version {visit.plan_version} was ordered after the arrival")
    return visit


def order_of(visit: Visit) -> dict[str, Any]:
    """What an order says of a visit, for the action log."""
    return {
        "state": Word(visit.state), "window_start": visit.window_start, "window_end": visit.window_end,
        "plan_version": visit.plan_version,
    }  # fmt: skip


async def _change_crew(session: AsyncSession, visit: Visit, wanted: list[UUID], same_time: bool) -> list[UUID]:
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
        row = rows.setdefault(
            technician_id, VisitCrew(visit_id=visit.id, technician_id=technician_id, assigned_at=moment)
        )
        session.add(row)
        if not same_time or technician_id not in before:
            row.state, row.accepted_at, row.departed_at = VisitState.DISPATCHED, None, None
        row.lead, row.removed_at = position == 0, None
    visit.state = state_of(rows[technician_id].state for technician_id in wanted)
    return before
