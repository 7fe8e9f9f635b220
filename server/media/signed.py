"""What the customer's signature closes: after it, a visit's manifest takes no photo that the signed report does not name."""

from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from server.ground.problems import Conflict

# Reports and signatures belong to records, a room above this one.
SIGNED = text("""
select r.id, r.canonical from service_report r join signature s on s.report_id = r.id
where r.visit_id = :visit_id and (s.outcome = 'signed' or :any)
""")


class AfterSignature(Conflict):
    """The customer signed without this photo"""

    code = "after_signature"


class NamedPhoto(msgspec.Struct, frozen=True):
    """A photo in a report."""

    slot: str
    sha256: str


class ReportPhotos(msgspec.Struct):
    """The photos that a report shows; what else it says is not looked at."""

    photos: list[NamedPhoto] = []


async def must_be_open_for(
    session: AsyncSession, visit_id: UUID, slot: str, sha256: str, amends_id: UUID | None
) -> None:
    """Raises `AfterSignature` when a report of the visit was signed and none names this photo.

    A photo for an amendment says which signed report it amends; the amendment then names it and is signed itself.
    """
    reports = (await session.execute(SIGNED, {"visit_id": visit_id, "any": False})).all()
    if not reports or amends_id in {report.id for report in reports}:
        return
    if any(_shows(report.canonical, slot, sha256) for report in reports):
        return
    raise AfterSignature(
        "The customer signed a report that does not show this photo. It is kept as sent; "
        "to bring it in, take it for an amendment (amends_id) and have that signed."
    )


async def is_decided_on(session: AsyncSession, visit_id: UUID, slot: str, sha256: str) -> bool:
    """Whether the customer signed, refused or was absent at a report that shows this photo."""
    reports = await session.execute(SIGNED, {"visit_id": visit_id, "any": True})
    return any(_shows(report.canonical, slot, sha256) for report in reports)


def _shows(canonical: bytes, slot: str, sha256: str) -> bool:
    named = msgspec.json.decode(canonical, type=ReportPhotos).photos
    return any((photo.slot, photo.sha256) == (slot, sha256) for photo in named)
