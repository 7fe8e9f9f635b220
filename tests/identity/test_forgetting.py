"""Nothing of signing in grows for ever: a year of it in fast motion."""

from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import func, select

from mobile_contract.phone import Phone
from server.ground import clock
from server.identity import signin
from server.identity.models import AccessEnd, LoginSession, RefreshToken, SignInAttempts, UsedChallenge
from server.identity.upkeep import forget
from tests.company import PASSWORD, Company
from tests.identity.conftest import Time
from tests.identity.guessing import at, guess, sign_in

STEP = 5
"""Days that pass at once, so that the year takes seconds."""
TABLES = (RefreshToken, LoginSession, AccessEnd, UsedChallenge, SignInAttempts)


async def rows(app: Litestar) -> dict[str, int]:
    async with app.state.sessions() as session:
        return {
            table.__tablename__: int(await session.scalar(select(func.count()).select_from(table)) or 0)
            for table in TABLES
        }


async def one_day(company: Company, app: Litestar, wei: Phone, day: int, desk: dict[str, Any]) -> dict[str, Any]:
    """Mei signs in from an address of that day and logs out; her other session goes on; a phone, a guesser, a stranger."""
    client = at(app, f"192.0.2.{day % 250}")
    pair = (await sign_in(client)).json()
    await client.post("/v1/auth/logout", json={"refresh_token": pair["refresh_token"]})
    await guess(at(app, f"198.51.{day // 250}.{day % 250}"), 1)
    await guess(at(app, f"203.0.{day // 250}.{day % 250}"), 1, f"stranger{day}")
    await wei.sign_in()
    refreshed = await company.http.post("/v1/auth/refresh", json={"refresh_token": desk["refresh_token"]})
    assert refreshed.status_code == 200
    again: dict[str, Any] = refreshed.json()
    return again


async def test_a_year_of_signing_in_leaves_what_a_season_leaves(
    company: Company, app: Litestar, wei: Phone, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signin, "is_password", lambda kept, password: password == PASSWORD)  # argon2 takes 25 ms
    desk = (await sign_in(company.http)).json()
    after = {}
    for day in range(0, 366, STEP):
        time.passes(days=STEP)
        desk = await one_day(company, app, wei, day, desk)
        await forget(app.state.sessions)
        after[day] = await rows(app)
    assert after[365] == after[200], "it does not grow"
    days = 60 // STEP + 1, 30 // STEP + 1
    assert after[365] == {
        "login_session": 90 // STEP + 3, "refresh_token": days[0] + 2, "access_end": 1, "used_challenge": 1,
        "sign_in_attempts": days[1] * 2 + 1,
    }  # fmt: skip
    await wei.sync()
    refreshed = await company.http.post("/v1/auth/refresh", json={"refresh_token": desk["refresh_token"]})
    assert refreshed.status_code == 200, "what lives is not forgotten"


async def test_what_a_flood_left_is_removed_in_batches(
    company: Company, app: Litestar, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.identity.upkeep.BATCH", 10)
    moment = clock.now() - timedelta(days=2)
    async with app.state.sessions.begin() as session:
        session.add_all(
            SignInAttempts(
                login_sha256=number.to_bytes(32),
                lane="198.51.100.7",
                user_id=None,
                failures=1,
                refused=0,
                untold=1,
                first_at=moment,
                last_at=moment,
            )
            for number in range(35)
        )
    assert await forget(app.state.sessions) == 35
