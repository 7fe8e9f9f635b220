"""A database that no migration has seen yet."""

import os
from collections.abc import AsyncIterator

import asyncpg
import pytest


@pytest.fixture
async def empty(cluster: str) -> AsyncIterator[str]:
    name = f"empty_{os.urandom(6).hex()}"
    connection = await asyncpg.connect(cluster)
    await connection.execute(f"create database {name}")
    yield cluster.rsplit("/", 1)[0] + "/" + name
    await connection.execute(f"drop database {name} with (force)")
    await connection.close()
