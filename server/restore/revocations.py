"""Takes revoked phones and people's standing in again, where the storage has a newer state than the backup."""

from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground.clock import from_micros
from server.identity.models import Device, User
from server.identity.rules import Role
from server.media.storage import Storage
from server.records.keys import ServerKeys
from server.restore.kept import NotOurs
from server.restore.models import SafeCopy
from server.restore.stored import keys_under, read_kept


class Standing(msgspec.Struct):
    """How many phones are revoked again, how many people stand again as they did, how many of them the backup does not know."""

    devices: int = 0
    users: int = 0
    unknown: int = 0
    refused: dict[str, str] = {}


async def bring_standing_back(session: AsyncSession, storage: Storage, keys: ServerKeys) -> Standing:
    """Revoke again what was revoked, and let people stand as they did. What the backup has newer stays."""
    done = Standing()
    for kind, take in (("device", _device), ("user", _user)):
        async for one in keys_under(storage, f"safe/{kind}s/"):
            try:
                said = await read_kept(storage, keys, one.key)
                await take(session, said, done)
            except (NotOurs, LookupError, TypeError, ValueError) as error:
                done.refused[one.key] = str(error) or "It cannot be read."
    return done


async def _device(session: AsyncSession, said: dict[str, object], done: Standing) -> None:
    device = await session.get(Device, UUID(str(said["id"])), with_for_update=True)
    if device is None:
        done.unknown += 1  # a phone that is not known is let in nowhere
    elif device.revoked_at is None and isinstance(said["revoked_at"], int):
        device.revoked_at = from_micros(said["revoked_at"])
        by = await session.get(User, UUID(str(said["revoked_by"]))) if said["revoked_by"] else None
        device.revoked_by = by.id if by else None
        done.devices += 1


async def _user(session: AsyncSession, said: dict[str, object], done: Standing) -> None:
    user = await session.get(User, UUID(str(said["id"])), with_for_update=True)
    row = await session.get(SafeCopy, ("user", UUID(str(said["id"]))))
    changed, active, role = said["changed_at"], said["active"], Role(str(said["role"]))
    if not isinstance(changed, int) or not isinstance(active, bool):
        raise NotOurs("It says nothing about somebody's standing.")
    if user is None:
        done.unknown += 1
    elif (row is None or row.changed_at < from_micros(changed)) and (user.active, user.role) != (active, role):
        user.active, user.role = active, role
        done.users += 1
