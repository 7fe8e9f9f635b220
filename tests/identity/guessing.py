"""People and programs at several addresses that sign in, or try to."""

import httpx
from litestar import Litestar

from tests.company import PASSWORD


def at(app: Litestar, address: str) -> httpx.AsyncClient:
    """A client whose requests come from this address, with cookies of its own."""
    transport = httpx.ASGITransport(app=app, client=(address, 50000))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://fieldproof.test")


async def sign_in(client: httpx.AsyncClient, login: str = "mei", password: str = PASSWORD) -> httpx.Response:
    return await client.post("/v1/auth/login", json={"login": login, "password": password})


async def guess(client: httpx.AsyncClient, times: int, login: str = "mei") -> list[int]:
    return [(await sign_in(client, login, f"guess number {number}")).status_code for number in range(times)]
