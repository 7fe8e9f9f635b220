"""Down: what changed in a phone's scopes since its cursor, read by one statement and so from one snapshot.

The database makes the wire's text of each change from the bodies that the membership keeps; here it is only passed on.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from server.database.readers import Readers
from server.ground.problems import Invalid, NotFound, Unauthenticated
from server.identity.tokens import Tokens
from server.sync.down.contracts import body_for
from server.sync.schemas import NewPhone, ScopeOut

NO_EPOCH = -1
"""No scope has it: who stands there gets everything anew."""
BYTES_A_ROW = 512
"""How many rows are looked at for a page: its bytes by this. Rows are mostly longer, so the bytes decide."""

# Positions go as texts: for each value of an array the driver asks twice whether it is an array itself.
PAGE = f"""
with held as (
  select scope.id, scope.key, scope.rev, scope.count, scope.checksum, scope.epoch, scope.min_rev,
         position.rev is not null as known, position.floor,
         case when position.epoch = scope.epoch and position.rev <= scope.rev
                   and scope.min_rev <= greatest(position.rev, position.floor) then position.rev end as rev_held
  from sync_scope scope
  left join unnest(string_to_array($2, ' '), string_to_array($3, ' ')::bigint[], string_to_array($4, ' ')::bigint[],
                   string_to_array($8, ' ')::bigint[]) position (key, rev, epoch, floor) using (key)
  where scope.technician_id = $1 or scope.key = 'catalogue'
)
select held.key, held.rev, held.count, held.checksum::text as checksum, held.epoch, held.known, held.rev_held,
       case when held.rev_held is null then held.min_rev else held.floor end as floor,
       device.last_seq, device.revoked_at is not null as revoked, device.untold::text as untold, person.active,
       page.changes, page.upto, page.looked_at, page.taken
