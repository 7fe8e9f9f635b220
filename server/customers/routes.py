"""HTTP: the customer register and the catalogue. The desk reads and writes; technicians get theirs through sync."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, Request, get, patch, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.customers import lists, register, rename
from server.customers.correct import change_site
from server.customers.models import Asset, Contact, Customer, MeterReading, Part, Product, Site, SitePosition
from server.customers.offices import office_of_asset, office_of_customer, office_of_site
from server.customers.queries import (
    asset_out,
    contact_out,
    customer_out,
    find,
    meter_reading_out,
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
    MeterReadingOut,
    NameChange,
    PartIn,
    PartOut,
    ProductIn,
    ProductOut,
    SiteChange,
    SiteIn,
    SiteOut,
    SitePositionOut,
)
from server.http.list_pages import each, listed, narrowed
from server.http.listing import AsAsked, Listed, listed_by
from server.identity.audience import DESKS, LEADERS, STAFF
from server.identity.offices import seen_office
from server.identity.tokens import Actor

Caller = Request[Actor, str, State]
After = Annotated[
    UUID | None,
    QueryParameter(name="after", description="Only ids behind this one; what pages were asked for by before `cursor`."),
]


class Register(Controller):
    """Customers and what belongs to them."""

    path = "/v1/customers"
    tags = ("customers",)
    guards = (DESKS,)

    @get(**listed_by(lists.CUSTOMERS))
    async def list_customers(
        self,
        request: Caller,
        session: NamedDependency[AsyncSession],
        asked: AsAsked,
        q: FromQuery[str] = "",
        office_id: FromQuery[UUID | None] = None,
        after: After = None,
    ) -> Listed[CustomerOut]:
        """Customers whose name contains `q`, in the order they were made."""
        query = narrowed(select(Customer), (Customer.office_id, seen_office(request.user, office_id)))
        query = lists.with_words(query, q, Customer.name)
        if after:
            query = query.where(Customer.id > after)
        return await listed(asked, session, query, each(customer_out))

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

    @get(
        "/{customer_id:uuid}/contacts",
        guards=[DESKS.of("customer_id", office_of_customer)],
        **listed_by(lists.CONTACTS),
    )
    async def list_contacts(
        self, customer_id: FromPath[UUID], session: NamedDependency[AsyncSession], asked: AsAsked
    ) -> Listed[ContactOut]:
        """The people at a customer."""
        query = select(Contact).where(Contact.customer_id == customer_id)
        return await listed(asked, session, query, each(contact_out))

    @post("/{customer_id:uuid}/contacts", guards=[DESKS.of("customer_id", office_of_customer)])
    async def add_contact(
        self,
        customer_id: FromPath[UUID],
        data: JSONBody[ContactIn],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> ContactOut:
        """Add a person at a customer."""
        return contact_out(await register.add_contact(session, customer_id, data, request.user))

    @get("/{customer_id:uuid}/sites", guards=[DESKS.of("customer_id", office_of_customer)], **listed_by(lists.SITES))
    async def list_sites(
        self, customer_id: FromPath[UUID], session: NamedDependency[AsyncSession], asked: AsAsked
    ) -> Listed[SiteOut]:
        """A customer's sites."""
        return await listed(asked, session, select(Site).where(Site.customer_id == customer_id), each(site_out))

    @post("/{customer_id:uuid}/sites", guards=[DESKS.of("customer_id", office_of_customer)])
    async def add_site(
        self,
        customer_id: FromPath[UUID],
        data: JSONBody[SiteIn],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> SiteOut:
        """Add a site."""
        return site_out(await register.add_site(session, customer_id, data, request.user))


class Assets(Controller):
    """The equipment at a site."""

    path = "/v1/sites"
    tags = ("customers",)
    guards = (DESKS,)

    @get("/{site_id:uuid}/assets", guards=[DESKS.of("site_id", office_of_site)], **listed_by(lists.ASSETS))
    async def list_assets(
        self, site_id: FromPath[UUID], session: NamedDependency[AsyncSession], asked: AsAsked
    ) -> Listed[AssetOut]:
        """What stands at a site, with its warranty."""
        await find(session, Site, site_id)
        return await listed(asked, session, lists.select_assets(site_id), each(asset_out))

    @post("/{site_id:uuid}/assets", guards=[DESKS.of("site_id", office_of_site)])
    async def add_asset(
        self,
        site_id: FromPath[UUID],
        data: JSONBody[AssetIn],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> AssetOut:
        """Record a piece of equipment that arrived."""
        return asset_out(*await register.add_asset(session, site_id, data, request.user))

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

    @get("/{site_id:uuid}/positions", guards=[DESKS.of("site_id", office_of_site)], **listed_by(lists.POSITIONS))
    async def list_site_positions(
        self, site_id: FromPath[UUID], session: NamedDependency[AsyncSession], asked: AsAsked
    ) -> Listed[SitePositionOut]:
        """Where the site was said to be, oldest first; empty as long as nobody corrected it."""
        query = select(SitePosition).where(SitePosition.site_id == site_id)
        return await listed(asked, session, query, each(position_out))


class Meters(Controller):
    """What technicians read off the equipment."""

    path = "/v1/assets"
    tags = ("customers",)
    guards = (DESKS,)

    @get(
        "/{asset_id:uuid}/meter-readings", guards=[DESKS.of("asset_id", office_of_asset)],
        **listed_by(lists.METER_READINGS),
    )  # fmt: skip
    async def list_meter_readings(
        self, asset_id: FromPath[UUID], session: NamedDependency[AsyncSession], asked: AsAsked
    ) -> Listed[MeterReadingOut]:
        """What the counters of an asset showed, newest first."""
        await find(session, Asset, asset_id)
        query = select(MeterReading).where(MeterReading.asset_id == asset_id)
        return await listed(asked, session, query, each(meter_reading_out))


class Catalogue(Controller):
    """Products and parts."""

    path = "/v1"
    tags = ("customers",)

    @get("/products", guards=[STAFF], **listed_by(lists.PRODUCTS))
    async def list_products(
        self, session: NamedDependency[AsyncSession], asked: AsAsked, q: FromQuery[str] = ""
    ) -> Listed[ProductOut]:
        """Products whose code or name contains `q`, by code."""
        return await listed(
            asked, session, lists.with_words(select(Product), q, Product.code, Product.name), each(product_out)
        )

    @post("/products", guards=[LEADERS])
    async def add_product(
        self, data: JSONBody[ProductIn], request: Caller, session: NamedDependency[AsyncSession]
    ) -> ProductOut:
        """Make a product."""
        return product_out(await register.add_product(session, data, request.user))

    @patch("/products/{product_id:uuid}", guards=[LEADERS])
    async def change_product(
        self,
        product_id: FromPath[UUID],
        data: JSONBody[NameChange],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> ProductOut:
        """Change what a product is called, in each language. Phones have it with their next exchange; sealed records stay as they are."""
        return product_out(await rename.change_product(session, product_id, data, request.user))

    @get("/parts", guards=[STAFF], **listed_by(lists.PARTS))
    async def list_parts(
        self, session: NamedDependency[AsyncSession], asked: AsAsked, q: FromQuery[str] = ""
    ) -> Listed[PartOut]:
        """Spare parts whose number or name contains `q`, with their prices, by number."""
        return await listed(asked, session, lists.with_words(select(Part), q, Part.number, Part.name), each(part_out))

    @post("/parts", guards=[LEADERS])
    async def add_part(
        self, data: JSONBody[PartIn], request: Caller, session: NamedDependency[AsyncSession]
    ) -> PartOut:
        """Make a spare part."""
        return part_out(await register.add_part(session, data, request.user))

    @patch("/parts/{part_id:uuid}", guards=[LEADERS])
    async def change_part(
        self,
        part_id: FromPath[UUID],
        data: JSONBody[NameChange],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> PartOut:
        """Change what a spare part is called, in each language. Phones have it with their next exchange."""
        return part_out(await rename.change_part(session, part_id, data, request.user))
