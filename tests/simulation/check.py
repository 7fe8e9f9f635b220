"""What must hold: after every commit, in every answer, and of everything at the end."""

import hashlib
import json
from typing import Any
from uuid import UUID

import rfc8785

from mobile_contract.shapes.visits import state_of
from server.identity.signing import is_signed
from tests.simulation.company import DEVICES, PHONES, USERS


class Violation(Exception):
    """A promise was broken; the history says when."""


AFTER_COMMIT = """
select (select count(*) from sync_discrepancy) as rows, (select count(*) from sync_sum_discrepancy) as sums
"""
SCOPE = """
select collection, row_id::text as id from technician_scope where technician_id = $1
union all select collection, row_id::text from catalogue_scope
"""
HELD = """
select m.collection || '/' || m.row_id as key, m.rev, encode(m.hash, 'hex') as hash, sync_body(m.collection, m.row_id)::text as body
from sync_member m join sync_scope s on s.id = m.scope_id
where m.present and (s.technician_id = $1 or s.key = 'catalogue')
"""
REVISIONS = "select scope_id, collection, row_id, rev from sync_member"
EFFECTS = {
    "note": "select 1 from note where id = $1",
    "expense": "select 1 from expense where id = $1",
    "check_in": "select 1 from check_in where id = $1",
    "photo": """select 1 where exists (select from photo where id = $1::uuid)
                or exists (select from visit_event where kind = 'photo_withdrawn' and facts ->> 'photo_id' = ($1::uuid)::text)""",
    "photo_withdrawn": """select 1 where not exists (select from photo where id = $1::uuid)
                and exists (select from visit_event where kind = 'photo_withdrawn' and facts ->> 'photo_id' = ($1::uuid)::text)""",
    "survey": "select 1 from survey_response where id = $1",
}
IDS = {
    "note": "note_id", "expense": "expense_id", "check_in": "check_in_id", "photo": "photo_id", "photo_withdrawn": "photo_id", "survey": "survey_id",
}  # fmt: skip
MOVES = ("accept", "depart", "start", "hold", "resume", "complete", "cannot_complete", "decline")


async def after_commit(observer: Any) -> None:
    """Kept membership, count and checksum equal a recomputation from the view."""
    row = await observer.fetchrow(AFTER_COMMIT)
    if row["rows"] or row["sums"]:
        found = await observer.fetch("select * from sync_discrepancy limit 5")
        raise Violation(f"membership differs from the view in {row['rows']} rows, {row['sums']} sums: {found}")


class Revisions:
    """What was seen of every scope. A commit may add revisions only above those that a phone could have seen before it."""

    def __init__(self) -> None:
        self._members: set[tuple[int, str, UUID, int]] = set()
        self._newest: dict[int, int] = {}

    async def look(self, observer: Any) -> None:
        """Compare with what was seen last. Raises `Violation` where a cursor would have skipped a row."""
        members = {tuple(row) for row in await observer.fetch(REVISIONS)}
        skipped = [one for one in members - self._members if one[3] <= self._newest.get(one[0], 0)]
        if skipped:
            raise Violation(f"revisions were committed below one that phones could have seen: {skipped[:5]}")
        self._members = members
        for scope, _, _, rev in members:
            self._newest[scope] = max(self._newest.get(scope, 0), rev)


async def acknowledged(observer: Any, answer: dict[str, Any]) -> None:
    """What a phone is told of an operation is committed at that moment."""
    told = [UUID(one["id"]) for one in answer.get("outcomes", [])]
    kept = await observer.fetchval("select count(*) from operation where id = any ($1)", told)
    if kept != len(told):
        raise Violation(f"acknowledged and not committed: {len(told) - kept} of {len(told)} operations")


async def no_leak(observer: Any, user_id: UUID, answer: dict[str, Any]) -> None:
    """An answer holds only rows that are in the technician's scope in the answer's own snapshot."""
    rows = {(row["collection"], row["id"]) for row in await observer.fetch(SCOPE, user_id)}
    for change in answer.get("changes", []):
        if "body" in change and (change["collection"], change["id"]) not in rows:
            raise Violation(f"leak: {change['collection']} {change['id']} was sent to {user_id}")


async def converged(observer: Any, name: str, phone: Any) -> None:
    """A phone's rows equal the view's, row for row, revision for revision, byte for byte."""
    rows = await observer.fetch(HELD, USERS[PHONES[name]])
    server = {row["key"]: (row["rev"], row["hash"], json.loads(row["body"])) for row in rows}
    held = {key: (row["rev"], row["hash"], row["body"]) for key, row in phone.state["rows"].items()}
    if server != held:
        missing, surplus = sorted(server.keys() - held.keys()), sorted(held.keys() - server.keys())
        stale = sorted(key for key in server.keys() & held.keys() if server[key] != held[key])
        raise Violation(f"{name} did not converge: missing {missing}, held too long {surplus}, stale {stale}")
    view = {f"{row['collection']}/{row['id']}" for row in await observer.fetch(SCOPE, USERS[PHONES[name]])}
    if view != held.keys():
        raise Violation(f"{name} holds {sorted(held.keys() ^ view)} otherwise than the view says")
    if phone.state["outbox"]:
        raise Violation(f"{name} has {len(phone.state['outbox'])} operations left that nobody takes")
    if phone.state["mismatches"]:
        raise Violation(f"{name} saw a wrong checksum")


