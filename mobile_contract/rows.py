"""The rows that a phone holds: how an answer changes them, and how they are compared with the server's count and checksum.

Rows are keyed `collection/id`; each has `rev`, `scope`, `hash` and `body`. One with `taken_away` is for reading only: the
server removed it while something was unsent. It no longer counts.
"""

from typing import Any

from mobile_contract.checksum import checksum, share

Json = dict[str, Any]
Rows = dict[str, Json]


def applied(rows: Rows, answer: Json, *, from_the_start: bool, unsent: bool) -> Rows:
    """The rows after an answer. `from_the_start`: it was asked for without a cursor, so what is not in it is no more."""
    dropped = set(answer.get("resync", []))
    found = {}
    for key, row in rows.items():
        if from_the_start or row["scope"] in dropped:
            found[key] = {**row, "taken_away": True}
        else:
            found[key] = row
    for change in answer.get("changes", []):
        put(found, change)
    return found if unsent else {key: row for key, row in found.items() if "taken_away" not in row}


def put(rows: Rows, change: Json) -> None:
    """A row as it is now, or a removal."""
    key = f"{change['collection']}/{change['id']}"
    if change.get("body") is not None:
        rows[key] = {name: change[name] for name in ("rev", "scope", "hash", "body")}
    elif key in rows and rows[key]["scope"] == change["scope"]:
        rows[key] = {**rows[key], "taken_away": True}


def replaced(rows: Rows, scope: str, buckets: dict[str, list[Json]]) -> Rows:
    """The rows after the answer of `reconcile`: what it says of a bucket replaces what is held of it."""
    gone = {key for key, _ in held(rows, scope) if bucket_of(key) in buckets}
    found = {key: row for key, row in rows.items() if key not in gone}
    for changes in buckets.values():
        for change in changes:
            put(found, change)
    return found


def scopes_after(scopes: Json, answer: Json) -> Json:
    """Count and checksum by scope. Between the pages of a scope its count is not known; the last page brings it, perhaps
    only days later."""
    open_ones = {change["scope"] for change in answer.get("changes", [])}
    known = {scope: total for scope, total in scopes.items() if scope not in open_ones}
    return {**known, **answer.get("scopes", {})}


def is_intact(rows: Rows, scopes: Json) -> bool:
    """Whether the rows agree with the server's count and checksum of every scope."""
    for scope, expected in scopes.items():
        found = held(rows, scope)
        if len(found) != expected["count"] or checksum([_share(*one) for one in found]) != expected["checksum"]:
            return False
    return True


def digests(rows: Rows, scope: str) -> Json:
    """Count and checksum by bucket, as `reconcile` takes them."""
    buckets: dict[str, list[int]] = {}
    for key, row in held(rows, scope):
        buckets.setdefault(bucket_of(key), []).append(_share(key, row))
    return {name: {"count": len(shares), "checksum": checksum(shares)} for name, shares in buckets.items()}


def held(rows: Rows, scope: str) -> list[tuple[str, Json]]:
    """The rows of a scope that the server still gives."""
    return [(key, row) for key, row in rows.items() if row["scope"] == scope and "taken_away" not in row]


def bucket_of(key: str) -> str:
    """The bucket of a row in digests: its collection and the last digit of its id."""
    return f"{key.partition('/')[0]}/{key[-1]}"


def _share(key: str, row: Json) -> int:
    collection, _, row_id = key.partition("/")
    return share(collection, row_id, row["rev"], row["hash"])
