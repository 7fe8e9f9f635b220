"""In which order customers may decide on the reports of a visit, so that what is sealed never contradicts itself.

A report gets one decision. The reports of a visit that were signed are one line, each amending the one before: who signs
after another report was signed signs one that amends it. Who refuses or is absent binds nobody, so such a report may stand
beside any other. Decisions come in the order in which they reach the server, which holds the visit while it looks: of two
phones that had reports signed apart from each other, the later one to arrive is parked, whole, for the desk.
"""

from collections.abc import Iterator, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground.problems import Conflict
from server.records.models import ServiceReport, Signature


class DecidedBefore(Conflict):
    """The customer has decided on this report already"""

    code = "decided_before"


class SignedBefore(Conflict):
    """The customer signed another report of this visit"""

    code = "signed_before"


WORDS = {"signed": "signed", "refused": "refused", "customer_absent": "not signed, because nobody was there"}
AGAIN = "Make a new report that amends it (amends_id), and have that signed."


async def must_be_in_order(session: AsyncSession, shown: ServiceReport, outcome: str) -> None:
    """Raises `DecidedBefore` or `SignedBefore` when this decision on the report contradicts one that came before."""
    before = await session.scalar(select(Signature).where(Signature.report_id == shown.id))
    if before is not None:
        raise DecidedBefore(f"This report was {WORDS[before.outcome]} before, and has one decision only. {AGAIN}")
    if outcome != "signed":
        return
    rows = await session.execute(
        select(ServiceReport.id, ServiceReport.amends_id, Signature.outcome)
        .outerjoin(Signature, Signature.report_id == ServiceReport.id)
        .where(ServiceReport.visit_id == shown.visit_id)
    )
    found = rows.all()
    amends = {row.id: row.amends_id for row in found}
    signed = {row.id for row in found if row.outcome == "signed"}
    newest = signed - {older for one in signed for older in _amended_by(one, amends)}
    mine = set(_amended_by(shown.id, amends))
    if not newest or mine & newest:
        return
    if any(shown.id in _amended_by(one, amends) for one in signed):
        raise SignedBefore(f"A report that amends this one was signed before it, so this one is out of date. {AGAIN}")
    if mine & signed:
        raise SignedBefore(f"Another report amends the same one, and the customer signed that first. {AGAIN}")
    raise SignedBefore(f"The customer signed another report of this visit, which this one does not amend. {AGAIN}")


def _amended_by(report_id: UUID, amends: Mapping[UUID, UUID | None]) -> Iterator[UUID]:
    """The reports that a report corrects, from the nearest on; a report can only amend one that came before it."""
    before = amends.get(report_id)
    while before is not None:
        yield before
        before = amends.get(before)
