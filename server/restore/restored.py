"""What `fieldproof restored` does after a backup was restored, before phones are let in; it may be run again at any time.

A new epoch, so that phones sync anew and send again what is missing; then what was also kept in the storage: revocations, the log
with its records and customers' answers, and photos that arrived since.
"""

from collections.abc import AsyncIterator, Iterator, Mapping

import msgspec

from server.database.engine import Sessions
from server.desk_feed.upkeep import begin_anew
from server.ground import clock
from server.media.storage import Storage
from server.records.log.log import head_of
from server.records.sealer import Sealer
from server.restore.kept import log_folder
from server.restore.logs import Log, bring_logs_back, find_followers
from server.restore.models import Restoration
from server.restore.photos import verify_promised
from server.restore.revocations import Standing, bring_standing_back
from server.restore.stored import keys_under
from server.sync.down.upkeep import begin_epoch


class Taken(msgspec.Struct):
    """What was taken in again from the storage."""

    standing: Standing
    logs: list[Log]
    photos: int


async def restored(sessions: Sessions, storage: Storage, sealer: Sealer) -> Taken:
    """Take in again what the storage has beyond the backup. Raises `Unavailable`; what was done until then stays."""
    async with sessions.begin() as session:
        await begin_epoch(session)
        await begin_anew(session)
        session.add(Restoration(restored_at=clock.now()))
    async with sessions.begin() as session:
        standing = await bring_standing_back(session, storage, sealer.keys)
    logs = await bring_logs_back(sessions, storage, sealer.keys)
    return Taken(standing, logs, await verify_promised(sessions, storage))


def in_words(taken: Taken) -> Iterator[str]:
    """What was taken in, a line each."""
    standing = taken.standing
    yield (
        f"Revocations: {standing.devices} phones revoked again, {standing.users} people stand again as they did"
        + (f"; {standing.unknown} are not in the backup" if standing.unknown else "")
    )
    for log in taken.logs:
        yield from _of_log(log)
    yield f"Photos: {taken.photos} that the backup only knew as promised are in the storage, and verified"
    yield from _refused(standing.refused)
    for log in taken.logs:
        yield from _refused(log.refused)


def _of_log(log: Log) -> Iterator[str]:
    if log.follows:
        yield f"Log: {log.name} begins, and names the last known checkpoint of {log.follows}. GIVE OUT THE NEW KEY FILE: fieldproof keys"
        return
    back = f"{log.records} records and {log.answers} answers are back"
    if log.whole:
        yield (
            f"Log: {log.name} goes on. The backup's {log.before} leaves are the beginning of the newest checkpoint's {log.known}, proven; {back}"
        )
    else:
        yield (
            f"Log: {log.name} CANNOT GO ON. The newest checkpoint is of {log.known} leaves, and beyond the first {log.after} some are "
            f"nowhere to be had; {back}"
        )
    if log.forked:
        yield f"Log: {log.name} WAS FORKED: the storage has signed checkpoints that contradict each other"


def _refused(found: Mapping[str, str]) -> Iterator[str]:
    for name, why in found.items():
        yield f"REFUSED {name}: {why}"


async def newer_than_the_database(sessions: Sessions, storage: Storage, sealer: Sealer) -> bool:
    """Whether the storage has a checkpoint beyond the database's log, or a log that follows it: then it is a backup.

    Sealing now would fork the log. The database is asked again in the end, since another process may be sealing.
    """
    async with sessions() as session:
        place = await head_of(session)
    sizes = [size async for size in _sizes(storage, place.name, place.size + 1)]
    followed = bool(await find_followers(storage, sealer.keys, place.name))
    async with sessions() as session:
        now = await head_of(session)
    return now.name == place.name and (followed or max(sizes, default=0) > now.size)


async def _sizes(storage: Storage, origin: str, least: int) -> AsyncIterator[int]:
    folder = f"{log_folder(origin)}checkpoints/"
    async for one in keys_under(storage, folder, f"{folder}{least:012d}"):
        name = one.key.rpartition("/")[2].partition("-")[0]
        if name.isdigit():
            yield int(name)
