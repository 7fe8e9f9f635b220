"""HTTP: consent texts. Administrators keep them, everybody who has signed in reads them, and phones hold them."""

from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.http.list_pages import each, listed
from server.http.listing import MOST, AsAsked, Listed, Listing, listed_by
from server.identity.audience import ADMINISTRATORS, STAFF
from server.identity.tokens import Actor
from server.records.consent import keep
from server.records.consent.schemas import ConsentTextIn, ConsentTextOut
from server.records.models import ConsentText

Caller = Request[Actor, str, State]
CONSENT_TEXTS = Listing(
    "consent-texts", ConsentTextOut, key=ConsentText.id, sorts={"made": ConsentText.id}, default="-made", usual=MOST
)


def consent_text_out(row: ConsentText) -> ConsentTextOut:
    """A consent text on the wire."""
    return ConsentTextOut(row.id, row.code, row.texts, row.created_at, row.retired_at)


class ConsentTexts(Controller):
    """What customers agree to when they sign."""

    path = "/v1/consent-texts"
    tags = ("records",)

    @get(guards=[STAFF], **listed_by(CONSENT_TEXTS))
    async def list_consent_texts(
        self, session: NamedDependency[AsyncSession], asked: AsAsked, retired: FromQuery[bool | None] = None
    ) -> Listed[ConsentTextOut]:
        """Consent texts, newest first; retired ones too, unless `retired` says otherwise."""
        query = select(ConsentText)
        if retired is not None:
            query = query.where(ConsentText.retired_at.is_not(None) if retired else ConsentText.retired_at.is_(None))
        return await listed(asked, session, query, each(consent_text_out))

    @post(guards=[ADMINISTRATORS])
    async def add_consent_text(
        self, data: JSONBody[ConsentTextIn], request: Caller, session: NamedDependency[AsyncSession]
    ) -> ConsentTextOut:
        """Add a text, which phones show from their next exchange on."""
        return consent_text_out(await keep.add_consent_text(session, data, request.user))

    @post("/{text_id:uuid}/retire", guards=[ADMINISTRATORS], status_code=200)
    async def retire_consent_text(
        self, text_id: FromPath[UUID], request: Caller, session: NamedDependency[AsyncSession]
    ) -> ConsentTextOut:
        """Show a text no more. Reports that have it keep it."""
        return consent_text_out(await keep.retire_consent_text(session, text_id, request.user))
