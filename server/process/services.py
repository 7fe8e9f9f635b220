"""The servers that the product stands on, PostgreSQL and S3 storage: the embedded ones, or those that settings name.

Several processes (API, worker, a test run) may share the embedded servers of one data folder. Each holds a shared lock
while it uses them; whoever leaves last stops them. The kernel drops a killed process's lock, so nothing gets stuck.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import msgspec

from server.embedded import postgres, storage
from server.embedded.s3_address import S3Address
from server.ground.processes import Say, one_clear_line
from server.process.revival import Part, revived
from server.process.settings import Settings
from server.process.signals import unhurried


class Services(msgspec.Struct, frozen=True):
    """Where the database and the storage are. `s3_public_endpoint_url` is the storage's address for phones; None: the API's."""

    database_url: str
    s3: S3Address
    s3_public_endpoint_url: str | None

    def __repr__(self) -> str:
        # The database's address holds its password.
        return f"Services(database=..., s3={self.s3!r})"


@contextmanager
def running_services(settings: Settings, say: Say = print, *, durable: bool = True) -> Iterator[Services]:
    """Start what is embedded and not running yet, and stop it at the end unless another process uses it.

    What dies meanwhile is started again. `say` gets one line for each step. `durable=False` is for tests: PostgreSQL does not wait for the disk.
    Raises `ServiceFailed` with one clear line.
    """
    given = settings.s3
    if settings.database_url is not None and given is not None:
        yield _services(settings, settings.database_url, given)
        return
    with one_clear_line("Data folder", settings.data):
        settings.data.mkdir(parents=True, exist_ok=True)
        in_use = os.open(settings.data / "services.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            with _alone(settings.data, say):
                fcntl.flock(in_use, fcntl.LOCK_SH)
                services = _start(settings, say, durable=durable)
            with revived(_parts(settings, durable=durable), lambda: _alone(settings.data, lambda _: None), say):
                yield services
        finally:
            with unhurried(), _alone(settings.data, say):
                if _is_last(in_use):
                    _stop(settings, say)
                else:
                    say("PostgreSQL and S3 storage go on for another process")
    finally:
        os.close(in_use)


def _services(settings: Settings, database_url: str, s3: S3Address) -> Services:
    return Services(database_url, s3, settings.s3_public_endpoint_url)


@contextmanager
def _alone(data: Path, say: Say) -> Iterator[None]:
    """Only one process at a time starts or stops the servers of a data folder."""
    handle = os.open(data / "start.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another process that starts or stops PostgreSQL and S3 storage")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _is_last(in_use: int) -> bool:
    """Whether nobody else holds the servers: then our shared lock can become an exclusive one."""
    try:
        fcntl.flock(in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _start(settings: Settings, say: Say, *, durable: bool) -> Services:
    """Both at once: each mostly waits."""

    def database() -> str:
        began = time.monotonic()
        url = postgres.start(settings.data, durable=durable, say=say)
        say(f"PostgreSQL: ready on {url.rpartition('@')[2]} ({time.monotonic() - began:.1f} s)")
        return url

    def objects() -> S3Address:
        began = time.monotonic()
        address = storage.start(settings.data, bucket=settings.s3_bucket, say=say)
        say(f"S3 storage: ready on {address.endpoint_url} ({time.monotonic() - began:.1f} s)")
        return address

    threads = ThreadPoolExecutor(2)
    try:
        url = threads.submit(lambda: settings.database_url or database())
        s3 = threads.submit(lambda: settings.s3 or objects())
        return _services(settings, url.result(), s3.result())
    finally:
        # Whoever is asked to end meanwhile waits too: a server that is not there yet cannot be stopped.
        with unhurried():
            threads.shutdown()


def _parts(settings: Settings, *, durable: bool) -> list[Part]:
    """What is embedded, and how it is started again where it was."""
    data, parts = settings.data, list[Part]()

    def quiet(_: str) -> None:
        """What a start would say about ports and folders was said the first time."""

    if settings.database_url is None:
        parts.append(
            Part(
                "PostgreSQL",
                lambda: postgres.is_running(data),
                lambda: postgres.start(data, durable=durable, again=True, say=quiet),
                lambda: postgres.answers(data),
                lambda: postgres.kill(data),
            )
        )
    if settings.s3 is None:
        parts.append(
            Part(
                "S3 storage",
                lambda: storage.is_running(data),
                lambda: storage.start(data, bucket=settings.s3_bucket, again=True, say=quiet),
                lambda: storage.answers(data),
                lambda: storage.kill(data),
            )
        )
    return parts


def _stop(settings: Settings, say: Say) -> None:
    stops: list[tuple[str, Callable[[Path], None]]] = []
    if settings.database_url is None:
        stops.append(("PostgreSQL", postgres.stop))
    if settings.s3 is None:
        stops.append(("S3 storage", storage.stop))
    say(f"Stopping {' and '.join(name for name, _ in stops)}")
    with ThreadPoolExecutor(2) as threads:
        ends = [threads.submit(stop, settings.data) for _, stop in stops]
    for end in ends:
        end.result()
