"""Reports that are not sealed: which, why and since when; and what the desk decides, so that each case comes to an end."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Uuid, column, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import log_action
from server.actions.rules import Verb, Word
from server.customers.models import Customer
from server.database.events import CUSTODY_CHANGED, PHOTO_VERIFIED, RECORD_LOGGED, REPORT_READY, emit
from server.dispatch.board import WAITING
from server.faults.keep import try_again
from server.ground import clock
from server.ground.problems import Conflict, Invalid
from server.ground.texts import is_blank
from server.http.list_pages import Query, narrowed, select_text
from server.identity.models import User
from server.identity.tokens import Actor
from server.jobs.history import advance, lock_visit, record
from server.jobs.models import Job, Visit
from server.jobs.offices import the_visit
from server.jobs.rules import ENDED
from server.records.models import SealingDecision, ServiceReport, Signature
from server.records.rules import SealingChoice, WhyUnsealed

# Photos, operations and faults belong to other rooms; they are read here to say what is waited for.
FAULTS = f"""
select f.task, f.subject, f.sentence, f.held from task_fault f
where f.settled_at is null and (
  f.task = '{CUSTODY_CHANGED}' and f.subject = :visit
  or f.task = '{REPORT_READY}' and f.subject in (select id from service_report where visit_id = :visit)
  or f.task = '{RECORD_LOGGED}' and f.subject in (select id from sealed_record where visit_id = :visit)
  or f.task = '{PHOTO_VERIFIED}' and f.subject in (select id from photo where visit_id = :visit))
order by f.held desc, f.since
"""  # noqa: S608  constants
FAULTS_OF = text(FAULTS.replace(":visit", ":visit_id"))

WAITS = text(f"""
select w.visit_id, w.report_id, w.since, coalesce(w.report_id, w.visit_id) as id, j.office_id, j.customer_id
from ({WAITING}) w join visit v on v.id = w.visit_id join job j on j.id = v.job_id
""")  # noqa: S608  constants
VISIT_ID, SINCE, ID = column("visit_id", Uuid), column("since", DateTime(timezone=True)), column("id", Uuid)
OFFICE_ID, CUSTOMER_ID = column("office_id", Uuid), column("customer_id", Uuid)

WHY = text(
    """
select w.visit_id, w.report_id, w.since, k.id as record_id, v.state, j.number as job_number, j.title, c.name as customer,
       s.name as site, s.time_zone, fault.sentence as fault, coalesce(fault.held, false) as held,
       photos.promised, photos.verified, photos.damaged, photos.decided, parked.kind as parked, asked.decided_at as asked_at,
       exists (select from service_report r where r.visit_id = w.visit_id) as shown
from unnest(cast(:visits as uuid[]), cast(:reports as uuid[]), cast(:sinces as timestamptz[]))
  with ordinality as w (visit_id, report_id, since, place)
left join sealed_record k on k.report_id = w.report_id
join visit v on v.id = w.visit_id
join job j on j.id = v.job_id
join customer c on c.id = j.customer_id
join site s on s.id = j.site_id
left join lateral (-- faults
  limit 1) fault on true
left join lateral (
  select count(*) as promised, count(*) filter (where p.state = 'verified') as verified,
         count(*) filter (where p.state = 'kept' and d.kind is null) as damaged, count(d.kind) as decided
  from photo p left join photo_decision d on d.photo_id = p.id
    and d.kind = case p.state when 'kept' then 'damaged_kept' when 'verified' then null else 'never_arrived' end
  where p.visit_id = w.visit_id) photos on true
left join lateral (
  select o.kind from operation o
  where o.visit_id = w.visit_id and o.outcome = 'parked' and o.resolution is null
    and o.kind in ('report', 'sign', 'complete', 'photo')
  order by o.received_at limit 1) parked on true
left join lateral (
  select d.decided_at from sealing_decision d
  where d.visit_id = w.visit_id and d.kind = 'new_report' and d.decided_at > w.since
  order by d.decided_at desc limit 1) asked on true
