"""A phone is revoked: from then on nothing goes down to it, and what it signed before still counts."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.actions.log_action import Of, log_action
from server.actions.rules import Thing, Verb
from server.database.events import COPY_DUE, emit
from server.ground import clock
from server.ground.problems import Forbidden, NotFound
from server.identity.models import Device, User
from server.identity.rules import ADMINS, DESK, SessionEnd
from server.identity.sessions import ALONE, end_sessions
from server.identity.tokens import Actor


async def revoke_device(session: AsyncSession, device_id: UUID, actor: Actor) -> Device:
    """Revoke a phone; an administrator any, a technician their own. Its outbox still comes in: what was signed after is parked.

    Raises `NotFound` for another technician's phone, `Forbidden` at a desk.
    """
    known = await session.get(Device, device_id)
    if known is None or (actor.role not in DESK and known.user_id != actor.user_id):
        raise NotFound("No device of yours has this id.")
    if actor.role in DESK - ADMINS:
        raise Forbidden("Only an admin or the phone's own technician revokes it.")
    # The user first, so that no session begins meanwhile. The device against an exchange under way, so that each
    # operation comes wholly before or wholly after.
    user = await session.get_one(User, known.user_id, with_for_update=ALONE)
    device = await session.get_one(Device, device_id, with_for_update=True, populate_existing=True)
    if device.revoked_at is None:
        await end_sessions(session, SessionEnd.DEVICE_REVOKED, device_id=device.id)
        device.revoked_at, device.revoked_by = clock.now(), actor.user_id
        await emit(session, (COPY_DUE, device.id))
        of, after = Of(Thing.DEVICE, device.id, user.office_id), {"revoked_at": device.revoked_at, "user_id": user.id}
        log_action(session, actor.user_id, Verb.REVOKE_DEVICE, of, after=after)
    return device
