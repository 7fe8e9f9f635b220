"""The whole schema in one place: imports every table, and brings a database to it by the Alembic migrations."""

from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries
from sqlalchemy import Connection

from server.database.engine import make_engine

MIGRATIONS = Path(__file__).parent / "database" / "migrations"
LOCK = 720480
"""An advisory lock, so that processes that start together migrate once."""


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings for a connection that is open already."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


async def migrate(database_url: str) -> None:
    """Bring the database to the newest schema; does nothing when it is there."""
    engine = make_engine(database_url, pool_size=1)

    def run(connection: Connection) -> None:
        connection.exec_driver_sql(f"select pg_advisory_xact_lock({LOCK})")
        command.upgrade(alembic_config(connection), "head")

    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()
    await _migrate_queue(database_url)


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
