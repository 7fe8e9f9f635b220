"""HTTP: the customer register and the catalogue. The desk reads and writes; technicians get theirs through sync."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, get, patch, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.customers.correct import change_site, must_be_place
from server.customers.doubles import must_be_new_asset, must_be_new_part, must_be_new_product
from server.customers.models import Asset, Contact, Customer, Part, Product, Site, SitePosition
from server.customers.rules import warranty_at, warranty_until
from server.customers.schemas import (
    AssetIn,
    AssetOut,
    ContactIn,
    ContactOut,
    CustomerIn,
    CustomerOut,
    PartIn,
    PartOut,
    ProductIn,
    ProductOut,
    SiteChange,
    SiteIn,
    SiteOut,
    SitePositionOut,
)
from server.ground import clock
from server.ground.currencies import must_be_currency
from server.ground.moments import must_be_day
from server.ground.problems import NotFound
from server.ground.zones import must_be_zone
from server.identity.permissions import allow
from server.identity.rules import DESK, EVERYONE, LEADS
from server.identity.tokens import Actor

Caller = Request[Actor, str, State]
PageSize = Annotated[int, QueryParameter(ge=1, le=500, name="limit")]
After = Annotated[UUID | None, QueryParameter(name="after", description="The last id of the page before.")]


class Register(Controller):
    """Customers and what belongs to them."""

    path = "/v1/customers"
    tags = ("customers",)
    guards = (allow(DESK),)

    @get()
    async def customers(
        self, session: NamedDependency[AsyncSession], q: FromQuery[str] = "", limit: PageSize = 100, after: After = None
    ) -> list[CustomerOut]:
        """Customers whose name contains `q`, in the order they were made."""
        query = select(Customer).order_by(Customer.id).limit(limit)
        if q:
            query = query.where(Customer.name.icontains(q, autoescape=True))
        if after:
            query = query.where(Customer.id > after)
        return [_customer(row) for row in await session.scalars(query)]

    @post()
    async def add_customer(self, data: JSONBody[CustomerIn], session: NamedDependency[AsyncSession]) -> CustomerOut:
        """Make a customer."""
        row = Customer(**msgspec.structs.asdict(data))
        session.add(row)
        await session.flush()
        return _customer(row)

    @get("/{customer_id:uuid}")
    async def customer(self, customer_id: FromPath[UUID], session: NamedDependency[AsyncSession]) -> CustomerOut:
        """One customer."""
        return _customer(await find(session, Customer, customer_id))

    @get("/{customer_id:uuid}/contacts")
    async def contacts(self, customer_id: FromPath[UUID], session: NamedDependency[AsyncSession]) -> list[ContactOut]:
        """The people at a customer."""
        rows = await session.scalars(select(Contact).where(Contact.customer_id == customer_id).order_by(Contact.id))
        return [_contact(row) for row in rows]

    @post("/{customer_id:uuid}/contacts")
    async def add_contact(
        self, customer_id: FromPath[UUID], data: JSONBody[ContactIn], session: NamedDependency[AsyncSession]
    ) -> ContactOut:
        """Add a person at a customer."""
        row = Contact(customer_id=customer_id, **msgspec.structs.asdict(data))
        session.add(row)
        await session.flush()
        return _contact(row)

    @get("/{customer_id:uuid}/sites")
    async def sites(self, customer_id: FromPath[UUID], session: NamedDependency[AsyncSession]) -> list[SiteOut]:
        """A customer's sites."""
        rows = await session.scalars(select(Site).where(Site.customer_id == customer_id).order_by(Site.id))
        return [_site(row) for row in rows]

    @post("/{customer_id:uuid}/sites")
    async def add_site(
        self, customer_id: FromPath[UUID], data: JSONBody[SiteIn], session: NamedDependency[AsyncSession]
    ) -> SiteOut:
        """Add a site."""
        must_be_zone(data.time_zone)
        must_be_place(data.latitude, data.datum)
        row = Site(customer_id=customer_id, **msgspec.structs.asdict(data))
        session.add(row)
        await session.flush()
        return _site(row)


