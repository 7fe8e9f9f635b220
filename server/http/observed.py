"""Names each request, measures it, and gives each answer what all carry, those of unknown addresses too. Outermost.

Seconds count until the answer begins: a stream's last for an hour, and its hour says nothing. Routes are counted by their
template, so that neither ids nor what strangers make up become series.
"""

from time import perf_counter

from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Histogram

from server.ground.request_id import HEADER, name_of, request_id
from server.ground.tallies import Tally
from server.http.door.leaving import Header

REQUESTS = Histogram(
    "fieldproof_request_seconds", "Seconds until the answer to a request began", ("route", "method", "status"),
    buckets=(0.005, 0.025, 0.1, 0.5, 2.5, 10),
)  # fmt: skip
UNMATCHED = "unmatched"
"""The route of what no route of ours answers."""
_tallies: dict[tuple[str, str, int], Tally] = {}


class Observed:
    """ASGI application around another. Each answer gets the name of its request, and of `carried` what it does not set itself."""

    def __init__(self, app: ASGIApp, carried: tuple[Header, ...]) -> None:
        self.app, self.carried = app, carried

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = perf_counter()
        given = None
        for key, value in scope["headers"]:
            if key == HEADER:
                given = value
        name = name_of(given)
        before = request_id.set(name)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                count(scope, message["status"], perf_counter() - began)
                headers = list(message["headers"])
                there = {key.lower() for key, _ in headers}
                headers += [one for one in self.carried if one[0] not in there]
                message["headers"] = [*headers, (HEADER, name.encode())]
            await send(message)

        try:
            await self.app(scope, receive, answer)
        finally:
            request_id.reset(before)


def count(scope: Scope, status: int, seconds: float) -> None:
    """An answer begins."""
    route = route_of(scope)
    key = (route, "" if route == UNMATCHED else scope["method"], status)  # type: ignore[typeddict-item]
    tally = _tallies.get(key)
    if tally is None:
        tally = _tallies[key] = Tally(REQUESTS.labels(*key))
    tally.add(seconds)


def route_of(scope: Scope) -> str:
    """The template of the route that answers; never the address itself, which may hold a customer's link."""
    return scope.get("path_template") or UNMATCHED