order by w.place
""".replace("-- faults", FAULTS.replace(":visit", "w.visit_id"))
)


class NothingToDecide(Conflict):
    """No report of this visit waits to be sealed"""

    code = "nothing_to_decide"


def select_waiting(
    *, office_id: UUID | None = None, customer_id: UUID | None = None, visit_id: UUID | None = None
) -> Query:
    """Signed reports whose sealed PDF is not issued, and completed visits that nobody signed for."""
    query = select_text(WAITS, VISIT_ID, column("report_id", Uuid), SINCE, ID, OFFICE_ID, CUSTOMER_ID)
    return narrowed(query, (OFFICE_ID, office_id), (CUSTOMER_ID, customer_id), (VISIT_ID, visit_id))


async def with_reasons(session: AsyncSession, waiting: Sequence[Any]) -> Sequence[Any]:
    """Rows of `select_waiting` in their order, each with what says why it waits."""
    visits, reports, sinces = ([getattr(row, name) for row in waiting] for name in ("visit_id", "report_id", "since"))
    return (await session.execute(WHY, {"visits": visits, "reports": reports, "sinces": sinces})).all()


async def unsealed(session: AsyncSession, visit_id: UUID) -> Sequence[Any]:
    """What of one visit is not sealed, the oldest first: its reports, which are a few."""
    waiting = (await session.execute(select_waiting(visit_id=visit_id).order_by(SINCE, ID))).all()
    return await with_reasons(session, waiting)


def why(row: Any) -> tuple[WhyUnsealed, str]:
    """Why a row of `unsealed` is not sealed: a code, and a sentence."""
    if row.held:
        return WhyUnsealed.FAULT, row.fault
    if row.record_id is not None:
        waits = row.fault or "It is being made."
        return WhyUnsealed.LOGGED, f"The record is in the log, and its PDF is not stored yet. {waits}"
    if row.parked:
        return WhyUnsealed.NEEDS_DECISION, f"An operation of the phone ({row.parked}) is parked and needs a decision."
    if row.report_id is None:
        return (
            (WhyUnsealed.NOT_SIGNED, "A report was shown, and neither signed nor refused.")
            if row.shown
            else (WhyUnsealed.NO_REPORT, "The visit is complete, and no report of it has come.")
        )
    if row.state not in ENDED:
        return (
            WhyUnsealed.VISIT_OPEN,
            f"The report is signed, and the visit is still {row.state}: nobody has tapped that it is done. Finish it here, "
            "or have it done on the phone.",
        )
    if missing := row.promised - row.verified - row.damaged - row.decided:
        return WhyUnsealed.PHOTOS, f"{missing} of {row.promised} photos have not arrived."
    if row.damaged:
        return (
            WhyUnsealed.PHOTOS,
            f"{row.damaged} of {row.promised} photos arrived damaged. Decide: POST /v1/photos/{{id}}/decision.",
        )
    return (WhyUnsealed.FAULT, row.fault) if row.fault else (WhyUnsealed.WAITING, "It is about to be sealed.")


def select_closed_without(office_id: UUID | None, customer_id: UUID | None) -> Query:
    """Visits that the desk let end without a sealed report."""
    query: Query = (
        select(
            SealingDecision.visit_id, Job.number, Customer.name, SealingDecision.reason, User.name,
            SealingDecision.decided_at,
        )
        .join(Visit, Visit.id == SealingDecision.visit_id)
        .join(Job, Job.id == Visit.job_id)
        .join(Customer, Customer.id == Job.customer_id)
        .join(User, User.id == SealingDecision.decided_by)
        .where(SealingDecision.kind == "without_report")
    )  # fmt: skip
    return narrowed(query, (Job.office_id, office_id), (Job.customer_id, customer_id))


async def _try_again(session: AsyncSession, _: Actor, visit: Visit, __: str) -> None:
    for fault in (await session.execute(FAULTS_OF, {"visit_id": visit.id})).all():
        await try_again(session, fault.task, fault.subject)
    await emit(session, (CUSTODY_CHANGED, visit.id))


async def _ask(_: AsyncSession, __: Actor, visit: Visit, reason: str) -> None:
    """The phone sees it with the visit."""
    visit.custody = visit.custody | {"new_report": reason}


async def _close(session: AsyncSession, actor: Actor, visit: Visit, reason: str) -> None:
    reports = select(ServiceReport.id).where(ServiceReport.visit_id == visit.id)
    await session.execute(
        update(Signature)
        .where(Signature.report_id.in_(reports), Signature.settled_at.is_(None))
        .values(settled_at=clock.now())
    )
    visit.custody = {name: value for name, value in visit.custody.items() if name != "new_report"}
    if visit.state == "completed":
        facts = {"without_report": True, "reason": reason}
        await advance(session, visit, "close", actor_id=actor.user_id, facts=facts)


async def _finish(session: AsyncSession, actor: Actor, visit: Visit, reason: str) -> None:
    if visit.state in ENDED:
        raise Conflict(f"The visit is {visit.state} already; what it waits for is something else.")
    signed_at = await session.scalar(
        select(func.max(Signature.created_at))
        .join(ServiceReport, ServiceReport.id == Signature.report_id)
        .where(ServiceReport.visit_id == visit.id)
    )
    if signed_at is None:
        raise Conflict("Nobody has signed for this visit. It is finished on the phone, or cancelled.")
    visit.finished_at = visit.finished_at or signed_at
    await advance(session, visit, "finish", actor_id=actor.user_id, facts={"reason": reason})


EFFECTS = {
    SealingChoice.TRY_AGAIN: _try_again,
    SealingChoice.NEW_REPORT: _ask,
    SealingChoice.WITHOUT_REPORT: _close,
    SealingChoice.FINISH: _finish,
}


async def decide(session: AsyncSession, actor: Actor, visit_id: UUID, kind: SealingChoice, reason: str) -> None:
    """Decide over a visit whose report is not sealed; `SealingDecision` says what each kind means.

    Raises `NothingToDecide`, and `Invalid` for a decision without a reason.
    """
    visit = await lock_visit(session, visit_id)
    if not await unsealed(session, visit_id):
        raise NothingToDecide("Everything that was signed on this visit is sealed or decided. Load the list again.")
    if is_blank(reason) and kind is not SealingChoice.TRY_AGAIN:
        raise Invalid("Say why: the reason stays in the visit's history.")
    before = {"state": Word(visit.state)}
    await EFFECTS[kind](session, actor, visit, reason)
    moment = clock.now()
    session.add(
        SealingDecision(visit_id=visit_id, kind=kind, reason=reason, decided_by=actor.user_id, decided_at=moment)
    )
    record(session, visit_id, f"sealing_{kind}", actor_id=actor.user_id, facts={"reason": reason} if reason else {})
    after = {"state": Word(visit.state), "decision": kind, "reason": reason}
    of = await the_visit(session, visit_id)
    log_action(session, actor.user_id, Verb.DECIDE_UNSEALED, of, before=before, after=after)
    await session.flush()
