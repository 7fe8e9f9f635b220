"""The action log as it is read: of one thing, of one person, or in all."""

from uuid import UUID

from sqlalchemy import Select, select

from server.actions.models import Action
from server.http.listing import Listing
from server.identity.models import User
from server.identity.offices import seen_office, sees_only
from server.identity.tokens import Actor
from server.registers.schemas import ActionOut

ACTIONS = Listing("actions", ActionOut, key=Action.id, sorts={"at": Action.at}, default="-at")


def select_actions(actor: Actor, office_id: UUID | None) -> Select[Action, str | None]:
    """What a desk's actor sees, or of one office: its own and every other's, or where a desk is narrowed its own and the company's."""
    query = select(Action, User.name).outerjoin(User, User.id == Action.actor_id)
    if office_id is not None:
        return query.where(Action.office_id == seen_office(actor, office_id))
    if (only := sees_only(actor)) is not None:
        query = query.where((Action.office_id == only) | Action.office_id.is_(None))
    return query


def action_out(row: Action, actor: str | None) -> ActionOut:
    """An action on the wire, with the name that its actor has now."""
    return ActionOut(
        row.id, row.at, row.actor_id, actor, row.what, row.thing, row.thing_id, row.office_id, row.before, row.after,
        row.withheld,
    )  # fmt: skip
