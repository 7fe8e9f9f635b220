"""Links of a visit as desks read them."""

from uuid import UUID

from sqlalchemy import Select, select

from server.http.listing import MOST, Listing
from server.visit_links.models import VisitLink
from server.visit_links.rules import LinkSide
from server.visit_links.schemas import VisitLinkOut

LINKS = Listing("links", VisitLinkOut, key=VisitLink.id, sorts={"made": VisitLink.id}, default="-made", usual=MOST)


def select_links(visit_id: UUID) -> Select[VisitLink]:
    """The links of a visit, those that were revoked included."""
    return select(VisitLink).where(VisitLink.visit_id == visit_id)


def link_out(row: VisitLink) -> VisitLinkOut:
    """A link on the wire."""
    return VisitLinkOut(
        row.id, row.visit_id, LinkSide(row.whose), row.made_by, row.created_at, row.expires_at, row.revoked_at
    )
