"""Names each request and measures it, those of unknown addresses too. Outermost around the application.

Seconds count until the answer begins: a stream's last for an hour, and its hour says nothing. Routes are counted by their
template, so that neither ids nor what strangers make up become series.
"""

from time import perf_counter

from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Histogram

from server.ground.request_id import HEADER, name_of, request_id

REQUESTS = Histogram(
    "fieldproof_request_seconds", "Seconds until the answer to a request began", ("route", "method", "status"),
    buckets=(0.005, 0.025, 0.1, 0.5, 2.5, 10),
)  # fmt: skip
UNMATCHED = "unmatched"
"""The route of what no route of ours answers."""


class Observed:
    """ASGI application around another."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._series: dict[tuple[str, str, int], Histogram] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":  # type: ignore[comparison-overlap]
            await self.app(scope, receive, send)
            return
        began = perf_counter()
        name = name_of(next((value for key, value in scope["headers"] if key == HEADER), None))
        before = request_id.set(name)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (HEADER, name.encode())]
                self._count(scope, message["status"], perf_counter() - began)
            await send(message)

        try:
            await self.app(scope, receive, answer)
        finally:
            request_id.reset(before)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route = route_of(scope)
        key = (route, "" if route == UNMATCHED else str(scope["method"]), status)  # type: ignore[typeddict-item]
        series = self._series.get(key)
        if series is None:
            series = self._series[key] = REQUESTS.labels(*key)
        series.observe(seconds)


def route_of(scope: Scope) -> str:
    """The template of the route that answers; never the address itself, which may hold a customer's link."""
    return str(scope.get("path_template") or UNMATCHED)
