"""The lists of the register and the catalogue: their orders, and what is looked for in them."""

from uuid import UUID

from sqlalchemy import Select, or_, select

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
from server.http.list_pages import Query
from server.http.listing import MOST, Column, Listing

CUSTOMERS = Listing(
    "customers", CustomerOut, key=Customer.id, sorts={"made": Customer.id, "name": Customer.name}, default="made"
)
CONTACTS = Listing(
    "contacts",
    ContactOut,
    key=Contact.id,
    sorts={"made": Contact.id, "name": Contact.name},
    default="made",
    usual=MOST,
)
SITES = Listing("sites", SiteOut, key=Site.id, sorts={"made": Site.id, "name": Site.name}, default="made", usual=MOST)
ASSETS = Listing(
    "assets",
    AssetOut,
    key=Asset.id,
    sorts={"made": Asset.id, "serial": Asset.serial, "arrival_date": Asset.arrival_date},
    default="made",
    usual=MOST,
)
METER_READINGS = Listing(
    "meter_readings",
    MeterReadingOut,
    key=MeterReading.id,
    sorts={"read_at": MeterReading.read_at, "counter": MeterReading.counter},
    default="-read_at",
)
POSITIONS = Listing(
    "positions",
    SitePositionOut,
    key=SitePosition.id,
    sorts={"created_at": SitePosition.created_at},
    default="created_at",
    usual=MOST,
)
PRODUCTS = Listing(
    "products",
    ProductOut,
    key=Product.id,
    sorts={"code": Product.code, "name": Product.name},
    default="code",
    usual=MOST,
)
PARTS = Listing(
    "parts",
    PartOut,
    key=Part.id,
    sorts={"number": Part.number, "name": Part.name, "unit_price": Part.unit_price},
    default="number",
    usual=MOST,
)

FAULT_WORDS = Listing(
    "fault_words",
    FaultWordOut,
    key=FaultWord.id,
    sorts={"code": FaultWord.code, "made": FaultWord.id, "retired_at": FaultWord.retired_at},
    default="code",
    usual=MOST,
)


def select_assets(site_id: UUID) -> Select[Asset, Product, Site]:
    """What stands at a site, each with its product and the site."""
    query = select(Asset, Product, Site).join(Product, Product.id == Asset.product_id)
    return query.join(Site, Site.id == Asset.site_id).where(Asset.site_id == site_id)


def with_words(query: Query, words: str, *columns: Column) -> Query:
    """Those rows of which one of the columns contains the words, whatever their case."""
    if not words:
        return query
    return query.where(or_(*(column.icontains(words, autoescape=True) for column in columns)))
