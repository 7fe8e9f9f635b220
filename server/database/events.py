"""What happened, for whoever acts on it later: an event is enqueued in the transaction that made it true.

A lower domain never calls a higher one; it emits an event, and `worker.py` has the one map from event to task. The queue
is PgQueuer's table in the same database, so a rollback takes the event with it and a killed worker's task is run again.
"""

from datetime import timedelta
from uuid import UUID

from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import raw_connection

CUSTODY_CHANGED = "custody_changed"
"""A visit's signature or completion changed, or what is said of one that is over: it may be ready to be sealed, and its asset's past reads
otherwise."""

REPORT_READY = "report_ready"
"""A signed report has everything that it names: it is to be sealed."""

RECORD_LOGGED = "record_logged"
"""A record is a leaf of the log: its PDF is to be made and stored."""

CLOCK_STEPPED = "clock_stepped"
"""The server's clock was set back before a record was sealed (the subject is the record)."""

COPY_DUE = "copy_due"
"""Something changed that is also kept in the storage (the subject is a device, a user, a record or an answer)."""

STROKES_DUE = "strokes_due"
"""A signature's drawing is past its time (the subject is the operation that signed)."""

PHOTO_VERIFIED = "photo_verified"
"""A photo's bytes are in storage and are the promised ones."""

SITE_CORRECTED = "site_corrected"
"""A site got another position, datum or radius (the subject is the `site_position`): arrivals there are judged again."""

CHECK_IN_NARROWED = "check_in_narrowed"
"""A later operation of a phone dates a check-in more closely: it is judged again."""

NOTIFICATION_DUE = "notification_due"
"""A message of the outbox is to be sent (`server/notifications`)."""

ON_THE_WAY = "on_the_way"
"""Somebody of a visit's crew set off for it."""

OPERATION_PARKED = "operation_parked"
"""What a phone sent was kept and could not take effect."""

CLOCK_RAN_OUT = "clock_ran_out"
"""The time of a clock is over, and nobody has met it."""


Event = tuple[str, UUID]
"""What happened, and the thing that it happened to."""


async def emit(session: AsyncSession, *events: Event) -> None:
    """Enqueue events in the session's transaction, each once."""
    if not events:
        return
    driver = AsyncpgDriver(await raw_connection(session))
    names, subjects = zip(*dict.fromkeys(events), strict=True)
    await Queries(driver).enqueue(list(names), [str(one).encode() for one in subjects], [0] * len(names))


async def emit_later(session: AsyncSession, after: timedelta, event: Event) -> None:
    """Enqueue an event in the session's transaction, to be acted on when some time has passed."""
    driver = AsyncpgDriver(await raw_connection(session))
    name, subject = event
    await Queries(driver).enqueue(name, str(subject).encode(), execute_after=after)
