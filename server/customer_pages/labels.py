"""The label of an asset: made at the desk, printed, and stuck on the machine, where it opens the asset's page."""

import io
from uuid import UUID

import segno
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of, log_action
from server.actions.rules import Thing, Verb
from server.customer_pages.models import AssetLabel
from server.customer_pages.schemas import AssetLabelOut
from server.customers.models import Asset
from server.customers.offices import office_of_asset
from server.ground import clock
from server.ground.problems import NotFound
from server.identity.tokens import Actor
from server.visit_links.token import new_token


async def make_label(session: AsyncSession, asset_id: UUID, by: Actor) -> AssetLabel:
    """Make the label of an asset, or another one: the one before opens nothing from then on. Raises `NotFound`."""
    if await session.get(Asset, asset_id, with_for_update=True) is None:
        raise NotFound(f"No asset has the id {asset_id}.")
    before = await _label(session, asset_id)
    if before is not None:
        before.revoked_at = clock.now()
        await session.flush()
    row = AssetLabel(asset_id=asset_id, token=new_token(), made_by=by.user_id)
    session.add(row)
    await session.flush()
    of = Of(Thing.ASSET, asset_id, await office_of_asset(session, asset_id))
    replaced = {"replaces": before.id} if before else {}
    log_action(session, by.user_id, Verb.MAKE_ASSET_LABEL, of, after={"label_id": row.id, **replaced})
    return row


async def find_label(session: AsyncSession, asset_id: UUID) -> AssetLabel:
    """The label that an asset has. Raises `NotFound`."""
    row = await _label(session, asset_id)
    if row is None:
        raise NotFound("This asset has no label. Make one: POST to this address.")
    return row


def label_out(row: AssetLabel, public_url: str) -> AssetLabelOut:
    """A label with its code, to be printed."""
    address = _address(row, public_url)
    return AssetLabelOut(row.asset_id, address, _drawn(address, "svg").decode(), row.created_at)


def label_png(row: AssetLabel, public_url: str) -> bytes:
    """The code of a label as a picture."""
    return _drawn(_address(row, public_url), "png")


def _address(row: AssetLabel, public_url: str) -> str:
    return f"{public_url}/a/{row.token}"


def _drawn(address: str, kind: str) -> bytes:
    out, more = io.BytesIO(), {"xmldecl": False} if kind == "svg" else {}
    segno.make(address, error="m").save(out, kind=kind, scale=8, border=4, **more)
    return out.getvalue()


async def _label(session: AsyncSession, asset_id: UUID) -> AssetLabel | None:
    query = select(AssetLabel).where(AssetLabel.asset_id == asset_id, AssetLabel.revoked_at.is_(None))
    return await session.scalar(query)
