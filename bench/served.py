"""The application that is measured: the product's own, and beside it one route that answers fixed bytes.

`python -m bench.served PORT` serves it as `fieldproof serve` does, with the product's settings from the environment; only the
number of connections of one address is not limited, since all come from here. The fixed route goes through the same
server, middleware and guard as the exchange and does nothing else: it is the floor for anything over HTTP.
"""

import collections
import os
import signal
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec
from litestar import Litestar, MediaType, Response, get
from litestar.params import FromPath

from server.http import observed
from server.http.door.door import Door
from server.http.door.limits import Limits
from server.http.door.listen import bind, server
from server.identity.audience import REVOKED_TOO, TECHNICIANS
from server.process.runtime import build
from server.process.services import Services
from server.process.settings import load_settings
from server.sync import measured

COUNT, NAME_OF, EXCHANGED = observed.count, observed.name_of, measured.exchanged


@cache
def filler(size: int) -> bytes:
    """As many bytes, as JSON."""
    return b'"' + b"x" * (size - 2) + b'"'


@get("/bench/fixed/{size:int}", guards=[TECHNICIANS], opt=REVOKED_TOO, sync_to_thread=False)
def fixed(size: FromPath[int]) -> Response[bytes]:
    """The same bytes for everybody who is signed in."""
    return Response(filler(size), media_type=MediaType.JSON)


def _nothing(*_: Any, **__: Any) -> None:
    pass


def _no_name(_: bytes | None) -> str:
    return "none"


@get("/bench/watch/{on:int}", sync_to_thread=False)
def watch(on: FromPath[int]) -> str:
    """Count from now on, or nothing as if requests had no names and no figures, for `watching.py`."""
    observed.count = COUNT if on else _nothing
    observed.name_of = NAME_OF if on else _no_name
    measured.exchanged = EXCHANGED if on else _nothing
    return ""


def factory(environ: Mapping[str, str] = os.environ) -> Litestar:
    """The application of one measured process; its settings are those of the process unless others are given."""
    settings = load_settings(environ)
    assert settings.database_url is not None
    assert settings.s3 is not None
    app = build(settings, Services(settings.database_url, settings.s3, settings.s3.endpoint_url), work=False)
    app.register(fixed)
    app.register(watch)
    if file := os.environ.get("BENCH_PROFILE"):
        begin, write = sampler(Path(file))
        app.on_startup.append(begin)
        app.on_shutdown.append(write)
    return app


def sampler(file: Path, interval: float = 0.001) -> tuple[Callable[[], None], Callable[[], None]]:
    """The first of the two begins to note where this process is in each tick of its processor time; the second writes
    the counts as JSON: {"own": {function: samples}, "within": {function: samples}}. Time inside C counts for the Python line that called."""
    own: collections.Counter[str] = collections.Counter()
    within: collections.Counter[str] = collections.Counter()

    def look(_signal: int, frame: FrameType | None) -> Any:
        names: list[str] = []
        while frame is not None:
            code = frame.f_code
            names.append(f"{'/'.join(Path(code.co_filename).parts[-2:])}:{code.co_qualname}")
            frame = frame.f_back
        if names:
            own[names[0]] += 1
            within.update(set(names))

    def write() -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        file.write_bytes(msgspec.json.encode({"own": dict(own), "within": dict(within)}))

    def begin() -> None:
        signal.signal(signal.SIGPROF, look)
        signal.setitimer(signal.ITIMER_PROF, interval, interval)

    return begin, write


if __name__ == "__main__":
    door = Door(limits=Limits(connections=1_000_000, address_connections=1_000_000))
    running = server(factory(), door.crowd, limits=door.limits, timeout_keep_alive=60)
    running.run([bind("127.0.0.1", int(sys.argv[1]))])
