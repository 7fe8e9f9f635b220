"""Brings what phones hold to the form that their rows have now: a release that gives a body another member, or declares another
collection, has rows that lie there in the form of before.

They are touched a batch a transaction, beside phones that sync and in the order of their ids, and how far it came stands in the same
transaction. So whoever is ended in between goes on from there. A row whose body comes out as it was costs no phone anything.
"""

from hashlib import sha256
from uuid import UUID

from sqlalchemy import SQLColumnExpression, column, delete, insert, select, table, text
from sqlalchemy.ext.asyncio import AsyncSession

from server.database.engine import Sessions
from server.field.collection import Collection
from server.sync.down.collections import DECLARED
from server.sync.models import BodyForm, SyncMember
from server.sync.sql.generate import body_of

BATCH = 200
"""Rows of a transaction; whoever writes one of them waits for it."""
FIRST = UUID(int=0)
TOUCHED = table("sync_touched", column("collection"), column("row_id"))
FLUSH = text("select set_config('fieldproof.touched', '1', true)")


def form_of(one: Collection) -> str:
    """What the bodies of a collection are made by, in a word."""
    return sha256(body_of(one).encode()).hexdigest()


async def rewrite(sessions: Sessions, declared: tuple[Collection, ...] = DECLARED, batch: int = BATCH) -> int:
    """Write anew all that has another form than it is declared with. Returns how many rows were looked at."""
    async with sessions.begin() as session:
        await _note_forms(session, declared)
    looked_at = 0
    while True:  # ends: each round comes further in the order of ids
        async with sessions.begin() as session:
            done = await _some(session, declared, batch)
        if done is None:
            return looked_at
        looked_at += done


async def _note_forms(session: AsyncSession, declared: tuple[Collection, ...]) -> None:
    """What is declared otherwise than its rows were written is to be written anew; in a database that knows no forms yet, all that is held."""
    known = {row.collection: row for row in await session.scalars(select(BodyForm).with_for_update())}
    for one in declared:
        form = form_of(one)
        if one.name not in known:
            session.add(BodyForm(collection=one.name, form=form, whole=bool(known), position=FIRST))
        elif known[one.name].form != form:
            known[one.name].form, known[one.name].position = form, FIRST
    gone = known.keys() - {one.name for one in declared}
    await session.execute(delete(BodyForm).where(BodyForm.collection.in_(gone)))


async def _some(session: AsyncSession, declared: tuple[Collection, ...], batch: int) -> int | None:
    """The next rows of the first collection that has any; None when nothing is left."""
    waiting = select(BodyForm).where(BodyForm.position.is_not(None)).order_by(BodyForm.collection).limit(1)
    form = await session.scalar(waiting.with_for_update())
    if form is None:
        return None
    one = next(one for one in declared if one.name == form.collection)
    # Of a collection that is new nobody holds a row yet; of the others only what is held has a body.
    ids: SQLColumnExpression[UUID]
    if form.whole:
        ids = one.table.__table__.c.id
        query = select(ids).where(ids > form.position)
    else:
        ids = SyncMember.row_id
        query = select(ids).where(SyncMember.collection == one.name, SyncMember.present, ids > form.position).distinct()
    found = (await session.scalars(query.order_by(ids).limit(batch))).all()
    if found:
        await session.execute(insert(TOUCHED), [{"collection": one.name, "row_id": row_id} for row_id in found])
        await session.execute(FLUSH)
    form.position = found[-1] if len(found) == batch else None
    form.whole = form.whole and form.position is not None
    return len(found)
