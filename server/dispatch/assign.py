"""Assigning a visit: a numbered plan version, the crew it names, and the move to `dispatched`. And the window that it is to keep."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobile_contract.shapes.visits import state_of
from server.actions.log_action import log_action
from server.actions.rules import Verb, Word
from server.arrival.again import judge_visit_again
from server.dispatch.models import Technician
from server.dispatch.schemas import AgreeIn, AssignIn
from server.ground import clock
from server.ground.moments import must_be_moment
from server.ground.problems import Conflict, Invalid
from server.identity.models import User
from server.identity.tokens import Actor
from server.jobs.agreed import Window, agree_on, read_window, window_of
from server.jobs.history import NotPossibleNow, advance, lock_visit, record, step_on
from server.jobs.models import Visit, VisitCrew, VisitPlan
from server.jobs.offices import the_visit
from server.jobs.rules import ENDED, OPEN, VisitState


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
    before, times = order_of(visit), _times(visit)
    start = _planned_start(visit, plan, wanted_window)
    facts = {"crew": wanted, "reason": plan.reason, "before": visit.state}
    await advance(session, visit, "plan", actor_id=by.user_id, facts=facts)
    if plan.to_be_agreed and window_of(visit) is not None:
        await agree_on(session, visit, None, None, by, plan.reason)
    elif wanted_window is not None and (plan.agreed is not None or wanted_window != window_of(visit)):
        await agree_on(session, visit, wanted_window, plan.agreed, by, plan.reason)
    visit.planned_start, visit.minutes = start, plan.minutes or visit.minutes
    crew = await _change_crew(session, visit, wanted, times == _times(visit))
    _order(session, visit, wanted, plan.reason, by)
    of, after = await the_visit(session, visit.id), order_of(visit) | {"technician_ids": wanted, "reason": plan.reason}
    log_action(session, by.user_id, Verb.ASSIGN_VISIT, of, before=before | {"technician_ids": crew}, after=after)
    await session.flush()
    await judge_visit_again(session, visit, f"plan version {visit.plan_version} was ordered after the arrival")
    return visit


async def agree_window(session: AsyncSession, visit_id: UUID, wanted: AgreeIn, by: Actor) -> Visit:
    """Keep what the customer agreed to. Where somebody was sent already, it is a new order with the same crew, whose start is moved into
    the window if it lies outside. Raises `Invalid`, or `NotPossibleNow` for a visit that is over.
    """
    window = read_window(wanted.window_start, wanted.window_end)
    assert window is not None
    visit = await lock_visit(session, visit_id)
    if VisitState(visit.state) in ENDED:
        raise NotPossibleNow(f"The visit is {visit.state}; no window can be agreed for it any more.", state=visit.state)
    before, times = order_of(visit), _times(visit)
    await agree_on(session, visit, window, wanted.agreed, by)
    record(session, visit.id, "window_agreed", actor_id=by.user_id, facts={"start": window.start, "end": window.end})
    if visit.state == VisitState.UNSCHEDULED:
        step_on(visit, "agree")
    if VisitState(visit.state) in OPEN and visit.planned_start is not None:
        if not window.start <= visit.planned_start < window.end:
            visit.planned_start = window.start
        crew = await _crew_of(session, visit.id)
        await _change_crew(session, visit, crew, times == _times(visit))
        _order(session, visit, crew, wanted.agreed.note, by)
    of = await the_visit(session, visit.id)
    log_action(
        session,
        by.user_id,
        Verb.AGREE_WINDOW,
        of,
        before=before,
        after=order_of(visit) | {"agreed": wanted.agreed.agreed_with or wanted.agreed.note or None},
    )
    await session.flush()
    await judge_visit_again(session, visit, "another window was agreed after the arrival")
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


def _times(visit: Visit) -> tuple[datetime | None, ...]:
    """What a technician accepts: when to be there."""
    return visit.window_start, visit.window_end, visit.planned_start


def _order(session: AsyncSession, visit: Visit, crew: list[UUID], reason: str, by: Actor) -> None:
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


async def _crew_of(session: AsyncSession, visit_id: UUID) -> list[UUID]:
    query = select(VisitCrew.technician_id).where(VisitCrew.visit_id == visit_id, VisitCrew.removed_at.is_(None))
    return list(await session.scalars(query.order_by(VisitCrew.lead.desc(), VisitCrew.technician_id)))


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
