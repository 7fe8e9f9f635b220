"""What whoever holds a report's link sees, and what becomes of their answer: a page for people, whichever way it goes."""

from typing import NamedTuple

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground.problems import Conflict, Invalid, NotFound
from server.records.canonical import canonical
from server.records.customer.answers import answers_of, confirm, corrected_by, dispute, record_of_link
from server.records.customer.page import record_page
from server.records.keys import ServerKeys
from server.records.models import CustomerAnswer, SealedRecord
from server.records.print.labels import Wording
from server.records.rules import CameBy


class Shown(NamedTuple):
    """A page, and the status with which it is answered."""

    text: str
    status: int = 200


class Held(NamedTuple):
    """A record as somebody came to it: the path of its page, by which link they hold it, and the page that led there."""

    row: SealedRecord
    path: str
    came_by: CameBy
    back: str = ""


async def by_printed_link(session: AsyncSession, token: str, *, hold: bool = False) -> Held:
    """The record by the link that is printed on it. Raises `NotFound`."""
    return Held(await record_of_link(session, token, hold=hold), f"/r/{token}", CameBy.PRINTED)


async def show(session: AsyncSession, held: Held) -> Shown:
    """The page of a record."""
    return await _page(session, held)


async def confirm_by_link(session: AsyncSession, keys: ServerKeys, held: Held, *, has_read: bool) -> Shown | None:
    """Confirm the report; once more changes nothing. None when it was taken, else the page that says why not."""
    if not has_read:
        return await _page(session, held, 422, problem=_words(held.row).label("read_first"))
    try:
        await confirm(session, keys, held.row, held.came_by)
    except Conflict:
        return await _page(session, held, 409)
    return None


async def dispute_by_link(session: AsyncSession, keys: ServerKeys, held: Held, reason: str) -> Shown | None:
    """Dispute the report; once more changes nothing. None when it was taken, else the page that says why not."""
    words = _words(held.row)
    try:
        await dispute(session, keys, held.row, reason, held.came_by)
    except Invalid:
        return await _page(session, held, 422, problem=words.label("say_what"), reason=reason)
    except Conflict:
        return await _page(session, held, 409, problem=words.label("too_late"))
    return None


async def given_answer(session: AsyncSession, row: SealedRecord, kind: str) -> CustomerAnswer:
    """The answer of this kind that was given to a record. Raises `NotFound`."""
    given = next((one for one in await answers_of(session, [row.id]) if one.kind == kind), None)
    if given is None:
        raise NotFound("No such answer was given.")
    return given


def answer_file(answer: CustomerAnswer) -> bytes:
    """An answer as a file: what `fieldproof verify --answer` reads."""
    return canonical({"statement": answer.statement.decode(), "proof": answer.proof})


async def _page(session: AsyncSession, held: Held, status: int = 200, *, problem: str = "", reason: str = "") -> Shown:
    corrected = await corrected_by(session, held.row) is not None
    given = await answers_of(session, [held.row.id])
    text = record_page(held.row, given, held.path, back=held.back, corrected=corrected, problem=problem, reason=reason)
    return Shown(text, status)


def _words(row: SealedRecord) -> Wording:
    return Wording(msgspec.json.decode(row.record)["locale"])
