"""What a PowerSync client is told: buckets, checkpoints and pages of operations, read from the scopes of sync.

A scope is a bucket. The client keeps one number for every bucket, the last checkpoint's, so that number has to say where
the client stands in all of them: a checkpoint's handle is the catalogue's revision in the upper 32 bits and the
technician's, doubled and odd, in the lower ones. Both only grow, so handles grow, and so do the numbers of the
operations between two handles; nothing has to be stored about a client. Where revisions can come again (an epoch, a
restore, collected removals) the bucket gets another name, and the client drops the old one when it applies the new.

The client adds up the checksums of all operations that it was ever sent in a bucket. What it was sent depends on when it
was online, because a row that changes again is sent once. So an operation's checksum is the step from the sum that
belongs to the client's position before it to the one after it: wherever a stream broke off, the sum says the position.
It finds lines that were lost or came twice. Whether the rows are right is for the `sync_scope` row that ends each
bucket: count and checksum over what the phone must hold, as in the exchange, by the collections that it may know.
"""

import hashlib
import secrets
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from server.sync.down.contracts import LATER

PAGE_ROWS = 500
PAGE_BYTES = 256 * 1024
CATALOGUE = "catalogue"
NOTHING, ROWS, WHOLE = 0, 0, 1
"""A position is twice a revision, plus `WHOLE` when the bucket's closing row was sent as well; 0 is before everything."""

SCOPES = text("""
select id, key, rev, count as members, checksum, min_rev, epoch from sync_scope
where technician_id = :user_id or key = 'catalogue' order by key
""")

MEMBERS = text("""
select m.collection, m.row_id, m.rev,
       case when m.present then (sync_body(m.collection, m.row_id) || jsonb_build_object(
         '_rev', m.rev, '_hash', encode(m.hash, 'hex'), '_scope', cast(:key as text)))::text end as body
from sync_member m
where m.scope_id = :scope_id and m.rev > :rev and (m.present or :rev > 0)
order by m.rev
limit :rows
""")

# What the collections that came later add to a scope's totals: an app of before them has no tables to count their rows in.
SUMS = text("""
select m.collection, count(*) as members, mod(sum(sync_share(m.collection, m.row_id, m.rev, m.hash)), 18446744073709551616) as checksum
from sync_member m where m.scope_id = :scope_id and m.present and m.collection = any (:later) group by m.collection
""")

# Grows with every operation of the user's that was committed, and after a restore that lost some.
WRITTEN = text("""
select (s.epoch::bigint << 40) + coalesce((select sum(d.last_seq) from device d where d.user_id = :user_id), 0) + 1
from sync_scope s where s.technician_id = :user_id
""")


class BucketIn(msgspec.Struct):
    """A bucket that a client holds, and the last number it has of it."""

    name: str
    after: str


class Bucket(msgspec.Struct):
    """Where one client stands in one scope, under the name that it knows."""

    name: str
    position: int = NOTHING


class Operation(msgspec.Struct, omit_defaults=True):
    """One line of a bucket; `data` is a JSON object as text."""

    op_id: str
    op: str
    object_type: str
    object_id: str
    checksum: int
    data: str | None = None


class Checkpoint(msgspec.Struct, frozen=True):
    """What a client must hold when it has everything: a handle, and each bucket's name, checksum and count."""

    last_op_id: int
    write_checkpoint: int
    buckets: tuple[tuple[str, int, int], ...]

    def line(self) -> bytes:
        """The line that announces it."""
        buckets = [
            {"bucket": name, "checksum": checksum, "count": count, "priority": 3}
            for name, checksum, count in self.buckets
        ]
        body = {"last_op_id": str(self.last_op_id), "write_checkpoint": str(self.write_checkpoint), "buckets": buckets}
        return line({"checkpoint": {**body, "streams": []}})

    def complete(self) -> bytes:
        """The line that says that everything of it was sent."""
        return line({"checkpoint_complete": {"last_op_id": str(self.last_op_id)}})


class Page(msgspec.Struct):
    """A checkpoint and a part of the way to it."""

    checkpoint: Checkpoint
    lines: list[bytes]
    complete: bool


def line(value: Any) -> bytes:
    """One line of the stream."""
    return msgspec.json.encode(value) + b"\n"


def sum_at(bucket: str, position: int) -> int:
    """The sum of all checksums that a client at this position has been sent, 32 bits."""
    if position == NOTHING:
        return 0
    return int.from_bytes(hashlib.sha256(f"{bucket}:{position}".encode()).digest()[:4])


def handle(catalogue: int, technician: int) -> int:
    """The number of a checkpoint at these two revisions."""
    return catalogue << 32 | 2 * technician + WHOLE


def position_in(scope: str, after: int) -> int:
    """Where a client stands in a scope by the last number that it has of its bucket."""
    upper, lower = after >> 32, after & 0xFFFFFFFF
    return 2 * upper + lower % 2 if scope == CATALOGUE else lower


def number(scope: str, position: int, catalogue: int) -> int:
    """The number of the operation that brings a client to a position, while the catalogue is at a revision."""
    return (position >> 1) << 32 | position & WHOLE if scope == CATALOGUE else catalogue << 32 | position


