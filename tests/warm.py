"""What each test's new connections would find out anew, found out once: how statements are compiled, and the database's types.

Together a fifth of what all tests take. Only tests change databases many times in a process.
"""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from server.database import engine


@contextmanager
def warm() -> Iterator[None]:
    """Keep both for as long as the block lasts."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    with _compiled_once(), _types_known():
        yield


@contextmanager
def _compiled_once() -> Iterator[None]:
    """Every engine has the dialect of the first, and its cache."""
    first: list[AsyncEngine] = []

    def make(*args: Any, **more: Any) -> AsyncEngine:
        made = create_async_engine(*args, **more)
        if not first:
            first.append(made)
        known = first[0].sync_engine
        made.sync_engine.dialect = made.sync_engine.pool._dialect = known.dialect
        made.sync_engine._compiled_cache = known._compiled_cache
        return made

    with patch.object(engine, "create_async_engine", make):
        yield


@contextmanager
def _types_known() -> Iterator[None]:
    """The types that a connection asks for are the same in every database of a cluster: none of ours has types of its own."""
    known: dict[frozenset[int], Any] = {}
    ask = asyncpg.Connection._introspect_types

    async def introspect(connection: asyncpg.Connection, typeoids: Sequence[int], seconds: float) -> tuple[Any, Any]:
        wanted = frozenset(typeoids)
        if wanted not in known:
            known[wanted], _ = await ask(connection, typeoids, seconds)
        return known[wanted], SimpleNamespace(name="known")

    with patch.object(asyncpg.Connection, "_introspect_types", introspect):
        yield
