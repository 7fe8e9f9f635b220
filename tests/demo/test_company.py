"""The demo's company, made by verbs in a database that was empty: whole, in the past, and told of by the action log."""

from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

from litestar import Litestar
from sqlalchemy import func, select

from server.actions.models import Action
from server.clocks.models import Clock
from server.customers.models import Asset, Customer, FaultWord, Part, Product
from server.demo.company import found
from server.ground import clock
from server.ground.words import Language
from server.identity.models import User
from server.jobs.models import ChecklistItem, Job, Visit, VisitEvent
from server.requests.models import Ticket
from server.requests.queries import REPLY


async def test_each_request_of_the_week_was_taken_answered_and_planned_when_it_came(app: Litestar) -> None:
    today = clock.now().astimezone(ZoneInfo("Asia/Shanghai")).replace(hour=0, minute=0, second=0, microsecond=0)
    async with app.state.sessions.begin() as session:
        cast = await found(session, today)
    assert clock.now() >= today, "the clock was given back"
    async with app.state.sessions() as session:
        made = [await session.scalar(select(func.count()).select_from(one)) for one in (Customer, Asset, Ticket, Visit)]
        assert made == [40, 120, 30, 30]
        for ticket, reply in await session.execute(select(Ticket, Clock).join(Clock, REPLY)):
            assert (reply.state, ticket.state) == ("met_in_time", "in_progress")
            assert today - timedelta(days=7) <= ticket.received_at < reply.met_at < today
        orders = select(Job.office_id, VisitEvent.actor_id, VisitEvent.recorded_at, User.office_id.label("desk"))
        orders = orders.join(Visit, Visit.job_id == Job.id).join(VisitEvent, VisitEvent.visit_id == Visit.id)
        for row in await session.execute(orders.join(User, User.id == VisitEvent.actor_id)):
            assert row.office_id == row.desk
            assert row.recorded_at < today
        done = Counter(await session.scalars(select(Action.what)))
        assert done == {
            "add_office": 2, "add_user": 10, "add_technician": 6, "add_product": 4, "add_part": 8, "add_fault_word": 10, "add_customer": 40,
            "add_contact": 40, "add_site": 40, "add_asset": 120, "take_ticket": 30, "respond_to_ticket": 30, "add_job": 30,
        }  # fmt: skip
        assert await session.scalar(select(func.max(Action.at))) < today
    assert len(set(cast.visits)) == 30
    assert set(cast.desks) >= {str(one) for one in (*cast.visits, *cast.technicians.values())}


async def test_what_the_company_makes_and_sells_has_a_name_in_every_language(app: Litestar) -> None:
    today = clock.now().astimezone(ZoneInfo("Asia/Shanghai")).replace(hour=0, minute=0, second=0, microsecond=0)
    async with app.state.sessions.begin() as session:
        await found(session, today)
    async with app.state.sessions() as session:
        for texts in (Product.names, Part.names, FaultWord.labels, ChecklistItem.labels):
            rows = (await session.scalars(select(texts))).all()
            assert rows
            assert all(row.keys() == set(Language) and len(set(row.values())) == len(Language) for row in rows)
