"""Which office a customer, and what belongs to the customer, is looked after by."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.customers.models import Asset, Customer, Site


async def office_of_customer(session: AsyncSession, customer_id: UUID) -> UUID | None:
    """The office of a customer."""
    return await session.scalar(select(Customer.office_id).where(Customer.id == customer_id))


async def office_of_site(session: AsyncSession, site_id: UUID) -> UUID | None:
    """The office of a site's customer."""
    query = select(Customer.office_id).join(Site, Site.customer_id == Customer.id).where(Site.id == site_id)
    return await session.scalar(query)


async def office_of_asset(session: AsyncSession, asset_id: UUID) -> UUID | None:
    """The office of the customer at whose site an asset stands."""
    query = select(Customer.office_id).join(Site, Site.customer_id == Customer.id)
    return await session.scalar(query.join(Asset, Asset.site_id == Site.id).where(Asset.id == asset_id))
