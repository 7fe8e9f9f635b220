"""The stream of hints: it says that something changed, carries no data, and comes to those whom it concerns."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from mobile_contract.conformance.field import Check, Field
from mobile_contract.conformance.verdicts import Failed, equal, expect

PATIENCE = 10.0
"""Seconds for a hint to come."""


async def hinted(field: Field) -> None:
    phone = await field.phone()
    scope = f"technician:{field.technician}"
    async with field.http.stream("GET", "/v1/sync/stream", headers=phone.bearer()) as answer:
        equal(answer.status_code, 200, "status of the stream")
        kind = answer.headers.get("content-type", "")
        expect(kind.startswith("text/event-stream"), "server-sent events", kind)
        async with aclosing(_lines(answer.aiter_lines())) as lines:
            await anext(lines)
            # What a tailer has not looked at yet it cannot hint; it looks several times a second.
            await asyncio.sleep(0.3)
            await field.desk.visit(field.technician)
            async for line in lines:
                if line.startswith("data:") and scope in json.loads(line.removeprefix("data:")):
                    revision = json.loads(line.removeprefix("data:"))[scope]
                    expect(isinstance(revision, int), "a revision in the hint", line)
                    return


async def _lines(lines: AsyncIterator[str]) -> AsyncGenerator[str, None]:
    try:
        async with asyncio.timeout(PATIENCE):
            async for line in lines:
                yield line
    except TimeoutError as error:
        raise Failed(f"a hint within {PATIENCE:.0f} s", "none") from error


CHECKS: dict[str, Check] = {"a change is hinted on the stream, by scope and revision": hinted}
