"""What belongs to whom: a request or a job names a customer's own contact, site and asset, never another's."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.customers.models import Asset, Contact, Site
from server.ground.problems import Invalid


async def site_of(session: AsyncSession, site_id: UUID | None, asset_id: UUID | None) -> Site | None:
    """The site that is named, or where the asset stands; None when neither is known."""
    if site_id is None and asset_id is not None:
        asset = await session.get(Asset, asset_id)
        site_id = asset.site_id if asset else None
    return await session.get(Site, site_id) if site_id else None


async def must_be_theirs(
    session: AsyncSession,
    customer_id: UUID,
    *,
    contact_id: UUID | None = None,
    site_id: UUID | None = None,
    asset_id: UUID | None = None,
) -> None:
    """Raises `Invalid` for a contact, site or asset that is another customer's, and for an asset that stands elsewhere."""
    contact = await session.get(Contact, contact_id) if contact_id else None
    if contact_id and (contact is None or contact.customer_id != customer_id):
        raise Invalid("The contact is not one of this customer's. Choose one of theirs.")
    site = await session.get(Site, site_id) if site_id else None
    if site_id and (site is None or site.customer_id != customer_id):
        raise Invalid("The site is not one of this customer's. Choose one of theirs.")
    if asset_id is None:
        return
    asset = await session.get(Asset, asset_id)
    stands_at = await session.get(Site, asset.site_id) if asset else None
    if asset is None or stands_at is None or stands_at.customer_id != customer_id:
        raise Invalid("The asset is not one of this customer's. Choose one of theirs.")
    if site_id and asset.site_id != site_id:
        raise Invalid("The asset does not stand at this site. Choose one that does.")
