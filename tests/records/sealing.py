"""Sealing as the worker does it, for the tests of what follows."""

import asyncio
from uuid import UUID

from litestar import Litestar
from sqlalchemy import select

from mobile_contract.phone import Phone
from server.media.custody import make_thumbnail
from server.media.models import Photo
from server.records.keys import public_keys
from server.records.log.log import ORIGIN
from server.records.seal.issue import issue_record
from server.records.seal.seal import look_at_visit, seal_report, waiting_reports
from server.records.sealer import Sealer
from server.records.verify import Claim, verify_pdf
from tests.company import Company
from tests.day import finished_visit


async def logged(app: Litestar, sealer: Sealer, visit_id: str) -> list[UUID]:
    """What the worker does up to the log; the ids of the records that it made."""
    sessions, storage = app.state.sessions, app.state.storage
    async with sessions.begin() as session:
        for photo_id in await session.scalars(select(Photo.id).where(Photo.state == "verified")):
            await make_thumbnail(session, storage, photo_id)
        await look_at_visit(session, UUID(visit_id))
        reports = await waiting_reports(session, UUID(visit_id))
    made = [await seal_report(sessions, storage, sealer, report_id) for report_id in reports]
    return [record_id for record_id in made if record_id]


async def seal(app: Litestar, sealer: Sealer, visit_id: str) -> int:
    """What the worker does for its events; how many records it issued."""
    made = await logged(app, sealer, visit_id)
    for record_id in made:
        assert await issue_record(app.state.sessions, app.state.storage, sealer, record_id)
    return len(made)


async def sealed_visit(company: Company, app: Litestar, sealer: Sealer, phone: Phone, **options: str) -> str:
    """A finished visit of Wei whose photos arrived and whose report is sealed. Returns the visit's id."""
    visit_id = await finished_visit(company, phone, **options)
    await phone.upload_photos()
    assert await seal(app, sealer, visit_id) == 1
    return visit_id


async def record_and_pdf(company: Company, visit_id: str) -> tuple[dict[str, object], bytes]:
    """The newest record of a visit, and its PDF, as the dispatcher gets them."""
    record = (await company.must("mei", "GET", f"/v1/visits/{visit_id}/records"))[-1]
    return record, (await company.call("mei", "GET", f"/v1/records/{record['id']}/pdf")).content


async def verified(pdf: bytes, sealer: Sealer) -> dict[str, Claim]:
    """The claims of a PDF by their ids."""
    claims = await asyncio.to_thread(verify_pdf, pdf, public_keys(sealer.keys, ORIGIN).encode())
    return {claim.id: claim for claim in claims}
