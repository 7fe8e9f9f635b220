"""What a client must hold after an answer, by the rules of the guide: rows, cursor, outbox, outcomes, integrity.

Plain and slow on purpose: the kit judges others by it. It knows nothing of HTTP.
"""

import json
from collections.abc import Iterator
from typing import Any

from mobile_contract.checksum import checksum, share

Json = dict[str, Any]
VISIT_OF_JOB = ("site_id", "asset_id", "contact_id", "customer_id")


class Holding:
    """The state of one client. `outbox` has wire operations; `rows` is keyed `collection/id`."""

    def __init__(self) -> None:
        self.rows: dict[str, Json] = {}
        self.taken_away: set[str] = set()
        self.scopes: dict[str, Json] = {}
        self.cursor: str | None = None
        self.outbox: list[Json] = []
        self.outcomes: dict[int, Json] = {}

    def apply(self, answer: Json) -> None:
        """Take in the answer of an exchange."""
        for outcome in answer.get("outcomes", []):
            self.outcomes[outcome["seq"]] = outcome
        self.outbox = [wire for wire in self.outbox if seq_of(wire) > answer["last_seq"]]
        for scope in answer.get("resync", []):
            self.rows = {key: row for key, row in self.rows.items() if row["scope"] != scope}
        unsent = {json.loads(wire["body"])["subject"]["id"] for wire in self.outbox}
        gone = []
        for change in answer.get("changes", []):
            key = f"{change['collection']}/{change['id']}"
            if change.get("body") is None:
                gone.append(key)
            else:
                self.taken_away.discard(key)
                self.rows[key] = {name: change[name] for name in ("rev", "scope", "hash", "body")}
        waiting = self.taken_away | {key for key in gone if key in self.rows}
        # Worked out for all of them before the first goes: a site is found through the visit that goes with it.
        self.taken_away = {key for key in waiting if self.visits_of(key) & unsent}
        for key in waiting - self.taken_away:
            self.rows.pop(key, None)
        self.cursor = answer.get("cursor") or self.cursor
        self.scopes.update(answer.get("scopes", {}))

    def visits_of(self, key: str) -> set[str]:
        """The visits that a held row belongs to."""
        collection, _, row_id = key.partition("/")
        body = self.rows[key]["body"]
        if collection == "visit":
            return {row_id}
        if "visit_id" in body:
            return {body["visit_id"]}
        jobs = {row_id} if collection == "job" else {
            job["id"] for job in self.bodies("job") if row_id in {job.get(name) for name in VISIT_OF_JOB}
        }  # fmt: skip
        return {visit["id"] for visit in self.bodies("visit") if visit["job_id"] in jobs}

    def bodies(self, collection: str) -> list[Json]:
        """The bodies of a collection."""
        return [row["body"] for key, row in self.rows.items() if key.startswith(collection + "/")]

    def body(self, collection: str, row_id: str) -> Json | None:
        """A row's body, or None when it is not held."""
        row = self.rows.get(f"{collection}/{row_id}")
        return row["body"] if row else None

    def differences(self) -> list[str]:
        """Where the rows disagree with the server's count and checksum of a scope; empty when all is well."""
        found = []
        for scope, expected in self.scopes.items():
            count, total = self.digest(scope)
            if (count, total) != (expected["count"], expected["checksum"]):
                found.append(
                    f"{scope}: server says {expected['count']} rows and {expected['checksum']}, "
                    f"the phone holds {count} and {total}"
                )
        return found

    def digest(self, scope: str) -> tuple[int, str]:
        """Count and checksum of the rows that are held of a scope."""
        shares = [share_of(key, row) for key, row in self._of(scope)]
        return len(shares), checksum(shares)

    def buckets(self, scope: str) -> dict[str, Json]:
        """Count and checksum by bucket, as `reconcile` takes them: `<collection>/<last hex digit of the id>`."""
        shares: dict[str, list[int]] = {}
        for key, row in self._of(scope):
            shares.setdefault(bucket(key), []).append(share_of(key, row))
        return {name: {"count": len(of), "checksum": checksum(of)} for name, of in sorted(shares.items())}

    def reconcile(self, scope: str, answer: Json) -> None:
        """Take in the answer of `reconcile`: the rows of each bucket that is named replace what is held of it."""
        for name, rows in answer["buckets"].items():
            self.rows = {
                key: row for key, row in self.rows.items() if row["scope"] != scope or bucket(key) != name
            }  # fmt: skip
            for row in rows:
                key = f"{row['collection']}/{row['id']}"
                self.rows[key] = {field: row[field] for field in ("rev", "scope", "hash", "body")}
        self.scopes.update(answer.get("scopes", {}))

    def _of(self, scope: str) -> Iterator[tuple[str, Json]]:
        # A row that was taken away is the server's no more, so it does not count.
        return ((k, row) for k, row in self.rows.items() if row["scope"] == scope and k not in self.taken_away)


def share_of(key: str, row: Json) -> int:
    """A row's share of the checksum."""
    collection, _, row_id = key.partition("/")
    return share(collection, row_id, row["rev"], row["hash"])


def bucket(key: str) -> str:
    """The bucket of a row by its `collection/id`."""
    collection, _, row_id = key.partition("/")
    return f"{collection}/{row_id[-1]}"


def seq_of(wire: Json) -> int:
    """The number of an operation, from its text."""
    seq: int = json.loads(wire["body"])["seq"]
    return seq
