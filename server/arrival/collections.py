"""What phones hold of arrivals: each check-in with the newest verdict on it."""

from typing import Any
from uuid import UUID

import msgspec

from server.arrival import models
from server.field.collection import Collection, Micros, Of


class CheckIn(msgspec.Struct, forbid_unknown_fields=True):
    """An arrival and the newest verdict on it: {verdict, place, time, words}."""

    id: UUID
    visit_id: UUID
    technician_id: UUID
    earliest: Micros
    latest: Micros
    verdict: dict[str, Any] | None


NEWEST_VERDICT = """(select jsonb_build_object('verdict', a.verdict, 'place', a.place, 'time', a.time, 'words', a.words)
                  from arrival_verdict a where a.check_in_id = r.id order by a.judged_at desc, a.id desc limit 1)"""
COLLECTIONS = (
    Collection(
        name="check_in", row=CheckIn, table=models.CheckIn, parent=Of("visit", "visit_id"), body={"verdict": NEWEST_VERDICT},
        parts=(("arrival_verdict", "check_in_id"),),
    ),
)  # fmt: skip
