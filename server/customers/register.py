"""The register and the catalogue are added to: customers and what belongs to them, products and parts."""

from typing import TypeVar
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of, log_action
from server.actions.rules import Thing, Verb, worded
from server.customers.correct import must_be_place
from server.customers.doubles import must_be_new_asset, must_be_new_part, must_be_new_product
from server.customers.models import Asset, Contact, Customer, Part, Product, Site
from server.customers.offices import office_of_customer, office_of_site
from server.customers.queries import find
from server.customers.schemas import AssetIn, ContactIn, CustomerIn, PartIn, ProductIn, SiteIn
from server.database.tables import Table
from server.ground.by_language import kept
from server.ground.currencies import must_be_currency
from server.ground.moments import must_be_day
from server.ground.zones import must_be_zone
from server.identity.offices import must_change
from server.identity.tokens import Actor

Row = TypeVar("Row", bound=Table)


async def add_customer(session: AsyncSession, data: CustomerIn, actor: Actor) -> Customer:
    """Make a customer of an office."""
    must_change(actor, data.office_id)
    fields = msgspec.structs.asdict(data)
    row = await _added(session, Customer(**fields))
    of = Of(Thing.CUSTOMER, row.id, row.office_id)
    log_action(session, actor.user_id, Verb.ADD_CUSTOMER, of, after=worded(fields, "tier", "locale"))
    return row


async def add_contact(session: AsyncSession, customer_id: UUID, data: ContactIn, actor: Actor) -> Contact:
    """Add a person at a customer."""
    fields = {"customer_id": customer_id, **msgspec.structs.asdict(data)}
    row = await _added(session, Contact(**fields))
    of = Of(Thing.CONTACT, row.id, await office_of_customer(session, customer_id))
    log_action(session, actor.user_id, Verb.ADD_CONTACT, of, after=fields)
    return row


async def add_site(session: AsyncSession, customer_id: UUID, data: SiteIn, actor: Actor) -> Site:
    """Add a place of a customer. Raises `Invalid` for a zone that there is not, or a place where nothing stands."""
    must_be_zone(data.time_zone)
    must_be_place(data.latitude, data.datum)
    fields = {"customer_id": customer_id, **msgspec.structs.asdict(data)}
    row = await _added(session, Site(**fields))
    of = Of(Thing.SITE, row.id, await office_of_customer(session, customer_id))
    log_action(session, actor.user_id, Verb.ADD_SITE, of, after=worded(fields, "datum", "time_zone"))
    return row


async def add_asset(session: AsyncSession, site_id: UUID, data: AssetIn, actor: Actor) -> tuple[Asset, Product, Site]:
    """Record a piece of equipment that arrived at a site. Raises `NotFound` for site or product, `Duplicate` for its serial."""
    must_be_day(data.arrival_date, "arrival_date")
    site = await find(session, Site, site_id)
    product = await find(session, Product, data.product_id)
    await must_be_new_asset(session, product, data.serial)
    fields = {"site_id": site_id, **msgspec.structs.asdict(data)}
    row = await _added(session, Asset(**fields))
    of = Of(Thing.ASSET, row.id, await office_of_site(session, site_id))
    log_action(session, actor.user_id, Verb.ADD_ASSET, of, after=fields)
    return row, product, site


async def add_product(session: AsyncSession, data: ProductIn, actor: Actor) -> Product:
    """Add a product to the catalogue. Raises `Duplicate` for its code."""
    await must_be_new_product(session, data.code)
    fields = msgspec.structs.asdict(data) | {"names": kept(data.names)}
    row = await _added(session, Product(**fields))
    log_action(session, actor.user_id, Verb.ADD_PRODUCT, Of(Thing.PRODUCT, row.id, None), after=fields)
    return row


async def add_part(session: AsyncSession, data: PartIn, actor: Actor) -> Part:
    """Add a spare part to the catalogue. Raises `Invalid` for a currency that there is not, `Duplicate` for its number."""
    must_be_currency(data.currency)
    await must_be_new_part(session, data.number)
    fields = msgspec.structs.asdict(data) | {"names": kept(data.names)}
    row = await _added(session, Part(**fields))
    of = Of(Thing.PART, row.id, None)
    log_action(session, actor.user_id, Verb.ADD_PART, of, after=worded(fields, "currency", "unit"))
    return row


async def _added(session: AsyncSession, row: Row) -> Row:
    session.add(row)
    await session.flush()
    return row
