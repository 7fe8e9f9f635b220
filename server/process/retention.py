"""How long what is written down once and never asked for again is kept, so that nothing grows for ever.

What belongs to the work (visits, operations, records, the log of records) stays. Sign-in, sync and the storage clear up after
themselves (`identity/upkeep.py`, `sync/down/upkeep.py`, `media/orphans.py`); the rest is here, by table, and done every night.
"""

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import text

from server.database.engine import Sessions
from server.ground import clock

CODES_KEPT = timedelta(days=30)
"""After an enrolment code's end. What must stay of one that was used is kept with its phone."""
FAULTS_KEPT = timedelta(days=90)
"""After background work that had failed was done."""
QUEUE_LOG_KEPT = timedelta(days=14)
"""What the queue's library notes of each task, and the figures that it makes of that."""
INCIDENTS_KEPT = timedelta(days=1095)
"""After an incident happened last; as long as signatures' drawings by default."""
ACTIONS_KEPT = timedelta(days=1095)
"""After something was done at a desk. What it did to the work stays with the work: histories, orders, decisions and positions have no term."""
NOTIFICATIONS_KEPT = timedelta(days=1095)
"""After a message was made; its words and its recipient are erased long before (`notifications/upkeep.py`)."""
BATCH = 5_000
"""Rows to a transaction."""


class Term(NamedTuple):
    """Rows of a table that are removed when the moment in `since` is older than `kept`. `first`: what refers to them."""

    table: str
    since: str
    kept: timedelta
    first: str = ""


TERMS = (
    Term("enrolment_code", "expires_at", CODES_KEPT),
    Term("task_fault", "settled_at", FAULTS_KEPT),
    Term(
        "incident", "last_at", INCIDENTS_KEPT,
        "delete from incident_acknowledgement where incident_id in (select id from incident where ctid = any(:rows))",
    ),
    Term("action", "at", ACTIONS_KEPT),
    Term("notification", "made_at", NOTIFICATIONS_KEPT),
    Term("pgqueuer_log", "created", QUEUE_LOG_KEPT),
    Term("pgqueuer_statistics", "created", QUEUE_LOG_KEPT),
)  # fmt: skip


async def forget_old(sessions: Sessions, terms: tuple[Term, ...] = TERMS) -> int:
    """Remove what is past its term. Returns how many rows."""
    total = 0
    for term in terms:
        removed = BATCH
        while removed == BATCH:  # ends: a round that is not full is the last
            removed = await _round(sessions, term)
            total += removed
    return total


async def _round(sessions: Sessions, term: Term) -> int:
    # Names are those above; row addresses are good within the transaction, since the rows are locked.
    old = text(
        f"select ctid::text from {term.table} where {term.since} < :before limit {BATCH} for update skip locked"  # noqa: S608
    )
    async with sessions.begin() as session:
        rows = list(await session.scalars(old, {"before": clock.now() - term.kept}))
        if rows:
            listed = {"rows": rows}
            if term.first:
                await session.execute(text(term.first.replace(":rows", "cast(:rows as text[])::tid[]")), listed)
            delete = f"delete from {term.table} where ctid = any(cast(:rows as text[])::tid[])"  # noqa: S608
            await session.execute(text(delete), listed)
    return len(rows)
