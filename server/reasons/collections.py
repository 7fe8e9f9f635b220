"""What phones hold of reasons: the lists that a screen offers as buttons, beside a field for free words."""

from uuid import UUID

import msgspec

from server.field.collection import Collection, Everybodys, Micros
from server.reasons import models


class Reason(msgspec.Struct, forbid_unknown_fields=True):
    """A reason to choose, of the office of that id or of all; where `labels` has no text the code is read.

    The tap carries its id as `reason_id`, and its text, perhaps with words of one's own, as `reason`. With `retired_at` it is not to be
    offered any more.
    """

    id: UUID
    given_for: str
    code: str
    office_id: UUID | None
    labels: dict[str, str]
    position: int
    retired_at: Micros | None


COLLECTIONS = (Collection(name="reason", row=Reason, table=models.Reason, parent=Everybodys(), came=2),)
