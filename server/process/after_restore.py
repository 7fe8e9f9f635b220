"""What the command line does about restored backups: takes in what the storage has, and refuses to serve a database that is older."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg

from server.database.engine import Sessions, make_engine, make_sessions
from server.ground.problems import Unavailable
from server.ground.processes import ServiceFailed
from server.process.runtime import make_sealer, make_storage, server_keys, vault
from server.process.schema import migrate
from server.process.services import Services, running_services
from server.process.settings import Settings
from server.records.keys import public_keys
from server.records.log.log import ORIGIN, origins
from server.restore.restored import in_words, newer_than_the_database, restored

Say = Callable[[str], None]
LOOK_SECONDS = 10.0
"""How long a start waits for the storage to say whether its log is newer."""


@asynccontextmanager
async def _sessions(settings: Settings, database_url: str) -> AsyncIterator[Sessions]:
    engine = make_engine(database_url, pool_size=2)
    try:
        yield make_sessions(engine, vault=vault(settings))
    finally:
        await engine.dispose()


async def take_in(settings: Settings, services: Services, say: Say) -> int:
    """Take in again what the storage has beyond the backup. Returns the exit code."""
    await migrate(services.database_url)
    storage = make_storage(settings, services)
    async with _sessions(settings, services.database_url) as sessions:
        try:
            await storage.prepare()
            taken = await restored(sessions, storage, make_sealer(settings))
        except Unavailable as error:
            say(f"Not done yet: {error.detail} Run fieldproof restored again, and let no phone in before.")
            return 1
    say("A new epoch began: phones will sync from the start; their outboxes stay.")
    for line in in_words(taken):
        say(line)
    return 0


async def must_not_be_older(settings: Settings, services: Services, say: Say) -> None:
    """Raises `ServiceFailed` where the storage has a newer log than the database: sealing would fork it."""
    storage = make_storage(settings, services)
    async with _sessions(settings, services.database_url) as sessions:
        try:
            async with asyncio.timeout(LOOK_SECONDS):  # a storage that hangs is no reason not to serve
                await storage.prepare()
                older = await newer_than_the_database(sessions, storage, make_sealer(settings))
        except (Unavailable, TimeoutError):
            say("Storage: it does not answer, so nobody could look whether the database is an older backup.")
            return
    if older:
        raise ServiceFailed(
            "The storage has a newer log than this database, which was restored from a backup: run fieldproof restored first."
        )


def key_file(settings: Settings, say: Say) -> str:
    """The public keys of this server, with the names of all its logs. Raises `ServiceFailed`."""
    if settings.database_url is None and not (settings.data / "postgres" / "data").exists():
        return public_keys(server_keys(settings), ORIGIN)  # nothing was sealed here yet
    with running_services(settings, say) as services:
        names = asyncio.run(_origins(settings, services))
    return public_keys(server_keys(settings), *names)


async def _origins(settings: Settings, services: Services) -> list[str]:
    try:
        await migrate(services.database_url)
        async with _sessions(settings, services.database_url) as sessions, sessions() as session:
            return list(await origins(session))
    except (OSError, asyncpg.PostgresError) as error:
        raise ServiceFailed("Database: it does not answer, and the names of the logs are in it.") from error
