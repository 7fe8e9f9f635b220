"""A desk's stream ends with its session, gives way to newer ones of the same person, and is counted."""

import asyncio
from contextlib import aclosing
from functools import partial

from litestar import Litestar

from server.desk_feed.seen import offices_of
from server.identity.tokens import Actor
from server.sync import measured
from tests.company import Company
from tests.sync.test_ended_access import actor_of

SECOND = 1.5


def opened(app: Litestar, actor: Actor) -> aclosing:  # type: ignore[type-arg]
    places = app.state.desk_places
    return aclosing(app.state.desk_tailer.listen(offices_of(actor), "", partial(places.place, actor)))


async def test_a_stream_ends_within_a_second_of_its_session(company: Company, app: Litestar) -> None:
    await company.log_in("mei")  # a session of its own, which is looked up
    actor = actor_of(app, company.tokens["mei"])
    async with opened(app, actor) as stream:
        await anext(stream)
        await company.must("root", "POST", f"/v1/users/{company.ids['mei']}/deactivate")
        async with asyncio.timeout(SECOND):
            async for _ in stream:
                pass
    assert len(app.state.desk_places) == 0


async def test_of_one_persons_streams_the_newest_eight_stay_and_all_are_counted(
    company: Company, app: Litestar
) -> None:
    actor, tailer = actor_of(app, company.tokens["mei"]), app.state.desk_tailer
    streams = [tailer.listen(offices_of(actor), "", partial(app.state.desk_places.place, actor)) for _ in range(30)]
    for stream in streams:
        await anext(stream)
    async with asyncio.timeout(10):
        for stream in streams[:-8]:
            async for _ in stream:
                pass
    assert (len(app.state.desk_places), tailer._count) == (8, 8)
    tailer.measure()
    assert measured.STREAMS.labels("desks")._value.get() == 8
    for stream in streams[-8:]:
        await stream.aclose()
    assert (len(app.state.desk_places), tailer._count) == (0, 0)
