"""What every answer carries, whoever makes it; and whose word on a client's address is believed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from litestar import Litestar

from server.http.door.door import Door
from server.identity.tokens import Tokens
from server.media.storage import Storage
from server.process.app import connected, make_app
from server.records.sealer import Sealer
from tests.company import SECRET, Company
from tests.http.door.conftest import listening

ANYWHERE = (
    "/health", "/v1/keys", "/nowhere", "/v1/visits", "/v1/shared/x", "/schema", "/schema/openapi.json", "/verify",
    "/verify/files/nothing.js", "/r/guess", "/code/guess", "/objects/fieldproof/cas/x", "/v1/log/checkpoint",
)  # fmt: skip


@pytest.mark.parametrize("path", ANYWHERE)
async def test_every_answer_says_what_a_browser_may_do_with_it(http: httpx.AsyncClient, path: str) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        answer = await http.request(method, path)
        assert answer.headers["x-content-type-options"] == "nosniff", (method, answer.status_code)
        assert "default-src 'none'" in answer.headers["content-security-policy"], (method, answer.status_code)
        assert len(answer.headers.get_list("content-security-policy")) == 1
        assert "strict-transport-security" not in answer.headers, "without TLS it means nothing"


async def test_a_photo_and_a_list_carry_it_too(company: Company) -> None:
    answer = await company.call("mei", "GET", "/v1/technicians")
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_behind_tls_browsers_are_told_to_stay_there(bucket: Storage, sealer: Sealer) -> None:
    secure = Sealer(sealer.keys, sealer.certificate, sealer.company, "https://service.example.com")
    app = make_app("", bucket, Tokens(SECRET), secure)
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="https://service.example.com") as http:
        answer = await http.get("/nowhere")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


@pytest.fixture
async def limited(application: Litestar, database_url: str, bucket: Storage, sealer: Sealer) -> AsyncIterator[Any]:
    """The product behind its door; called with the proxies that are believed."""
    door = Door()
    async with connected(application, database_url, bucket, Tokens(SECRET), sealer, work=False, door=door):
        yield lambda *proxies: listening(application, door, proxies=proxies)


async def asks(port: int, forwarded: str, count: int = 70) -> set[int]:
    """The answers to somebody who says to come from there."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
        asked = [http.get("/code/guess", headers={"x-forwarded-for": forwarded}) for _ in range(count)]
        return {one.status_code for one in await asyncio.gather(*asked)}


async def test_nobody_is_believed_about_addresses_unless_configured(limited: Any) -> None:
    async with limited() as port:
        assert 429 in await asks(port, "203.0.113.1")
        assert 429 in await asks(port, "203.0.113.2", 10), "another name does not help"


async def test_a_configured_proxy_is_believed_for_what_it_adds_itself(limited: Any) -> None:
    async with limited("127.0.0.1") as port:
        assert 429 in await asks(port, "203.0.113.1")
        assert await asks(port, "203.0.113.2", 5) == {404}, "another client"
        assert 429 in await asks(port, "203.0.113.2, 203.0.113.1", 10), (
            "what the client itself wrote in front is not looked at"
        )
    async with limited("10.0.0.0/8") as port:
        await asks(port, "203.0.113.3")
        assert 429 in await asks(port, "203.0.113.4", 70), "loopback is no proxy unless it is named"
