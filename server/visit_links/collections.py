"""What phones hold of links: the one that they show to the customer as a code, which must work without a network."""

from uuid import UUID

import msgspec

from server.field.collection import Collection, Micros, Of
from server.visit_links import models


class VisitLink(msgspec.Struct, forbid_unknown_fields=True):
    """The link to the customer's page of a visit, for the phone to show: the server's address, `/v/` and the token. It opens until
    `expires_at` at least."""

    id: UUID
    visit_id: UUID
    token: str
    expires_at: Micros


COLLECTIONS = (
    Collection(name="visit_link", row=VisitLink, table=models.VisitLink, parent=Of("visit", "phone_visit_id"), came=2),
)  # fmt: skip
