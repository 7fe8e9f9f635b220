"""How much of its connections to the database this process uses, as numbers that are set every few seconds."""

from prometheus_client import Gauge
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import QueuePool

from server.database.readers import Readers

CONNECTIONS = Gauge(
    "fieldproof_database_connections", "Connections to the database: in use, and the most that may be",
    ("pool", "state"), multiprocess_mode="livesum",
)  # fmt: skip
WAITING = Gauge(
    "fieldproof_database_waiting", "Requests that wait for a connection", ("pool",), multiprocess_mode="livesum"
)
WRITES, READS = "transactions", "reads"


def measure_pools(engine: AsyncEngine, readers: Readers) -> None:
    """Set the numbers as they are now."""
    pool = engine.pool
    if isinstance(pool, QueuePool):
        _set(WRITES, in_use=pool.checkedout(), most=pool.size() + pool._max_overflow)
        WAITING.labels(WRITES).set(_waiting(pool))
    _set(READS, in_use=readers.in_use, most=readers.size)
    WAITING.labels(READS).set(readers.waiting)


def _set(pool: str, *, in_use: int, most: int) -> None:
    CONNECTIONS.labels(pool, "in_use").set(in_use)
    CONNECTIONS.labels(pool, "most").set(most)


def _waiting(pool: QueuePool) -> int:
    """Who waits in SQLAlchemy's queue, which it tells nobody: those of the asyncio queue that lies inside."""
    inner = getattr(pool._pool, "_queue", None)
    return len(getattr(inner, "_getters", ()))
