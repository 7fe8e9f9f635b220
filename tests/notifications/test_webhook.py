"""Webhooks to a real receiver: signed, with one id over all tries, to the internet alone, and switched off where nobody takes them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import text
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from server.ground import clock
from server.notifications.outgoing import Outgoing
from server.notifications.rules import BOTH_SIGN, FAILING_FOR
from server.notifications.webhook.post import signed
from server.notifications.webhook.reach import is_inward
from tests.company import Company
from tests.notifications.sending import Receiver, outbox, passes, send_all, sends_by
from tests.notifications.test_told import endpoint, ticket


class Stepped:
    """A clock that a test moves; it goes on by itself in between."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def step(self, by: timedelta) -> None:
        self.ahead += by
        clock.hold(None)
        clock.go_on_from(clock.now() + self.ahead)


@pytest.fixture
def time() -> Iterator[Stepped]:
    yield Stepped()
    clock.hold(None)


async def told(company: Company, hooks: Receiver, **more: Any) -> dict[str, Any]:
    """An endpoint at the receiver, and something to tell it."""
    made = await endpoint(company, hooks.url, **more)
    await ticket(company)
    return made


async def test_a_receiver_verifies_it_with_the_librarys_own_verifier(
    company: Company, app: Litestar, hooks: Receiver
) -> None:
    made = await told(company, hooks)
    await send_all(app)
    [(headers, body)] = hooks.got
    found = Webhook(made["secret"]).verify(body, headers)
    [row] = await outbox(app)
    assert (found["type"], found["data"]["thing_id"]) == ("ticket_received", str(row.thing_id))
    assert (headers["webhook-id"], row.state) == (row.message_id, "sent")
    with pytest.raises(WebhookVerificationError):
        Webhook(made["secret"]).verify(body.replace(b"ticket", b"tickes"), headers)


async def test_a_retry_keeps_its_id_and_has_a_fresh_stamp(
    company: Company, app: Litestar, hooks: Receiver, time: Stepped
) -> None:
    """Case 53."""
    made = await told(company, hooks)
    hooks.answers = ["500 No", "429 Slow"]
    for _ in range(3):
        await send_all(app)
        time.step(timedelta(minutes=7))
    ids, stamps = ({one[0][name] for one in hooks.got} for name in ("webhook-id", "webhook-timestamp"))
    assert (len(hooks.got), len(ids), len(stamps)) == (3, 1, 3)
    [row] = await outbox(app)
    assert (row.state, row.attempts) == ("sent", 3)
    time.step(-3 * timedelta(minutes=7))
    (headers, body), verifier = hooks.got[0], Webhook(made["secret"])
    verifier.verify(body, headers)
    stale = await _signed_at(made["secret"], headers["webhook-id"], body, clock.now() - timedelta(seconds=301))
    with pytest.raises(WebhookVerificationError, match="too old"):
        verifier.verify(body, stale)
    verifier.verify(body, await _signed_at(made["secret"], "x", body, clock.now() - timedelta(seconds=290)))


async def _signed_at(secret: str, message_id: str, body: bytes, at: datetime) -> dict[str, str]:
    with patch.object(clock, "now", lambda: at.astimezone(UTC)):
        return signed(message_id, body.decode(), [secret])


async def test_after_a_rotation_both_secrets_sign_for_a_day(company: Company, app: Litestar, hooks: Receiver) -> None:
    made = await endpoint(company, hooks.url)
    path = f"/v1/webhook-endpoints/{made['id']}"
    rotated = await company.must("root", "POST", f"{path}/rotate")
    assert rotated["secret"] != made["secret"]
    await ticket(company)
    await send_all(app)
    for secret in (made["secret"], rotated["secret"]):
        Webhook(secret).verify(hooks.got[0][1], hooks.got[0][0])
    await passes(app, BOTH_SIGN)
    await ticket(company)
    await send_all(app)
    Webhook(rotated["secret"]).verify(hooks.got[1][1], hooks.got[1][0])
    with pytest.raises(WebhookVerificationError):
        Webhook(made["secret"]).verify(hooks.got[1][1], hooks.got[1][0])
    assert timedelta(days=1) == BOTH_SIGN


