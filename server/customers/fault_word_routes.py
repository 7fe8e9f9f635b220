"""HTTP: fault words. Leads keep them, everybody at a desk reads them, and phones hold them all."""

from uuid import UUID

from litestar import Controller, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.customers import fault_words, lists
from server.customers.models import FaultWord
from server.customers.queries import fault_word_out
from server.customers.routes import Caller
from server.customers.rules import FaultRole
from server.customers.schemas import FaultWordChange, FaultWordIn, FaultWordOut
from server.http.list_pages import each, listed, narrowed
from server.http.listing import AsAsked, Listed, listed_by
from server.identity.audience import LEADERS, STAFF


class FaultWords(Controller):
    """Words for symptoms, components and causes."""

    path = "/v1/fault-words"
    tags = ("customers",)

    @get(guards=[STAFF], **listed_by(lists.FAULT_WORDS))
    async def list_fault_words(
        self,
        session: NamedDependency[AsyncSession],
        asked: AsAsked,
        role: FromQuery[FaultRole | None] = None,
        product_id: FromQuery[UUID | None] = None,
        retired: FromQuery[bool | None] = None,
    ) -> Listed[FaultWordOut]:
        """Fault words, by code; retired ones too, unless `retired` says otherwise."""
        query = narrowed(select(FaultWord), (FaultWord.role, role), (FaultWord.product_id, product_id))
        if retired is not None:
            query = query.where(FaultWord.retired_at.is_not(None) if retired else FaultWord.retired_at.is_(None))
        return await listed(asked, session, query, each(fault_word_out))

    @post(guards=[LEADERS])
    async def add_fault_word(
        self, data: JSONBody[FaultWordIn], request: Caller, session: NamedDependency[AsyncSession]
    ) -> FaultWordOut:
        """Make a fault word. Phones have it with their next exchange."""
        return fault_word_out(await fault_words.add_fault_word(session, data, request.user))

    @patch("/{word_id:uuid}", guards=[LEADERS])
    async def change_fault_word(
        self,
        word_id: FromPath[UUID],
        data: JSONBody[FaultWordChange],
        request: Caller,
        session: NamedDependency[AsyncSession],
    ) -> FaultWordOut:
        """Replace the texts of a fault word."""
        return fault_word_out(await fault_words.change_fault_word(session, word_id, data, request.user))

    @post("/{word_id:uuid}/retire", guards=[LEADERS], status_code=200)
    async def retire_fault_word(
        self, word_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> FaultWordOut:
        """Offer a fault word no more. It stays where it was said."""
        return fault_word_out(await fault_words.retire_fault_word(session, word_id, request.user))

    @post("/{word_id:uuid}/reinstate", guards=[LEADERS], status_code=200)
    async def reinstate_fault_word(
        self, word_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> FaultWordOut:
        """Offer a retired fault word again."""
        return fault_word_out(await fault_words.reinstate_fault_word(session, word_id, request.user))
