"""Bare connections for the hot reads: each call is one statement that only reads, so nothing is left on a connection.

asyncpg's own pool gives a connection back in a task of its own, under a timeout: a twentieth of an exchange that finds
nothing. Here it lies on top of the pile again as soon as the rows are there.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg

from server.database.engine import ASYNCPG, SERVER_SETTINGS, async_url, is_lost


class Readers:
    """Up to `size` connections, made when they are needed; the one that was used last is used first: its plans are made."""

    def __init__(
        self, database_url: str, *, size: int = 10, connection_class: type[asyncpg.Connection] = asyncpg.Connection
    ) -> None:
        self._url = async_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection_class = connection_class
        self._places: asyncio.LifoQueue[asyncpg.Connection | None] = asyncio.LifoQueue()
        for _ in range(size):
            self._places.put_nowait(None)
        self.size = size

    @property
    def in_use(self) -> int:
        """Connections that a statement runs on."""
        return self.size - self._places.qsize()

    @property
    def waiting(self) -> int:
        """Who waits for one; the queue tells nobody."""
        return len(getattr(self._places, "_getters", ()))

    async def fetch(self, statement: str, *values: Any) -> Sequence[Any]:
        """The statement's rows. Waits while every connection is in use; asks once more when the connection is lost."""
        connection = await self._places.get()
        rows: Sequence[Any]
        try:
            if connection is not None and not connection.is_closed():
                try:
                    rows = await connection.fetch(statement, *values)
                    return rows
                except (OSError, *ASYNCPG) as error:
                    if not is_lost(error):
                        raise
                    connection.terminate()
            connection = await self._connect()
            rows = await connection.fetch(statement, *values)
            return rows
        except asyncio.CancelledError:
            # The answer may still be on its way: nobody else is to read it.
            if connection is not None:
                connection.terminate()
            raise
        finally:
            self._places.put_nowait(connection)

    async def close(self) -> None:
        """Wait for those in use, and close all."""
        for _ in range(self.size):
            if (connection := await self._places.get()) is not None:
                await connection.close()

    async def _connect(self) -> asyncpg.Connection:
        return await asyncpg.connect(
            self._url, server_settings=SERVER_SETTINGS, connection_class=self._connection_class
        )