async def chain_holds(observer: Any, name: str, phone: Any) -> None:
    """The server's copy of a device's chain is whole, in order, linked and signed."""
    rows = await observer.fetch("select * from operation where device_id = $1 order by seq", DEVICES[name])
    if [row["seq"] for row in rows] != list(range(1, phone.state["next_seq"])):
        raise Violation(
            f"{name}: operations {[row['seq'] for row in rows]} of 1 to {phone.state['next_seq'] - 1} are stored"
        )
    key = await observer.fetchval("select public_key from device where id = $1", DEVICES[name])
    before = None
    for row in rows:
        value = json.loads(row["raw"])
        linked = value["prev"] == before and rfc8785.dumps(value) == row["raw"]
        if not linked or not is_signed(key, row["raw"], row["signature"]):
            raise Violation(f"{name}: operation {row['seq']} is not linked or not signed")
        before = hashlib.sha256(row["raw"]).hexdigest()


async def landed(observer: Any, tap: dict[str, Any], outcome: dict[str, Any] | None, *, restored: bool) -> None:
    """An operation has one stored outcome, the one that was told; and its effect is there, or it is parked."""
    row = await observer.fetchrow("select * from operation where id = $1", UUID(tap["id"]))
    if row is None:
        raise Violation(f"operation {tap['seq']} ({tap['kind']}) of {tap['phone']} is lost")
    # A phone that learned only from `last_seq` that an operation landed has no outcome of it; what is parked it sees as rows.
    if outcome is not None and not restored and (outcome.get("was") or outcome["outcome"]) != row["outcome"]:
        raise Violation(f"operation {tap['seq']} of {tap['phone']}: told {outcome}, stored {row['outcome']}")
    if row["outcome"] == "parked" and row["resolution"] != "applied":
        return
    effect = True
    if tap["kind"] in EFFECTS:
        effect = await observer.fetchval(EFFECTS[tap["kind"]], UUID(tap["body"][IDS[tap["kind"]]])) == 1
    elif tap["kind"] in MOVES:
        effect = (
            await observer.fetchval(
                "select count(*) from visit_event where operation_id = $1 and kind = $2", row["id"], tap["kind"]
            )
            == 1
        )
        if row["outcome"] == "merged" and not effect:  # somebody of the crew had made this very move before
            effect = await observer.fetchval(
                "select count(*) > 0 from visit_event where visit_id = $1 and kind = $2", row["visit_id"], tap["kind"]
            )
    if not effect:
        raise Violation(
            f"operation {tap['seq']} ({tap['kind']}) of {tap['phone']} is {row['outcome']} without its effect"
        )


async def quantities_add_up(observer: Any, taps: list[dict[str, Any]]) -> None:
    """Quantities are deltas: each line is the sum of what was said of it and took effect, each word of a person once."""
    sums: dict[str, int] = {}
    said: set[tuple[UUID, str]] = set()
    for tap in taps:
        if tap["kind"] == "part_used":
            row = await observer.fetchrow(
                "select user_id, outcome, resolution from operation where id = $1", UUID(tap["id"])
            )
            # What a later version says beside it makes it another word: nobody here knows what it means.
            line, words = tap["body"]["part_used_id"], (row["user_id"], json.dumps(tap["body"], sort_keys=True))
            if words not in said and (row["outcome"] != "parked" or row["resolution"] == "applied"):
                said.add(words)
                sums[line] = sums.get(line, 0) + tap["body"].get("quantity_milli", tap["body"]["quantity"] * 1000)
    for line, milli in sums.items():
        kept = await observer.fetchrow("select quantity, quantity_milli from part_used where id = $1", UUID(line))
        if kept is None or tuple(kept) != (-(-milli // 1000), milli):
            raise Violation(f"part line {line} says {kept}, its operations say {milli} thousandths")


async def parked_left_nothing(observer: Any) -> None:
    """What is parked has had no effect: nothing in a visit's history or among its facts names it."""
    rows = await observer.fetch(
        """select o.seq, o.kind from operation o where o.outcome = 'parked' and o.resolution is null and (
             exists (select from visit_event e where e.operation_id = o.id)
             or exists (select from check_in c where c.operation_id = o.id)
             or exists (select from photo p where p.operation_id = o.id))"""
    )
    if rows:
        raise Violation(f"parked, and still had an effect: {[tuple(row) for row in rows]}")


async def visits_follow_their_crews(observer: Any, changed_by_sql: set[UUID]) -> None:
    """Where a visit is follows from where those are who were sent, unless somebody wrote another crew by plain SQL."""
    rows = await observer.fetch(
        """select v.id, v.state, array_agg(c.state) as crew from visit v join visit_crew c on c.visit_id = v.id
           where (c.removed_at is null or c.state = 'declined')
             and v.state not in ('unscheduled', 'scheduled', 'closed', 'cancelled')
           group by v.id"""
    )
    for row in rows:
        if row["id"] not in changed_by_sql and state_of(row["crew"]) != row["state"]:
            raise Violation(f"visit {row['id']} is {row['state']}, and its crew is {row['crew']}")
