"""Taking an order back without a replacement: the visit leaves its crew's phones and waits for the desk again."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import log_action
from server.actions.rules import Verb
from server.database.events import emit
from server.dispatch.order import order_of
from server.dispatch.schemas import UnassignIn
from server.ground import clock
from server.identity.tokens import Actor
from server.jobs.agreed import agree_on
from server.jobs.history import lock_visit, record, step_on
from server.jobs.models import Visit, VisitCrew, VisitWithdrawal
from server.jobs.offices import the_visit
from server.jobs.rules import MOVES, VisitState
from server.visit_links.give import take_phone_link


async def unassign(session: AsyncSession, visit_id: UUID, wanted: UnassignIn, by: Actor) -> Visit:
    """Send nobody. With its window, which was agreed with the customer, the visit is `scheduled`; without, `unscheduled`.

    The order stays on record, and what the crew does before their phones know of it counts as after any reassignment. Raises
    `NotFound`, or `NotPossibleNow` for a visit that is over.
    """
    visit = await lock_visit(session, visit_id)
    step = "unassign" if wanted.keep_window and visit.window_start is not None else "unschedule"
    before, order = visit.state, order_of(visit)
    if before in (MOVES[step][1], VisitState.UNSCHEDULED):
        return visit
    await emit(session, *step_on(visit, step))
    visit.planned_start = None
    if step == "unschedule" and visit.window_start is not None:
        await agree_on(session, visit, None, None, by, wanted.reason)
    crew = await _release(session, visit_id)
    await take_phone_link(session, visit_id)
    facts = {"crew": crew, "reason": wanted.reason, "before": before, "window_kept": step == "unassign"}
    record(session, visit_id, "unassign", actor_id=by.user_id, facts=facts)
    if visit.plan_version and await session.get(VisitWithdrawal, (visit_id, visit.plan_version)) is None:
        session.add(
            VisitWithdrawal(
                visit_id=visit_id, plan_version=visit.plan_version, reason=wanted.reason, withdrawn_by=by.user_id
            )
        )
    of, after = await the_visit(session, visit_id), order_of(visit) | {"reason": wanted.reason}
    log_action(session, by.user_id, Verb.UNASSIGN_VISIT, of, before=order | {"technician_ids": crew}, after=after)
    await session.flush()
    return visit


async def _release(session: AsyncSession, visit_id: UUID) -> list[UUID]:
    rows = await session.scalars(
        select(VisitCrew)
        .where(VisitCrew.visit_id == visit_id, VisitCrew.removed_at.is_(None))
        .order_by(VisitCrew.lead.desc(), VisitCrew.technician_id)
    )
    moment, gone = clock.now(), []
    for row in rows:
        row.removed_at = moment
        gone.append(row.technician_id)
    return gone
