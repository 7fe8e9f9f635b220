"""The register and the catalogue as they are read: rows, and rows as they go out on the wire."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobile_contract.shapes import warranty
from server.customers.models import (
    Asset,
    Contact,
    Customer,
    FaultWord,
    MeterReading,
    Part,
    Product,
    Site,
    SitePosition,
)
from server.customers.rules import Datum, FaultRole, Tier, Unit, Warranty
from server.customers.schemas import (
    AssetOut,
    ContactOut,
    CustomerOut,
    FaultWordOut,
    MeterReadingOut,
    PartOut,
    ProductOut,
    SiteOut,
    SitePositionOut,
)
from server.database.tables import Table
from server.ground import clock
from server.ground.problems import NotFound
from server.ground.words import Language

Row = TypeVar("Row", bound=Table)


async def find(session: AsyncSession, table: type[Row], row_id: UUID) -> Row:
    """The row, or the problem that says there is none."""
    row = await session.get(table, row_id)
    if row is None:
        raise NotFound(f"No {table.__tablename__} has the id {row_id}.")
    return row


def customer_out(row: Customer) -> CustomerOut:
    """A customer on the wire."""
    return CustomerOut(row.id, row.name, row.office_id, Tier(row.tier), Language(row.locale), row.note)


def contact_out(row: Contact) -> ContactOut:
    """A contact on the wire."""
    return ContactOut(row.id, row.customer_id, row.name, row.phone, row.email, row.role)


def site_out(row: Site) -> SiteOut:
    """A site on the wire."""
    return SiteOut(
        row.id, row.customer_id, row.name, row.address, row.latitude, row.longitude, Datum(row.datum),
        row.geofence_radius_m, row.time_zone, row.access_note,
    )  # fmt: skip


def position_out(row: SitePosition) -> SitePositionOut:
    """Where a site was said to be, on the wire."""
    return SitePositionOut(
        row.id, row.latitude, row.longitude, Datum(row.datum), row.geofence_radius_m, row.reason, row.author_id,
        row.created_at,
    )  # fmt: skip


def product_out(row: Product) -> ProductOut:
    """A product on the wire."""
    return ProductOut(row.id, row.code, row.name, row.warranty_months, row.names)


def part_out(row: Part) -> PartOut:
    """A spare part on the wire."""
    return PartOut(row.id, row.number, row.name, row.unit_price, row.currency, Unit(row.unit), row.names)


def fault_word_out(row: FaultWord) -> FaultWordOut:
    """A fault word on the wire."""
    return FaultWordOut(row.id, row.code, FaultRole(row.role), row.product_id, row.labels, row.retired_at)


def asset_out(row: Asset, product: Product, site: Site) -> AssetOut:
    """A piece of equipment on the wire, with its warranty on the day at its site."""
    today = warranty.stands(clock.now(), site.time_zone, row.arrival_date, product.warranty_months)
    return AssetOut(
        row.id, row.site_id, row.product_id, row.serial, row.arrival_date, today.until, Warranty(today.status)
    )  # fmt: skip


def meter_reading_out(row: MeterReading) -> MeterReadingOut:
    """A reading on the wire."""
    return MeterReadingOut(
        row.id, row.asset_id, row.counter, row.value_milli, row.unit, row.photo_id, row.read_by, row.read_at
    )
