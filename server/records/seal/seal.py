"""Seals a report when everything that it names is at hand: the record is made and tried out, then it becomes a leaf of the log.

One report at a time, so that none waits for another's fault. Before the log's head is taken everything slow is done, without a
transaction: pictures, record, a trial PDF, verified. With the head: that the facts are still the same, leaf and checkpoint; that
is committed as `logged`. What follows is `issue.py`.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from mobile_contract.shapes.check import check_report, check_strokes
from mobile_contract.shapes.fit import Unfit
from server.database.engine import Sessions, snapshot
from server.database.events import CLOCK_STEPPED, COPY_DUE, RECORD_LOGGED, REPORT_READY, emit
from server.ground import clock
from server.ground.clock import to_micros
from server.ground.ids import uuid7
from server.ground.problems import Busy, Invalid
from server.jobs.history import lock_visit
from server.jobs.models import Visit
from server.jobs.rules import ENDED
from server.media.custody import standing
from server.media.storage import Storage
from server.records.log.log import append_leaf, head_of
from server.records.models import SealedRecord, ServiceReport, Signature
from server.records.print.pictures import pictures_of
from server.records.print.threads import drawing
from server.records.record import build_record
from server.records.report.strokes import strokes_of
from server.records.seal.facts import facts_of
from server.records.seal.issue import settle_issued
from server.records.seal.steps import sealing_moment
from server.records.seal.trial import try_seal
from server.records.sealer import Sealer
from server.records.vault import LINK

TRIES = 3
"""How often a record is made anew in one run, when something came in while it was tried out."""

SIGNED = text("""
select r.id from service_report r join signature g on g.report_id = r.id
where r.visit_id = :visit_id and g.settled_at is null and not exists (select from sealed_record k where k.report_id = r.id)
order by r.created_at, r.id
""")

# A report that the amended one waits for, unless a person has to decide over that one first.
AMENDED_FIRST = text("""
select 1 from service_report a join signature g on g.report_id = a.id
where a.id = :amends_id and g.settled_at is null and not exists (select from sealed_record k where k.report_id = a.id)
  and not exists (select from task_fault f where f.subject = a.id and f.task = :task and f.held and f.settled_at is null)
""")


class CannotBeSealed(Invalid):
    """What was signed cannot be sealed as it is"""

    code = "cannot_be_sealed"


class Prepared(msgspec.Struct):
    """A record that was tried out, with the facts that it was made of."""

    record_id: UUID
    report_id: UUID
    visit_id: UUID
    sealed_at: int
    stepped: bool
    """The server's clock was set back between what the record holds and its sealing."""
    facts: dict[str, Any]
    record: bytes


async def look_at_visit(session: AsyncSession, visit_id: UUID) -> None:
    """Note what of a visit's photos has come, and have each signed report sealed for which everything is at hand."""
    visit = await lock_visit(session, visit_id)
    found = await standing(session, visit_id)
    told = ("promised", "verified", "decided") if found["decided"] else ("promised", "verified")
    asked = {"new_report": visit.custody["new_report"]} if "new_report" in visit.custody else {}
    visit.custody = {name: found[name] for name in told} | asked
    await _settle_what_is_sealed(session, visit)
    if _is_ready(visit, found):
        await emit(session, *((REPORT_READY, report_id) for report_id in await waiting_reports(session, visit_id)))


async def _settle_what_is_sealed(session: AsyncSession, visit: Visit) -> None:
    """After a restored backup a phone sends again what was sealed and issued before: there is nothing left to do with it."""
    if visit.state not in ENDED:
        return
    rows = await session.scalars(
        select(SealedRecord)
        .join(ServiceReport, ServiceReport.id == SealedRecord.report_id)
        .join(Signature, Signature.report_id == ServiceReport.id)
        .where(ServiceReport.visit_id == visit.id, SealedRecord.state == "issued", Signature.settled_at.is_(None))
    )
    for row in rows.all():
        await settle_issued(session, visit, row)


async def seal_report(sessions: Sessions, storage: Storage, sealer: Sealer, report_id: UUID) -> UUID | None:
    """Make a signed report the log's next leaf. Returns the record's id; None when there is nothing to seal, or not yet.

    Raises `NotVerified` when the record would not verify, `Busy` while what it rests on changes or the report that it amends
    is still to be sealed, `Unavailable` while the storage is away.
    """
    for _ in range(TRIES):
        prepared = await _prepare(sessions, storage, sealer, report_id)
        if prepared is None:
            return None
        async with sessions.begin() as session:
            if await _append(session, sealer, prepared):
                return prepared.record_id
    raise Busy("More came in from the phone while the report was being sealed. It is sealed in a moment.")