def held(buckets: list[BucketIn]) -> dict[str, list[Bucket]]:
    """What a client holds, by scope. Names that were not made here are left out; the client drops those buckets."""
    found: dict[str, list[Bucket]] = {}
    for one in buckets:
        scope, _, rest = one.name.partition("/")
        if rest.count("/") == 2 and one.after.isdecimal() and len(one.after) < 20:
            found.setdefault(scope, []).append(Bucket(one.name, position_in(scope, int(one.after))))
    return found


async def written(session: AsyncSession, user_id: UUID) -> int:
    """A number that a later checkpoint reaches once it holds the effect of every operation committed until now."""
    return int(await session.scalar(WRITTEN, {"user_id": user_id}) or 0)


async def read_page(session: AsyncSession, user_id: UUID, clients: dict[str, list[Bucket]]) -> Page:
    """The next page, and `clients` moved to its end. The session must be one snapshot (REPEATABLE READ)."""
    scopes = {row.key: row for row in (await session.execute(SCOPES, {"user_id": user_id})).all()}
    catalogue, technician = scopes.pop(CATALOGUE), next(iter(scopes.values()), None)
    buckets: list[tuple[str, int, int]] = []
    lines: list[bytes] = []
    budget, complete = PAGE_BYTES, True
    for scope in (technician, catalogue):
        if scope is None:  # a technician without a scope holds the catalogue alone
            continue
        # The technician's numbers carry the catalogue's revision, so they may begin anew with either epoch.
        epochs = f"{scope.epoch}" if scope is catalogue else f"{scope.epoch}.{catalogue.epoch}"
        bucket = _bucket(clients.get(scope.key, []), scope, epochs)
        clients[scope.key] = [bucket]
        end = 2 * scope.rev + WHOLE
        buckets.append((bucket.name, sum_at(bucket.name, end), scope.members + 1))
        if bucket.position < end and budget > 0:
            operations, budget = await _operations(session, scope, bucket, catalogue.rev, budget)
            lines.append(_data(bucket.name, operations))
        complete = complete and bucket.position == end
    at = handle(catalogue.rev, technician.rev if technician else 0)
    return Page(Checkpoint(at, await written(session, user_id), tuple(buckets)), lines, complete)


def _bucket(clients: list[Bucket], scope: Any, epochs: str) -> Bucket:
    """The bucket that the client can go on with, or a new one when what it holds can not be brought up to date."""
    for bucket in clients:
        _, name_epochs, collected, _ = bucket.name.split("/")
        began_after = collected == str(scope.min_rev)
        if (
            name_epochs == epochs
            and bucket.position <= 2 * scope.rev + WHOLE
            and (began_after or bucket.position >> 1 >= scope.min_rev)
        ):
            return bucket
    return Bucket(f"{scope.key}/{epochs}/{scope.min_rev}/{secrets.token_hex(4)}")


async def _operations(
    session: AsyncSession, scope: Any, bucket: Bucket, catalogue: int, budget: int
) -> tuple[list[Operation], int]:
    values = {"scope_id": scope.id, "key": scope.key, "rev": bucket.position >> 1, "rows": PAGE_ROWS}
    rows = (await session.execute(MEMBERS, values)).all()
    operations: list[Operation] = []

    def step(position: int, op: str, kind: str, id: str, data: str | None) -> None:
        change = sum_at(bucket.name, position) - sum_at(bucket.name, bucket.position)
        at = str(number(scope.key, position, catalogue))
        operations.append(Operation(at, op, kind, id, change % 2**32, data))
        bucket.position = position

    for row in rows:
        if budget <= 0:
            return operations, 0
        step(2 * row.rev + ROWS, "PUT" if row.body else "REMOVE", row.collection, str(row.row_id), row.body)
        budget -= 200 + len(row.body or "")
    if len(rows) < PAGE_ROWS:
        totals = await _totals(session, scope)
        step(2 * scope.rev + WHOLE, "PUT", "sync_scope", scope.key, msgspec.json.encode(totals).decode())
    return operations, budget


async def _totals(session: AsyncSession, scope: Any) -> dict[str, Any]:
    """What the bucket must add up to: `count` and `checksum` of the first contract's collections, and of each later one beside them
    in `later`, so that a client compares the collections that it knows."""
    rows = (await session.execute(SUMS, {"scope_id": scope.id, "later": list(LATER)})).all()
    count = scope.members - sum(row.members for row in rows)
    checksum = (int(scope.checksum) - sum(int(row.checksum) for row in rows)) % 2**64
    later = {row.collection: {"count": row.members, "checksum": f"{int(row.checksum):016x}"} for row in rows}
    return {
        "rev": scope.rev, "count": count, "checksum": f"{checksum:016x}", "later": msgspec.json.encode(later).decode(),
    }  # fmt: skip


def _data(bucket: str, operations: list[Operation]) -> bytes:
    # Older clients want the last three; what they say is in the numbers already.
    after, until = operations[0].op_id, operations[-1].op_id
    return line(
        {"data": {"bucket": bucket, "data": operations, "has_more": False, "after": after, "next_after": until}}
    )
