"""Names each request and measures it, those of unknown addresses too. Outermost around the application.

Seconds count until the answer begins: a stream's last for an hour, and its hour says nothing. Routes are counted by their
template, so that neither ids nor what strangers make up become series.
"""

from time import perf_counter

from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Histogram

from server.ground.request_id import HEADER, name_of, request_id
from server.ground.tallies import Tally

REQUESTS = Histogram(
    "fieldproof_request_seconds", "Seconds until the answer to a request began", ("route", "method", "status"),
    buckets=(0.005, 0.025, 0.1, 0.5, 2.5, 10),
)  # fmt: skip
UNMATCHED = "unmatched"
"""The route of what no route of ours answers."""
BEGAN = "began"
_tallies: dict[tuple[str, str, int], Tally] = {}


class Observed:
    """ASGI application around another, whose answers begin by `answered`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"][BEGAN] = perf_counter()
        given = None
        for key, value in scope["headers"]:
            if key == HEADER:
                given = value
        before = request_id.set(name_of(given))
        try:
            await self.app(scope, receive, send)
        finally:
            request_id.reset(before)


def answered(message: Message, scope: Scope) -> tuple[tuple[bytes, bytes], ...]:
    """Count an answer that begins. Returns the header that names its request; none for what came past `Observed`."""
    began = scope["state"].get(BEGAN)
    if began is None:
        return ()
    route = route_of(scope)
    key = (route, "" if route == UNMATCHED else scope["method"], message["status"])  # type: ignore[typeddict-item]
    tally = _tallies.get(key)
    if tally is None:
        tally = _tallies[key] = Tally(REQUESTS.labels(*key))
    tally.add(perf_counter() - began)
    return ((HEADER, request_id.get().encode()),)


def route_of(scope: Scope) -> str:
    """The template of the route that answers; never the address itself, which may hold a customer's link."""
    return scope.get("path_template") or UNMATCHED
