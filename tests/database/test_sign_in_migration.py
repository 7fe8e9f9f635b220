"""The migration of sign-in on a database where people and phones are signed in: who was, stays so."""

import hashlib
from datetime import timedelta
from uuid import UUID

import asyncpg
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from server.database.engine import make_engine, make_sessions
from server.ground import clock
from server.ground.problems import Unauthenticated
from server.identity.sessions import RefreshReused, by_refresh
from server.identity.tokens import Tokens
from server.process.schema import alembic_config, migrate
from tests.company import SECRET
from tests.database.migrating import PEOPLE

REVISION = "0014"
SOMEBODY = UUID("00000000-0000-7000-8000-000000000002")
TOKEN = """
insert into refresh_token (sha256, family, user_id, device_id, issued_at, expires_at, used_at, revoked_at)
values ($1, $2::uuid, $3, $4, $5, $6, $7, $8)
"""
DEVICE = """
insert into device (id, user_id, label, platform, public_key, attestation, enrolled_at, last_seq)
values ($1, $2, 'Pixel', 'android', '', 'none', now(), 0)
"""


async def before(url: str) -> None:
    engine = make_engine(url, pool_size=1)

    def run(connection: Connection) -> None:
        config = alembic_config(connection)
        script = ScriptDirectory.from_config(config).get_revision(REVISION)
        command.upgrade(config, str(script.down_revision))

    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


def family(number: int) -> UUID:
    return UUID(int=(7 << 76) | (2 << 62) | number)


async def test_who_is_signed_in_stays_so_and_used_tokens_are_known(empty: str) -> None:
    await before(empty)
    moment, phone = clock.now(), family(99)
    day = timedelta(days=1)
    connection = await asyncpg.connect(empty)
    await connection.execute(PEOPLE)
    await connection.execute(DEVICE, phone, SOMEBODY)
    for token, number, device, issued, used, revoked in (
        ("desk used", 1, None, 2, 1, None), ("desk", 1, None, 1, None, None),
        ("revoked", 2, None, 1, None, 0), ("ran out", 3, None, 61, None, None),
        ("phone before", 4, phone, 2, None, None), ("phone", 5, phone, 1, None, None),
        ("phone that is gone", 6, family(98), 1, None, None),
    ):  # fmt: skip
        at = moment - issued * day
        await connection.execute(
            TOKEN, hashlib.sha256(token.encode()).digest(), family(number), SOMEBODY, device, at, at + 60 * day,
            None if used is None else moment - used * day, None if revoked is None else moment,
        )  # fmt: skip
    await connection.close()
    await migrate(empty)
    engine = make_engine(empty, pool_size=1)
    sessions, tokens = make_sessions(engine), Tokens(SECRET)

    async def refresh(token: str) -> str:
        try:
            async with sessions.begin() as session:
                outcome = await by_refresh(session, tokens, token)
        except Unauthenticated:
            return "refused"
        return "reused" if isinstance(outcome, RefreshReused) else str(tokens.actor(outcome.access_token).session_id)

    assert await refresh("desk") == str(family(1))
    assert await refresh("phone") == str(family(5))
    for token in ("revoked", "ran out", "phone before", "phone that is gone", "nobody's"):
        assert await refresh(token) == "refused", token
    assert await refresh("phone") == str(family(5)), "within ten seconds"
    assert await refresh("desk used") == "refused", "forgotten when its session was refreshed"
    await engine.dispose()


async def test_a_token_that_was_used_before_the_migration_ends_its_session(empty: str) -> None:
    await before(empty)
    moment = clock.now()
    connection = await asyncpg.connect(empty)
    await connection.execute(PEOPLE)
    for token, used in (("used", moment - timedelta(hours=1)), ("newest", None)):
        key = hashlib.sha256(token.encode()).digest()
        await connection.execute(TOKEN, key, family(1), SOMEBODY, None, moment, moment + timedelta(days=60), used, None)
    await connection.close()
    await migrate(empty)
    engine = make_engine(empty, pool_size=1)
    async with make_sessions(engine).begin() as session:
        assert isinstance(await by_refresh(session, Tokens(SECRET), "used"), RefreshReused)
    await engine.dispose()
