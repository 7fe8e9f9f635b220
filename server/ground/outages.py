"""What does not answer: told once, then counted, and its end told with the count. Thousands of phones that come again would fill a disk with lines.

Whoever meets an outage says so by `seen`; `server/process/health.py` tries every few seconds whether it is over.
"""

import logging
import re
import threading
import time
from dataclasses import dataclass, field

from prometheus_client import Counter

log = logging.getLogger("fieldproof.outages")

QUIET = 8.0
"""Seconds for which nobody may have met it before it counts as over: what comes and goes is one outage."""
REMIND = 300.0
"""Seconds between two lines about one that goes on."""
REASONS = 5
"""Different reasons that are told of one outage; more of them are only counted."""

MET = Counter("fieldproof_outage_met", "Times that a request or a task met something that does not answer", ("part",))


@dataclass
class _Outage:
    since: float
    last: float
    reminded: float
    count: int = 0
    told: set[str] = field(default_factory=set)


class Outages:
    """The outages of this process that go on now, each by the part that does not answer. Safe from several threads."""

    def __init__(self) -> None:
        self._now: dict[str, _Outage] = {}
        self._lock = threading.Lock()

    def seen(self, part: str, why: str) -> None:
        """A request or a task met it. `why` becomes the line in the log, if it is a new reason, and must name no secret."""
        now, why = time.monotonic(), " ".join(why.split())
        MET.labels(part).inc()
        # Ports, ids and addresses differ from one try to the next.
        reason = re.sub(r"[0-9a-f-]*[0-9][0-9a-f-]*", "#", why)[:200]
        with self._lock:
            found = self._now.setdefault(part, _Outage(now, now, now))
            found.count, found.last = found.count + 1, now
            if reason not in found.told and len(found.told) < REASONS:
                found.told.add(reason)
                log.warning("%s", why)
            elif now - found.reminded >= REMIND:
                found.reminded = now
                log.warning("%s: still out after %.0f s; met %d times", part, now - found.since, found.count)

    def over(self, part: str) -> None:
        """It answers. Told when nobody has met the outage for `QUIET` seconds."""
        now = time.monotonic()
        with self._lock:
            found = self._now.get(part)
            if found is None or now - found.last < QUIET:
                return
            del self._now[part]
        log.warning(
            "%s: answers again; it was out for %.0f s and met %d times", part, found.last - found.since, found.count
        )

    def forget(self) -> None:
        """Know of no outage; for tests, which share a process."""
        with self._lock:
            self._now.clear()


outages = Outages()
"""This process's."""

DATABASE, STORAGE, WORK = "the database", "the storage", "background work"
"""The parts, as the log names them."""
