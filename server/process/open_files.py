"""Files that this process may have open, connections among them: as many as the system lets it, and a word before they run out.

Shells and service managers start programs with a soft limit of 1,024, which a few hundred phones with streams reach. A process
that has none left takes no connection and says nothing of it by itself.
"""

import asyncio
import errno
import logging
import os
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from litestar import Litestar

log = logging.getLogger("fieldproof.files")

WANTED = 65_536
"""Open files that the largest company needs; some systems allow a thousand million, which slows down what counts them."""
EVERY = 5.0
"""Seconds between two looks."""
NEARLY, AGAIN = 0.9, 0.8
"""Shares of the limit from which it is said that files run out, and below which that they do not any more."""


def raise_limit(wanted: int = WANTED) -> int:
    """Bring the soft limit of open files up to the hard one, `wanted` at most. Returns what it is now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(OSError, ValueError):  # a system that refuses leaves it as it was
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


class Watch:
    """Says once that files run out, and once that there are enough again."""

    def __init__(self) -> None:
        self._scarce = False

    def look(self) -> None:
        """Count, and say what has changed since the last look."""
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        if limit == resource.RLIM_INFINITY:
            return
        try:
            count = len(os.listdir("/proc/self/fd"))
        except OSError as error:
            if error.errno != errno.EMFILE:
                return  # a system that does not tell
            count = limit
        if count >= NEARLY * limit and not self._scarce:
            self._scarce = True
            log.error("%d of %d files are open: soon no connection is taken any more. Raise `ulimit -n`.", count, limit)
        elif count < AGAIN * limit and self._scarce:
            self._scarce = False
            log.warning("%d of %d files are open: connections are taken again", count, limit)


@asynccontextmanager
async def watching_files(_: Litestar) -> AsyncIterator[None]:
    """Raise the limit, and look after it as long as the application runs."""
    raise_limit()
    task = asyncio.create_task(_go_on_looking(Watch()))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _go_on_looking(watch: Watch) -> None:
    while True:
        watch.look()
        await asyncio.sleep(EVERY)
