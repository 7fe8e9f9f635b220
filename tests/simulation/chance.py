"""Everything that is random in a history comes from its seed: ids, nonces, time, and what happens next."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from unittest.mock import patch

from server.ground import clock

START = 1_772_413_200_000_000
"""9:00 in Shanghai on the day that every history begins, in microseconds."""


class Time:
    """The world's clock; it moves only when the history says so."""

    def __init__(self) -> None:
        self.now = START

    def passes(self, seconds: float) -> None:
        self.now += int(seconds * 1_000_000)


@contextmanager
def seeded(seed: int, time: Time) -> Iterator[None]:
    """Ids and nonces of server and phones from the seed, the server's clock from the world's."""
    source = random.Random(seed)
    secrets = SimpleNamespace(
        randbits=source.getrandbits,
        token_hex=lambda count: source.randbytes(count).hex(),
        token_urlsafe=lambda count=32: source.randbytes(count).hex(),
    )
    world_time = SimpleNamespace(time_ns=lambda: time.now * 1000, monotonic_ns=lambda: time.now * 1000)
    clock.hold(lambda: time.now)
    try:
        with (
            patch("server.ground.ids.secrets", secrets),
            patch("server.identity.signin.secrets", secrets),
            patch("server.identity.sessions.secrets", secrets),
            patch("mobile_contract.chain.secrets", secrets),
            patch("mobile_contract.chain.time", world_time),
        ):
            yield
    finally:
        clock.hold(None)
