"""What phones hold of offices: whom to call, and what the office wants of its phones."""

from uuid import UUID

import msgspec

from server.field.collection import Collection, Everybodys
from server.identity import models


class Office(msgspec.Struct, forbid_unknown_fields=True):
    """An office and its settings for phones; a job names its own by `office_id`.

    Photos are sent with their longer side at most `photo_long_edge` pixels, or with `keep_originals` as they were taken. With
    `expenses_in_report` the expenses of a visit are lines of its report.
    """

    id: UUID
    name: str
    time_zone: str
    phone: str
    expenses_in_report: bool
    photo_long_edge: int
    keep_originals: bool


COLLECTIONS = (Collection(name="office", row=Office, table=models.Office, parent=Everybodys(), came=2),)
