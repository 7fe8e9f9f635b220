"""What changed since a position in the feed, read by one statement that skips nothing.

A transaction gets its number before it commits, so a reader who asks for numbers above the last one skips what commits late. Here a
position is the oldest transaction that was still running when it was looked (`xmin` of the snapshot): all below had ended, so what they
noted was there to be seen. What is above is looked at again, except for transactions that were seen: what one noted is visible at once.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import msgspec

from server.database.readers import Readers

MOST = 1000
"""Changes in one look; of more a desk is told to load its lists anew."""
NOTHING = (1 << 63) - 1
"""Above every transaction: for a look that only asks where the feed is."""

# The offices are looked up here and not by the triggers, so that whoever writes does not wait for it.
LOOK = """
select f.epoch, f.floor, pg_snapshot_xmin(pg_current_snapshot())::text::bigint as upto, c.*
from desk_feed f left join lateral (
  select c.tx, c.kind, c.subject, extract(epoch from clock_timestamp() - c.at)::float8 as age,
         coalesce(j.office_id, t.office_id, u.office_id, n.office_id) as office_id
  from (select * from desk_change where tx >= $1 and tx <> all($2::bigint[]) order by tx limit $3) c
  left join visit v on c.kind in ('board', 'unsealed', 'field_requests', 'change_requests') and v.id = c.subject
  left join job j on j.id = v.job_id
  left join ticket t on c.kind = 'tickets' and t.id = c.subject
  left join notification n on c.kind = 'notifications' and n.id = c.subject
  left join operation o on c.kind = 'parked' and o.id = c.subject
  left join incident i on c.kind = 'incidents' and i.id = c.subject
  left join device d on d.id = i.device_id
  left join app_user u on u.id = coalesce(o.user_id, d.user_id)
) c on true
"""


class Change(msgspec.Struct, frozen=True):
    """A thing of a list that changed, and the office that it belongs to."""

    kind: str
    id: UUID
    office_id: UUID | None


class Look(msgspec.Struct):
    """The feed at one moment: its epoch and floor, the position after this look, and what was new."""

    epoch: UUID
    floor: int
    upto: int
    changes: list[Change]
    transactions: set[int]
    age: float
    """Seconds since the oldest of the changes."""

    @property
    def too_many(self) -> bool:
        """Whether there may be more than were read."""
        return len(self.changes) > MOST


async def look(readers: Readers, position: int, seen: Collection[int] = ()) -> Look:
    """What transactions from `position` on have noted, without those that were `seen`."""
    rows: Sequence[Any] = await readers.fetch(LOOK, position, list(seen), MOST + 1)
    found = [row for row in rows if row["tx"] is not None]
    changes = dict.fromkeys(Change(row["kind"], row["subject"], row["office_id"]) for row in found)
    first = rows[0]
    return Look(
        first["epoch"], first["floor"], first["upto"], list(changes), {row["tx"] for row in found},
        max((row["age"] for row in found), default=0.0),
    )  # fmt: skip
