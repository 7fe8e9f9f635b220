"""The floors of a delta: one prepared statement over a connection that is open already, giving the bytes of `changes`.

`stored` reads the bodies that the membership keeps as text: the least that any server on this database could do. `built`
makes each body from its tables (bench/delta_floor.sql), as a design without stored bodies would have to.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import msgspec

from bench.phones import Phone

BUILT = (Path(__file__).parent / "delta_floor.sql").read_text()
STORED = """
select '[' || coalesce(string_agg(
  '{"collection":"' || m.collection || '","id":"' || m.row_id || '","rev":' || m.rev || ',"scope":"' || s.key
  || '","hash":"' || encode(m.hash, 'hex') || '","body":' || m.body || '}', ',' order by s.id, m.rev), '') || ']'
from sync_scope s
join sync_member m on m.scope_id = s.id and m.rev > case s.key when 'catalogue' then $3::bigint else $2::bigint end
where (s.technician_id = $1 or s.key = 'catalogue') and m.present
"""


class Floors(msgspec.Struct):
    """The floors that give the rows of the answers; `built` is None, and `unlike` says how, when it gives others."""

    stored: Callable[[], Awaitable[object]]
    built: Callable[[], Awaitable[object]] | None = None
    unlike: str = ""


async def floors(database: asyncpg.Connection, phone: Phone, revs: dict[str, int], answers: list[bytes]) -> Floors:
    """Both floors of what the answers carried, each after a look that it gives the same rows. `revs` is where the phone
    stood before. Raises `AssertionError` when even the stored bodies do not give them."""
    arguments = (phone.user_id, revs.get(f"technician:{phone.user_id}", 0), revs.get("catalogue", 0))
    stored = await database.prepare(STORED)
    assert not (unlike := _unlike(answers, await stored.fetchval(*arguments))), unlike
    found = Floors(lambda: stored.fetchval(*arguments))
    try:
        built = await database.prepare(BUILT)
        found.unlike = _unlike(answers, await built.fetchval(*arguments))
    except asyncpg.PostgresError as error:
        found.unlike = f"{type(error).__name__}: {error}"
    else:
        if not found.unlike:
            found.built = lambda: built.fetchval(*arguments)
    return found


def _unlike(answers: list[bytes], floor: str) -> str:
    """How the rows of a floor differ from those of the answers; empty when they do not."""
    key = "{collection}/{id}".format_map
    ours = {key(row): row for answer in answers for row in msgspec.json.decode(answer)["changes"]}
    theirs = {key(row): row for row in msgspec.json.decode(floor)}
    wrong = [name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name)]
    if not wrong:
        return ""
    return f"{len(wrong)} of {len(ours)} rows differ, as {ours.get(wrong[0])} from {theirs.get(wrong[0])}"
