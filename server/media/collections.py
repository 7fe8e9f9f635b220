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
    promised_by: UUID


class PhotoImpossible(msgspec.Struct, forbid_unknown_fields=True):
    """A slot of which no photo can be taken, and why; it frees one that the job requires."""

    id: UUID
    visit_id: UUID
    slot: str
    reason: str


COLLECTIONS = (
    Collection(
        name="photo", row=Photo, table=models.Photo, parent=Of("visit", "visit_id"), since={"promised_by": 2}
    ),
    Collection(
        name="photo_impossible", row=PhotoImpossible, table=models.PhotoImpossible, parent=Of("visit", "visit_id"), came=2
    ),
)  # fmt: skip
