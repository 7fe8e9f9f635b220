"""The agreed window of a visit: what the customer was promised, with who agreed, when and by which channel."""

from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.customers.belongs import must_be_theirs
from server.ground import clock
from server.ground.ids import uuid7
from server.ground.moments import must_be_moment, must_be_window
from server.ground.problems import Invalid
from server.ground.texts import is_blank
from server.http.listing import MOST, Listing
from server.identity.tokens import Actor
from server.jobs.models import Job, Visit, WindowAgreement
from server.jobs.schemas import AgreedIn, AgreementOut
from server.jobs.tell import tell_window
from server.requests.rules import Channel

AGREEMENTS = Listing(
    "windows",
    AgreementOut,
    key=WindowAgreement.id,
    sorts={"made": WindowAgreement.id},
    default="-made",
    usual=MOST,
)


class Window(NamedTuple):
    """From when to when somebody is to arrive."""

    start: datetime
    end: datetime


def window_of(visit: Visit) -> Window | None:
    """The agreed window of a visit; None while it is to be agreed."""
    if visit.window_start is None or visit.window_end is None:
        return None
    return Window(visit.window_start, visit.window_end)


def read_window(start: datetime | None, end: datetime | None) -> Window | None:
    """A window as somebody sent it. Raises `Invalid` for half of one, or what is no arrival window."""
    if start is None and end is None:
        return None
    if start is None or end is None:
        raise Invalid("A window has a start and an end. Send window_start and window_end, or neither.")
    must_be_window(start, end)
    return Window(start.astimezone(UTC), end.astimezone(UTC))


async def agree_on(
    session: AsyncSession, visit: Visit, window: Window | None, agreed: AgreedIn | None, by: Actor, note: str = ""
) -> None:
    """Set what is agreed from now on, and keep who agreed; None: it is to be agreed. Raises `Invalid`."""
    moment = clock.now()
    if agreed is not None:
        job = await session.get_one(Job, visit.job_id)
        await must_be_theirs(session, job.customer_id, contact_id=agreed.contact_id)
        if agreed.contact_id is None and is_blank(agreed.agreed_with):
            raise Invalid("Say who agreed: contact_id, or a name in agreed_with.", field="agreed.agreed_with")
        if agreed.agreed_at is not None and must_be_moment(agreed.agreed_at, "agreed.agreed_at") > moment:
            raise Invalid("agreed_at lies in the future. Send when the customer agreed.", field="agreed.agreed_at")
    before = window_of(visit)
    visit.window_start, visit.window_end = window or (None, None)
    agreement = WindowAgreement(
        id=uuid7(), visit_id=visit.id, window_start=visit.window_start, window_end=visit.window_end,
        contact_id=agreed.contact_id if agreed else None, agreed_with=agreed.agreed_with if agreed else "",
        channel=agreed.channel if agreed else None, agreed_at=(agreed.agreed_at or moment) if agreed else None,
        note=agreed.note if agreed else note, recorded_by=by.user_id, recorded_at=moment,
    )  # fmt: skip
    session.add(agreement)
    if window != before:
        await tell_window(session, visit, agreement.id, before, window)


def select_agreements(visit_id: UUID) -> Select[WindowAgreement]:
    """What was agreed about a visit."""
    return select(WindowAgreement).where(WindowAgreement.visit_id == visit_id)


def agreement_out(row: WindowAgreement) -> AgreementOut:
    """An agreement on the wire."""
    return AgreementOut(
        row.id, row.visit_id, row.window_start, row.window_end, row.contact_id, row.agreed_with,
        Channel(row.channel) if row.channel else None, row.agreed_at, row.note, row.recorded_by, row.recorded_at,
    )  # fmt: skip
