"""Custody of photos: promised in the chain, brought to storage byte for byte, and verified only then."""

import hashlib
import secrets
import struct
import zlib
from typing import Any

import httpx

from mobile_contract.chain import uuid7
from mobile_contract.conformance.field import Check, Field
from mobile_contract.conformance.raw_phone import RawPhone, must
from mobile_contract.conformance.verdicts import equal, expect

Json = dict[str, Any]
SIDE = 16


def png() -> bytes:
    """A real picture that nobody has sent before (PNG, 16 x 16, noise)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + secrets.token_bytes(SIDE * 3) for _ in range(SIDE))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


async def promised(field: Field, data: bytes) -> tuple[str, str, RawPhone]:
    """A visit, a photo on it that is promised, and its phone."""
    visit_id, phone = await field.visit_and_phone()
    photo_id = uuid7()
    body = {
        "photo_id": photo_id, "slot": "before", "sha256": hashlib.sha256(data).hexdigest(), "size": len(data),
        "content_type": "image/png",
    }  # fmt: skip
    wire = phone.tap("photo", visit_id, body)
    await phone.sync()
    equal(phone.outcome(wire), ("applied", None, None), "outcome of the promise")
    equal((phone.held.body("photo", photo_id) or {}).get("state"), "promised", "the photo's row is")
    return visit_id, photo_id, phone


async def put(phone: RawPhone, photo_id: str, data: bytes) -> int:
    """Ask for an address and bring some bytes there. Returns the storage's status."""
    where = must(await phone.http.post(f"/v1/photos/{photo_id}/upload", headers=phone.bearer()), 200)
    async with httpx.AsyncClient(timeout=60) as storage:
        return (await storage.put(where["url"], headers=where["headers"], content=data)).status_code


async def complete(phone: RawPhone, photo_id: str) -> httpx.Response:
    """Ask the server to look at what was brought."""
    return await phone.http.post(f"/v1/photos/{photo_id}/complete", headers=phone.bearer())


async def verified(field: Field) -> None:
    data = png()
    visit_id, photo_id, phone = await promised(field, data)
    early = await complete(phone, photo_id)
    equal(early.status_code, 409, "status of `complete` before the bytes are there")
    equal(await put(phone, photo_id, data), 200, "status of the PUT")
    equal(must(await complete(phone, photo_id), 200)["state"], "verified", "the photo is")
    expect(await put(phone, photo_id, data) in (200, 412), "200 or 412 for the same bytes again", "another status")
    equal(must(await complete(phone, photo_id), 200)["state"], "verified", "completed twice, the photo is")
    await phone.sync()
    equal((phone.held.body("photo", photo_id) or {}).get("state"), "verified", "the photo's row on the phone is")
    manifest = await field.desk.call("GET", f"/v1/visits/{visit_id}/photos")
    equal([(row["id"], row["state"]) for row in manifest], [(photo_id, "verified")], "the desk's manifest")


async def other_bytes(field: Field) -> None:
    data = png()
    _, photo_id, phone = await promised(field, data)
    for wrong in (png(), data[:-1]):
        status = await put(phone, photo_id, wrong)
        answer = await complete(phone, photo_id)
        expect(
            status >= 400 or answer.status_code >= 400, "other bytes to be refused", f"{status}, {answer.text[:200]}"
        )
        if answer.is_success:
            expect(answer.json()["state"] != "verified", "other bytes not to be verified", answer.text[:200])
    equal(await put(phone, photo_id, data), 200, "status of the PUT of the true bytes after that")
    equal(must(await complete(phone, photo_id), 200)["state"], "verified", "the photo is")


async def not_yours(field: Field) -> None:
    _, photo_id, _ = await promised(field, png())
    stranger = await field.phone(field.other)
    for path in ("upload", "complete"):
        answer = await field.http.post(f"/v1/photos/{photo_id}/{path}", headers=stranger.bearer())
        expect(answer.status_code in (403, 404), f"403 or 404 for another technician's `{path}`", answer.status_code)


CHECKS: dict[str, Check] = {
    "a promised photo is verified once its bytes are there, and only then": verified,
    "bytes other than the promised ones are refused, and do not block the true ones": other_bytes,
    "another technician gets no address for a photo": not_yours,
}
