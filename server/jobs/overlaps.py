"""Two visits that one person is planned for at the same time. It is judged on the office's plan, and blocks nothing."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from server.jobs.schemas import OverlapOut

OVERLAPS = text("""
select a.id as visit_id, b.id as other_id, mine.technician_id,
       extract(epoch from least(a.planned_start + a.minutes * interval '1 minute', b.planned_start + b.minutes * interval '1 minute')
                          - greatest(a.planned_start, b.planned_start))::bigint / 60 as minutes
from visit a
join visit_crew mine on mine.visit_id = a.id and mine.removed_at is null
join visit_crew theirs on theirs.technician_id = mine.technician_id and theirs.removed_at is null and theirs.visit_id <> a.id
join visit b on b.id = theirs.visit_id
where a.id = any (:visits)
  and a.state in ('dispatched', 'accepted', 'en_route', 'on_site', 'in_progress', 'on_hold')
  and b.state in ('dispatched', 'accepted', 'en_route', 'on_site', 'in_progress', 'on_hold')
  and b.planned_start < a.planned_start + a.minutes * interval '1 minute'
  and a.planned_start < b.planned_start + b.minutes * interval '1 minute'
order by a.id, b.planned_start, b.id, mine.technician_id
""")


async def overlaps_of(session: AsyncSession, visits: Sequence[UUID]) -> dict[UUID, list[OverlapOut]]:
    """For each of these visits that has some, what else its crew is planned for at the same time."""
    found: dict[UUID, list[OverlapOut]] = {}
    for row in await session.execute(OVERLAPS, {"visits": list(visits)}):
        found.setdefault(row.visit_id, []).append(OverlapOut(row.other_id, row.technician_id, row.minutes))
    return found
