"""Whose office a thing is decides who at a desk may see and change it: the policy, once.

Each office's desk changes what is its own; administrators change everything. Reading is the whole company's, because desks stand in for
each other at night and customers call the wrong one; `FIELDPROOF_DESKS_SEE=office` narrows it to one's own.
Technicians are no desk: what they see is what they are or were sent to.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground.problems import Forbidden, NotFound
from server.identity.models import Device, Office, User
from server.identity.rules import DESK, Role
from server.identity.tokens import Actor

OfficeOf = Callable[[AsyncSession, UUID], Awaitable[UUID | None]]
"""The office that a thing belongs to, by the thing's id; None when there is no such thing."""


def must_change(actor: Actor, office_id: UUID) -> None:
    """Raise `Forbidden` unless the desk's actor may change what is this office's."""
    if actor.role in DESK - {Role.ADMIN} and actor.office_id != office_id:
        raise Forbidden("This is another office's. Ask its desk, or an administrator.")


def must_see(actor: Actor, office_id: UUID) -> None:
    """Raise `NotFound` unless the desk's actor may see what is this office's."""
    if sees_only(actor) not in (None, office_id):
        raise NotFound("There is no such thing of your office.")


def sees_only(actor: Actor) -> UUID | None:
    """The one office whose things a desk's actor sees; None: every office's."""
    return actor.office_id if actor.narrow and actor.role in DESK - {Role.ADMIN} else None


def seen_office(actor: Actor, asked: UUID | None) -> UUID | None:
    """Which office a list is about: the one that was asked for, narrowed to what the actor sees; None: every office."""
    only = sees_only(actor)
    if only is not None and asked not in (None, only):
        raise Forbidden("You see your own office only. Leave office_id out.")
    return asked or only


async def itself(session: AsyncSession, office_id: UUID) -> UUID | None:
    """The office of an office."""
    return await session.scalar(select(Office.id).where(Office.id == office_id))


async def office_of_user(session: AsyncSession, user_id: UUID) -> UUID | None:
    """Where a user works."""
    return await session.scalar(select(User.office_id).where(User.id == user_id))


async def office_of_device(session: AsyncSession, device_id: UUID) -> UUID | None:
    """Where the technician of a phone works."""
    return await session.scalar(
        select(User.office_id).join(Device, Device.user_id == User.id).where(Device.id == device_id)
    )
