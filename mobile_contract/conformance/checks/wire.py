"""The wire: small when nothing happened, and the same content in every format and encoding."""

from typing import Any

import httpx
import msgspec

from mobile_contract.conformance.field import Check, Field
from mobile_contract.conformance.raw_phone import RawPhone, must
from mobile_contract.conformance.verdicts import Failed, NotOffered, equal, expect

Json = dict[str, Any]
MSGPACK = "application/vnd.msgpack"
SMALL = 300
"""Bytes of body of an exchange when nothing changed."""


async def small(field: Field) -> None:
    _, phone = await field.visit_and_phone()
    answer = await phone.post([], phone.held.cursor)
    got = must(answer, 200)
    if got.get("new_phones"):  # said until the phone says that its technician has been told
        await phone.http.post("/v1/devices/told", headers=phone.bearer())
        answer = await phone.post([], phone.held.cursor)
        got = must(answer, 200)
    expect(len(answer.content) < SMALL, f"under {SMALL} bytes of body", f"{len(answer.content)}: {answer.text[:400]}")
    equal([key for key in ("changes", "resync", "outcomes") if got.get(key)], [], "members that say something happened")
    expect(not got.get("more"), "no `more`", got)


def content(answer: Json) -> Json:
    """What must be equal however it is asked for: all but the time anchor and the (signed) cursor."""
    return {key: value for key, value in answer.items() if key not in ("anchor", "cursor")}


async def plain(phone: RawPhone) -> Json:
    """A first sync's page as JSON without compression."""
    found: Json = must(await phone.post([], None, {"accept-encoding": "identity"}), 200)
    return content(found)


async def msgpack_answer(field: Field) -> None:
    _, phone = await field.visit_and_phone()
    expected = await plain(phone)
    answer = await phone.post([], None, {"accept": MSGPACK})
    kind = answer.headers.get("content-type", "")
    if answer.status_code == 406 or kind.startswith("application/json"):
        raise NotOffered(f"Accept: {MSGPACK} was answered with {answer.status_code} {kind}")
    equal((answer.status_code, kind.partition(";")[0]), (200, MSGPACK), "status and content type")
    equal(content(msgspec.msgpack.decode(answer.content)), expected, "MessagePack says the same as JSON:")


async def msgpack_request(field: Field) -> None:
    visit_id, phone = await field.visit_and_phone()
    wire = phone.note(visit_id)
    body = {"contract_version": 1, "operations": [wire], "cursor": phone.held.cursor}
    headers = {**phone.bearer(), "content-type": MSGPACK}
    answer = await phone.http.post("/v1/sync", content=msgspec.msgpack.encode(body), headers=headers)
    if answer.status_code in (400, 406, 415):
        raise NotOffered(f"Content-Type: {MSGPACK} was answered with {answer.status_code}")
    phone.held.apply(must(answer, 200))
    equal(phone.outcome(wire)[0], "applied", "outcome of an operation sent as MessagePack")


def compressed(encoding: str) -> Check:
    """A check that answers in this content encoding are equal to plain ones."""

    async def run(field: Field) -> None:
        _, phone = await field.visit_and_phone()
        expected = await plain(phone)
        try:
            answer: httpx.Response = await phone.post([], None, {"accept-encoding": encoding})
            used = answer.headers.get("content-encoding", "none")
            if used == "none":
                raise NotOffered(f"Accept-Encoding: {encoding} was answered without an encoding")
            equal(used, encoding, "content encoding")
            got = must(answer, 200)
        except (httpx.DecodingError, UnicodeDecodeError, ValueError) as error:
            if encoding in httpx_encodings():
                raise Failed("a body that can be unpacked", f"{type(error).__name__}: {error}") from error
            raise NotOffered(f"this machine cannot unpack {encoding}; install httpx[{encoding}]") from error
        equal(content(got), expected, f"{encoding} says the same as plain JSON:")

    return run


def httpx_encodings() -> set[str]:
    """What the HTTP library on this machine can unpack: it says so in its own default header."""
    return {one.strip() for one in httpx.Client().headers["accept-encoding"].split(",")}


CHECKS: dict[str, Check] = {
    f"an exchange when nothing happened is under {SMALL} bytes": small,
    "MessagePack answers are equal to JSON": msgpack_answer,
    "MessagePack requests are understood": msgpack_request,
    "gzip answers are equal to plain ones": compressed("gzip"),
    "brotli answers are equal to plain ones": compressed("br"),
    "zstd answers are equal to plain ones": compressed("zstd"),
}
