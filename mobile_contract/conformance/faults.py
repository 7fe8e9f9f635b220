"""What a bad network does to the n-th request, drawn from a seed: the same seed and the same order give the same faults."""

import random
from collections.abc import Mapping

import msgspec

FAULTS: dict[str, str] = {
    "pass": "nothing happens",
    "drop_request": "the request never reaches the server; the connection breaks",
    "drop_reply": "the server did the work, and its reply is lost",
    "cut_reply": "the connection breaks in the middle of the reply's body",
    "delay": "request and reply take longer",
    "duplicate": "the server gets the request twice; the client gets the second reply",
    "reorder": "the request is held until a later one has passed it, or a moment long",
    "busy": "429 with Retry-After, from something between client and server",
    "unavailable": "503 with Retry-After, from something between client and server",
    "outage": "no network at all for this request and some that follow",
}
WEIGHTS: dict[str, int] = {
    "pass": 45, "drop_request": 8, "drop_reply": 12, "cut_reply": 8, "delay": 7, "duplicate": 8, "reorder": 5,
    "busy": 3, "unavailable": 3, "outage": 1,
}  # fmt: skip


class Weather(msgspec.Struct, frozen=True):
    """How bad the network is: weights of the faults (`FAULTS`), longest delay in seconds, Retry-After in seconds
    (least and most), how many requests an outage lasts (least and most), and for how many seconds a reordered request
    waits for another to pass it."""

    weights: Mapping[str, int] = msgspec.field(default_factory=lambda: WEIGHTS)
    delay: float = 0.3
    retry_after: tuple[int, int] = (1, 3)
    outage: tuple[int, int] = (2, 5)
    held: float = 0.25


class Fault(msgspec.Struct, frozen=True):
    """What happens to one request: its kind, and the numbers that belong to it."""

    number: int
    kind: str
    delay: float = 0.0
    retry_after: int = 0
    cut_at: float = 0.0


class Faults:
    """Draws one fault for each request. Only the seed and the request's number decide, and outages that began before."""

    def __init__(self, seed: int, weather: Weather | None = None) -> None:
        self.seed = seed
        self.weather = weather or Weather()
        self._number = 0
        self._down_until = 0

    def next(self) -> Fault:
        """The fault of the request that comes now."""
        self._number += 1
        number, weather = self._number, self.weather
        drawn = random.Random(f"{self.seed}:{number}")
        kind = drawn.choices(list(weather.weights), list(weather.weights.values()))[0]
        if kind == "outage":
            self._down_until = max(self._down_until, number + drawn.randint(*weather.outage) - 1)
        if number <= self._down_until:
            kind = "outage"
        return Fault(
            number, kind, delay=round(drawn.uniform(0.1, 1.0) * weather.delay, 3),
            retry_after=drawn.randint(*weather.retry_after), cut_at=round(drawn.uniform(0.1, 0.9), 2),
        )  # fmt: skip
