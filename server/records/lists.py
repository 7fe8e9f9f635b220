"""Sealed records and disputes as they are listed, with what their customers said."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground.words import Language
from server.http.list_pages import Query, narrowed
from server.http.listing import MOST, Listing
from server.jobs.models import Job, Visit
from server.records.customer.answers import answers_of, corrections, standing
from server.records.log.log import origin_of
from server.records.models import CustomerAnswer, SealedRecord, ServiceReport
from server.records.rules import ATTRIBUTES, AnswerKind, CameBy, RecordState, Standing
from server.records.schemas import AnswerOut, DisputeOut, RecordOut, StandingOut

# The log's order is the order of sealing, and each leaf has a place of its own.
RECORDS = Listing(
    "records",
    RecordOut,
    key=(SealedRecord.origin_id, SealedRecord.leaf_index),
    sorts={"leaf": (SealedRecord.origin_id, SealedRecord.leaf_index)},
    default="leaf",
    usual=MOST,
)
DISPUTES = Listing(
    "disputes",
    DisputeOut,
    key=(CustomerAnswer.origin_id, CustomerAnswer.leaf_index),
    sorts={"leaf": (CustomerAnswer.origin_id, CustomerAnswer.leaf_index)},
    default="-leaf",
)


def select_records(visit_id: UUID) -> Select[SealedRecord, ServiceReport]:
    """The sealed records of a visit, each with its report."""
    query = select(SealedRecord, ServiceReport).join(ServiceReport, ServiceReport.id == SealedRecord.report_id)
    return query.where(SealedRecord.visit_id == visit_id)


async def records_out(session: AsyncSession, rows: Sequence[Any]) -> list[RecordOut]:
    """Records on the wire, in one query however many they are."""
    answers = await answers_of(session, [record.id for record, _ in rows])
    return [
        RecordOut(
            r.id, r.visit_id, r.report_id, p.amends_id, Language(p.locale), origin_of(r.proof), r.leaf_index,
            RecordState(r.state), r.pdf_sha256, r.sealed_at,
            customer_standing(r, answers),
        )
        for r, p in rows
    ]  # fmt: skip


def select_disputes(office_id: UUID | None, customer_id: UUID | None) -> Query:
    """What customers dispute."""
    query: Query = (
        select(
            CustomerAnswer.record_id, SealedRecord.visit_id, CustomerAnswer.reason, CustomerAnswer.answered_at,
            SealedRecord.report_id, CustomerAnswer.came_by,
        )
        .join(SealedRecord, SealedRecord.id == CustomerAnswer.record_id)
        .where(CustomerAnswer.kind == "disputed")
    )  # fmt: skip
    if office_id is None and customer_id is None:
        return query
    # After a restore a record may be there before its visit, which then has no office yet.
    query = query.join(Visit, Visit.id == SealedRecord.visit_id).join(Job, Job.id == Visit.job_id)
    return narrowed(query, (Job.office_id, office_id), (Job.customer_id, customer_id))


async def disputes_out(session: AsyncSession, rows: Sequence[Any]) -> list[DisputeOut]:
    """Disputes on the wire, in one query however many they are."""
    corrected = await corrections(session, [row.report_id for row in rows])
    return [
        DisputeOut(
            row.record_id, row.visit_id, row.reason, row.answered_at, corrected.get(row.report_id), _came_by(row)
        )
        for row in rows
    ]


def answer_out(row: CustomerAnswer) -> AnswerOut:
    """What a customer said, on the wire, with what proves it."""
    return AnswerOut(
        AnswerKind(row.kind), row.reason, row.answered_at, row.statement.decode(), row.proof, _came_by(row)
    )


def customer_standing(row: SealedRecord, answers: Sequence[CustomerAnswer]) -> StandingOut:
    """How the customer stands to a record, by the answers to it among these."""
    answer = standing([one for one in answers if one.record_id == row.id])
    return StandingOut(
        Standing(answer.kind) if answer else Standing.NOT_ANSWERED,
        answer.answered_at if answer else None,
        row.answer_until,
        _came_by(answer) if answer else None,
        answer is not None and answer.came_by in ATTRIBUTES,
    )


def _came_by(answer: CustomerAnswer | Row[Any]) -> CameBy | None:
    return CameBy(answer.came_by) if answer.came_by else None
