"""How a phone brings a photo's bytes to storage: one PUT, or parts for a large one; killed anywhere, it goes on from there.

Nothing has to be remembered between attempts: the server and the storage say what has arrived. Every attempt is signed
anew, because a signature is good for minutes and a phone sleeps for hours.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from mobile_contract.session import SyncRefused, TryLater, good, problem_of

Json = dict[str, Any]
Call = Callable[..., Awaitable[httpx.Response]]
"""`await call(method, path, json=...)`: an authorised request to the API."""
Tell = Callable[[int], None]
"""Told how many bytes the storage has acknowledged."""

ATTEMPTS = 5
PAUSE = 0.5
"""Seconds before the second attempt; twice as long before each further one, and never less than the server asks for."""
PAUSE_AT_MOST = 30.0
"""Seconds; who is told to come back later than that fails now."""
STORAGE_TIMEOUT = 60.0
"""Seconds that the storage may be silent."""
MENDED_BY_SENDING = frozenset({"not_uploaded", "photo_mismatch", "no_upload", "parts_missing", "part_changed"})
"""Problems that say what has to be sent (again)."""


class UploadFailed(Exception):
    """It did not work now; the outbox and the bytes stay, and the same call later goes on."""

    @property
    def is_silence(self) -> bool:
        """Whether nobody answered, or only to say that it is too much: then the next photo will hardly fare better."""
        return isinstance(self.__cause__, httpx.HTTPError)


class UploadRefused(Exception):
    """The server does not take this photo as things are; others may go. The bytes stay. `problem` says why (RFC 9457).

    404: its promise was parked, and the desk can still apply it. 422 `wrong_promise`: promise it again as it is.
    """

    def __init__(self, problem: Json) -> None:
        super().__init__(f"{problem.get('code')}: {problem.get('detail')}")
        self.problem = problem


def _tell_nobody(sent: int) -> None:
    """Nobody wants to know."""


async def upload(call: Call, storage: httpx.AsyncClient, photo_id: str, data: bytes, tell: Tell = _tell_nobody) -> Json:
    """Bring the bytes of a promised photo and have them verified. Returns the photo as the server has it.

    Raises `UploadFailed` when it should be tried again later, `UploadRefused` when something else has to happen first.
    """
    failure: Exception | None = None
    asked_for = 0.0
    for attempt in range(ATTEMPTS):
        if attempt:
            await asyncio.sleep(max(PAUSE * 2 ** (attempt - 1), asked_for))
        try:
            return await _attempt(call, storage, photo_id, data, tell)
        except (httpx.TransportError, httpx.InvalidURL, TryLater, UploadFailed) as error:
            failure = error
            asked_for = error.retry_after if isinstance(error, TryLater) else 0.0
            if asked_for > PAUSE_AT_MOST:
                break
    raise UploadFailed(str(failure)) from failure


async def _attempt(call: Call, storage: httpx.AsyncClient, photo_id: str, data: bytes, tell: Tell) -> Json:
    where = _good(await call("POST", f"/v1/photos/{photo_id}/upload"))
    if where["state"] != "verified":
        if where.get("part_size"):
            return await _in_parts(call, storage, photo_id, data, tell)
        tell(0)
        put = await storage.put(where["url"], headers=where["headers"], content=data)
        if put.status_code != 412 and not put.is_success:  # 412: these bytes are there already
            raise UploadFailed(f"the storage answered {put.status_code}")
        tell(len(data))
    return _good(await call("POST", f"/v1/photos/{photo_id}/complete"))


async def _in_parts(call: Call, storage: httpx.AsyncClient, photo_id: str, data: bytes, tell: Tell) -> Json:
    path = f"/v1/photos/{photo_id}/multipart"
    begun = _good(await call("POST", path))
    size = begun["part_size"]
    parts = {number: data[(number - 1) * size : number * size] for number in range(1, begun["parts"] + 1)}
    there = {part["number"] for part in begun["arrived"] if part["size"] == len(parts.get(part["number"], b""))}
    sent = sum(len(parts[number]) for number in there)
    tell(sent)
    for number in sorted(parts.keys() - there):
        await _part(call, storage, path, number, parts[number])
        sent += len(parts[number])
        tell(sent)
    done = await call("POST", f"{path}/complete")
    if done.status_code == 409 and (missing := problem_of(done).get("missing")):
        for number in parts.keys() & set(missing):
            await _part(call, storage, path, number, parts[number])
        done = await call("POST", f"{path}/complete")
    return _good(done)


async def _part(call: Call, storage: httpx.AsyncClient, path: str, number: int, data: bytes) -> None:
    wanted = {"number": number, "sha256": hashlib.sha256(data).hexdigest()}
    answer = await call("POST", f"{path}/parts", json={"parts": [wanted]})
    if answer.status_code == 409 and problem_of(answer)["code"] == "part_changed":
        await call("DELETE", path)  # signed for other bytes once: only a new upload takes the true ones
    where = _good(answer)["parts"][0]
    put = await storage.put(where["url"], headers=where["headers"], content=data)
    if not put.is_success:
        raise UploadFailed(f"the storage answered {put.status_code} for part {number}")


def _good(answer: httpx.Response) -> Json:
    try:
        found: Json = good(answer)
    except SyncRefused as refused:
        mendable = answer.is_server_error or answer.status_code == 429 or refused.code in MENDED_BY_SENDING
        raise UploadFailed(str(refused)) if mendable else UploadRefused(refused.problem) from refused
    return found
