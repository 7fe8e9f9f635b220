"""What happened, for whoever acts on it later: an event is enqueued in the transaction that made it true.

A lower domain never calls a higher one; it emits an event, and `worker.py` has the one map from event to task. The queue
is PgQueuer's table in the same database, so a rollback takes the event with it and a killed worker's task is run again.
"""

from uuid import UUID

from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import raw_connection

CUSTODY_CHANGED = "custody_changed"
"""A visit's signature or completion changed: it may be ready to be sealed."""

PHOTO_VERIFIED = "photo_verified"
"""A photo's bytes are in storage and are the promised ones."""

SITE_CORRECTED = "site_corrected"
"""A site got another position, datum or radius (the subject is the `site_position`): arrivals there are judged again."""

CHECK_IN_NARROWED = "check_in_narrowed"
"""A later operation of a phone dates a check-in more closely: it is judged again."""


async def emit(session: AsyncSession, event: str, subject_id: UUID) -> None:
    """Enqueue an event about one thing; the same event about the same thing waits only once."""
    await session.flush()
    driver = AsyncpgDriver(await raw_connection(session))
    await Queries(driver).enqueue(event, str(subject_id).encode())
