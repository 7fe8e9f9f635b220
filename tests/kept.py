"""Databases that many tests use one after the other: after each its rows are put back, which costs a tenth of a new database.

What is kept, too, are the connections, because PostgreSQL plans what a commit does to the feeds anew in each. A test that changed
more than rows (a table, a trigger, a setting) is followed by a new database.
"""

import asyncio
import os
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any
from unittest.mock import patch

import asyncpg

from server.database.role import ROLE

PREFIX = "kept_"
USES = 150
"""Tests to one database: what they delete stays on its pages until something tidies them."""
PATIENCE = "3s"
"""For a lock that a test left held; then there is a new database."""

# Whether anything changed that is no row: the newest change of each catalogue that says what there is, and how many there are.
SHAPE = """
select array[
  (select (max(xmin::text::bigint), count(*))::text from pg_class where relnamespace = 'public'::regnamespace),
  (select (max(xmin::text::bigint), count(*))::text from pg_proc where pronamespace = 'public'::regnamespace),
  (select (max(xmin::text::bigint), count(*))::text from pg_trigger),
  (select (max(xmin::text::bigint), count(*))::text from pg_constraint),
  (select (max(xmin::text::bigint), count(*))::text from pg_attrdef),
  (select (max(xmin::text::bigint), count(*))::text from pg_namespace where nspname !~ '^pg_'),
  (select (max(xmin::text::bigint), count(*))::text from pg_db_role_setting),
  (select (max(xmin::text::bigint), count(*))::text from pg_database where datname = current_database())
]
"""
TABLES = """
select format('%I', c.relname) as name,
       (select string_agg(format('%I', a.attname), ', ' order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by c.relname
"""
SEQUENCES = "select format('%I', relname) from pg_class where relnamespace = 'public'::regnamespace and relkind = 'S'"


class Kept:
    """One database, made of a template, and the connection that puts it back."""

    def __init__(self, cluster: str, name: str) -> None:
        self.cluster, self.name, self.uses = cluster, name, 0
        self._admin: asyncpg.Connection
        self._shape: Any

    @classmethod
    async def make(cls, cluster: str, template: str) -> "Kept":
        """Clone the template."""
        kept = cls(cluster, f"{PREFIX}{os.urandom(6).hex()}")
        await ask(cluster, f"create database {kept.name} template {template} owner {ROLE}")
        kept._admin = await asyncpg.connect(f"{cluster.rpartition('/')[0]}/{kept.name}")
        lines = ["set local session_replication_role = replica;", f"set local lock_timeout = '{PATIENCE}';"]
        tables = await kept._admin.fetch(TABLES)
        for number, (table, columns) in enumerate(tables):
            lines.append(f"delete from public.{table};")
            if await kept._admin.fetchval(f"select exists (select from public.{table})"):
                await kept._admin.execute(f"create temp table before_{number} as select {columns} from public.{table}")
                lines.append(
                    f"insert into public.{table} ({columns}) overriding system value select * from before_{number};"
                )
        for (sequence,) in await kept._admin.fetch(SEQUENCES):
            last, called = await kept._admin.fetchrow(f"select last_value, is_called from public.{sequence}")
            lines.append(f"perform setval('public.{sequence}', {last}, {called});")
        body = "\n".join(lines)
        await kept._admin.execute(
            f"create procedure pg_temp.put_back() language plpgsql as $put_back$ begin {body} end $put_back$"
        )
        kept._shape = await kept._admin.fetchval(SHAPE)
        return kept

    async def put_back(self) -> bool:
        """Put the rows back. False when it is not what it was, or somebody still holds something of it."""
        self.uses += 1
        with suppress(asyncpg.PostgresError, OSError, asyncpg.InterfaceError):
            await self._admin.execute("call pg_temp.put_back()")
            return self.uses < USES and bool(await self._admin.fetchval(SHAPE) == self._shape)
        return False

    async def drop(self) -> None:
        """With whoever is still connected."""
        self._admin.terminate()
        await ask(self.cluster, f"drop database {self.name} with (force)")


async def ask(cluster: str, statement: str) -> None:
    """One statement, by the superuser."""
    connection = await asyncpg.connect(cluster)
    await connection.execute(statement)
    await connection.close()


class Shelf:
    """The databases of a worker, by template, and the connections to them that nobody uses."""

    def __init__(self, cluster: str) -> None:
        self.cluster = cluster
        self._kept: dict[str, Kept] = {}
        self._idle: dict[Any, list[asyncpg.Connection]] = defaultdict(list)
        self._likes: dict[int, Any] = {}

    @asynccontextmanager
    async def database(self, template: str) -> AsyncIterator[str]:
        """The name of one as the template was; whatever is done to it lasts until the end of the block."""
        one = self._kept.pop(template, None) or await Kept.make(self.cluster, template)
        try:
            yield one.name
        finally:
            if template not in self._kept and await one.put_back():
                self._kept[template] = one
            else:
                await one.drop()

    @contextmanager
    def connections(self) -> Iterator[None]:
        """A connection to one of them that is closed in order is there for the next who wants one like it, in the same loop."""
        connect, close, loop = asyncpg.connect, asyncpg.Connection.close, asyncio.get_running_loop()

        async def connected(url: Any = None, **more: Any) -> asyncpg.Connection:
            name = more.get("database") or str(url).rpartition("/")[2]
            if not name.startswith(PREFIX) or asyncio.get_running_loop() is not loop:
                return await connect(url, **more)
            like = (url, repr(sorted(more.items())))
            while self._idle[like]:
                connection = self._idle[like].pop()
                if not connection.is_closed():
                    return connection
            connection = await connect(url, **more)
            self._likes[id(connection)] = like
            connection.add_termination_listener(lambda gone: self._likes.pop(id(gone), None))
            return connection

        async def closed(connection: asyncpg.Connection, **more: Any) -> None:
            like = self._likes.get(id(connection))
            if like is None or connection.is_closed() or connection.is_in_transaction() or len(self._idle[like]) > 8:
                await close(connection, **more)
                return
            await connection.reset()
            self._idle[like].append(connection)

        with patch.object(asyncpg, "connect", connected), patch.object(asyncpg.Connection, "close", closed):
            yield

    async def clear(self) -> None:
        """At the end."""
        for connection in [one for some in self._idle.values() for one in some]:
            connection.terminate()
        for one in self._kept.values():
            await one.drop()
        await asyncio.sleep(0)  # for the ends of what was terminated
