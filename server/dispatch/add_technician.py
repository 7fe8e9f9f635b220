"""A user becomes a technician who can be sent."""

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of, log_action
from server.actions.rules import Thing, Verb
from server.dispatch.models import Technician
from server.dispatch.schemas import TechnicianIn
from server.ground.problems import Invalid
from server.ground.texts import distinct
from server.identity.models import User
from server.identity.offices import must_change
from server.identity.rules import Role
from server.identity.tokens import Actor

WEEKDAYS = frozenset({"mon", "tue", "wed", "thu", "fri", "sat", "sun"})


async def add_technician(session: AsyncSession, data: TechnicianIn, actor: Actor) -> tuple[Technician, User]:
    """Make a user a technician; from then on there is a feed for their phones. Raises `Invalid` for another role."""
    user = await session.get(User, data.user_id)
    if user is None or user.role != Role.TECHNICIAN:
        raise Invalid("Only a user with the role technician can be one. Check the user id.")
    must_change(actor, user.office_id)
    if unknown := set(data.working_hours) - WEEKDAYS:
        raise Invalid(f"working_hours has the weekdays mon to sun, not {', '.join(sorted(unknown))}.")
    row = Technician(
        id=user.id, skills={"names": distinct(data.skills)}, home_latitude=data.home_latitude,
        home_longitude=data.home_longitude, working_hours=dict(data.working_hours), phone=data.phone,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    fields = {name: value for name, value in msgspec.structs.asdict(data).items() if name != "user_id"}
    of = Of(Thing.USER, user.id, user.office_id)
    log_action(session, actor.user_id, Verb.ADD_TECHNICIAN, of, after=fields)
    return row, user