from held
left join device on device.id = $5 and device.user_id = $1
left join app_user person on person.id = $1
left join lateral (
  select count(*) as looked_at, count(*) filter (where sized.before < $6) as taken,
         max(sized.rev) filter (where sized.before < $6) as upto,
         convert_to(string_agg(sized.line, ',' order by sized.rev) filter (where sized.before < $6), 'UTF8') as changes
  from (
    select lines.rev, lines.line, sum(octet_length(lines.line)) over (order by lines.rev) - octet_length(lines.line) as before
    from (
      select member.rev,
             '{{"collection":"' || member.collection || '","id":"' || member.row_id || '","rev":' || member.rev
             || ',"scope":"' || held.key || '"' || case when member.present
                then ',"hash":"' || encode(member.hash, 'hex') || '","body":' || {body_for("$9::integer")} else '' end || '}}' as line
      from sync_member member
      where member.scope_id = held.id and member.rev > coalesce(held.rev_held, 0)
        and (member.present or held.rev_held > 0)
      order by member.rev limit $7
    ) lines
  ) sized
) page on person.active and held.rev > coalesce(held.rev_held, 0)
order by held.id
"""  # noqa: S608  declarations

HEAD = """
select last_seq, case when revoked_at is null then untold::text end as untold from device where id = $1 and user_id = $2
"""


class CursorRefused(Invalid):
    """This cursor is not yours or was not made here"""

    status, code = 400, "cursor_refused"


class Position(msgspec.Struct, frozen=True):
    """How far a phone is in one scope.

    `floor` is what had been collected when it began: of removals up to there it holds no row, even while the pages of its
    first sync are still below them.
    """

    rev: int
    epoch: int
    floor: int


class Pulled(msgspec.Struct):
    """A page of changes, as the JSON text of their list, and where the phone stands after it."""

    changes: bytes
    positions: dict[str, Position]
    scopes: dict[str, ScopeOut]
    resync: list[str]
    more: bool
    last_seq: int
    revoked: bool = False
    new_phones: list[NewPhone] = []
    rows: int = 0


def read_cursor(tokens: Tokens, cursor: str | None, user_id: UUID, contract: int) -> dict[str, Position]:
    """The positions in a cursor; none for a first sync. One that was made for an older contract than the phone speaks now has no
    position that holds: its rows lack members. Raises `CursorRefused`."""
    if cursor is None:
        return {}
    try:
        claims = tokens.read("cursor", cursor)
    except Unauthenticated as error:
        raise CursorRefused("Drop the cursor and sync from the start; your outbox stays.") from error
    if claims["sub"] != str(user_id):
        raise CursorRefused("The cursor is another user's. Drop it and sync from the start.")
    positions = {key: Position(*at) for key, at in claims["at"].items()}
    if claims["v"] < contract:
        return {key: msgspec.structs.replace(at, epoch=NO_EPOCH) for key, at in positions.items()}
    return positions


def begins(positions: dict[str, Position]) -> bool:
    """Whether all rows are to come: to a phone that has none yet, or whose app was brought to a newer contract."""
    return all(at.epoch == NO_EPOCH for at in positions.values())


def make_cursor(tokens: Tokens, user_id: UUID, positions: dict[str, Position], contract: int) -> str:
    """A cursor for the next exchange."""
    at = {key: (position.rev, position.epoch, position.floor) for key, position in positions.items()}
    return tokens.make("cursor", {"sub": str(user_id), "v": contract, "at": at})


async def pull(
    readers: Readers,
    user_id: UUID,
    device_id: UUID,
    positions: dict[str, Position],
    *,
    page_bytes: int,
    contract: int,
) -> Pulled:
    """One page of at most about `page_bytes` a scope. A deactivated user gets no rows, only what became of the outbox.

    A revoked device gets nothing. Raises `NotFound` for a device that is not the user's.
    """
    rows: Sequence[Any] = await readers.fetch(
        PAGE, user_id, " ".join(positions), " ".join([str(at.rev) for at in positions.values()]),
        " ".join([str(at.epoch) for at in positions.values()]), device_id, page_bytes, page_bytes // BYTES_A_ROW + 1,
        " ".join([str(at.floor) for at in positions.values()]), contract,
    )  # fmt: skip
    if rows[0]["last_seq"] is None:
        raise NotFound("This device is not known any more. Enrol it again.")
    if rows[0]["revoked"]:
        return Pulled(b"", {}, {}, [], False, rows[0]["last_seq"], revoked=True)
    page = Pulled(b"", dict(positions), {}, [], False, rows[0]["last_seq"], new_phones=_told(rows[0]["untold"]))
    if rows[0]["active"]:
        _fill(page, rows, page_bytes // BYTES_A_ROW + 1)
    return page


async def without_rows(readers: Readers, user_id: UUID, device_id: UUID, positions: dict[str, Position]) -> Pulled:
    """What a client is told whose rows come another way: the newest operation of its device. Raises `NotFound`."""
    found = await readers.fetch(HEAD, device_id, user_id)
    if not found:
        raise NotFound("This device is not known any more. Enrol it again.")
    return Pulled(b"", positions, {}, [], False, found[0]["last_seq"], new_phones=_told(found[0]["untold"]))


def _told(untold: str | None) -> list[NewPhone]:
    return msgspec.json.decode(untold, type=list[NewPhone]) if untold else []


def _fill(page: Pulled, rows: Sequence[Any], limit: int) -> None:
    before = dict(page.positions)
    parts = []
    for row in rows:
        if row["known"] and row["rev_held"] is None:
            page.resync.append(row["key"])
        at = Position(row["rev_held"] or 0, row["epoch"], row["floor"])
        if row["looked_at"] is not None:
            # A page that neither the bytes nor the number of rows cut short has everything up to the scope's revision.
            whole = row["taken"] == row["looked_at"] < limit
            at = Position(row["rev"] if whole else row["upto"], row["epoch"], row["floor"])
            page.more |= not whole
            page.rows += row["taken"]
            if row["changes"]:
                parts.append(row["changes"])
        page.positions[row["key"]] = at
        if at.rev == row["rev"] and at != before.get(row["key"]):
            page.scopes[row["key"]] = ScopeOut(row["rev"], row["count"], f"{int(row['checksum']):016x}")
    page.changes = b",".join(parts)
