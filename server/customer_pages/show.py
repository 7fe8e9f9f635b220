"""What whoever holds a link or stands in front of a machine sees, and what becomes of what they send: a page, or the way to one."""

from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from server.customer_pages.forms import Typed, Wrong, form_id_of, read_change, read_request
from server.customer_pages.open import NoPage, OfAsset, OfVisit, open_asset, open_visit
from server.customer_pages.page import Reader, Sent, asset_page, visit_page
from server.customer_pages.rules import TO_COME
from server.customer_pages.take import (
    TooMany,
    about_asset,
    about_visit,
    ask_change,
    receipt_of,
    take_request,
    was_asked,
)
from server.customer_pages.told import last_service, told_of
from server.ground.words import Language, language_of
from server.records.customer.answering import Held, Shown
from server.records.models import SealedRecord
from server.records.rules import CameBy
from server.visit_links.rules import LinkSide

CAME_BY = {LinkSide.DESK: CameBy.DESK, LinkSide.PHONE: CameBy.PHONE}


class Asked(NamedTuple):
    """How a page is asked for: by which token, in which language, and whose the page is."""

    token: str
    named: str | None
    accepted: str
    company: str
    phone: str

    def reader(self, locale: str) -> Reader:
        """The reader: in the language that is named, else in that of the customer, else in what the browser accepts."""
        named = next((one for one in Language if one == self.named), None)
        return Reader(named or language_of(locale or self.accepted), self.company, self.phone)


class Went(NamedTuple):
    """What became of a form: where to go from here, or the page that says what is wrong."""

    to: str = ""
    shown: Shown | None = None


async def show_visit(session: AsyncSession, asked: Asked, form: str | None) -> Shown:
    """The page of a visit; `form` names one that was taken, to say so. Raises `NoPage`."""
    opened = await open_visit(session, asked.token)
    sent = await _taken(session, asked.reader(opened.customer.locale), opened.link.id, form)
    return await _visit(session, opened, asked, sent)


async def send_change(session: AsyncSession, asked: Asked, typed: Typed) -> Went:
    """Ask for another time. Raises `NoPage`, `Invalid` for what no page sends."""
    opened, form_id = await open_visit(session, asked.token, hold=True), form_id_of(typed)
    reader, told = asked.reader(opened.customer.locale), await told_of(session, opened)
    way = Went(f"/v/{asked.token}?lang={reader.language}&sent={form_id}")
    if any((one.link_id, one.form_id) == (opened.link.id, form_id) for one in told.asked):
        return way
    if told.state not in TO_COME:
        sent = Sent("bad", reader.words.say("visit_page.too_late"))
        return Went(shown=await _visit(session, opened, asked, sent, 409))
    form, wrong = read_change(typed, ZoneInfo(opened.site.time_zone))
    if form is None:
        return Went(shown=await _visit(session, opened, asked, _to_mend(reader, typed, wrong, "change"), 422))
    try:
        await ask_change(session, opened, form)
    except TooMany:
        return Went(shown=await _visit(session, opened, asked, _too_many(reader, typed, "change"), 409))
    return way


async def send_request(session: AsyncSession, asked: Asked, typed: Typed) -> Went:
    """Make a ticket of what was written on a visit's page. Raises `NoPage`, `Invalid` for what no page sends."""
    opened, (form, wrong) = await open_visit(session, asked.token, hold=True), read_request(typed, fault=False)
    reader = asked.reader(opened.customer.locale)
    if form is None:
        return Went(shown=await _visit(session, opened, asked, _to_mend(reader, typed, wrong, "request"), 422))
    try:
        await take_request(session, about_visit(opened), form)
    except TooMany:
        return Went(shown=await _visit(session, opened, asked, _too_many(reader, typed, "request"), 409))
    return Went(f"/v/{asked.token}?lang={reader.language}&sent={form.form_id}")


async def show_asset(session: AsyncSession, asked: Asked, form: str | None) -> Shown:
    """The page of an asset; `form` names one that was taken, to say so. Raises `NoPage`."""
    opened = await open_asset(session, asked.token)
    return await _asset(session, opened, asked, await _taken(session, asked.reader(""), opened.label.id, form))


async def send_fault(session: AsyncSession, asked: Asked, typed: Typed) -> Went:
    """Make a ticket of a fault that was reported. Raises `NoPage`, `Invalid` for what no page sends."""
    opened, (form, wrong) = await open_asset(session, asked.token, hold=True), read_request(typed, fault=True)
    reader = asked.reader("")
    if form is None:
        return Went(shown=await _asset(session, opened, asked, _to_mend(reader, typed, wrong, "request"), 422))
    try:
        await take_request(session, about_asset(opened), form)
    except TooMany:
        return Went(shown=await _asset(session, opened, asked, _too_many(reader, typed, "request"), 409))
    return Went(f"/a/{asked.token}?lang={reader.language}&sent={form.form_id}")


async def held_record(session: AsyncSession, token: str, record_id: UUID, *, hold: bool = False) -> Held:
    """A sealed report of the visit whose link this is; `hold` keeps other answers waiting. Raises `NoPage`."""
    opened = await open_visit(session, token)
    row = await session.get(SealedRecord, record_id, with_for_update=hold or None)
    if row is None or row.visit_id != opened.visit.id:
        raise NoPage("This visit has no such report.")
    came_by = CAME_BY[LinkSide(opened.link.whose)]
    return Held(row, f"/v/{token}/reports/{record_id}", came_by, back=f"/v/{token}")


async def _visit(session: AsyncSession, opened: OfVisit, asked: Asked, sent: Sent | None, status: int = 200) -> Shown:
    told, reader = await told_of(session, opened), asked.reader(opened.customer.locale)
    return Shown(visit_page(opened, told, f"/v/{asked.token}", reader, sent), status)


async def _asset(session: AsyncSession, opened: OfAsset, asked: Asked, sent: Sent | None, status: int = 200) -> Shown:
    served = await last_service(session, opened)
    return Shown(asset_page(opened, served, f"/a/{asked.token}", asked.reader(""), sent), status)


async def _taken(session: AsyncSession, reader: Reader, source_id: UUID, form: str | None) -> Sent | None:
    """What is said of a form that was taken; nothing of one that was not, whatever the address says."""
    try:
        form_id = UUID(form or "")
    except ValueError:
        return None
    say = reader.words.say
    if number := await receipt_of(session, source_id, form_id):
        return Sent("good", say("visit_page.received", number=number), say("visit_page.received_more"))
    if await was_asked(session, source_id, form_id):
        return Sent("good", say("visit_page.change_sent"), say("visit_page.stands"))
    return None


def _to_mend(reader: Reader, typed: Typed, wrong: Wrong, form: str) -> Sent:
    return Sent("bad", reader.words.say("visit_page.not_sent"), wrong=wrong, typed=typed, form=form)


def _too_many(reader: Reader, typed: Typed, form: str) -> Sent:
    return Sent("bad", reader.words.say("visit_page.too_many"), typed=typed, form=form)
