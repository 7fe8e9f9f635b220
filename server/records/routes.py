"""HTTP: sealed records of a visit, their PDFs and customers' answers, the public keys, and verification for anybody."""

from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions
from server.ground.problems import NotFound
from server.http.door.pace import per_address
from server.http.list_pages import listed
from server.http.listing import AsAsked, Listed, listed_by
from server.identity.audience import ANYONE, DESKS, LINK_HOLDERS, STAFF
from server.identity.offices import seen_office
from server.identity.tokens import Actor
from server.media.access import must_see_visit
from server.media.storage import Storage
from server.records.customer.answers import answers_of, record_of_link
from server.records.customer.pdf import BY_LINK, pdf_answer
from server.records.keys import public_keys
from server.records.lists import (
    DISPUTES,
    RECORDS,
    customer_standing,
    disputes_out,
    records_out,
    select_disputes,
    select_records,
)
from server.records.log.log import origins
from server.records.models import SealedRecord
from server.records.rules import AnswerKind
from server.records.schemas import AnswerOut, ClaimOut, DisputeOut, RecordOut, StandingOut, VerificationOut
from server.records.seal.trial import MAX_PDF
from server.records.sealer import Sealer
from server.records.verify import all_hold
from server.records.verify_page.apart import Line

Caller = Request[Actor, str, State]


class Records(Controller):
    """Sealed records, for the desk and the visit's crew."""

    path = "/v1"
    tags = ("records",)

    @get("/visits/{visit_id:uuid}/records", guards=[STAFF], **listed_by(RECORDS))
    async def list_records(
        self, visit_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession], asked: AsAsked
    ) -> Listed[RecordOut]:
        """The sealed records of a visit: the first, and any that amend it."""
        await must_see_visit(session, request.user, visit_id)
        return await listed(asked, session, select_records(visit_id), records_out)

    @get("/records/{record_id:uuid}/answers", guards=[STAFF])
    async def list_answers(
        self, record_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> list[AnswerOut]:
        """What the customer said of a record, as signed statements of their own in the log: two at most, a confirmation and a dispute."""
        row = await _record(session, request.user, record_id)
        given = await answers_of(session, [row.id])
        return [AnswerOut(AnswerKind(a.kind), a.reason, a.answered_at, a.statement.decode(), a.proof) for a in given]

    @get("/disputes", guards=[DESKS], **listed_by(DISPUTES))
    async def list_disputes(
        self,
        request: Caller,
        session: NamedDependency[AsyncSession],
        asked: AsAsked,
        customer_id: FromQuery[UUID | None] = None,
        office_id: FromQuery[UUID | None] = None,
    ) -> Listed[DisputeOut]:
        """Reports that customers dispute, newest first."""
        query = select_disputes(seen_office(request.user, office_id), customer_id)
        return await listed(asked, session, query, disputes_out)

    @get("/records/{record_id:uuid}/pdf", guards=[STAFF], media_type="application/pdf")
    async def get_record_pdf(
        self,
        record_id: FromPath[UUID],
        request: Caller,
        state: State,
        sessions: NamedDependency[Sessions],
        storage: NamedDependency[Storage],
    ) -> Response[bytes]:
        """The sealed PDF."""
        async with sessions() as session:  # closed before the storage is asked
            row = await _record(session, request.user, record_id)
        return await pdf_answer(storage, state.sealer, row)


class Public(Controller):
    """Open to anybody: the public keys, verification, and a report by its customer's link."""

    path = "/v1"
    tags = ("records",)

    @get("/keys", media_type="text/plain", guards=[ANYONE])
    async def get_keys(self, state: State, session: NamedDependency[AsyncSession]) -> str:
        """The server's public keys, as `fieldproof verify --key` reads them."""
        sealer: Sealer = state.sealer
        return public_keys(sealer.keys, *await origins(session))

    @post(
        "/verify",
        status_code=200,
        guards=[ANYONE],
        request_max_body_size=MAX_PDF,
        middleware=[per_address("verify", 30)],
    )
    async def verify_pdf(self, state: State, request: Caller, sessions: NamedDependency[Sessions]) -> VerificationOut:
        """Verify a sealed PDF, sent as the body, against this server's keys. It is not stored."""
        sealer: Sealer = state.sealer
        line: Line = state.verifying
        pdf = await request.body()
        async with sessions() as session:  # closed before it waits in the line
            keys = public_keys(sealer.keys, *await origins(session)).encode()
        found = await line.verify(pdf, keys)
        held = all_hold(found.claims)
        async with sessions() as session:
            customer = await _customer_of(session, found.record) if held else None
        return VerificationOut(held, [ClaimOut(c.id, c.ok, c.statement, c.detail) for c in found.claims], customer)

    @get("/shared/{token:str}", guards=[LINK_HOLDERS], media_type="application/pdf", middleware=[BY_LINK])
    async def get_shared_pdf(
        self,
        token: FromPath[str],
        state: State,
        sessions: NamedDependency[Sessions],
        storage: NamedDependency[Storage],
    ) -> Response[bytes]:
        """The sealed PDF for whoever holds the link that is printed on it."""
        async with sessions() as session:  # closed before the storage is asked
            row = await record_of_link(session, token)
        return await pdf_answer(storage, state.sealer, row)


async def _record(session: AsyncSession, actor: Actor, record_id: UUID) -> SealedRecord:
    row = await session.get(SealedRecord, record_id)
    if row is None:
        raise NotFound("There is no such record of yours.")
    await must_see_visit(session, actor, row.visit_id)
    return row


async def _customer_of(session: AsyncSession, record: bytes) -> StandingOut | None:
    """How the customer stands to the record of a PDF that holds; None when it was not sealed here."""
    row = await session.get(SealedRecord, UUID(msgspec.json.decode(record)["record_id"]))
    if row is None or row.record != record:
        return None
    return customer_standing(row, await answers_of(session, [row.id]))
