"""Every collection that phones hold, each declared in its room, and the one of sync itself: operations that wait for a decision.

The shapes are the documentation and the schema of the contract; a test holds real rows against them.
"""

from typing import Any
from uuid import UUID

import msgspec

from server.arrival import collections as arrival
from server.customers import collections as customers
from server.customers import meters
from server.field.collection import Collection, Micros, Owned
from server.field.models import Operation as OperationTable
from server.field_requests import collections as field_requests
from server.identity import collections as identity
from server.jobs import collections as jobs
from server.media import collections as media
from server.reasons import collections as reasons
from server.records import collections as records
from server.visit_links import collections as visit_links


class Operation(msgspec.Struct, forbid_unknown_fields=True):
    """A parked operation that waits for a decision."""

    id: UUID
    kind: str
    subject: dict[str, Any]
    visit_id: UUID | None
    code: str
    sentence: str
    received_at: Micros


PARKED = Collection(
    name="operation", row=Operation, table=OperationTable,
    parent=Owned("user_id", "r.outcome = 'parked' and r.resolution is null"),
    body={"subject": "jsonb_build_object('type', r.subject_type, 'id', r.subject_id)"}, touched=False,
)  # fmt: skip
DECLARED: tuple[Collection, ...] = (
    *jobs.COLLECTIONS, *customers.COLLECTIONS, *meters.COLLECTIONS, *reasons.COLLECTIONS, *identity.COLLECTIONS, *media.COLLECTIONS, *arrival.COLLECTIONS, *field_requests.COLLECTIONS,
    *records.COLLECTIONS, *visit_links.COLLECTIONS, PARKED,
)  # fmt: skip
COLLECTIONS: dict[str, type[msgspec.Struct]] = {one.name: one.row for one in DECLARED}
