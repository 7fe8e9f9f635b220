"""What a phone does when its checksum is off: it sends digests of what it holds, and gets whole the buckets that differ.

A mismatch must not happen, so each one is counted: it is kept as an incident of the device.
"""

from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground.problems import NotFound
from server.sync.down.contracts import body_for
from server.sync.schemas import ChangeOut, DigestIn, ReconcileIn, ReconcileOut, ScopeOut

PAGE_BYTES = 1024 * 1024
CODE = "checksum_mismatch"

SCOPE = text("""
select scope.id, scope.key, scope.rev, scope.count as members, scope.checksum::text as checksum
from sync_scope scope
where scope.key = :key and (scope.technician_id = :user_id or scope.key = 'catalogue')
  and exists (select from device join app_user person on person.id = device.user_id
              where device.id = :device_id and person.id = :user_id and person.active and device.revoked_at is null)
""")
BUCKETS = text("select bucket, count as members, checksum::text as checksum from sync_buckets(:scope_id)")
ROWS = text(f"""
select collection || '/' || right(row_id::text, 1) as bucket, collection, row_id, rev, encode(hash, 'hex') as hash,
       {body_for("cast(:contract as integer)")} as body
from sync_member
where scope_id = :scope_id and present and collection || '/' || right(row_id::text, 1) = any(:buckets)
order by rev
""")  # noqa: S608  declarations


async def reconcile(session: AsyncSession, user_id: UUID, device_id: UUID, held: ReconcileIn) -> ReconcileOut:
    """All rows of each bucket that differs, up to about a page of bytes; `more` asks for another round.

    Raises `NotFound` for a scope that is not the user's. The session must be one snapshot.
    """
    scope = (
        await session.execute(SCOPE, {"key": held.scope, "user_id": user_id, "device_id": device_id})
    ).one_or_none()
    if scope is None:
        raise NotFound("You hold no such scope. Sync from the start.")
    kept = {
        row.bucket: DigestIn(row.members, f"{int(row.checksum):016x}")
        for row in (await session.execute(BUCKETS, {"scope_id": scope.id})).all()
    }
    differing = sorted(name for name in kept.keys() | held.buckets.keys() if kept.get(name) != held.buckets.get(name))
    answer = ReconcileOut({}, {scope.key: ScopeOut(scope.rev, scope.members, f"{int(scope.checksum):016x}")})
    rows = (
        await session.execute(ROWS, {"scope_id": scope.id, "buckets": differing, "contract": held.contract_version})
    ).all()
    found: dict[str, list[ChangeOut]] = {name: [] for name in differing}
    for row in rows:
        found[row.bucket].append(
            ChangeOut(row.collection, row.row_id, row.rev, scope.key, row.hash, msgspec.Raw(row.body.encode()))
        )
    budget = PAGE_BYTES
    for name, changes in found.items():
        if budget <= 0:
            answer.more = True
            break
        answer.buckets[name] = changes
        budget -= sum(len(bytes(change.body or b"")) + 200 for change in changes)
    return answer


def mismatch(held: ReconcileIn, answer: ReconcileOut) -> str | None:
    """What to say in the incident; None when nothing differed after all."""
    if not answer.buckets:
        return None
    return f"The phone's rows of {held.scope} differ from the server's in {len(answer.buckets)} buckets."
