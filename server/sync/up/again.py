"""Whether an operation says again what was said before: a client that lost its outbox makes its operations anew, and so does
one that is enrolled anew, with the clocks of the tap as they were. What was said once counts once, wherever its subject is by now.
"""

from uuid import UUID

import msgspec
import rfc8785
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from server.field.kind import Kind
from server.field.models import Operation
from server.identity.models import User
from server.sync.chain import Link
from server.sync.schemas import Envelope
from server.sync.up.held import Held, id_in

_TOOK_EFFECT = (Operation.outcome != "parked") | (Operation.resolution == "applied")
_HOLDS = text("position(cast(:said as bytea) in operation.raw) > 0")


async def is_said_again(session: AsyncSession, user: User, kind: Kind, link: Link, held: Held) -> bool:
    """Whether this person has said the very same of this, and saying it once more must not count.

    What makes something is known by the id of that, and matters where more of it would be added. What makes nothing, such as
    a move, is the same where it was tapped in the same moment: the visit may have been held, resumed and be in progress
    again, and a second hold for the same reason is another one.
    """
    envelope, subject_id = link.envelope, link.envelope.subject.id
    if kind.creates is None:
        if any((one.body, one.clock) == (envelope.body, envelope.clock) for one in held.alike(envelope)):
            return True
        if envelope.kind not in held.kinds.get(subject_id, frozenset()):
            return False
        return await _tapped_before(session, user, link)
    table, creates = kind.changes.get(kind.creates), id_in(envelope.body, kind.creates)
    if table is None or creates is None or not held.batch.has(table, creates):
        return False
    if any(one.body == envelope.body for one in held.alike(envelope)):
        return True
    return await said_before(session, user, envelope, creates)


async def _tapped_before(session: AsyncSession, user: User, link: Link) -> bool:
    """Whether a tap with the same words and clocks took effect: in the canonical text they stand side by side."""
    whole = msgspec.json.decode(link.raw)
    same = b'"body":%b,"clock":%b,' % (rfc8785.dumps(whole["body"]), rfc8785.dumps(whole["clock"]))
    query = select(Operation.id).where(
        Operation.subject_id == link.envelope.subject.id,
        Operation.kind == link.envelope.kind,
        Operation.id != link.envelope.id,
        Operation.user_id == user.id,
        _TOOK_EFFECT,
        _HOLDS.bindparams(said=same),
    )
    return await session.scalar(query.limit(1)) is not None


async def said_before(session: AsyncSession, user: User, envelope: Envelope, creates: UUID | None) -> bool:
    """Whether this person has said the same of the same thing before, under another operation's id, and it took effect.

    A client that lost its outbox makes its operations anew. Asked only when one fails or meets what it makes: most do neither.
    """
    query = select(Operation.raw).where(
        Operation.subject_id == envelope.subject.id,
        Operation.kind == envelope.kind,
        Operation.id != envelope.id,
        Operation.user_id == user.id,
        _TOOK_EFFECT,
    )
    if creates is not None:
        query = query.where(Operation.creates == creates)
    return any(msgspec.json.decode(text)["body"] == envelope.body for text in await session.scalars(query))
