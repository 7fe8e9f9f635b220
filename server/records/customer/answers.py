"""What the customer says of a sealed record by the link that is printed on it: confirmed, or disputed with a reason.

An answer is a statement that the company signs and writes into the log as a leaf of its own, so it is evidence like the
record; the sealed PDF stays as it is. A record is confirmed at most once and disputed at most once, and a dispute counts
more. Saying nothing is never taken for a confirmation.

By which link an answer came is kept beside its statement, whose form verifiers know and refuse in any other: what is signed says only
that it came by a link, and that nobody checked who held it.
"""

import hashlib
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.events import COPY_DUE, emit
from server.ground import clock
from server.ground.clock import to_micros
from server.ground.problems import Conflict, Invalid, NotFound
from server.ground.texts import is_blank
from server.ground.words import Language, words
from server.jobs.history import record
from server.records.canonical import canonical, sha256_hex
from server.records.keys import ServerKeys
from server.records.log.log import append_leaf, head_of
from server.records.models import CustomerAnswer, SealedRecord, ServiceReport, Signature
from server.records.rules import CameBy
from server.records.seal.steps import ClockStep

ANSWER_TYPE = "fieldproof/answer/v1"
MAX_REASON = 2000
MAX_TOKEN = 64
HOLDS = {one.primary: words(one).say("claims.answer") for one in (Language.EN, Language.ZH)}
"""What holds an answer, in the two languages of every statement; verifiers and old answers know these."""


class DisputeTooLate(Conflict):
    """The time in which this report could be disputed here is over"""

    code = "dispute_too_late"


class AlreadyCorrected(Conflict):
    """A newer report corrects this one"""

    code = "already_corrected"


class AlreadyDisputed(Conflict):
    """This report was disputed"""

    code = "already_disputed"


async def record_of_link(session: AsyncSession, token: str, *, hold: bool = False) -> SealedRecord:
    """The record whose link has this token; `hold` keeps other answers waiting. Raises `NotFound`."""
    query = select(SealedRecord).where(SealedRecord.link_sha256 == hashlib.sha256(token.encode()).digest())
    row = await session.scalar(query.with_for_update() if hold else query) if len(token) <= MAX_TOKEN else None
    if row is None:
        raise NotFound("No report has this link. Check that it is whole.")
    return row


async def confirm(session: AsyncSession, keys: ServerKeys, row: SealedRecord, came_by: CameBy) -> CustomerAnswer:
    """The customer stands by the report. Once confirmed it stays so; after a dispute it cannot be."""
    given = await answers_of(session, [row.id])
    if again := _given(given, "confirmed"):
        return again
    if _given(given, "disputed"):
        raise AlreadyDisputed(
            "This report was disputed. The company corrects it by a new report with a link of its own."
        )
    if await corrected_by(session, row):
        raise AlreadyCorrected("A newer report corrects this one. Please answer on the page of that one.")
    return await _append(session, keys, row, "confirmed", "", came_by)


async def dispute(
    session: AsyncSession, keys: ServerKeys, row: SealedRecord, reason: str, came_by: CameBy
) -> CustomerAnswer:
    """The customer disagrees, with a reason, within the record's time. Once disputed it stays so."""
    given = await answers_of(session, [row.id])
    if again := _given(given, "disputed"):
        return again
    if clock.now() > row.answer_until:
        raise DisputeTooLate("The time to dispute this report here is over. Please write to the company.")
    reason = "".join(letter for letter in reason if letter.isprintable() or letter in "\n\t").strip()
    if is_blank(reason) or len(reason) > MAX_REASON:
        raise Invalid(f"Say what is not right, in at most {MAX_REASON} characters.")
    return await _append(session, keys, row, "disputed", reason, came_by)


async def answers_of(session: AsyncSession, record_ids: Iterable[UUID]) -> Sequence[CustomerAnswer]:
    """The answers to some records, in the order in which they were given."""
    query = select(CustomerAnswer).where(CustomerAnswer.record_id.in_(list(record_ids)))
    return (await session.scalars(query.order_by(CustomerAnswer.origin_id, CustomerAnswer.leaf_index))).all()


async def corrected_by(session: AsyncSession, row: SealedRecord) -> UUID | None:
    """The record that corrects a record; see `corrections`."""
    return (await corrections(session, [row.report_id])).get(row.report_id)


async def corrections(session: AsyncSession, report_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """By report, the newest record whose report corrects it, directly or by way of reports that nobody decided on.

    A correction that the customer refused corrects nothing: what they had signed goes on to count.
    """
    later = (
        select(ServiceReport.amends_id.label("first"), ServiceReport.id)
        .where(ServiceReport.amends_id.in_(list(report_ids)))
        .cte(recursive=True)
    )
    later = later.union(select(later.c.first, ServiceReport.id).where(ServiceReport.amends_id == later.c.id))
    newest = (
        select(later.c.first, SealedRecord.id)
        .join(SealedRecord, SealedRecord.report_id == later.c.id)
        .join(Signature, Signature.report_id == SealedRecord.report_id)
        .where(Signature.outcome != "refused")
        .order_by(SealedRecord.origin_id, SealedRecord.leaf_index)
    )
    return {row.first: row.id for row in await session.execute(newest)}


def standing(answers: Sequence[CustomerAnswer]) -> CustomerAnswer | None:
    """The answer that counts, of one record's: a dispute before a confirmation; None while there is none."""
    return _given(answers, "disputed") or _given(answers, "confirmed")


def _given(answers: Sequence[CustomerAnswer], kind: str) -> CustomerAnswer | None:
    return next((answer for answer in answers if answer.kind == kind), None)


async def _append(
    session: AsyncSession, keys: ServerKeys, row: SealedRecord, kind: str, reason: str, came_by: CameBy
) -> CustomerAnswer:
    given = await answers_of(session, [row.id])
    newest = max([to_micros(row.sealed_at), *(to_micros(one.answered_at) for one in given)])
    stamp = clock.not_before(newest)
    moment = clock.from_micros(stamp)
    named = {"clock_steps": [ClockStep(newest, stamp).named()]} if stamp < newest else {}
    statement = canonical(
        {
            **named,
            "type": ANSWER_TYPE, "record_id": str(row.id), "record_sha256": sha256_hex(row.record), "answer": kind,
            "reason": reason or None, "answered_at": stamp, "answer_until": to_micros(row.answer_until),
            "holds": HOLDS,
        }
    )  # fmt: skip
    proof = await append_leaf(session, keys, statement)
    place = await head_of(session)
    answer = CustomerAnswer(
        record_id=row.id, kind=kind, reason=reason, statement=statement, origin_id=place.origin_id, leaf_index=proof["leaf_index"], proof=proof,
        answered_at=moment, came_by=came_by,
    )  # fmt: skip
    session.add(answer)
    facts = {"record_id": str(row.id), "leaf_index": answer.leaf_index, "came_by": came_by} | (
        {"reason": reason} if reason else {}
    )
    record(session, row.visit_id, f"customer_{kind}", actor_id=None, occurred_at=moment, facts=facts)
    await session.flush()
    await emit(session, (COPY_DUE, answer.id))
    return answer
