"""Codes that exist already, perhaps in another spelling: the desk is told which thing it is, instead of making a second one."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.customers.models import Asset, Customer, FaultWord, Part, Product, Site
from server.ground.problems import Duplicate
from server.ground.texts import folded


async def must_be_new_asset(session: AsyncSession, product: Product, serial: str) -> None:
    """Raises `Duplicate` with where the piece stands that has this serial number."""
    query = (
        select(Asset, Site.name, Customer.name)
        .join(Site, Site.id == Asset.site_id)
        .join(Customer, Customer.id == Site.customer_id)
        .where(Asset.product_id == product.id, Asset.serial_key == folded(serial))
    )
    if found := (await session.execute(query)).first():
        asset, site, customer = found
        raise Duplicate(
            f"{product.code} {asset.serial} is known already: it stands at {site} of {customer}. Use that one, or check the "
            "serial number.",
            existing_id=asset.id,
        )


async def must_be_new_product(session: AsyncSession, code: str) -> None:
    """Raises `Duplicate` with the product that has this code."""
    if known := await session.scalar(select(Product).where(Product.code_key == folded(code))):
        raise Duplicate(
            f"The code {known.code} is that of {known.name}. Use that product, or choose another code.",
            existing_id=known.id,
        )


async def must_be_new_part(session: AsyncSession, number: str) -> None:
    """Raises `Duplicate` with the part that has this number."""
    if known := await session.scalar(select(Part).where(Part.number_key == folded(number))):
        raise Duplicate(
            f"The number {known.number} is that of {known.name}. Use that part, or choose another number.",
            existing_id=known.id,
        )


async def must_be_new_fault_word(session: AsyncSession, role: str, product_id: UUID | None, code: str) -> None:
    """Raises `Duplicate` with the fault word that has this code in its role, for the same product or for all."""
    same = (FaultWord.role == role, FaultWord.product_id.is_not_distinct_from(product_id))
    if known := await session.scalar(select(FaultWord).where(*same, FaultWord.code_key == folded(code))):
        what = "It is retired: reinstate it" if known.retired_at else "Change that one"
        raise Duplicate(
            f"The code {known.code} is a {role} there already. {what}, or choose another code.", existing_id=known.id
        )
