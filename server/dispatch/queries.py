"""Reads technicians and the dispatch record of a visit."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.dispatch.models import Technician
from server.dispatch.schemas import OrderOut, TechnicianOut
from server.identity.models import User
from server.jobs.models import VisitPlan, VisitWithdrawal


async def technicians_out(session: AsyncSession) -> list[TechnicianOut]:
    """All technicians by name, those who left included."""
    rows = await session.execute(
        select(Technician, User).join(User, User.id == Technician.id).order_by(User.name, User.id)
    )
    return [technician_out(technician, user) for technician, user in rows]


def technician_out(row: Technician, user: User) -> TechnicianOut:
    """A technician as the desk sees them."""
    return TechnicianOut(
        row.id, user.name, user.office_id, row.skills.get("names", []), row.working_hours, row.phone, user.active
    )


async def orders_out(session: AsyncSession, visit_id: UUID) -> list[OrderOut]:
    """The orders of a visit, oldest first."""
    rows = await session.execute(
        select(VisitPlan, VisitWithdrawal)
        .outerjoin(
            VisitWithdrawal,
            (VisitWithdrawal.visit_id == VisitPlan.visit_id) & (VisitWithdrawal.plan_version == VisitPlan.plan_version),
        )
        .where(VisitPlan.visit_id == visit_id)
        .order_by(VisitPlan.plan_version)
    )
    return [
        OrderOut(
            plan.visit_id, plan.plan_version, plan.window_start, plan.window_end,
            [UUID(one) for one in plan.crew["technician_ids"]], plan.reason, plan.ordered_by, plan.ordered_at,
            back.withdrawn_at if back else None, back.withdrawn_by if back else None, back.reason if back else "",
        )
        for plan, back in rows
    ]  # fmt: skip
