"""HTTP: registers, which desks read and take away as files."""

from datetime import datetime
from uuid import UUID

from litestar import Controller, Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.models import Action
from server.actions.rules import Thing, Verb
from server.http.list_pages import each, listed, narrowed, within
from server.http.listing import AsAsked, Listed, listed_by
from server.identity.audience import DESKS
from server.identity.tokens import Actor
from server.registers.action_list import ACTIONS, action_out, select_actions
from server.registers.schemas import ActionOut

Caller = Request[Actor, str, State]


class Actions(Controller):
    """Who did what at a desk."""

    path = "/v1/actions"
    tags = ("registers",)
    guards = (DESKS,)

    @get(**listed_by(ACTIONS))
    async def list_actions(
        self,
        request: Caller,
        session: NamedDependency[AsyncSession],
        asked: AsAsked,
        thing: FromQuery[Thing | None] = None,
        thing_id: FromQuery[UUID | None] = None,
        actor_id: FromQuery[UUID | None] = None,
        what: FromQuery[Verb | None] = None,
        at_from: FromQuery[datetime | None] = None,
        at_before: FromQuery[datetime | None] = None,
        office_id: FromQuery[UUID | None] = None,
    ) -> Listed[ActionOut]:
        """What was done at desks, newest first: in all, to one thing (`thing_id`), or by one person.

        A value that somebody wrote is not copied here; `withheld` names its field.
        """
        query = within(select_actions(request.user, office_id), Action.at, at_from, at_before, "at")
        wanted = (Action.thing, thing), (Action.thing_id, thing_id), (Action.actor_id, actor_id), (Action.what, what)
        return await listed(asked, session, narrowed(query, *wanted), each(action_out))
