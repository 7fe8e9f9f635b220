"""Whom a customer is told things by: the contact that is named, in the customer's language."""

from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.customers.models import Contact, Customer
from server.ground.words import Language


class Recipient(msgspec.Struct, frozen=True):
    """A person at a customer; without a contact the customer itself, whom nothing reaches by itself."""

    name: str
    email: str
    phone: str
    language: Language
    contact_id: UUID | None


async def recipient_of(session: AsyncSession, customer_id: UUID, contact_id: UUID | None) -> Recipient:
    """Who is told what concerns a customer."""
    customer = await session.get_one(Customer, customer_id)
    contact = await session.get(Contact, contact_id) if contact_id else None
    language = Language(customer.locale)
    if contact is None:
        return Recipient(customer.name, "", "", language, None)
    return Recipient(contact.name, contact.email, contact.phone, language, contact.id)
