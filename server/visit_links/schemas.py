"""Links to the customer's page of a visit, on the wire of desks."""

from datetime import datetime
from uuid import UUID

import msgspec

from server.ground.texts import Written
from server.visit_links.rules import LinkSide


class VisitLinkIn(Written):
    """Which link to make. The desk's is one more; the phones' is made anew, and the one before opens nothing from then on."""

    whose: LinkSide = LinkSide.DESK


class VisitLinkOut(msgspec.Struct):
    """A link to the customer's page of a visit. It opens until `expires_at` at least, unless it was revoked."""

    id: UUID
    visit_id: UUID
    whose: LinkSide
    made_by: UUID
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class VisitLinkMade(msgspec.Struct):
    """A link that was made just now. Its address and the message are shown this once, and not of the phones' link, which goes to the phones."""

    link: VisitLinkOut
    address: str | None
    message: str | None
