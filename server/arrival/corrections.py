"""What people add to the evidence of arrival: windows put right, exemptions, and what an office asks. All of it stays."""

from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of, log_action
from server.actions.rules import Fields, Thing, Verb
from server.arrival.again import judge_visit_again
from server.arrival.evidence import Thresholds
from server.arrival.figure import ExemptionReason
from server.arrival.models import ArrivalExemption, OfficeThreshold, WindowCorrection
from server.arrival.schemas import ExemptionIn, ThresholdsIn, WindowIn
from server.ground.moments import must_be_window
from server.ground.problems import Conflict, Invalid, NotFound
from server.ground.texts import is_blank
from server.identity.models import Office
from server.jobs.history import lock_visit, record
from server.jobs.models import VisitPlan
from server.jobs.offices import the_visit


async def correct_window(session: AsyncSession, visit_id: UUID, wanted: WindowIn, author_id: UUID) -> int:
    """Put right the window of a plan version that was written down wrongly, and judge its check-ins again.

    The order as it was sent out stays as it is. Returns how many check-ins were judged. Raises `NotFound`, `Invalid`.
    """
    must_be_window(wanted.window_start, wanted.window_end)
    visit = await lock_visit(session, visit_id)
    plan = await session.get(VisitPlan, (visit_id, wanted.plan_version))
    if plan is None:
        raise NotFound(f"The visit has no plan version {wanted.plan_version}.")
    before = await _window_before(session, plan)
    session.add(
        WindowCorrection(
            visit_id=visit_id, plan_version=wanted.plan_version, window_start=wanted.window_start,
            window_end=wanted.window_end, reason=wanted.reason, author_id=author_id,
        )
    )  # fmt: skip
    facts = {"plan_version": wanted.plan_version, "reason": wanted.reason}
    record(session, visit_id, "window_corrected", actor_id=author_id, facts=facts)
    of, after = await the_visit(session, visit_id), msgspec.structs.asdict(wanted)
    log_action(session, author_id, Verb.CORRECT_ARRIVAL_WINDOW, of, before=before, after=after)
    await session.flush()
    return await judge_visit_again(session, visit, f"window corrected: {wanted.reason}")


async def _window_before(session: AsyncSession, plan: VisitPlan) -> Fields:
    """The window of a plan version as it counted so far."""
    query = select(WindowCorrection).where(
        WindowCorrection.visit_id == plan.visit_id, WindowCorrection.plan_version == plan.plan_version
    )
    last = await session.scalar(query.order_by(WindowCorrection.id.desc()).limit(1))
    known = last or plan
    return {"window_start": known.window_start, "window_end": known.window_end}


async def exempt(session: AsyncSession, visit_id: UUID, wanted: ExemptionIn, author_id: UUID) -> ArrivalExemption:
    """Record why a late arrival does not count. Raises `NotFound`, or `Invalid` for 'other' without a note."""
    if wanted.reason is ExemptionReason.OTHER and is_blank(wanted.note):
        raise Invalid("Say in `note` what the reason is.")
    await lock_visit(session, visit_id)
    row = ArrivalExemption(visit_id=visit_id, reason=wanted.reason, note=wanted.note, author_id=author_id)
    session.add(row)
    record(session, visit_id, "exempted", actor_id=author_id, facts={"reason": wanted.reason, "note": wanted.note})
    await session.flush()
    of, after = await the_visit(session, visit_id), {"exemption_id": row.id, **msgspec.structs.asdict(wanted)}
    log_action(session, author_id, Verb.ADD_ARRIVAL_EXEMPTION, of, after=after)
    return row


async def withdraw(
    session: AsyncSession, visit_id: UUID, exemption_id: UUID, note: str, author_id: UUID
) -> ArrivalExemption:
    """Take an exemption back by a row of its own. Raises `NotFound`, or `Conflict` when that was done before."""
    await lock_visit(session, visit_id)
    row = await session.get(ArrivalExemption, exemption_id)
    if row is None or row.visit_id != visit_id or row.withdraws_id is not None:
        raise NotFound(f"The visit has no exemption with the id {exemption_id}.")
    if await session.scalar(select(ArrivalExemption.id).where(ArrivalExemption.withdraws_id == row.id)) is not None:
        raise Conflict("This exemption was withdrawn before.")
    back = ArrivalExemption(
        visit_id=visit_id, reason=row.reason, note=note, author_id=author_id, withdraws_id=row.id
    )  # fmt: skip
    session.add(back)
    record(session, visit_id, "exemption_withdrawn", actor_id=author_id, facts={"reason": row.reason, "note": note})
    of, after = await the_visit(session, visit_id), {"exemption_id": row.id, "note": note}
    log_action(session, author_id, Verb.WITHDRAW_ARRIVAL_EXEMPTION, of, after=after)
    await session.flush()
    return back


async def set_thresholds(session: AsyncSession, office_id: UUID, wanted: ThresholdsIn, author_id: UUID) -> Thresholds:
    """What an office asks from now on; judgements that were made stay. Raises `NotFound`, `Invalid`."""
    asked = wanted.thresholds
    if asked.likely_ppm > asked.inside_ppm:
        raise Invalid("likely_ppm is above inside_ppm. 'Likely' must ask for no more than 'inside'.")
    # Not against rows that only name the office, as actions do.
    office = await session.get(Office, office_id, with_for_update={"key_share": True})
    if office is None:
        raise NotFound(f"No office has the id {office_id}.")
    values = msgspec.to_builtins(asked)
    before = msgspec.to_builtins(msgspec.convert(office.arrival_thresholds or {}, Thresholds))
    office.arrival_thresholds = values
    session.add(OfficeThreshold(office_id=office_id, thresholds=values, reason=wanted.reason, author_id=author_id))
    of, after = Of(Thing.OFFICE, office_id, office_id), values | {"reason": wanted.reason}
    log_action(session, author_id, Verb.SET_ARRIVAL_THRESHOLDS, of, before=before, after=after)
    await session.flush()
    return asked
