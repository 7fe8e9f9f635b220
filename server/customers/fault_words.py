"""Fault words: what technicians choose from to say what was seen, which piece it was, and why. One that was said is never deleted."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of, log_action
from server.actions.rules import Thing, Verb
from server.customers.doubles import must_be_new_fault_word
from server.customers.models import FaultWord, Product
from server.customers.queries import find
from server.customers.schemas import FaultWordChange, FaultWordIn
from server.ground import clock
from server.ground.by_language import Labels, kept
from server.ground.problems import Invalid
from server.identity.tokens import Actor


async def add_fault_word(session: AsyncSession, data: FaultWordIn, actor: Actor) -> FaultWord:
    """Add a word. Raises `NotFound` for its product, `Duplicate` for its code, `Invalid` without a text."""
    if data.product_id is not None:
        await find(session, Product, data.product_id)
    await must_be_new_fault_word(session, data.role, data.product_id, data.code)
    row = FaultWord(code=data.code, role=data.role, product_id=data.product_id, labels=_said(data.labels))
    session.add(row)
    await session.flush()
    after = {"code": row.code, "role": data.role, "product_id": row.product_id, "labels": row.labels}
    log_action(session, actor.user_id, Verb.ADD_FAULT_WORD, _of(row), after=after)
    return row


async def change_fault_word(session: AsyncSession, word_id: UUID, change: FaultWordChange, actor: Actor) -> FaultWord:
    """Replace its texts. Raises `NotFound`, and `Invalid` for none."""
    row = await find(session, FaultWord, word_id)
    before, after = row.labels, _said(change.labels)
    if after != before:
        row.labels = after
        log_action(
            session, actor.user_id, Verb.CHANGE_FAULT_WORD, _of(row), before={"labels": before}, after={"labels": after}
        )
    return row


async def retire_fault_word(session: AsyncSession, word_id: UUID, actor: Actor) -> FaultWord:
    """Offer it no more; one that is retired already stays so. Raises `NotFound`."""
    row = await find(session, FaultWord, word_id)
    if row.retired_at is None:
        row.retired_at = clock.now()
        after = {"retired_at": row.retired_at}
        log_action(session, actor.user_id, Verb.RETIRE_FAULT_WORD, _of(row), after=after)
    return row


async def reinstate_fault_word(session: AsyncSession, word_id: UUID, actor: Actor) -> FaultWord:
    """Offer one again that was retired. Raises `NotFound`."""
    row = await find(session, FaultWord, word_id)
    if row.retired_at is not None:
        before = {"retired_at": row.retired_at}
        row.retired_at = None
        log_action(session, actor.user_id, Verb.REINSTATE_FAULT_WORD, _of(row), before=before)
    return row


def _said(labels: Labels) -> dict[str, str]:
    if not (said := kept(labels)):
        raise Invalid("A fault word needs a text in at least one language: en, zh-CN or de.", field="labels")
    return said


def _of(row: FaultWord) -> Of:
    return Of(Thing.FAULT_WORD, row.id, None)
