"""Hints that something changed, as server-sent events. One tailer a process looks at the scopes that somebody listens
to, outside every write transaction; a lost hint costs delay, never data."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import msgspec
from sqlalchemy import text

from server.database.engine import Sessions

INTERVAL = 0.05
HEARTBEAT = 20.0
LIFETIME = 3600.0

REVISIONS = text(
    "select key, technician_id, rev from sync_scope where technician_id = any(:users) or key = 'catalogue'"
)


class Tailer:
    """Knows the revision of each scope that a listener waits for; asks the database only while somebody listens."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._listeners: dict[UUID, set[asyncio.Queue[dict[str, int]]]] = {}
        self._seen: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None

    async def listen(self, user_id: UUID) -> AsyncIterator[bytes]:
        """Events for one phone: `hint` with {scope: rev}, and a comment as heartbeat. Ends after an hour."""
        queue: asyncio.Queue[dict[str, int]] = asyncio.Queue(maxsize=8)
        self._listeners.setdefault(user_id, set()).add(queue)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._tail())
        end = asyncio.get_running_loop().time() + LIFETIME
        try:
            yield b": ready\n\n"
            while asyncio.get_running_loop().time() < end:
                try:
                    hint = await asyncio.wait_for(queue.get(), HEARTBEAT)
                except TimeoutError:
                    yield b": still here\n\n"
                else:
                    yield b"event: hint\ndata: " + msgspec.json.encode(hint) + b"\n\n"
        finally:
            listeners = self._listeners[user_id]
            listeners.discard(queue)
            if not listeners:
                del self._listeners[user_id]

    async def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _tail(self) -> None:
        while self._listeners:
            async with self._sessions() as session:
                rows = (await session.execute(REVISIONS, {"users": list(self._listeners)})).all()
            for row in rows:
                before = self._seen.get(row.key)
                self._seen[row.key] = row.rev
                if before is not None and before != row.rev:
                    self._tell(row.technician_id, {row.key: row.rev})
            await asyncio.sleep(INTERVAL)
        self._seen.clear()

    def _tell(self, user_id: UUID | None, hint: dict[str, int]) -> None:
        users = [user_id] if user_id else list(self._listeners)
        for user in users:
            for queue in self._listeners.get(user, ()):
                if not queue.full():  # a listener that is behind has a hint waiting already
                    queue.put_nowait(hint)
