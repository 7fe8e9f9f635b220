"""Sessions: refresh tokens that are good once, two tabs at the same moment, and what ends access."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import func, select

from mobile_contract.phone import Phone
from server.identity import signin
from server.identity.models import AccessEnd, LoginSession, RefreshToken
from server.identity.tokens import Tokens
from tests.company import PASSWORD, Company
from tests.identity.conftest import Time


async def sign_in(company: Company, login: str = "mei") -> dict[str, Any]:
    answer = await company.http.post("/v1/auth/login", json={"login": login, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    pair: dict[str, Any] = answer.json()
    return pair


async def refresh(company: Company, pair: dict[str, Any]) -> httpx.Response:
    return await company.http.post("/v1/auth/refresh", json={"refresh_token": pair["refresh_token"]})


def session_id(app: Litestar, pair: dict[str, Any]) -> UUID:
    tokens: Tokens = app.state.tokens
    found = tokens.actor(pair["access_token"]).session_id
    assert found
    return found


async def ended(app: Litestar) -> set[UUID | None]:
    async with app.state.sessions() as session:
        return set(await session.scalars(select(AccessEnd.session_id)))


async def test_two_tabs_that_refresh_at_the_same_moment_both_go_on(company: Company, time: Time) -> None:
    first = await sign_in(company)
    time.passes(minutes=15)
    one, other = await asyncio.gather(refresh(company, first), refresh(company, first))
    assert (one.status_code, other.status_code) == (200, 200)
    time.passes(seconds=9.9)
    assert (await refresh(company, first)).status_code == 200
    time.passes(minutes=15)
    for tab in (one, other):
        assert (await refresh(company, tab.json())).status_code == 200, "each goes on by itself"


async def test_a_token_that_comes_again_later_ends_its_session_and_its_access(
    company: Company, app: Litestar, time: Time
) -> None:
    first = await sign_in(company)
    second = (await refresh(company, first)).json()
    other = await sign_in(company)
    time.passes(seconds=10.1)
    again = await refresh(company, first)
    assert (again.status_code, again.json()["code"]) == (401, "refresh_reused")
    assert (await refresh(company, second)).status_code == 401
    assert await ended(app) == {session_id(app, second)}
    assert (await refresh(company, other)).status_code == 200, "her other session is none of that"


async def test_a_token_that_was_forgotten_after_its_use_is_still_known_as_used(
    company: Company, app: Litestar, time: Time
) -> None:
    first = newest = await sign_in(company)
    for _ in range(96):
        time.passes(minutes=15)
        newest = (await refresh(company, newest)).json()
    async with app.state.sessions() as session:
        family = session_id(app, newest)
        kept = await session.scalar(select(func.count()).where(RefreshToken.family == family))
    assert kept <= 2, "a day of refreshing leaves no rows behind"
    assert (await refresh(company, first)).json()["code"] == "refresh_reused"
    assert (await refresh(company, newest)).status_code == 401


@pytest.mark.parametrize("step", [{"seconds": -11}, {"hours": -1}])
async def test_a_clock_that_is_set_back_opens_no_long_window(company: Company, time: Time, step: Any) -> None:
    first = await sign_in(company)
    await refresh(company, first)
    time.passes(**step)
    assert (await refresh(company, first)).json()["code"] == "refresh_reused"


async def test_siblings_are_few(company: Company, time: Time) -> None:
    first = await sign_in(company)
    answers = [(await refresh(company, first)).status_code for _ in range(15)]
    assert answers == [200] * 9 + [429] * 6


async def test_a_token_of_nobody_and_one_that_is_too_old_end_nothing(
    company: Company, app: Litestar, time: Time
) -> None:
    pair = await sign_in(company)
    for token in ("", "made up", pair["access_token"], pair["refresh_token"][:-2] + "xx"):
        assert (await refresh(company, {"refresh_token": token})).status_code == 401
    time.passes(days=61)
    assert (await refresh(company, pair)).json()["code"] == "unauthenticated"
    assert await ended(app) == set()


async def test_a_phone_has_one_session_however_often_it_signs_in(company: Company, app: Litestar, wei: Phone) -> None:
    before = session_id(app, {"access_token": wei.access_token})
    for _ in range(30):
        await wei.sign_in()
    assert session_id(app, {"access_token": wei.access_token}) == before
    async with app.state.sessions() as session:
        device = UUID(wei.state["device_id"])
        count = await session.scalar(select(func.count()).where(LoginSession.device_id == device))
        kept = await session.scalar(select(func.count()).where(RefreshToken.family == before))
    assert (count, kept) == (1, 20)


async def test_a_phone_that_signs_in_twice_at_once_has_one_session(company: Company, app: Litestar, wei: Phone) -> None:
    before = session_id(app, {"access_token": wei.access_token})
    await asyncio.gather(*(wei.session.sign_in() for _ in range(8)))
    assert session_id(app, {"access_token": wei.access_token}) == before


async def test_a_challenge_counts_once(company: Company, wei: Phone) -> None:
    path = f"/v1/auth/device/{wei.state['device_id']}/challenge"
    challenge = (await company.http.post(path)).json()["challenge"]
    proof = {"challenge": challenge, "signature": wei.key.sign(challenge)}
    answers = await asyncio.gather(*(company.http.post("/v1/auth/device", json=proof) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401, 401]
    assert (await company.http.post("/v1/auth/device", json=proof)).status_code == 401


async def test_deactivation_ends_every_session_of_the_user(company: Company, app: Litestar) -> None:
    pairs = [await sign_in(company) for _ in range(3)]
    other = await sign_in(company, "root")
    await company.must("root", "POST", f"/v1/users/{company.ids['mei']}/deactivate")
    assert {session_id(app, pair) for pair in pairs} <= await ended(app)
    assert [(await refresh(company, pair)).status_code for pair in pairs] == [401] * 3
    assert (await refresh(company, other)).status_code == 200


async def test_no_session_begins_while_its_user_is_deactivated(
    company: Company, app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sign-in that looked before the deactivation and answered after it would live on for a quarter of an hour."""
    looked, goes_on, real = asyncio.Event(), asyncio.Event(), signin.succeeded

    async def slow(*given: Any) -> Any:
        looked.set()
        await goes_on.wait()
        return await real(*given)

    monkeypatch.setattr(signin, "succeeded", slow)
    entering = asyncio.create_task(sign_in(company))
    await looked.wait()
    ending = asyncio.create_task(company.must("root", "POST", f"/v1/users/{company.ids['mei']}/deactivate"))
    await asyncio.sleep(0.3)
    goes_on.set()
    pair, _ = await asyncio.gather(entering, ending)
    assert session_id(app, pair) in await ended(app)
    assert (await refresh(company, pair)).status_code == 401
