"""HTTP: the stream of hints for people at a desk."""

from functools import partial

from litestar import Controller, Request, get
from litestar.datastructures import State
from litestar.response import Stream

from server.desk_feed.seen import offices_of
from server.desk_feed.stream import DeskTailer
from server.identity.audience import DESKS
from server.identity.tokens import Actor
from server.sync.down.places import Places


class DeskFeed(Controller):
    """What a desk needs to keep its lists as they are."""

    path = "/v1/desk"
    tags = ("dispatch",)
    guards = (DESKS,)

    @get("/stream")
    async def stream_desk_hints(self, request: Request[Actor, str, State], state: State) -> Stream:
        """Server-sent events: what changed in the lists, by kind, id and office. They carry no data; the lists have it.

        `ready`: the stream has begun; load the lists now. `hint`: `{"changes": [{"kind", "id", "office_id"}]}`, kind being `board` or `unsealed` (a
        visit), `tickets`, `parked` (an operation) or `incidents`; one may be told twice, none is left out. `reload`: too much changed, or too long
        ago; load the lists anew. Comments come as heartbeats. The id of an event, sent back as Last-Event-ID, is where the next stream goes on, for
        a day. Of one person's streams in one process the eight newest stay open.
        """
        tailer: DeskTailer = state.desk_tailer
        places: Places = state.desk_places
        last = request.headers.get("last-event-id", "")
        events = tailer.listen(offices_of(request.user), last, partial(places.place, request.user))
        return Stream(events, media_type="text/event-stream", headers={"cache-control": "no-store"})