class Assets(Controller):
    """The equipment at a site."""

    path = "/v1/sites"
    tags = ("customers",)
    guards = (allow(DESK),)

    @get("/{site_id:uuid}/assets")
    async def assets(self, site_id: FromPath[UUID], session: NamedDependency[AsyncSession]) -> list[AssetOut]:
        """What stands at a site, with its warranty."""
        site = await find(session, Site, site_id)
        rows = await session.execute(
            select(Asset, Product)
            .join(Product, Product.id == Asset.product_id)
            .where(Asset.site_id == site_id)
            .order_by(Asset.id)
        )
        return [_asset(asset, product, site) for asset, product in rows]

    @post("/{site_id:uuid}/assets")
    async def add_asset(
        self, site_id: FromPath[UUID], data: JSONBody[AssetIn], session: NamedDependency[AsyncSession]
    ) -> AssetOut:
        """Record a piece of equipment that arrived."""
        must_be_day(data.arrival_date, "arrival_date")
        site = await find(session, Site, site_id)
        product = await find(session, Product, data.product_id)
        await must_be_new_asset(session, product, data.serial)
        row = Asset(site_id=site_id, **msgspec.structs.asdict(data))
        session.add(row)
        await session.flush()
        return _asset(row, product, site)

    @patch("/{site_id:uuid}")
    async def change(
        self,
        site_id: FromPath[UUID],
        data: JSONBody[SiteChange],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> SiteOut:
        """Change a site. With another position, datum or radius every arrival there is judged again, soon after.

        The verdicts before stay beside the new ones.
        """
        return _site(await change_site(session, site_id, data, request.user.user_id))

    @get("/{site_id:uuid}/positions")
    async def positions(self, site_id: FromPath[UUID], session: NamedDependency[AsyncSession]) -> list[SitePositionOut]:
        """Where the site was said to be, oldest first; empty as long as nobody corrected it."""
        rows = await session.scalars(
            select(SitePosition)
            .where(SitePosition.site_id == site_id)
            .order_by(SitePosition.created_at, SitePosition.id)
        )
        return [
            SitePositionOut(
                r.id, r.latitude, r.longitude, r.datum, r.geofence_radius_m, r.reason, r.author_id, r.created_at
            )
            for r in rows
        ]


class Catalogue(Controller):
    """Products and parts."""

    path = "/v1"
    tags = ("customers",)

    @get("/products", guards=[allow(EVERYONE)])
    async def products(self, session: NamedDependency[AsyncSession]) -> list[ProductOut]:
        """All products."""
        return [_product(row) for row in await session.scalars(select(Product).order_by(Product.code))]

    @post("/products", guards=[allow(LEADS)])
    async def add_product(self, data: JSONBody[ProductIn], session: NamedDependency[AsyncSession]) -> ProductOut:
        """Make a product."""
        await must_be_new_product(session, data.code)
        row = Product(**msgspec.structs.asdict(data))
        session.add(row)
        await session.flush()
        return _product(row)

    @get("/parts", guards=[allow(EVERYONE)])
    async def parts(self, session: NamedDependency[AsyncSession]) -> list[PartOut]:
        """All spare parts with their prices."""
        return [_part(row) for row in await session.scalars(select(Part).order_by(Part.number))]

    @post("/parts", guards=[allow(LEADS)])
    async def add_part(self, data: JSONBody[PartIn], session: NamedDependency[AsyncSession]) -> PartOut:
        """Make a spare part."""
        must_be_currency(data.currency)
        await must_be_new_part(session, data.number)
        row = Part(**msgspec.structs.asdict(data))
        session.add(row)
        await session.flush()
        return _part(row)


async def find(session: AsyncSession, table: type[Any], row_id: UUID) -> Any:
    """The row, or the problem that says there is none."""
    row = await session.get(table, row_id)
    if row is None:
        raise NotFound(f"No {table.__tablename__} has the id {row_id}.")
    return row


def _customer(row: Customer) -> CustomerOut:
    return CustomerOut(row.id, row.name, row.office_id, row.tier, row.locale, row.note)


def _contact(row: Contact) -> ContactOut:
    return ContactOut(row.id, row.customer_id, row.name, row.phone, row.email, row.role)


def _site(row: Site) -> SiteOut:
    return SiteOut(
        row.id, row.customer_id, row.name, row.address, row.latitude, row.longitude, row.datum, row.geofence_radius_m,
        row.time_zone, row.access_note,
    )  # fmt: skip


def _product(row: Product) -> ProductOut:
    return ProductOut(row.id, row.code, row.name, row.warranty_months)


def _part(row: Part) -> PartOut:
    return PartOut(row.id, row.number, row.name, row.unit_price, row.currency)


def _asset(row: Asset, product: Product, site: Site) -> AssetOut:
    months = product.warranty_months
    return AssetOut(
        row.id, row.site_id, row.product_id, row.serial, row.arrival_date,
        warranty_until(row.arrival_date, months), warranty_at(clock.now(), site.time_zone, row.arrival_date, months),
    )  # fmt: skip
