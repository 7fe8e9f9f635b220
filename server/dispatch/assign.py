"""Assigning a visit: when somebody is to be there and who goes, and the move to `dispatched`."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import log_action
from server.actions.rules import Verb
from server.arrival.again import judge_visit_again
from server.dispatch.models import Technician
from server.dispatch.order import give_order, order_of, send, times_of
from server.dispatch.schemas import AssignIn
from server.ground.moments import must_be_moment
from server.ground.problems import Conflict, Invalid
from server.identity.models import User
from server.identity.tokens import Actor
from server.jobs.agreed import Window, agree_on, read_window, window_of
from server.jobs.history import advance, lock_visit
from server.jobs.models import Visit
from server.jobs.offices import the_visit
from server.visit_links.give import give_phone_link


class OutsideWindow(Conflict):
    """The plan does not keep the agreed window"""

    code = "outside_window"


async def assign(session: AsyncSession, visit_id: UUID, plan: AssignIn, by: Actor) -> Visit:
    """Plan when somebody is to be there and who goes; what was ordered before stays on record.

    Raises `Invalid` for a window that is no window or a technician who cannot be sent, `OutsideWindow` for a start that does not keep
    the window which was agreed.
    """
    wanted_window = read_window(plan.window_start, plan.window_end)
    visit = await lock_visit(session, visit_id)
    wanted = list(dict.fromkeys(plan.technician_ids))
    await _must_be_sendable(session, wanted)
    before, times = order_of(visit), times_of(visit)
    start = _planned_start(visit, plan, wanted_window)
    facts = {"crew": wanted, "reason": plan.reason, "before": visit.state}
    await advance(session, visit, "plan", actor_id=by.user_id, facts=facts)
    if plan.to_be_agreed and window_of(visit) is not None:
        await agree_on(session, visit, None, None, by, plan.reason)
    elif wanted_window is not None and (plan.agreed is not None or wanted_window != window_of(visit)):
        await agree_on(session, visit, wanted_window, plan.agreed, by, plan.reason)
    visit.planned_start, visit.minutes = start, plan.minutes or visit.minutes
    crew = await send(session, visit, wanted, times == times_of(visit))
    give_order(session, visit, wanted, plan.reason, by)
    await give_phone_link(session, visit, by.user_id)
    of, after = await the_visit(session, visit.id), order_of(visit) | {"technician_ids": wanted, "reason": plan.reason}
    log_action(session, by.user_id, Verb.ASSIGN_VISIT, of, before=before | {"technician_ids": crew}, after=after)
    await session.flush()
    await judge_visit_again(session, visit, f"plan version {visit.plan_version} was ordered after the arrival")
    return visit


async def _must_be_sendable(session: AsyncSession, wanted: list[UUID]) -> None:
    query = select(Technician.id).join(User, User.id == Technician.id).where(Technician.id.in_(wanted), User.active)
    known = set(await session.scalars(query))
    if missing := [str(one) for one in wanted if one not in known]:
        raise Invalid(f"These are no active technicians: {', '.join(missing)}.")


def _planned_start(visit: Visit, plan: AssignIn, wanted: Window | None) -> datetime:
    """When somebody is to be there. Raises `Invalid` where nothing says it, `OutsideWindow`."""
    window = None if plan.to_be_agreed else wanted or window_of(visit)
    if plan.to_be_agreed and wanted is not None:
        raise Invalid(
            "A window that is to be agreed has no times yet. Leave window_start and window_end out.",
            field="to_be_agreed",
        )
    if plan.agreed is not None and wanted is None:
        raise Invalid("`agreed` says who agreed to a window. Send window_start and window_end with it.", field="agreed")
    start: datetime | None
    if plan.planned_start is not None:
        start = must_be_moment(plan.planned_start, "planned_start").astimezone(UTC)
    elif window is None or (visit.planned_start is not None and window == window_of(visit)):
        start = visit.planned_start
    else:
        start = window.start
    if start is None:
        raise Invalid(
            "Nothing says when somebody is to be there. Send planned_start, or a window.", field="planned_start"
        )
    if window is not None and not window.start <= start < window.end:
        raise OutsideWindow(
            "planned_start lies outside the window that the customer agreed to. Send a start inside it, or the window that they agreed "
            "to now with who agreed, or `to_be_agreed`.",
            window_start=window.start, window_end=window.end,
        )  # fmt: skip
    return start
