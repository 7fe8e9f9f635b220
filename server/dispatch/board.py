"""The board's query: the visits of a day with what came in from the field."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from server import clock
from server.dispatch.missing import PHOTOS

VISITS = text(
    """
select v.id as visit_id, j.number as job_number, j.title, c.name as customer, s.name as site, v.state,
       v.window_start, v.window_end, crew.technician_ids, crew.heard_at,
       s.time_zone, photos.promised, photos.verified, photos.kept, photos.decided, photos.late, photos.heard_at as promiser_heard_at
from visit v
join job j on j.id = v.job_id
join customer c on c.id = j.customer_id
join site s on s.id = j.site_id
left join lateral (
  select array_agg(vc.technician_id order by vc.lead desc, vc.technician_id) as technician_ids,
         max(d.heard_at) as heard_at
  from visit_crew vc
  left join lateral (select max(last_heard_at) as heard_at from device where user_id = vc.technician_id) d on true
  where vc.visit_id = v.id and vc.removed_at is null) crew on true
-- photos
where (v.window_start >= :start and v.window_start < :end or v.window_start is null and v.state = 'unscheduled')
  and v.state <> 'cancelled' and (cast(:office_id as uuid) is null or j.office_id = :office_id)
order by v.window_start nulls first, v.id
limit :limit
""".replace("-- photos", PHOTOS)
)


async def day(
    session: AsyncSession, start: datetime, end: datetime, office_id: UUID | None, late_after: timedelta, limit: int
) -> Sequence[Any]:
    """The visits whose window begins in [start, end), and those that have none yet."""
    values = {"start": start, "end": end, "office_id": office_id, "limit": limit}
    rows = await session.execute(VISITS, values | {"late_before": clock.now() - late_after})
    return rows.all()
