"""Down: what changed in a phone's scopes since its cursor, read in one snapshot, bodies straight from the database."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from server.identity.tokens import Tokens
from server.problems import Invalid, Unauthenticated
from server.sync.schemas import ChangeOut, ScopeOut

PAGE_BYTES = 512 * 1024
PAGE_ROWS = 2000
CONTRACT_VERSION = 1

SCOPES = text("""
select id, key, rev, count as members, checksum, min_rev, epoch from sync_scope
where technician_id = :user_id or key = 'catalogue' order by id
""")

DELTA = text("""
select m.collection, m.row_id, m.rev, encode(m.hash, 'hex') as hash,
       case when m.present then sync_body(m.collection, m.row_id)::text end as body
from sync_member m
where m.scope_id = :scope_id and m.rev > :rev and (m.present or :rev > 0)
order by m.rev
limit :rows
""")


class CursorRefused(Invalid):
    """This cursor is not yours or was not made here"""

    status, code = 400, "cursor_refused"


class Position(msgspec.Struct, frozen=True):
    """How far a phone is in one scope."""

    rev: int
    epoch: int


class Pulled(msgspec.Struct):
    """A page of changes and where the phone stands after it."""

    changes: list[ChangeOut]
    positions: dict[str, Position]
    scopes: dict[str, ScopeOut]
    resync: list[str]
    more: bool


def read_cursor(tokens: Tokens, cursor: str | None, user_id: UUID) -> dict[str, Position]:
    """The positions in a cursor; none for a first sync. Raises `CursorRefused`."""
    if cursor is None:
        return {}
    try:
        claims = tokens.read("cursor", cursor)
    except Unauthenticated as error:
        raise CursorRefused("Drop the cursor and sync from the start; your outbox stays.") from error
    if claims["sub"] != str(user_id):
        raise CursorRefused("The cursor is another user's. Drop it and sync from the start.")
    return {key: Position(rev, epoch) for key, (rev, epoch) in claims["at"].items()}


def make_cursor(tokens: Tokens, user_id: UUID, positions: dict[str, Position]) -> str:
    """A cursor for the next exchange."""
    at = {key: (position.rev, position.epoch) for key, position in positions.items()}
    return tokens.make("cursor", {"sub": str(user_id), "v": CONTRACT_VERSION, "at": at})


async def pull(session: AsyncSession, user_id: UUID, positions: dict[str, Position]) -> Pulled:
    """One page. The session must be one snapshot (REPEATABLE READ), so that rows and totals belong together."""
    page = Pulled([], dict(positions), {}, [], False)
    budget = PAGE_BYTES
    for scope in (await session.execute(SCOPES, {"user_id": user_id})).all():
        at = positions.get(scope.key)
        if at is None or at.epoch != scope.epoch or at.rev > scope.rev or (at.rev < scope.min_rev and at.rev > 0):
            if at is not None:
                page.resync.append(scope.key)
            at = Position(0, scope.epoch)
        if at.rev < scope.rev and budget > 0:
            at, budget = await _scope_page(session, scope, at, page, budget)
        page.positions[scope.key] = at
        if at.rev < scope.rev:
            page.more = True
        elif at != positions.get(scope.key):
            page.scopes[scope.key] = ScopeOut(scope.rev, scope.members, f"{int(scope.checksum):016x}")
    return page


async def _scope_page(
    session: AsyncSession, scope: Any, at: Position, page: Pulled, budget: int
) -> tuple[Position, int]:
    rows = (await session.execute(DELTA, {"scope_id": scope.id, "rev": at.rev, "rows": PAGE_ROWS})).all()
    rev = at.rev
    for row in rows:
        if budget <= 0:
            return Position(rev, scope.epoch), 0
        body = row.body.encode() if row.body is not None else None
        page.changes.append(
            ChangeOut(
                row.collection, row.row_id, row.rev, scope.key, row.hash if body else "",
                msgspec.Raw(body) if body else None,
            )
        )  # fmt: skip
        budget -= 120 + len(body or b"")
        rev = row.rev
    # All rows of the scope up to its revision are read when the page was not full.
    return Position(rev if len(rows) == PAGE_ROWS else scope.rev, scope.epoch), budget
