"""Figures that the database holds, the same whichever process is asked: what waits in the queue, seals, incidents, faults.

They are read when somebody asks, and at most every few seconds. When they cannot be read the answer has
`fieldproof_database_up 0` and none of them, so that nobody takes an old figure for a new one.
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from server.database.engine import ASYNCPG
from server.database.readers import Readers

KEPT = 5.0
"""Seconds for which they are good."""
PATIENCE = 5.0


class Kept(NamedTuple):
    """One figure: a statement with a column `value`, and one for each label."""

    name: str
    meaning: str
    labels: tuple[str, ...]
    statement: str


FIGURES = (
    Kept("fieldproof_notifications", "Messages that wait to be sent, or to be passed on by hand, by way", ("channel",),
         "select channel, count(*) as value from notification where state = 'waiting' group by 1"),
    Kept("fieldproof_notification_oldest_seconds", "Age of the message that has waited longest, by way", ("channel",),
         "select channel, extract(epoch from clock_timestamp() - min(made_at)) as value"
         " from notification where state = 'waiting' group by 1"),
    Kept("fieldproof_webhook_endpoints_off", "Endpoints that were switched off by themselves, because they took nothing", (),
         "select count(*) as value from webhook_endpoint where not active and retired_at is null and off_because <> ''"),
    Kept(
        "fieldproof_tasks", "Tasks in the queue", ("task", "status"),
        "select entrypoint as task, status::text as status, count(*) as value from pgqueuer group by 1, 2",
    ),
    Kept(
        "fieldproof_task_oldest_seconds", "Age of the oldest task that is due", ("task",),
        "select entrypoint as task, extract(epoch from clock_timestamp() - min(greatest(created, execute_after))) as value"
        " from pgqueuer where status in ('queued', 'picked') and execute_after <= clock_timestamp() group by 1",
    ),
    Kept("fieldproof_log_leaves", "Leaves of the record log: sealed records and customers' answers", (),
         "select size as value from log_head"),
    Kept("fieldproof_records_logged", "Records that are in the log and have no PDF yet", (),
         "select count(*) as value from sealed_record where state = 'logged'"),
    Kept("fieldproof_unsealed", "Signed reports that are not sealed yet", (),
         "select count(*) as value from signature where settled_at is null"),
    Kept("fieldproof_unsealed_oldest_seconds", "Age of the signature that has waited longest for its seal", (),
         "select coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0) as value"
         " from signature where settled_at is null"),
    Kept("fieldproof_faults", "Background work that is not done, by task; held: it waits for somebody", ("task", "held"),
         "select task, held::text, count(*) as value from task_fault where settled_at is null group by 1, 2"),
    Kept("fieldproof_incidents_open", "Incidents that nobody has answered for, by kind", ("code",),
         "select code, count(*) as value from incident i where not exists"
         " (select from incident_acknowledgement a where a.incident_id = i.id) group by 1"),
    Kept("fieldproof_parked", "Parked operations that wait for a decision", (),
         "select count(*) as value from operation where outcome = 'parked' and resolution is null"),
    Kept("fieldproof_copies_waiting", "Copies that have not arrived in the storage", (),
         "select count(*) as value from safe_copy where arrived_at is null"),
    Kept("fieldproof_database_backends", "Connections of all programs to the database", (),
         "select count(*) as value from pg_stat_activity where datname = current_database()"),
)  # fmt: skip


class DatabaseFigures(Collector):
    """The figures as they were read last."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._found: dict[Kept, Sequence[Any]] = {}
        self._read_at, self._up = float("-inf"), False
        self._reading = asyncio.Lock()

    async def registry(self) -> CollectorRegistry:
        """A registry that gives them, read anew when they are old."""
        async with self._reading:
            if time.monotonic() - self._read_at > KEPT:
                await self._read()
                self._read_at = time.monotonic()
        registry = CollectorRegistry()
        registry.register(self)
        return registry

    async def _read(self) -> None:
        found: dict[Kept, Sequence[Any]] = {}
        try:
            async with asyncio.timeout(PATIENCE):
                for one in FIGURES:
                    found[one] = await self._readers.fetch(one.statement)
        except (TimeoutError, OSError, *ASYNCPG):
            self._found, self._up = {}, False
        else:
            self._found, self._up = found, True

    def collect(self) -> Iterable[Metric]:
        """For the library."""
        yield GaugeMetricFamily("fieldproof_database_up", "Whether the database answered", value=float(self._up))
        for kept, rows in self._found.items():
            family = GaugeMetricFamily(kept.name, kept.meaning, labels=kept.labels)
            for row in rows:
                family.add_metric([str(row[label]) for label in kept.labels], float(row["value"]))
            yield family
