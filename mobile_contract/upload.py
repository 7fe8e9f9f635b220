"""How a phone brings a photo's bytes to storage: one PUT, or parts for a large one; killed anywhere, it goes on from there.

Nothing has to be remembered between attempts: the server and the storage say what has arrived. Every attempt is signed
anew, because a signature is good for minutes and a phone sleeps for hours.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

Json = dict[str, Any]
Call = Callable[..., Awaitable[httpx.Response]]
"""`await call(method, path, json=...)`: an authorised request to the API."""

ATTEMPTS = 5
PAUSE = 0.5
"""Seconds before the second attempt; twice as long before each further one."""


class UploadFailed(Exception):
    """It did not work now; the outbox and the bytes stay, and the same call later goes on."""


async def upload(call: Call, storage: httpx.AsyncClient, photo_id: str, data: bytes) -> Json:
    """Bring the bytes of a promised photo and have them verified. Returns the photo as the server has it.

    Raises `UploadFailed` when it should be tried again later.
    """
    for attempt in range(ATTEMPTS):
        if attempt:
            await asyncio.sleep(PAUSE * 2 ** (attempt - 1))
        try:
            where = _good(await call("POST", f"/v1/photos/{photo_id}/upload"))
            if where["state"] != "verified":
                if where.get("part_size"):
                    return await _in_parts(call, storage, photo_id, data)
                put = await storage.put(where["url"], headers=where["headers"], content=data)
                if put.status_code != 412 and not put.is_success:  # 412: these bytes are there already
                    raise UploadFailed(f"the storage answered {put.status_code}")
            return _good(await call("POST", f"/v1/photos/{photo_id}/complete"))
        except (httpx.TransportError, UploadFailed) as error:
            failure: Exception = error
    raise UploadFailed(str(failure)) from failure


async def _in_parts(call: Call, storage: httpx.AsyncClient, photo_id: str, data: bytes) -> Json:
    path = f"/v1/photos/{photo_id}/multipart"
    begun = _good(await call("POST", path))
    size = begun["part_size"]
    parts = {number: data[(number - 1) * size : number * size] for number in range(1, begun["parts"] + 1)}
    there = {part["number"] for part in begun["arrived"] if part["size"] == len(parts[part["number"]])}
    for number in parts.keys() - there:
        await _part(call, storage, path, number, parts[number])
    done = await call("POST", f"{path}/complete")
    if done.status_code == 409:
        problem = done.json()
        if problem["code"] == "parts_missing":
            for number in problem["missing"]:
                await _part(call, storage, path, number, parts[number])
            done = await call("POST", f"{path}/complete")
    return _good(done)


async def _part(call: Call, storage: httpx.AsyncClient, path: str, number: int, data: bytes) -> None:
    wanted = {"number": number, "sha256": hashlib.sha256(data).hexdigest()}
    answer = await call("POST", f"{path}/parts", json={"parts": [wanted]})
    if answer.status_code == 409 and answer.json()["code"] == "part_changed":
        await call("DELETE", path)  # signed for other bytes once: only a new upload takes the true ones
    where = _good(answer)["parts"][0]
    put = await storage.put(where["url"], headers=where["headers"], content=data)
    if not put.is_success:
        raise UploadFailed(f"the storage answered {put.status_code} for part {number}")


def _good(answer: httpx.Response) -> Json:
    if not answer.is_success:
        raise UploadFailed(answer.text[:500])
    found: Json = answer.json()
    return found
