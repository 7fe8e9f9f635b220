"""The stream of hints: it says that a scope moved, and nothing else."""

import asyncio
import json
from contextlib import aclosing
from uuid import UUID

from litestar import Litestar

from mobile_contract.phone import Phone
from tests.company import Company


async def test_an_assignment_is_hinted_to_its_technician_and_to_nobody_else(
    company: Company, app: Litestar, wei: Phone, anna: Phone
) -> None:
    async with (
        aclosing(app.state.tailer.listen(UUID(company.ids["wei"]))) as hers,  # type: ignore[type-var]
        aclosing(app.state.tailer.listen(UUID(company.ids["anna"]))) as others,  # type: ignore[type-var]
    ):
        assert await anext(hers) == await anext(others) == b": ready\n\n"
        await asyncio.sleep(0.2)
        await company.visit("wei")
        event = await asyncio.wait_for(anext(hers), 5)
        head, _, data = event.decode().partition("\n")
        assert head == "event: hint"
        assert list(json.loads(data.removeprefix("data: "))) == [f"technician:{company.ids['wei']}"]
        waiting = asyncio.ensure_future(anext(others))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)


async def test_only_a_technician_listens(company: Company) -> None:
    assert (await company.call("mei", "GET", "/v1/sync/stream")).status_code == 403
