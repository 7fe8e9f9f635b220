"""Connections that the database has closed are not handed out; many rows go in by one statement."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from server.database.engine import Sessions, make_engine, make_sessions
from server.database.rows import add_rows, among, change_rows
from server.ground import clock
from server.ground.ids import uuid7
from server.identity.models import Office, User


@pytest.fixture
async def sessions(database_url: str) -> AsyncIterator[Sessions]:
    engine = make_engine(database_url, pool_size=3)
    yield make_sessions(engine)
    await engine.dispose()


async def test_after_a_restart_of_the_database_the_next_request_has_a_new_connection(
    database_url: str, sessions: Sessions
) -> None:
    before = await _backends(sessions)
    admin = await asyncpg.connect(database_url)
    for pid in before:
        await admin.execute("select pg_terminate_backend($1, 5000)", pid)
    await admin.close()
    await asyncio.sleep(0.05)
    assert not await _backends(sessions) & before


async def _backends(sessions: Sessions) -> set[int]:
    """Two connections of the pool at once."""
    async with sessions() as one, sessions() as other:
        return {await session.scalar(text("select pg_backend_pid()")) for session in (one, other)}


async def test_rows_get_their_columns_defaults_and_nothing_is_not_a_json_null(sessions: Sessions) -> None:
    began = clock.now()
    async with sessions.begin() as session:
        await add_rows(session, Office, [{"name": "A", "time_zone": "UTC", "arrival_thresholds": None},
                                         {"name": "B", "time_zone": "UTC", "arrival_thresholds": {"inside": 90}}])  # fmt: skip
        offices = (await session.scalars(select(Office).where(Office.name != "").order_by(Office.name))).all()
        user = {
            "login": "mei",
            "name": "Mei",
            "role": "dispatcher",
            "office_id": offices[0].id,
            "password_hash": "",
            "login_key": None,
        }
        await add_rows(session, User, [user, {**user, "login": "wei", "active": False}])
        users = (await session.scalars(select(User).order_by(User.login))).all()
        unset = await session.scalar(text("select count(*) from office where arrival_thresholds is null"))
    assert [office.arrival_thresholds for office in offices] == [None, {"inside": 90}]
    assert unset == 1
    assert [(user.locale, user.active) for user in users] == [("en", True), ("en", False)]
    assert all(user.created_at >= began and isinstance(user.id, UUID) for user in users)
    assert users[0].id != users[1].id


async def test_rows_are_changed_by_their_ids_and_others_stay(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await add_rows(session, Office, [{"name": name, "time_zone": "UTC"} for name in "ABC"])
        offices = (await session.scalars(select(Office).order_by(Office.name))).all()
        new = [{"id": offices[0].id, "time_zone": "Asia/Shanghai", "arrival_thresholds": {"inside": 90}},
               {"id": offices[2].id, "time_zone": "Europe/Berlin", "arrival_thresholds": None}]  # fmt: skip
        await change_rows(session, Office, new)
    async with sessions() as session:
        rows = (await session.scalars(select(Office).order_by(Office.name))).all()
        assert [(row.name, row.time_zone, row.arrival_thresholds) for row in rows] == [
            ("A", "Asia/Shanghai", {"inside": 90}), ("B", "UTC", None), ("C", "Europe/Berlin", None)
        ]  # fmt: skip


async def test_a_row_that_is_not_there_cannot_be_changed(sessions: Sessions) -> None:
    async with sessions() as session:
        with pytest.raises(LookupError, match="1 of 1 rows of office"):
            await change_rows(session, Office, [{"id": uuid7(), "time_zone": "UTC"}])


async def test_where_one_row_is_refused_none_is_written(sessions: Sessions) -> None:
    with pytest.raises(IntegrityError):
        async with sessions.begin() as session:
            await add_rows(session, Office, [{"name": "A", "time_zone": "UTC"}, {"name": "A", "time_zone": "UTC"}])
    async with sessions() as session:
        assert (await session.scalars(select(Office))).all() == []


async def test_among_no_values_is_nothing_and_among_some_is_each_of_them(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await add_rows(session, Office, [{"name": name, "time_zone": "UTC"} for name in "ABC"])
        query = select(Office.name).where(among(Office.name, "names")).order_by(Office.name)
        assert (await session.scalars(query, {"names": []})).all() == []
        assert (await session.scalars(query, {"names": ["C", "A", "Z"]})).all() == ["A", "C"]
