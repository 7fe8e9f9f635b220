"""The whole schema in one place: imports every table, and brings a database to it by the Alembic migrations."""

from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.util import CommandError
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from server.actions import models as actions
from server.arrival import models as arrival
from server.clocks import models as clocks
from server.customer_pages import models as customer_pages
from server.customers import models as customers
from server.database.engine import is_lost, is_outage, make_engine
from server.database.reach import reach, unreached
from server.database.refusals import cause_of
from server.desk_feed import models as desk_feed
from server.dispatch import models as dispatch
from server.faults import models as faults
from server.field import models as field
from server.field_requests import models as field_requests
from server.followup import models as followup
from server.ground.processes import ServiceFailed
from server.identity import models as identity
from server.jobs import models as jobs
from server.media import models as media
from server.notifications import models as notifications
from server.reasons import models as reasons
from server.records import models as records
from server.requests import models as requests
from server.restore import models as restore
from server.sync import models as sync
from server.visit_links import models as visit_links

MODELS = (
    actions, arrival, clocks, customer_pages, customers, desk_feed, dispatch, faults, field, field_requests, followup, identity, jobs, media, notifications, reasons, records, requests, restore, sync, visit_links,
)  # fmt: skip
"""Every room's tables: what is not imported here, a migration that Alembic writes would drop."""
MIGRATIONS = Path(__file__).parents[1] / "database" / "migrations"
FOLDED = frozenset({"0001", "0002", "0003", "0006", "0007", "0008", "0009"})
"""Revisions that databases had before the baseline, which made them one step."""
LOCK = 720480
"""An advisory lock, so that processes that start together migrate once."""


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings for a connection that is open already."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


async def migrate(database_url: str, *, to: str = "head") -> None:
    """Bring the database to the newest schema; does nothing when it is there.

    Raises `ServiceFailed` with one line when the database is away, lets us not in or not do it, or is newer or much older than we are.
    """
    await reach(database_url)
    try:
        await _migrate(database_url, to)
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


async def _migrate(database_url: str, to: str) -> None:
    engine = make_engine(database_url, pool_size=1)

    def run(connection: Connection) -> None:
        connection.exec_driver_sql(f"select pg_advisory_xact_lock({LOCK})")
        if (revision := MigrationContext.configure(connection).get_current_revision()) in FOLDED:
            raise ServiceFailed(
                f"The database was last used by a release from before the baseline (its revision is {revision}, the oldest that is "
                "taken over is 0010). Run `fieldproof migrate` of a release in between first; CHANGELOG.md names it."
            )
        command.upgrade(alembic_config(connection), to)

    try:
        async with engine.begin() as connection:
            await connection.run_sync(run)
    finally:
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
