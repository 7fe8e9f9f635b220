"""Photos of a restored backup: what it only knows as promised is looked for in the storage, and verified like any other."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions
from server.ground import clock
from server.media.complete import look_again
from server.media.models import Photo
from server.media.storage import Storage
from server.restore.models import Restoration

WATCHED = timedelta(days=7)
"""For how long after a restore phones may send again promises of photos whose bytes are here."""
AT_ONCE = 200


async def verify_promised(sessions: Sessions, storage: Storage) -> int:
    """Look for every photo that is not verified. Returns how many are now. Raises `Unavailable`."""
    query = select(Photo.id).where(Photo.state.in_(("promised", "quarantined"))).order_by(Photo.id)
    async with sessions() as session:
        waiting = (await session.scalars(query)).all()
    return await _look(sessions, storage, waiting)


async def verify_promised_again(sessions: Sessions, storage: Storage) -> int:
    """The same for what phones have promised since a restore of the last days: they believe that it has arrived."""
    async with sessions() as session:
        since = await restored_since(session, clock.now() - WATCHED)
        if since is None:
            return 0
        query = select(Photo.id).where(Photo.state == "promised", Photo.promised_at >= since)
        waiting = (await session.scalars(query.order_by(Photo.promised_at.desc()).limit(AT_ONCE))).all()
    return await _look(sessions, storage, waiting)


async def restored_since(session: AsyncSession, moment: datetime) -> datetime | None:
    """When a backup was restored, the last time since a moment."""
    query = select(Restoration.restored_at).where(Restoration.restored_at >= moment)
    found: datetime | None = await session.scalar(query.order_by(Restoration.restored_at.desc()).limit(1))
    return found


async def _look(sessions: Sessions, storage: Storage, photos: Sequence[UUID]) -> int:
    for photo_id in photos:
        await look_again(sessions, storage, photo_id)
    async with sessions() as session:
        done = await session.scalars(select(Photo.id).where(Photo.id.in_(photos), Photo.state == "verified"))
        return len(done.all())
