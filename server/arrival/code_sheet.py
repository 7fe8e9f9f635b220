"""The sheet with a site's secret for the customer's authenticator: its address, and the same as a picture to scan."""

import io
from uuid import UUID

import segno
from sqlalchemy.ext.asyncio import AsyncSession

from server.arrival.codes import live_secret, make_secret
from server.arrival.models import SiteCode
from server.arrival.schemas import SecretOut
from server.arrival.witness import otpauth
from server.customers.models import Site
from server.ground.problems import NotFound


async def make_sheet(session: AsyncSession, site_id: UUID, made_by: UUID, company: str) -> SecretOut:
    """Make a site's secret, or another one, and its sheet. Raises `NotFound`."""
    return await _sheet(session, await make_secret(session, site_id, made_by), company)


async def find_sheet(session: AsyncSession, site_id: UUID, company: str) -> SecretOut:
    """The sheet of the secret that a site has. Raises `NotFound`."""
    row = await live_secret(session, site_id)
    if row is None:
        raise NotFound("This site has no code. Make one: POST to this address.")
    return await _sheet(session, row, company)


async def _sheet(session: AsyncSession, row: SiteCode, company: str) -> SecretOut:
    site = await session.get_one(Site, row.site_id)
    address = otpauth(row.secret, site.name, company)
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", scale=6, border=4, xmldecl=False)
    return SecretOut(row.site_id, address, out.getvalue().decode(), row.created_at)