async def _prepare(sessions: Sessions, storage: Storage, sealer: Sealer, report_id: UUID) -> Prepared | None:
    async with snapshot(sessions) as session:
        facts = await _facts(session, report_id)
        if facts is None:
            return None
        signature = await session.get_one(Signature, facts.pop("signature_id"))
        strokes = await strokes_of(session, sealer.keys.vault, signature)
    _must_fit(facts, strokes)
    record_id, (sealed_at, steps) = uuid7(), sealing_moment(facts)
    named = {"clock_steps": [step.named() for step in steps]} if steps else {}
    record = build_record(
        {
            **facts, **named, "record_id": str(record_id), "sealed_at": sealed_at,
            "answer_until": to_micros(clock.from_micros(sealed_at) + timedelta(days=sealer.dispute_days)),
            "issuer": {"name": sealer.company, **facts["issuer"]},
        }
    )  # fmt: skip
    pictures = await pictures_of(storage, facts["photos"])
    await drawing(try_seal, sealer, record, sealed_at, strokes, pictures)
    stepped = any(step.to == sealed_at for step in steps)
    return Prepared(record_id, report_id, UUID(facts["visit_id"]), sealed_at, stepped, facts, record)


def _must_fit(facts: dict[str, Any], strokes: str | None) -> None:
    """What intake asks today, asked of what an older version took in. Raises `CannotBeSealed`."""
    try:
        check_report(facts["report"]["canonical"])
        if strokes is not None:
            check_strokes(strokes)
    except Unfit as misfit:
        raise CannotBeSealed(f"{misfit} Ask the technician for a new report.") from misfit


async def _facts(session: AsyncSession, report_id: UUID) -> dict[str, Any] | None:
    """What a record of the report states by now, and the id of its signature; None when it is not to be sealed, or not yet."""
    report = await session.get(ServiceReport, report_id)
    if report is None or report_id not in await waiting_reports(session, report.visit_id):
        return None
    visit = await session.get_one(Visit, report.visit_id)
    if not _is_ready(visit, await standing(session, visit.id)):
        return None
    names = {"amends_id": report.amends_id, "task": REPORT_READY}
    if report.amends_id is not None and (await session.execute(AMENDED_FIRST, names)).first():
        raise Busy("The report that this one amends is sealed first.")
    signature = (await session.scalars(select(Signature).where(Signature.report_id == report_id))).one()
    return {**await facts_of(session, visit, report, signature), "signature_id": signature.id}


async def waiting_reports(session: AsyncSession, visit_id: UUID) -> Sequence[UUID]:
    """The signed reports of a visit that are neither in the log nor decided to stay out of it, in the order in which they came."""
    return (await session.scalars(SIGNED, {"visit_id": visit_id})).all()


def _is_ready(visit: Visit, found: dict[str, int]) -> bool:
    return visit.state in ENDED and not found["waiting"]


async def _append(session: AsyncSession, sealer: Sealer, prepared: Prepared) -> bool:
    """Make the record a leaf and commit to it as `logged`. False when the facts are others by now: then nothing was done."""
    await lock_visit(session, prepared.visit_id)
    facts = await _facts(session, prepared.report_id)
    if facts is None or {name: facts[name] for name in prepared.facts} != prepared.facts:
        return False
    token = secrets.token_urlsafe(24)
    proof = await append_leaf(session, sealer.keys, prepared.record)
    answer_until = clock.from_micros(prepared.sealed_at) + timedelta(days=sealer.dispute_days)
    session.add(
        SealedRecord(
            id=prepared.record_id, report_id=prepared.report_id, visit_id=prepared.visit_id, record=prepared.record,
            origin_id=(await head_of(session)).origin_id, leaf_index=proof["leaf_index"], proof=proof, state="logged", pdf_key=None, pdf_sha256=None,
            link=sealer.keys.vault.seal(LINK, prepared.record_id, token.encode()),
            link_sha256=hashlib.sha256(token.encode()).digest(), sealed_at=clock.from_micros(prepared.sealed_at),
            answer_until=answer_until,
        )
    )  # fmt: skip
    events = [RECORD_LOGGED, COPY_DUE, *([CLOCK_STEPPED] if prepared.stepped else [])]
    await emit(session, *((event, prepared.record_id) for event in events))
    await session.flush()
    return True