async def test_a_secret_is_shown_once_and_kept_encrypted(company: Company, app: Litestar, hooks: Receiver) -> None:
    made = await endpoint(company, hooks.url)
    listed = await company.must("root", "GET", "/v1/webhook-endpoints")
    assert "secret" not in listed[0]
    stored = bytes((await app.state.readers.fetch("select secret from webhook_endpoint"))[0]["secret"])
    assert made["secret"].encode() not in stored
    assert stored.startswith(b"FPv1")
    assert (await company.call("mei", "GET", "/v1/webhook-endpoints")).status_code == 403


async def test_a_redirect_is_not_followed(company: Company, app: Litestar, hooks: Receiver) -> None:
    await told(company, hooks)
    hooks.answers = [f"307 Temporary\r\nlocation: http://127.0.0.1:{hooks.port}/elsewhere"]
    await send_all(app)
    [row] = await outbox(app)
    assert (len(hooks.got), row.state) == (1, "waiting")
    assert "Redirects are not followed" in row.last_error


INSIDE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "::ffff:10.0.0.1", "::10.0.0.1",
    "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "localhost", "LOCALHOST.", "2130706433", "0x7f.1", "127.1", "017700000001",
]  # fmt: skip


@pytest.mark.parametrize("host", INSIDE)
def test_addresses_inside_a_network_are_known_in_all_their_forms(host: str) -> None:
    assert is_inward(host)


