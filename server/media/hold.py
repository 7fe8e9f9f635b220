"""One at a time for one hash: who promises a photo, who settles what was found, and who removes an object."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


async def hold_hash(session: AsyncSession, sha256: str, *, shared: bool = False) -> None:
    """Hold a content hash until the transaction ends. Promises share it; settling and removing hold it alone.

    So a promise comes wholly before a removal (which then sees the claim) or wholly after (and then sees no object).
    """
    key = int.from_bytes(bytes.fromhex(sha256[:16]), "big", signed=True)
    kind = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    await session.execute(text(f"select {kind}(:key)"), {"key": key})
