"""A message as a signed webhook (Standard Webhooks): one POST, its answer's status, and nothing followed.

The id stays the same over all tries, the time stamp is that of the try, and a receiver refuses one that is more than 300 s old.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

import httpx
from standardwebhooks import Webhook

from server.ground import clock
from server.notifications.failures import NotSent
from server.notifications.webhook.reach import addresses_of

PATIENCE = 20.0
"""Seconds for the whole of a try."""
TIMES = httpx.Timeout(10.0, connect=5.0)
GONE = 410
"""The receiver wants nothing any more."""


class Gone(NotSent):
    """The endpoint says that it is there no longer."""


def signed(message_id: str, body: str, secrets: Sequence[str]) -> dict[str, str]:
    """The headers of a try made now, with a signature by each secret."""
    now = clock.now()
    signatures = " ".join(Webhook(secret).sign(message_id, now, body) for secret in secrets)
    return {
        "webhook-id": message_id, "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signatures,
        "content-type": "application/json", "user-agent": "fieldproof-webhook/1",
    }  # fmt: skip


async def post(url: str, message_id: str, body: str, secrets: Sequence[str], *, inward: bool) -> None:
    """Have the receiver take a message. Raises `NotSent`, `Gone`."""
    try:
        async with asyncio.timeout(PATIENCE):
            parts = urlsplit(url)
            addresses = await addresses_of(parts, inward=inward)
            status = await _first(httpx.URL(url), addresses, body, signed(message_id, body, secrets))
    except (TimeoutError, httpx.HTTPError, OSError) as error:
        raise NotSent(f"The endpoint does not answer: {error or type(error).__name__}") from error
    if status == GONE:
        raise Gone("The endpoint answered 410: it wants nothing any more.", final=True)
    if not 200 <= status < 300:
        more = " Redirects are not followed; give the address that it leads to." if 300 <= status < 400 else ""
        raise NotSent(f"The endpoint answered {status}.{more}")


async def _first(url: httpx.URL, addresses: Sequence[str], body: str, headers: dict[str, str]) -> int:
    """The status of the first server that takes a connection; an address of one that none reaches is passed over."""
    for address in addresses[:-1]:
        with suppress(httpx.ConnectError, httpx.ConnectTimeout):
            return await _call(url, address, body, headers)
    return await _call(url, addresses[-1], body, headers)


async def _call(url: httpx.URL, address: str, body: str, headers: dict[str, str]) -> int:
    """The status of the answer; its body is not read. The connection goes to the address that was looked at, under the server's name."""
    there = url.copy_with(host=address)
    named = headers | {"host": url.netloc.decode("ascii")}
    async with (
        httpx.AsyncClient(timeout=TIMES, follow_redirects=False, trust_env=False) as client,
        client.stream(
            "POST", there, content=body.encode(), headers=named, extensions={"sni_hostname": url.host}
        ) as answer,
    ):
        return answer.status_code
