"""What phones hold of photos: the custody manifest."""

from uuid import UUID

import msgspec

from server.field.collection import Collection, Of
from server.media import models


class Photo(msgspec.Struct, forbid_unknown_fields=True):
    """A photo: `promised`, `verified`, `quarantined`, or `kept`: whole, but not to be shown (`finding` says why)."""

    id: UUID
    visit_id: UUID
    slot: str
    sha256: str
    size: int
    content_type: str
    state: str
    finding: str


COLLECTIONS = (Collection(name="photo", row=Photo, table=models.Photo, parent=Of("visit", "visit_id")),)
