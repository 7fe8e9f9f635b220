"""How often one client address may ask: a few numbers that all API processes of a machine share.

For each address one number is kept, the moment at which its requests so far would be through at the steady pace
(the generic cell rate algorithm, ITU-T I.371). The numbers lie in one file of the data folder, mapped into memory: its size
is fixed, however many addresses come, and nothing has to be cleared away. Litestar's own limiter keeps a list of
times for each address in a store; no store of its is shared by processes without a race, and none is bounded.
"""

import math
import mmap
import os
import time
from collections.abc import Callable
from functools import partial
from hashlib import blake2b
from pathlib import Path

from litestar.middleware import DefineMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from server.ground.problems import Busy
from server.http.door.limits import client_of

PLACES = 1 << 16
"""Two addresses share a number when their hashes meet, which of a thousand that ask at a time a handful do."""
SIZE = PLACES * 8


class Pace:
    """The numbers of one machine, or without a folder of this process."""

    def __init__(self, folder: Path | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._file, self._clock = -1, clock
        if folder is not None:
            self._file = os.open(folder / "pace", os.O_RDWR | os.O_CREAT, 0o600)
            os.ftruncate(self._file, SIZE)
        self._map = mmap.mmap(self._file, SIZE)
        self._numbers = memoryview(self._map).cast("d")

    def wait(self, what: str, host: str | None, a_minute: int) -> float:
        """Seconds until this address may ask again; 0 when it may now, which is counted.

        As many as `a_minute` may come at once, and then one each 60/`a_minute` seconds.
        """
        hashed = blake2b(f"{what} {client_of(host)}".encode(), digest_size=2).digest()
        place, now, step = int.from_bytes(hashed, "big"), self._clock(), 60 / a_minute
        through = self._numbers[place]
        if not now <= through <= now + 60 + step:  # long ago, or from before the machine was started anew
            through = now
        if through + step > now + 60 + 1e-9:
            return through + step - now - 60
        self._numbers[place] = through + step
        return 0.0

    def close(self) -> None:
        """Let go of the file."""
        self._numbers.release()
        self._map.close()
        if self._file >= 0:
            os.close(self._file)


class PerAddress:
    """ASGI middleware of routes that are open to anybody. Raises `Busy` to who asks too often."""

    def __init__(self, app: ASGIApp, what: str, a_minute: int) -> None:
        self.app, self.what, self.a_minute = app, what, a_minute

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        pace: Pace = scope["litestar_app"].state.door.pace
        wait = pace.wait(self.what, client[0] if client else None, self.a_minute)
        if wait > 0:
            raise Busy("This address asks too often. Wait a minute, then try again.", retry_after=math.ceil(wait))
        await self.app(scope, receive, send)


def per_address(what: str, a_minute: int) -> DefineMiddleware:
    """At most so many requests a minute for one address; routes with the same `what` are counted together."""
    return DefineMiddleware(partial(PerAddress, what=what, a_minute=a_minute))
