"""What the registers send on the wire."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec


class ActionOut(msgspec.Struct):
    """Who did what to which thing.

    Without an actor it was a command of whoever runs the server; without an office the thing is the company's. `before` and `after` have the
    fields that changed, `withheld` names those of them whose values are texts or positions: these stand with the thing alone.
    """

    id: UUID
    at: datetime
    actor_id: UUID | None
    actor: str | None
    what: str
    thing: str
    thing_id: UUID
    office_id: UUID | None
    before: dict[str, Any]
    after: dict[str, Any]
    withheld: list[str]
