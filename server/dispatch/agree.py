"""Agreeing with the customer on a window: what is promised from now on, and who said so."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import log_action
from server.actions.rules import Verb
from server.arrival.again import judge_visit_again
from server.dispatch.order import crew_of, give_order, order_of, send, times_of
from server.dispatch.schemas import AgreeIn
from server.identity.tokens import Actor
from server.jobs.agreed import agree_on, read_window
from server.jobs.history import NotPossibleNow, lock_visit, record, step_on
from server.jobs.models import Visit
from server.jobs.offices import the_visit
from server.jobs.rules import ENDED, OPEN, VisitState


async def agree_window(session: AsyncSession, visit_id: UUID, wanted: AgreeIn, by: Actor) -> Visit:
    """Keep what the customer agreed to. Where somebody was sent already, it is a new order with the same crew, whose start is moved into
    the window if it lies outside. Raises `Invalid`, or `NotPossibleNow` for a visit that is over.
    """
    window = read_window(wanted.window_start, wanted.window_end)
    assert window is not None
    visit = await lock_visit(session, visit_id)
    if VisitState(visit.state) in ENDED:
        raise NotPossibleNow(f"The visit is {visit.state}; no window can be agreed for it any more.", state=visit.state)
    before, times = order_of(visit), times_of(visit)
    await agree_on(session, visit, window, wanted.agreed, by)
    record(session, visit.id, "window_agreed", actor_id=by.user_id, facts={"start": window.start, "end": window.end})
    if visit.state == VisitState.UNSCHEDULED:
        step_on(visit, "agree")
    if VisitState(visit.state) in OPEN and visit.planned_start is not None:
        if not window.start <= visit.planned_start < window.end:
            visit.planned_start = window.start
        crew = await crew_of(session, visit.id)
        await send(session, visit, crew, times == times_of(visit))
        give_order(session, visit, crew, wanted.agreed.note, by)
    of = await the_visit(session, visit.id)
    after = order_of(visit) | {"agreed": wanted.agreed.agreed_with or wanted.agreed.note or None}
    log_action(session, by.user_id, Verb.AGREE_WINDOW, of, before=before, after=after)
    await session.flush()
    await judge_visit_again(session, visit, "another window was agreed after the arrival")
    return visit
