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


class Shown(NamedTuple):
    """A page, and the status with which it is answered."""

    text: str
    status: int = 200


async def show(session: AsyncSession, token: str) -> Shown:
    """The page of a link's record. Raises `NotFound`."""
    return await _page(session, await record_of_link(session, token), token)


async def confirm_by_link(session: AsyncSession, keys: ServerKeys, token: str, *, has_read: bool) -> Shown | None:
    """Confirm the report; once more changes nothing. None when it was taken, else the page that says why not. Raises `NotFound`."""
    row = await record_of_link(session, token, hold=True)
    if not has_read:
        return await _page(session, row, token, 422, problem=_words(row).label("read_first"))
    try:
        await confirm(session, keys, row)
    except Conflict:
        return await _page(session, row, token, 409)
    return None


async def dispute_by_link(session: AsyncSession, keys: ServerKeys, token: str, reason: str) -> Shown | None:
    """Dispute the report; once more changes nothing. None when it was taken, else the page that says why not. Raises `NotFound`."""
    row = await record_of_link(session, token, hold=True)
    try:
        await dispute(session, keys, row, reason)
    except Invalid:
        return await _page(session, row, token, 422, problem=_words(row).label("say_what"), reason=reason)
    except Conflict:
        return await _page(session, row, token, 409, problem=_words(row).label("too_late"))
    return None


async def answer_by_link(session: AsyncSession, token: str, kind: str) -> CustomerAnswer:
    """The answer of this kind that was given by a link. Raises `NotFound`."""
    row = await record_of_link(session, token)
    given = next((one for one in await answers_of(session, [row.id]) if one.kind == kind), None)
    if given is None:
        raise NotFound("No such answer was given.")
    return given


def answer_file(answer: CustomerAnswer) -> bytes:
    """An answer as a file: what `fieldproof verify --answer` reads."""
    return canonical({"statement": answer.statement.decode(), "proof": answer.proof})


async def _page(
    session: AsyncSession, row: SealedRecord, token: str, status: int = 200, *, problem: str = "", reason: str = ""
) -> Shown:
    corrected = await corrected_by(session, row) is not None
    given = await answers_of(session, [row.id])
    return Shown(record_page(row, given, token, corrected=corrected, problem=problem, reason=reason), status)


def _words(row: SealedRecord) -> Wording:
    return Wording(msgspec.json.decode(row.record)["locale"])
