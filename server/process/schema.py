"""The whole schema in one place: imports every table, and brings a database to it by the Alembic migrations."""

from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from server.database.engine import is_lost, is_outage, make_engine
from server.database.reach import reach, unreached
from server.database.refusals import cause_of
from server.records.vault import Vault

MIGRATIONS = Path(__file__).parents[1] / "database" / "migrations"
LOCK = 720480
"""An advisory lock, so that processes that start together migrate once."""


def alembic_config(connection: Connection, vault: Vault | None = None) -> Config:
    """Alembic's settings for a connection that is open already."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes |= {"connection": connection, "vault": vault, "rewrite": []}
    return config


async def migrate(database_url: str, vault: Vault | None = None, *, to: str = "head") -> None:
    """Bring the database to the newest schema; does nothing when it is there.

    `vault` encrypts what an older version stored in clear. A database that has such rows refuses to go on without it.
    Raises `ServiceFailed` with one line when the database is away, lets us not in or not do it, or is newer than we are.
    """
    await reach(database_url)
    try:
        await _migrate(database_url, vault, to)
    except CommandError as error:  # it has a migration that we lack
        raise unreached(database_url, error) from error
    except DBAPIError as error:
        if is_outage(error) or isinstance(cause_of(error), asyncpg.InsufficientPrivilegeError):
            raise unreached(database_url, error) from error
        raise
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError) as error:
        if is_lost(error):
            raise unreached(database_url, error) from error
        raise


async def _migrate(database_url: str, vault: Vault | None, to: str) -> None:
    engine = make_engine(database_url, pool_size=1)

    def run(connection: Connection) -> list[str]:
        connection.exec_driver_sql(f"select pg_advisory_xact_lock({LOCK})")
        config = alembic_config(connection, vault)
        command.upgrade(config, to)
        rewrite: list[str] = config.attributes["rewrite"]
        return rewrite

    try:
        async with engine.begin() as connection:
            rewrite = await connection.run_sync(run)
    finally:
        await engine.dispose()
    await _rewrite(database_url, rewrite)
    await _migrate_queue(database_url)


async def _rewrite(database_url: str, tables: list[str]) -> None:
    """Write tables anew, so that what a migration took out of them does not stay in the files as dead rows."""
    connection = await asyncpg.connect(database_url)
    try:
        for table in tables:
            await connection.execute(f'vacuum full "{table}"')
    finally:
        await connection.close()


async def _migrate_queue(database_url: str) -> None:
    """The queue library keeps its own tables."""
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction():
            await connection.execute(f"select pg_advisory_xact_lock({LOCK})")
            queries = Queries(AsyncpgDriver(connection))
            if not await queries.has_table("pgqueuer"):
                await queries.install()
    finally:
        await connection.close()
