"""Connections to PostgreSQL: the async engine with one transaction per request."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec
from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

Sessions = async_sessionmaker[AsyncSession]
ASYNCPG = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""All that asyncpg raises by itself, where no SQLAlchemy lies between."""
MET = ("40001", "40P01", "55P03")
"""SQLSTATEs that say that two transactions met."""
SERVER_SETTINGS = {"timezone": "UTC", "application_name": "fieldproof"}


def async_url(database_url: str) -> URL:
    """The same address, spoken by asyncpg."""
    return make_url(database_url).set(drivername="postgresql+asyncpg")


def to_json(value: Any) -> str:
    """The text of a JSON column."""
    return msgspec.json.encode(value).decode()


def make_engine(
    database_url: str, *, pool_size: int = 10, connection_class: type[asyncpg.Connection] = asyncpg.Connection
) -> AsyncEngine:
    """An engine whose JSON goes through msgspec and whose sessions speak UTC."""
    engine = create_async_engine(
        async_url(database_url),
        pool_size=pool_size,
        max_overflow=pool_size,
        # The connection that was used last has its plans: planning what a commit does to the feeds takes 30 ms.
        pool_use_lifo=True,
        json_serializer=to_json,
        json_deserializer=msgspec.json.decode,
        # An error's text goes to the log, and the values are people's.
        hide_parameters=True,
        connect_args={"server_settings": SERVER_SETTINGS, "connection_class": connection_class},
    )
    event.listen(engine.sync_engine, "checkout", _must_be_open)
    return engine


def _must_be_open(connection: Any, _record: Any, _proxy: Any) -> None:
    """After a restart of the database every connection is made anew.

    The event loop has seen by then that it was closed; in the very moment of the end a request still gets a 503.
    SQLAlchemy's own way, a ping, is three messages for each request.
    """
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError


def is_lost(error: Exception) -> bool:
    """Whether an error of asyncpg says that the connection or the server is gone, and not that a statement is wrong.

    Classes 08, 53 and 57 of PostgreSQL's error codes; or the socket's own end. Between the server's good-bye and the end
    of the socket asyncpg has no word for it: it is `InternalClientError` then.
    """
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "").startswith(("08", "53", "57"))
    if isinstance(error, asyncpg.InterfaceError):
        return "closed" in str(error)  # a wrong argument is an InterfaceError too
    return isinstance(error, OSError | asyncpg.InternalClientError)


def is_outage(error: DBAPIError) -> bool:
    """Whether a statement failed because the database was away, or because two transactions met: later it may succeed."""
    cause = error.orig.__cause__ if error.orig else None
    if (
        isinstance(error, OperationalError)
        or error.connection_invalidated
        or (isinstance(cause, Exception) and is_lost(cause))
    ):
        return True
    return getattr(cause, "sqlstate", None) in MET


def make_sessions(engine: AsyncEngine, **carried: Any) -> Sessions:
    """Sessions that keep loaded values after commit, because the answer is built from them.

    `carried` is what every session has at hand in `session.info`, such as the vault of signatures.
    """
    return async_sessionmaker(engine, expire_on_commit=False, info=carried)


@asynccontextmanager
async def snapshot(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """A read-only transaction that sees one state of the database from its first statement to its last."""
    async with sessions() as session:
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
        yield session
        await session.rollback()


async def raw_connection(session: AsyncSession) -> Any:
    """The asyncpg connection under a session, inside the session's own transaction."""
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    return raw.driver_connection