@pytest.mark.parametrize(
    "host", ["8.8.8.8", "2001:4860:4860::8888", "example.com", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_addresses_of_the_internet_are_none_of_those(host: str) -> None:
    assert not is_inward(host)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "ftp://example.com/", "https://", "https://127.0.0.1/", "https://[::1]/", "https://localhost/",
        "https://2130706433/", "https://10.0.0.1:8443/x", "https://user:pw@example.com/", "https://user@example.com/",
        "https://example.com/#x", "https://example.com:0/", "https://example.com:99999/", "https://exa mple.com/",
        "https://example.com\\@127.0.0.1/", "https://例子.example/", "https://example.com/\r\nX: y", "http://127.0.0.1/", "https://[::1",
    ],
)  # fmt: skip
async def test_an_endpoint_is_an_https_address_of_the_internet(company: Company, app: Litestar, url: str) -> None:
    answer = await company.call("root", "POST", "/v1/webhook-endpoints", json={"url": url, "kinds": ["test"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert await outbox(app) == []


async def test_development_may_reach_loopback_by_http(company: Company, hooks: Receiver) -> None:
    await endpoint(company, "http://127.0.0.1:9/x")
    refused = await company.call(
        "root", "POST", "/v1/webhook-endpoints", json={"url": "http://example.com", "kinds": ["test"]}
    )
    assert refused.status_code == 422


async def test_a_name_that_leads_inside_is_refused_when_it_is_sent(
    company: Company, app: Litestar, hooks: Receiver
) -> None:
    made = await told(company, hooks)
    async with app.state.sessions.begin() as session:
        values = {"url": f"http://localhost.localdomain:{hooks.port}/", "id": made["id"]}
        await session.execute(text("update webhook_endpoint set url = :url where id = :id"), values)
    sends_by(app, Outgoing())

    def resolved(*_: Any, **__: Any) -> list[Any]:
        return [(0, 0, 0, "", ("93.184.216.34", 80)), (0, 0, 0, "", ("127.0.0.1", hooks.port))]

    with patch("socket.getaddrinfo", resolved):
        await send_all(app)
    [row] = await outbox(app)
    assert (hooks.got, row.state) == ([], "failed")
    assert "inside a network" in row.last_error


async def test_the_connection_goes_to_the_address_that_was_looked_at(
    company: Company, app: Litestar, hooks: Receiver
) -> None:
    """A name that leads elsewhere a moment later is asked once."""
    made = await told(company, hooks)
    async with app.state.sessions.begin() as session:
        values = {"url": f"http://moving.example:{hooks.port}/x?y=1", "id": made["id"]}
        await session.execute(text("update webhook_endpoint set url = :url where id = :id"), values)
    asked: list[object] = []

    def resolved(host: object, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", hooks.port))]

    with patch("socket.getaddrinfo", resolved):
        await send_all(app)
    assert [one for one in asked if one != "127.0.0.1"] == ["moving.example"]
    assert hooks.got[0][0]["host"] == f"moving.example:{hooks.port}"


async def test_an_endpoint_that_is_gone_is_switched_off_and_others_are_told(
    company: Company, app: Litestar, hooks: Receiver
) -> None:
    gone = await endpoint(company, hooks.url)
    other = await endpoint(company, hooks.url, kinds=["endpoint_off"])
    await ticket(company)
    hooks.answers = ["410 Gone"]
    await send_all(app)
    rows = await outbox(app)
    assert [(row.kind, str(row.endpoint_id), row.state) for row in rows] == [
        ("ticket_received", gone["id"], "failed"), ("endpoint_off", other["id"], "waiting"),
    ]  # fmt: skip
    await ticket(company)
    assert len(await outbox(app)) == 2, "it is told nothing any more"
    shown = {one["id"]: one for one in await company.must("root", "GET", "/v1/webhook-endpoints")}
    assert (shown[gone["id"]]["active"], "410" in shown[gone["id"]]["off_because"]) == (False, True)
    assert (await company.call("root", "POST", f"/v1/webhook-endpoints/{gone['id']}/test")).status_code == 409


async def test_an_endpoint_that_takes_nothing_for_a_day_is_switched_off_and_says_why(
    company: Company, app: Litestar, hooks: Receiver
) -> None:
    made = await told(company, hooks)
    hooks.answers = ["503 Down"] * 20
    await send_all(app)
    await passes(app, FAILING_FOR)
    await ticket(company)
    await send_all(app)
    [shown] = await company.must("root", "GET", "/v1/webhook-endpoints")
    assert not shown["active"]
    assert "took nothing since" in shown["off_because"]
    assert "503" in shown["off_because"]
    assert {row.state for row in await outbox(app)} == {"failed"}, "at once, so that desks see it"
    assert [row.last_error for row in await outbox(app)] == [
        f"The endpoint is switched off. {shown['off_because']}"
    ] * 2
    changed = {"active": True}
    again = await company.must("root", "PATCH", f"/v1/webhook-endpoints/{made['id']}", json=changed)
    assert (again["active"], again["off_because"], again["failing_since"]) == (True, "", None)


async def test_one_that_fails_now_and_then_stays(company: Company, app: Litestar, hooks: Receiver) -> None:
    await told(company, hooks)
    for _ in range(3):
        hooks.answers = ["500 No"]
        await send_all(app)
        await passes(app, timedelta(hours=13))
        await send_all(app)
        await ticket(company)
    [shown] = await company.must("root", "GET", "/v1/webhook-endpoints")
    assert (shown["active"], shown["failing_since"]) == (True, None)


async def test_a_retired_endpoint_gets_nothing_more(company: Company, app: Litestar, hooks: Receiver) -> None:
    made = await told(company, hooks)
    path = f"/v1/webhook-endpoints/{made['id']}"
    await company.must("root", "POST", f"{path}/retire")
    await ticket(company)
    await send_all(app)
    assert (hooks.got, [row.state for row in await outbox(app)]) == ([], ["failed"])
    for method, way in (("POST", "/rotate"), ("POST", "/retire"), ("POST", "/test"), ("PATCH", "")):
        assert (await company.call("root", method, path + way, json={})).status_code == 409


async def test_an_endpoint_is_tested(company: Company, app: Litestar, hooks: Receiver) -> None:
    made = await endpoint(company, hooks.url, kinds=["clock_overdue"])
    message = await company.must("root", "POST", f"/v1/webhook-endpoints/{made['id']}/test")
    await send_all(app)
    [(headers, body)] = hooks.got
    assert Webhook(made["secret"]).verify(body, headers)["type"] == "test"
    assert headers["webhook-id"] == f"msg_{UUID(message['id']).hex}"
    assert json.loads(body)["data"]["thing_id"] == made["id"]
