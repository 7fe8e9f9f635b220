"""HTTP: the customer register and the catalogue. The desk reads and writes; technicians get theirs through sync."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, Request, get, patch, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.customers import register
from server.customers.correct import change_site
from server.customers.models import Asset, Contact, Customer, Part, Product, Site, SitePosition
from server.customers.offices import office_of_customer, office_of_site
from server.customers.queries import (
    asset_out,
    contact_out,
    customer_out,
    find,
    part_out,
    position_out,
    product_out,
    site_out,
)
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
from server.identity.audience import DESKS, LEADERS, STAFF
from server.identity.tokens import Actor

Caller = Request[Actor, str, State]
PageSize = Annotated[int, QueryParameter(ge=1, le=500, name="limit")]
After = Annotated[UUID | None, QueryParameter(name="after", description="The last id of the page before.")]


class Register(Controller):
    """Customers and what belongs to them."""

    path = "/v1/customers"
    tags = ("customers",)
    guards = (DESKS,)

    @get()
    async def list_customers(
        self, session: NamedDependency[AsyncSession], q: FromQuery[str] = "", limit: PageSize = 100, after: After = None
    ) -> list[CustomerOut]:
        """Customers whose name contains `q`, in the order they were made."""
        query = select(Customer).order_by(Customer.id).limit(limit)
        if q:
            query = query.where(Customer.name.icontains(q, autoescape=True))
        if after:
            query = query.where(Customer.id > after)
        return [customer_out(row) for row in await session.scalars(query)]

    @post()
    async def add_customer(
        self, data: JSONBody[CustomerIn], request: Caller, session: NamedDependency[AsyncSession]
    ) -> CustomerOut:
        """Make a customer."""
        return customer_out(await register.add_customer(session, data, request.user))

    @get("/{customer_id:uuid}", guards=[DESKS.of("customer_id", office_of_customer)])
    async def get_customer(self, customer_id: FromPath[UUID], session: NamedDependency[AsyncSession]) -> CustomerOut:
        """One customer."""
        return customer_out(await find(session, Customer, customer_id))

    @get("/{customer_id:uuid}/contacts", guards=[DESKS.of("customer_id", office_of_customer)])
    async def list_contacts(
        self, customer_id: FromPath[UUID], session: NamedDependency[AsyncSession]
    ) -> list[ContactOut]:
        """The people at a customer."""
        rows = await session.scalars(select(Contact).where(Contact.customer_id == customer_id).order_by(Contact.id))
        return [contact_out(row) for row in rows]

    @post("/{customer_id:uuid}/contacts", guards=[DESKS.of("customer_id", office_of_customer)])
    async def add_contact(
        self, customer_id: FromPath[UUID], data: JSONBody[ContactIn], session: NamedDependency[AsyncSession]
    ) -> ContactOut:
        """Add a person at a customer."""
        return contact_out(await register.add_contact(session, customer_id, data))

    @get("/{customer_id:uuid}/sites", guards=[DESKS.of("customer_id", office_of_customer)])
    async def list_sites(self, customer_id: FromPath[UUID], session: NamedDependency[AsyncSession]) -> list[SiteOut]:
        """A customer's sites."""
        rows = await session.scalars(select(Site).where(Site.customer_id == customer_id).order_by(Site.id))
        return [site_out(row) for row in rows]

    @post("/{customer_id:uuid}/sites", guards=[DESKS.of("customer_id", office_of_customer)])
    async def add_site(
        self, customer_id: FromPath[UUID], data: JSONBody[SiteIn], session: NamedDependency[AsyncSession]
    ) -> SiteOut:
        """Add a site."""
        return site_out(await register.add_site(session, customer_id, data))


class Assets(Controller):
    """The equipment at a site."""

    path = "/v1/sites"
    tags = ("customers",)
    guards = (DESKS,)

    @get("/{site_id:uuid}/assets", guards=[DESKS.of("site_id", office_of_site)])
    async def list_assets(self, site_id: FromPath[UUID], session: NamedDependency[AsyncSession]) -> list[AssetOut]:
        """What stands at a site, with its warranty."""
        site = await find(session, Site, site_id)
        rows = await session.execute(
            select(Asset, Product)
            .join(Product, Product.id == Asset.product_id)
            .where(Asset.site_id == site_id)
            .order_by(Asset.id)
        )
        return [asset_out(asset, product, site) for asset, product in rows]

    @post("/{site_id:uuid}/assets", guards=[DESKS.of("site_id", office_of_site)])
    async def add_asset(
        self, site_id: FromPath[UUID], data: JSONBody[AssetIn], session: NamedDependency[AsyncSession]
    ) -> AssetOut:
        """Record a piece of equipment that arrived."""
        return asset_out(*await register.add_asset(session, site_id, data))

    @patch("/{site_id:uuid}", guards=[DESKS.of("site_id", office_of_site)])
    async def change_site(
        self,
        site_id: FromPath[UUID],
        data: JSONBody[SiteChange],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> SiteOut:
        """Change a site. With another position, datum or radius every arrival there is judged again, soon after.

        The verdicts before stay beside the new ones.
        """
        return site_out(await change_site(session, site_id, data, request.user.user_id))

    @get("/{site_id:uuid}/positions", guards=[DESKS.of("site_id", office_of_site)])
    async def list_site_positions(
        self, site_id: FromPath[UUID], session: NamedDependency[AsyncSession]
    ) -> list[SitePositionOut]:
        """Where the site was said to be, oldest first; empty as long as nobody corrected it."""
        rows = await session.scalars(
            select(SitePosition)
            .where(SitePosition.site_id == site_id)
            .order_by(SitePosition.created_at, SitePosition.id)
        )
        return [position_out(row) for row in rows]


class Catalogue(Controller):
    """Products and parts."""

    path = "/v1"
    tags = ("customers",)

    @get("/products", guards=[STAFF])
    async def list_products(self, session: NamedDependency[AsyncSession]) -> list[ProductOut]:
        """All products."""
        return [product_out(row) for row in await session.scalars(select(Product).order_by(Product.code))]

    @post("/products", guards=[LEADERS])
    async def add_product(self, data: JSONBody[ProductIn], session: NamedDependency[AsyncSession]) -> ProductOut:
        """Make a product."""
        return product_out(await register.add_product(session, data))

    @get("/parts", guards=[STAFF])
    async def list_parts(self, session: NamedDependency[AsyncSession]) -> list[PartOut]:
        """All spare parts with their prices."""
        return [part_out(row) for row in await session.scalars(select(Part).order_by(Part.number))]

    @post("/parts", guards=[LEADERS])
    async def add_part(self, data: JSONBody[PartIn], session: NamedDependency[AsyncSession]) -> PartOut:
        """Make a spare part."""
        return part_out(await register.add_part(session, data))
