"""The wire: the same answer as JSON or MessagePack, compressed or not; small when there is nothing to say."""

from typing import Any

import httpx
import msgspec
import pytest

from mobile_contract.phone import Phone
from server.process.app import MAX_BODY
from tests.company import Company

MSGPACK = "application/vnd.msgpack"


async def first_sync(http: httpx.AsyncClient, phone: Phone, **headers: str) -> httpx.Response:
    body = {"contract_version": 1, "operations": [], "cursor": None}
    return await http.post("/v1/sync", json=body, headers={"authorization": f"Bearer {phone.access_token}", **headers})


def rows(answer: Any) -> list[Any]:
    return sorted(answer["changes"], key=lambda change: (change["scope"], change["rev"]))


async def test_messagepack_says_the_same_as_json(company: Company, wei: Phone, http: httpx.AsyncClient) -> None:
    await company.visit("wei")
    plain = await first_sync(http, wei)
    packed = await first_sync(http, wei, accept=MSGPACK)
    assert packed.headers["content-type"] == MSGPACK
    assert rows(msgspec.msgpack.decode(packed.content)) == rows(plain.json())
    body = msgspec.msgpack.encode({"contract_version": 1, "operations": [], "cursor": None})
    head = {"authorization": f"Bearer {wei.access_token}", "content-type": MSGPACK}
    asked = await http.post("/v1/sync", content=body, headers=head)
    assert rows(asked.json()) == rows(plain.json())


async def test_what_is_not_messagepack_is_a_clear_problem(wei: Phone, http: httpx.AsyncClient) -> None:
    head = {"authorization": f"Bearer {wei.access_token}", "content-type": MSGPACK}
    answer = await http.post("/v1/sync", content=b"\xc1 nonsense", headers=head)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    too_large = await http.post("/v1/sync", content=b"\x00" * (MAX_BODY + 1), headers=head)
    assert (too_large.status_code, too_large.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("offered", "chosen"), [("gzip", "gzip"), ("br, gzip", "br"), ("gzip, br, zstd", "zstd"), ("identity", None)]
)
async def test_an_answer_is_compressed_by_the_best_that_the_phone_offers(
    company: Company, wei: Phone, http: httpx.AsyncClient, offered: str, chosen: str | None
) -> None:
    await company.visit("wei")
    plain = await first_sync(http, wei, **{"accept-encoding": "identity"})
    answer = await first_sync(http, wei, **{"accept-encoding": offered})
    assert answer.headers.get("content-encoding") == chosen
    assert rows(answer.json()) == rows(plain.json())


async def test_pages_are_limited_by_bytes_and_together_are_the_whole(company: Company, wei: Phone) -> None:
    for _ in range(6):
        await company.visit("wei")
    whole = Phone(company.http)
    whole.state |= {"device_id": wei.state["device_id"], "key": wei.state["key"]}
    whole.key = wei.key
    pages = 1
    while await whole.exchange(page_bytes=4096):
        pages += 1
    assert pages > 3
    assert whole.is_intact()
    await wei.sync()
    assert whole.state["rows"] == wei.state["rows"]


async def test_a_phone_of_a_deactivated_technician_gets_no_rows(company: Company, wei: Phone) -> None:
    await company.must("root", "POST", f"/v1/users/{company.ids['wei']}/deactivate")
    await company.must(
        "mei", "POST", f"/v1/customers/{company.ids['customer']}/contacts", json={"name": "New", "phone": ""}
    )
    before = dict(wei.state["rows"])
    await company.visit()
    await wei.sync()
    assert wei.state["rows"] == before
