"""HTTP: sealed records of a visit, their PDFs, the public keys, and verification for anybody."""

import asyncio
import hashlib
from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.identity.permissions import allow
from server.identity.rules import EVERYONE
from server.identity.tokens import Actor
from server.media.access import must_see_visit
from server.media.storage import Storage
from server.problems import NotFound
from server.records.keys import public_keys
from server.records.models import SealedRecord, ServiceReport
from server.records.seal import ORIGIN, Sealer
from server.records.verify import all_hold, verify_pdf

Caller = Request[Actor, str, State]
MAX_PDF = 20 * 1024 * 1024


class RecordOut(msgspec.Struct):
    """A sealed record."""

    id: UUID
    visit_id: UUID
    report_id: UUID
    amends_id: UUID | None
    locale: str
    leaf_index: int
    pdf_sha256: str
    sealed_at: datetime


class ClaimOut(msgspec.Struct):
    """One line of a verification."""

    id: str
    ok: bool | None
    statement: str
    detail: str


class VerificationOut(msgspec.Struct):
    """Every claim of a sealed report, and whether all of them hold."""

    ok: bool
    claims: list[ClaimOut]


class Records(Controller):
    """Sealed records, for the desk and the visit's crew."""

    path = "/v1"
    tags = ("records",)

    @get("/visits/{visit_id:uuid}/records", guards=[allow(EVERYONE)])
    async def records(
        self, visit_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> list[RecordOut]:
        """The sealed records of a visit: the first, and any that amend it."""
        await must_see_visit(session, request.user, visit_id)
        rows = await session.execute(
            select(SealedRecord, ServiceReport)
            .join(ServiceReport, ServiceReport.id == SealedRecord.report_id)
            .where(SealedRecord.visit_id == visit_id)
            .order_by(SealedRecord.leaf_index)
        )
        return [
            RecordOut(r.id, r.visit_id, r.report_id, p.amends_id, p.locale, r.leaf_index, r.pdf_sha256, r.sealed_at)
            for r, p in rows
        ]

    @get("/records/{record_id:uuid}/pdf", guards=[allow(EVERYONE)], media_type="application/pdf")
    async def pdf(
        self,
        record_id: FromPath[UUID],
        request: Caller,
        session: NamedDependency[AsyncSession],
        storage: NamedDependency[Storage],
    ) -> Response[bytes]:
        """The sealed PDF."""
        row = await session.get(SealedRecord, record_id)
        if row is None:
            raise NotFound("There is no such record of yours.")
        await must_see_visit(session, request.user, row.visit_id)
        return await _pdf(storage, row)


class Public(Controller):
    """Open to anybody: the public keys, verification, and a report by its customer's link."""

    path = "/v1"
    tags = ("records",)

    @get("/keys", media_type="text/plain")
    async def keys(self, state: State) -> str:
        """The server's public keys, as `fieldproof verify --key` reads them."""
        sealer: Sealer = state.sealer
        return public_keys(sealer.keys, ORIGIN)

    @post("/verify", status_code=200, request_max_body_size=MAX_PDF)
    async def verify(self, state: State, request: Caller) -> VerificationOut:
        """Verify a sealed PDF, sent as the body, against this server's keys. It is not stored."""
        sealer: Sealer = state.sealer
        pdf = await request.body()
        claims = await asyncio.to_thread(verify_pdf, pdf, public_keys(sealer.keys, ORIGIN).encode())
        return VerificationOut(all_hold(claims), [ClaimOut(c.id, c.ok, c.statement, c.detail) for c in claims])

    @get("/shared/{token:str}", media_type="application/pdf")
    async def shared(
        self, token: FromPath[str], session: NamedDependency[AsyncSession], storage: NamedDependency[Storage]
    ) -> Response[bytes]:
        """The sealed PDF for whoever holds the link that is printed on it."""
        digest = hashlib.sha256(token.encode()).digest()
        row = await session.scalar(select(SealedRecord).where(SealedRecord.link_sha256 == digest))
        if row is None:
            raise NotFound("No report has this link. Check that it is whole.")
        return await _pdf(storage, row)


async def _pdf(storage: Storage, row: SealedRecord) -> Response[bytes]:
    data = await storage.read(row.pdf_key, MAX_PDF)
    if data is None:
        raise NotFound("The PDF is not in storage. Tell the administrator: it should be.")
    headers = {"content-disposition": f'inline; filename="report-{row.id}.pdf"'}
    return Response(data, media_type="application/pdf", headers=headers)
