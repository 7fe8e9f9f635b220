"""Whether the database can be had at all, asked before a command begins: when it cannot, one line says why and what to do."""

import asyncio

import asyncpg
from sqlalchemy.exc import DBAPIError

from server.database.engine import ASYNCPG, async_url
from server.database.refusals import cause_of
from server.ground.processes import ServiceFailed

SECONDS = 10.0
"""How long an address may swallow packets."""


async def reach(database_url: str) -> None:
    """Connect once and ask something. Raises `ServiceFailed` with one line that names the place, and no password."""
    plain = async_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        async with asyncio.timeout(SECONDS):
            connection = await asyncpg.connect(plain, timeout=SECONDS)
            try:
                await connection.fetchval("select 1")
            finally:
                await connection.close(timeout=1)
    except (TimeoutError, OSError, ValueError, *ASYNCPG) as error:
        raise unreached(database_url, error) from error


def unreached(database_url: str, error: BaseException) -> ServiceFailed:
    """The one line about a database that answers `error` where it should serve."""
    cause = cause_of(error) if isinstance(error, DBAPIError) else error
    address = async_url(database_url)
    place = f"{address.host}:{address.port or 5432}/{address.database}"
    why = " ".join(str(cause).split()) or ("no answer" if isinstance(cause, TimeoutError) else type(cause).__name__)
    return ServiceFailed(f"The database {place} cannot be used: {why}. Start it, or correct DATABASE_URL.")
