"""Asks a time-stamping authority (RFC 3161) for its stamp, with limits: it is somebody else's program, often over plain HTTP.

pyHanko's own client reads answers of any length for as long as they come.
"""

import asyncio
from collections.abc import Callable

import httpx
from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError

SECONDS = 10.0
"""For the whole of a question and its answer."""
LARGEST = 16 * 1024
"""Bytes of an answer; a larger one would not fit into the room that is kept for it in the PDF."""
QUESTION, REPLY = "application/timestamp-query", "application/timestamp-reply"


class Authority(TimeStamper):
    """The authority at an address."""

    def __init__(self, url: str) -> None:
        start: Callable[[], None] = super().__init__
        start()
        self._url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Its answer. Raises `TimestampRequestError` when there is none in time, or one that is none."""
        try:
            async with asyncio.timeout(SECONDS):
                return tsp.TimeStampResp.load(await self._ask(req.dump()), strict=True)
        except (TimeoutError, httpx.HTTPError, OSError) as error:
            raise TimestampRequestError("The timestamp authority does not answer.") from error
        except ValueError as error:
            raise TimestampRequestError(f"The timestamp authority's answer cannot be read: {error}") from error

    async def _ask(self, question: bytes) -> bytes:
        headers = {"content-type": QUESTION, "accept": REPLY, "accept-encoding": "identity"}
        found = bytearray()
        async with (
            httpx.AsyncClient(timeout=SECONDS) as client,
            client.stream("POST", self._url, content=question, headers=headers) as answer,
        ):
            kind = str(answer.headers.get("content-type", "")).partition(";")[0].strip().lower()
            if kind != REPLY or "content-encoding" in answer.headers:
                raise ValueError(f"status {answer.status_code}, no time stamp")
            async for part in answer.aiter_raw():
                found += part
                if len(found) > LARGEST:
                    raise ValueError(f"it has more than {LARGEST} bytes")
        return bytes(found)
