"""The log files of the embedded servers, which run for months: put aside while they are written, not only at a start.

Both programs append, so a file that is copied and then emptied goes on from its beginning. What is written between the two is
lost, which for a log is better than a disk that is full.
"""

import logging
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.ground.processes import LOG_LIMIT

log = logging.getLogger("fieldproof.files")

EVERY = 600.0
"""Seconds between two looks."""
LOGS = ("postgres/log", "storage/log")
"""In the data folder."""


def put_aside(data: Path, limit: int = LOG_LIMIT) -> int:
    """Copy each log that has grown past `limit` bytes to `log.1` and empty it. Returns how many."""
    done = 0
    for name in LOGS:
        file = data / name
        if not file.exists() or file.stat().st_size <= limit:
            continue
        shutil.copyfile(file, file.with_name(file.name + ".1"))
        with file.open("r+b") as emptied:
            emptied.truncate()
        done += 1
    return done


@contextmanager
def short_logs(data: Path, every: float = EVERY) -> Iterator[None]:
    """Keep the logs below `data` short for as long as the context lasts."""
    ending = threading.Event()

    def look() -> None:
        while not ending.wait(every):
            try:
                put_aside(data)
            except OSError as error:  # a full disk is said by others; logs are tried again
                log.warning("a log file could not be put aside: %s", error)

    thread = threading.Thread(target=look, name="log files", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join(5)
