"""One line of the action log, in the transaction of the verb that it tells of: rolled back with it, and as sure as it."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.models import Action
from server.actions.rules import Fields, Thing, Verb, told

NOTHING: Fields = {}


class Of(NamedTuple):
    """The thing that something is done to, and whose office it is; None: the company's."""

    thing: Thing
    id: UUID
    office_id: UUID | None


def log_action(
    session: AsyncSession, by: UUID | None, verb: Verb, of: Of, *, before: Fields = NOTHING, after: Fields = NOTHING
) -> None:
    """Write down who did what. Called once by each verb, for what it changed: one that found nothing to do writes nothing.

    `before` and `after` may have all fields of the thing; `told` says what is kept of them. Secrets are never handed in.
    """
    what = told(before, after)
    session.add(
        Action(
            actor_id=by, what=verb, thing=of.thing, thing_id=of.id, office_id=of.office_id, before=what.before,
            after=what.after, withheld=what.withheld,
        )
    )  # fmt: skip
