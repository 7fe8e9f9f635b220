"""What the PowerSync client does with the lines of a stream, after its core's source: oplog, sums, and when a row is shown.

The real client is tested in tests/clients; this one can be cut off after any line, thousands of times a minute.
"""

import json
from collections.abc import AsyncIterator
from typing import Any

from mobile_contract.checksum import checksum, share
from server.sync.adapters.powersync import BucketIn
from server.sync.down.contracts import LATER

Key = tuple[str, str]
SUM = 2**32


class SumsDiffer(AssertionError):
    """The checkpoint that came does not have the sum of the operations that came."""


class BucketState:
    """A line of ps_buckets, and the bucket's operations in ps_oplog."""

    def __init__(self) -> None:
        self.last_op = self.last_applied_op = self.sum = 0
        self.oplog: dict[Key, tuple[int, str]] = {}


class PowerSyncClient:
    """Survives being cut off: everything here is on the phone's disk."""

    def __init__(self) -> None:
        self.buckets: dict[str, BucketState] = {}
        self.updated: set[Key] = set()
        self.tables: dict[Key, Any] = {}
        self.seen_write_checkpoint = 0
        self.applied = 0

    def request(self) -> list[BucketIn]:
        """What it sends when it opens a stream."""
        return [BucketIn(name, str(bucket.last_op)) for name, bucket in self.buckets.items()]

    async def read(self, lines: AsyncIterator[bytes], *, most: int | None = None) -> bool:
        """Reads until a checkpoint is applied, or `most` lines; whether one was applied."""
        target: dict[str, Any] = {}
        count = 0
        async for text in lines:
            message = json.loads(text)
            if "checkpoint" in message:
                target = message["checkpoint"]
                self._drop(self.buckets.keys() - {bucket["bucket"] for bucket in target["buckets"]})
            elif "data" in message:
                self._store(**{name: message["data"][name] for name in ("bucket", "data")})
            elif "checkpoint_complete" in message:
                self._apply(target)
                return True
            count += 1
            if count == most:
                return False
        return False

    def rows(self) -> dict[Key, Any]:
        """What an app sees in the collections."""
        return {key: row for key, row in self.tables.items() if key[0] != "sync_scope"}

    def is_intact(self) -> bool:
        """Whether the rows agree with the count and checksum of every scope: of the first contract's together, and of each later collection."""
        for (kind, scope), totals in self.tables.items():
            if kind == "sync_scope":
                later = {name: (one["count"], one["checksum"]) for name, one in json.loads(totals["later"]).items()}
                said = {None: (totals["count"], totals["checksum"]), **later}
                found = {name: self._sum(scope, name) for name in (None, *LATER)}
                if said != {name: sum for name, sum in found.items() if name is None or sum[0]}:
                    return False
        return True

    def _sum(self, scope: str, collection: str | None) -> tuple[int, str]:
        """Count and checksum of a collection's rows in a scope; without one of all that the first contract had."""
        mine = [
            key
            for key, row in self.rows().items()
            if row["_scope"] == scope and collection == (key[0] if key[0] in LATER else None)
        ]
        shares = [share(*key, self.rows()[key]["_rev"], self.rows()[key]["_hash"]) for key in mine]
        return len(mine), checksum(shares)

    def _drop(self, names: set[str]) -> None:
        for name in names:
            self.updated |= self.buckets.pop(name).oplog.keys()

    def _store(self, bucket: str, data: list[dict[str, Any]]) -> None:
        state = self.buckets.setdefault(bucket, BucketState())
        for operation in data:
            key = (operation["object_type"], operation["object_id"])
            assert int(operation["op_id"]) > state.last_op, "operations of a bucket come in order"
            superseded = state.oplog.pop(key, None)
            if operation["op"] == "PUT":
                state.oplog[key] = (int(operation["op_id"]), operation["data"])
            elif superseded and state.last_applied_op:
                self.updated.add(key)
            state.sum = (state.sum + operation["checksum"]) % SUM
            state.last_op = int(operation["op_id"])

    def _apply(self, target: dict[str, Any]) -> None:
        for bucket in target["buckets"]:
            if self.buckets.get(bucket["bucket"], BucketState()).sum != bucket["checksum"]:
                raise SumsDiffer(bucket["bucket"])
        for bucket in self.buckets.values():
            bucket.last_op = int(target["last_op_id"])
        changed = self.updated | {
            key
            for bucket in self.buckets.values()
            for key, (op_id, _) in bucket.oplog.items()
            if op_id > bucket.last_applied_op
        }
        for key in changed:
            versions = [bucket.oplog[key] for bucket in self.buckets.values() if key in bucket.oplog]
            if versions:
                self.tables[key] = json.loads(max(versions)[1])
            else:
                self.tables.pop(key, None)
        for bucket in self.buckets.values():
            bucket.last_applied_op = bucket.last_op
        self.updated = set()
        self.seen_write_checkpoint = int(target["write_checkpoint"])
        self.applied += 1
