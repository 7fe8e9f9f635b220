"""A flood of sign-ins waits by itself: no connection to the database is held, and everybody else is served."""

import asyncio
import threading
import time as wall
from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar

from server.database.engine import Sessions
from server.identity import passwords, signin
from server.identity.passwords import is_password
from tests.company import HASH, PASSWORD, Company
from tests.identity.guessing import at, sign_in

FLOOD = 200
NEW = "umbrella walnut sunday"


class Held:
    """Looking at passwords, which stands still until the test goes on."""

    def __init__(self) -> None:
        self.goes_on, self.looked_at, self.threads = threading.Event(), 0, set[str]()

    def __call__(self, kept: str, password: str) -> bool:
        self.looked_at += 1
        self.threads.add(threading.current_thread().name.rpartition("_")[0])
        self.goes_on.wait(20)
        return is_password(kept, password)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    held = Held()
    monkeypatch.setattr(signin, "is_password", held)
    yield held
    held.goes_on.set()


def connections(sessions: Sessions) -> int:
    pool: Any = sessions.kw["bind"].sync_engine.pool
    taken: int = pool.checkedout()
    return taken


async def test_while_passwords_are_looked_at_no_connection_is_held_and_others_are_served(
    company: Company, app: Litestar, held: Held
) -> None:
    sessions: Sessions = app.state.sessions
    clients = [at(app, f"198.51.100.{number}") for number in range(40)]
    flood = [asyncio.create_task(sign_in(clients[n % 40], "mei", f"guess number {n}")) for n in range(FLOOD)]
    async with asyncio.timeout(10):
        while not held.looked_at or connections(sessions):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        for _ in range(20):
            assert connections(sessions) == 0
            await company.must("root", "GET", "/v1/users")
    held.goes_on.set()
    answers = [answer.status_code for answer in await asyncio.gather(*flood)]
    assert set(answers) <= {401, 429}
    assert held.threads == {"passwords"}


async def test_while_a_new_password_is_hashed_no_connection_is_held(
    company: Company, app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions, begun, goes_on = app.state.sessions, threading.Event(), threading.Event()

    def held(password: str) -> str:
        begun.set()
        goes_on.wait(20)
        return HASH

    monkeypatch.setattr(passwords, "hash_password", held)
    user = {
        "login": "tom", "name": "Tom", "role": "dispatcher", "office_id": company.ids["office"], "password": PASSWORD,
    }  # fmt: skip
    for who, path, body in (
        ("root", "/v1/users", user),
        ("root", f"/v1/users/{company.ids['mei']}/password", {"password": NEW}),
        ("wei", "/v1/me/password", {"present": PASSWORD, "new": NEW}),
    ):
        begun.clear()
        goes_on.clear()
        call = asyncio.create_task(company.call(who, "POST", path, json=body))
        assert await asyncio.to_thread(begun.wait, 10), path
        assert connections(sessions) == 0, path
        goes_on.set()
        assert (await call).is_success, path


async def test_who_signs_in_beside_a_flood_from_elsewhere_waits_a_moment(company: Company, app: Litestar) -> None:
    attacker, mei = at(app, "198.51.100.7"), at(app, "192.0.2.33")
    flood = [asyncio.create_task(sign_in(attacker, f"somebody{n}", f"guess number {n}")) for n in range(FLOOD)]
    await asyncio.sleep(0)
    began = wall.monotonic()
    assert (await sign_in(mei)).status_code == 200
    waited = wall.monotonic() - began
    answers = await asyncio.gather(*flood)
    busy = [answer for answer in answers if answer.status_code == 429]
    assert len(busy) > FLOOD / 2, "most are sent away instead of waiting"
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in busy)
    assert waited < 3
