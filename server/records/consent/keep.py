"""Keeping consent texts: they are added and retired, and never changed."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobile_contract.shapes.build import CONSENT_ID
from server.actions.log_action import Of, log_action
from server.actions.rules import Thing, Verb
from server.ground import clock
from server.ground.problems import Duplicate, Invalid, NotFound
from server.ground.texts import folded
from server.ground.words import Language
from server.identity.tokens import Actor
from server.records.consent.schemas import ConsentTextIn
from server.records.models import ConsentText


async def add_consent_text(session: AsyncSession, data: ConsentTextIn, actor: Actor) -> ConsentText:
    """Add a text, which is shown from now on. Raises `Duplicate` for its code, `Invalid` without a text."""
    given = {Language.EN: data.texts.en, Language.ZH: data.texts.zh_cn, Language.DE: data.texts.de}
    texts = {language.value: text for language, text in given.items() if text is not None}
    if not texts:
        raise Invalid("A consent text says something in at least one language: en, zh-CN or de.", field="texts")
    key = folded(data.code)
    if key == folded(CONSENT_ID):
        raise Invalid(f"{CONSENT_ID} is the contract's own text. Choose another code.", field="code")
    if known := await session.scalar(select(ConsentText).where(ConsentText.code_key == key)):
        raise Duplicate(
            f"The code {known.code} is that of a text already, and a text never changes. Choose another code.",
            existing_id=known.id,
        )
    row = ConsentText(code=data.code, code_key=key, texts=texts)
    session.add(row)
    await session.flush()
    log_action(session, actor.user_id, Verb.ADD_CONSENT_TEXT, _of(row), after={"code": row.code, "texts": texts})
    return row


async def retire_consent_text(session: AsyncSession, text_id: UUID, actor: Actor) -> ConsentText:
    """Show it no more; the one before it is shown again. One that is retired already stays so. Raises `NotFound`."""
    row = await session.get(ConsentText, text_id, with_for_update=True)
    if row is None:
        raise NotFound(f"No consent text has the id {text_id}.")
    if row.retired_at is None:
        row.retired_at = clock.now()
        log_action(session, actor.user_id, Verb.RETIRE_CONSENT_TEXT, _of(row), after={"retired_at": row.retired_at})
    return row


def _of(row: ConsentText) -> Of:
    return Of(Thing.CONSENT_TEXT, row.id, None)
