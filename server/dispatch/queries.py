"""Reads technicians and the dispatch record of a visit."""

from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.dispatch.models import Technician
from server.dispatch.schemas import OrderOut, TechnicianOut
from server.http.listing import MOST, Listing
from server.identity.models import User
from server.jobs.models import VisitPlan, VisitWithdrawal

TECHNICIANS = Listing(
    "technicians", TechnicianOut, key=Technician.id, sorts={"name": User.name}, default="name", usual=MOST
)
ORDERS = Listing(
    "orders",
    OrderOut,
    key=VisitPlan.plan_version,
    sorts={"plan_version": VisitPlan.plan_version},
    default="plan_version",
    usual=MOST,
)


def select_technicians() -> Select[Technician, User]:
    """All technicians, those who left included."""
    return select(Technician, User).join(User, User.id == Technician.id)


async def technicians_out(session: AsyncSession) -> list[TechnicianOut]:
    """All technicians by name, for the board, which has them whole."""
    rows = await session.execute(select_technicians().order_by(User.name, User.id))
    return [technician_out(technician, user) for technician, user in rows]


def technician_out(row: Technician, user: User) -> TechnicianOut:
    """A technician as the desk sees them."""
    return TechnicianOut(
        row.id, user.name, user.office_id, row.skills.get("names", []), row.working_hours, row.phone, user.active
    )


def select_orders(visit_id: UUID) -> Select[VisitPlan, VisitWithdrawal]:
    """The orders of a visit, each with its withdrawal, if there is one."""
    withdrawn = and_(
        VisitWithdrawal.visit_id == VisitPlan.visit_id, VisitWithdrawal.plan_version == VisitPlan.plan_version
    )
    return (
        select(VisitPlan, VisitWithdrawal).outerjoin(VisitWithdrawal, withdrawn).where(VisitPlan.visit_id == visit_id)
    )


def order_out(plan: VisitPlan, back: VisitWithdrawal | None) -> OrderOut:
    """An order on the wire."""
    return OrderOut(
        plan.visit_id, plan.plan_version, plan.window_start, plan.window_end, plan.planned_start, plan.minutes,
        [UUID(one) for one in plan.crew["technician_ids"]], plan.reason, plan.ordered_by, plan.ordered_at,
        back.withdrawn_at if back else None, back.withdrawn_by if back else None, back.reason if back else "",
    )  # fmt: skip
