"""What products and parts are called is changed: the name that is always there, and the names by language beside it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of, log_action
from server.actions.rules import Fields, Thing, Verb
from server.customers.models import Part, Product
from server.customers.queries import find
from server.customers.schemas import NameChange
from server.ground.by_language import kept
from server.identity.tokens import Actor


async def change_product(session: AsyncSession, product_id: UUID, change: NameChange, actor: Actor) -> Product:
    """Change a product's names. Raises `NotFound`."""
    row = await find(session, Product, product_id)
    _rename(session, row, change, actor, Verb.CHANGE_PRODUCT, Of(Thing.PRODUCT, row.id, None))
    return row


async def change_part(session: AsyncSession, part_id: UUID, change: NameChange, actor: Actor) -> Part:
    """Change a spare part's names. Raises `NotFound`."""
    row = await find(session, Part, part_id)
    _rename(session, row, change, actor, Verb.CHANGE_PART, Of(Thing.PART, row.id, None))
    return row


def _rename(session: AsyncSession, row: Product | Part, change: NameChange, actor: Actor, verb: Verb, of: Of) -> None:
    before: Fields = {"name": row.name, "names": row.names}
    if change.name is not None:
        row.name = change.name
    if change.names is not None:
        row.names = kept(change.names)
    if (after := {"name": row.name, "names": row.names}) != before:
        log_action(session, actor.user_id, verb, of, before=before, after=after)
