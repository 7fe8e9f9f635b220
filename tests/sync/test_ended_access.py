"""What is taken away is gone within a second on every process: requests, streams that are open, streams that nobody reads."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import partial
from typing import Any

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text

from mobile_contract.phone import Phone
from server.ground import clock
from server.identity import ended
from server.identity.tokens import Actor, Tokens
from server.media.storage import Storage
from server.process.app import connected, make_app
from server.records.sealer import Sealer
from tests.company import PASSWORD, SECRET, Company
from tests.sync.adapters.powersync_client import PowerSyncClient

SECOND = 1.0


@pytest.fixture
async def elsewhere(app: Litestar, database_url: str, bucket: Storage, sealer: Sealer) -> AsyncIterator[Litestar]:
    """Another process on the same database."""
    other = make_app("", bucket, Tokens(SECRET), sealer)
    async with connected(other, database_url, bucket, Tokens(SECRET), sealer, work=False):
        yield other


async def asked(app: Litestar, token: str, method: str = "GET", path: str = "/v1/me", **more: Any) -> httpx.Response:
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://elsewhere.test") as http:
        return await http.request(method, path, headers={"authorization": f"Bearer {token}"}, **more)


async def refused_within_a_second(app: Litestar, token: str, **request: Any) -> None:
    async with asyncio.timeout(SECOND):
        while (answer := await asked(app, token, **request)).status_code != 401:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert answer.json()["detail"] == "This session has ended. Sign in again."


def actor_of(app: Litestar, token: str) -> Actor:
    actor: Actor = app.state.tokens.actor(token)
    return actor


async def tokens_of(company: Company, who: str) -> str:
    await company.log_in(who)
    return company.tokens[who]


async def test_a_deactivated_user_is_refused_on_every_process(company: Company, elsewhere: Litestar) -> None:
    token = await tokens_of(company, "mei")
    assert (await asked(elsewhere, token)).status_code == 200
    await company.must("root", "POST", f"/v1/users/{company.ids['mei']}/deactivate")
    await refused_within_a_second(elsewhere, token)


async def test_a_revoked_phone_is_refused_on_every_process_and_signs_in_by_its_key_to_hand_in(
    company: Company, app: Litestar, elsewhere: Litestar, wei: Phone
) -> None:
    visit_id = await company.visit("wei")
    await wei.sync()
    token = wei.access_token
    tap = wei.tap("accept", visit_id)
    await company.must("root", "POST", f"/v1/devices/{wei.state['device_id']}/revoke")
    exchange = {"contract_version": 1, "operations": [], "cursor": None}
    for process in (elsewhere, app):
        await refused_within_a_second(process, token, method="POST", path="/v1/sync", json=exchange)
    await wei.sync()
    assert wei.access_token != token
    assert wei.state["outcomes"][tap]["outcome"] in ("applied", "parked")


async def test_the_streams_of_a_revoked_phone_end_and_give_no_row_any_more(
    company: Company, elsewhere: Litestar, wei: Phone
) -> None:
    actor = actor_of(elsewhere, wei.access_token)
    hints = elsewhere.state.tailer.listen(actor.user_id, "", partial(elsewhere.state.places.place, actor))
    rows = elsewhere.state.powersync.stream(actor, {}, clock.now().timestamp() + 60)
    client = PowerSyncClient()
    async with aclosing(hints), aclosing(rows):
        await anext(hints)
        await asyncio.wait_for(client.read(rows), 5)
        await company.must("root", "POST", f"/v1/devices/{wei.state['device_id']}/revoke")
        held = dict(client.rows())
        await asyncio.gather(_ends(hints), _ends(rows))
        await company.visit("wei")
        assert client.rows() == held
    assert len(elsewhere.state.places) == 0


async def _ends(stream: Any) -> None:
    async with asyncio.timeout(SECOND):
        async for _ in stream:
            pass


async def test_a_stream_whose_session_ended_before_it_began_gives_nothing(
    company: Company, app: Litestar, wei: Phone
) -> None:
    actor = actor_of(app, wei.access_token)
    await company.must("root", "POST", f"/v1/devices/{wei.state['device_id']}/revoke")
    await refused_within_a_second(app, wei.access_token)
    rows = app.state.powersync.stream(actor, {}, clock.now().timestamp() + 60)
    async with asyncio.timeout(SECOND):
        assert [line async for line in rows] == []


async def test_one_phone_has_two_streams_of_hints_and_the_oldest_gives_way(app: Litestar, wei: Phone) -> None:
    actor = actor_of(app, wei.access_token)
    tailer, places = app.state.tailer, app.state.places
    streams = [tailer.listen(actor.user_id, "", partial(places.place, actor)) for _ in range(1001)]
    for stream in streams:
        await anext(stream)
    async with asyncio.timeout(20):
        for stream in streams[:-2]:
            async for _ in stream:
                pass
    assert (len(places), tailer._count) == (2, 2)
    for stream in streams[-2:]:
        await stream.aclose()
    assert (len(places), tailer._count) == (0, 0)


async def test_a_process_that_cannot_read_who_ended_lets_nobody_on(
    company: Company, app: Litestar, wei: Phone, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ended, "BLIND_AFTER", 0.4)
    readers = app.state.ended._readers
    fetch = readers.fetch

    async def away(*_: Any) -> Any:
        raise ConnectionRefusedError("the database is away")

    monkeypatch.setattr(readers, "fetch", away)
    await asyncio.sleep(1.0)
    answer = await asked(app, wei.access_token)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert len([one for one in caplog.records if "cannot be read" in one.message]) == 1, "it is said once"
    monkeypatch.setattr(readers, "fetch", fetch)
    assert (await asked(app, wei.access_token)).status_code == 200, "at once, without waiting for the next look"


async def test_what_was_known_is_forgotten_when_its_tokens_have_expired(
    company: Company, app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await tokens_of(company, "mei")
    await company.must("root", "POST", f"/v1/users/{company.ids['mei']}/deactivate")
    await refused_within_a_second(app, token)
    known = app.state.ended
    assert known._until
    async with app.state.sessions.begin() as session:
        await session.execute(text("delete from access_end"))
    known._until = dict.fromkeys(known._until, 0.0)
    known._whole_at = 0.0
    await known._read()
    assert known._until == {}


async def test_a_changed_role_counts_at_once(company: Company, app: Litestar) -> None:
    """Whatever ends sessions ends access: here the row itself, as any verb of identity writes it."""
    token = await tokens_of(company, "mei")
    session_id = actor_of(app, token).session_id
    async with app.state.sessions.begin() as session:
        await session.execute(
            text("insert into access_end (user_id, session_id, at) values (:user, :session, :at)"),
            {"user": company.ids["mei"], "session": session_id, "at": clock.now()},
        )
    await refused_within_a_second(app, token)
    assert (await company.http.post("/v1/auth/login", json={"login": "mei", "password": PASSWORD})).status_code == 200
