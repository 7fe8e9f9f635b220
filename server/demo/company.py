"""The demo's company: two offices, six technicians, forty customers with sites and 120 assets, parts, a week of work.

Everything is drawn from a seed, so that each run has the same company. Positions are real districts, moved at random.
"""

import random
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.clocks.keep import meet, start
from server.clocks.rules import ClockKind, Subject
from server.customers.models import Asset, Contact, Customer, Part, Product, Site
from server.dispatch.models import Technician
from server.identity.models import Office, User
from server.identity.passwords import hash_password
from server.jobs.models import ChecklistItem, Job, Visit
from server.jobs.rules import CHECKLISTS
from server.requests.models import Ticket
from server.requests.rules import REPAIR_REPLY

PASSWORD = "fieldproof demo"  # noqa: S105  of a demo on loopback
OFFICES = (("Shanghai 上海", 31.2304, 121.4737), ("Shenzhen 深圳", 22.5431, 114.0579))
TECHNICIANS = (
    ("li.wei", "李伟", 0, ["chiller", "electrical"]), ("zhang.min", "张敏", 0, ["compressor"]),
    ("anna.schmidt", "Anna Schmidt", 0, ["chiller", "controls"]), ("wang.qiang", "王强", 1, ["chiller"]),
    ("chen.jie", "陈洁", 1, ["compressor", "electrical"]), ("tom.baker", "Tom Baker", 1, ["controls"]),
)  # fmt: skip
PRODUCTS = (
    ("CH-200", "Chiller CH-200 冷水机组", 24), ("AC-75", "Air compressor AC-75 空压机", 18),
    ("DR-30", "Refrigerated dryer DR-30 冷干机", 12), ("CT-9", "Controller CT-9 控制柜", 36),
)  # fmt: skip
PARTS = (
    ("FAN-12", "Condenser fan 冷凝风机", 45000), ("BRG-6205", "Bearing 6205 轴承", 6800),
    ("SEN-T1", "Temperature sensor 温度传感器", 12500), ("FLT-20", "Oil filter 油过滤器", 9900),
    ("PCB-7", "Control board 控制板", 188000), ("VLV-3", "Expansion valve 膨胀阀", 56000),
    ("BLT-A42", "Drive belt 传动带", 4200), ("CNT-40", "Contactor 接触器", 17500),
)  # fmt: skip
NAMES = (
    ("华东医院", "王芳"), ("浦江食品厂", "周建国"), ("Baltic Trading Co.", "Erik Lund"), ("申城印刷", "吴丽"),
    ("新天地酒店", "赵敏"), ("Orient Plastics", "Grace Ho"), ("同济实验中学", "钱伟"), ("南方电子", "孙涛"),
    ("Harbour Cold Store", "Liam Chan"), ("前海数据中心", "郑洁"),
)  # fmt: skip
FAULTS = (
    "Unit shows E42 and stops 机组报E42停机", "Loud noise from bearing 轴承异响", "Water leak 漏水",
    "Will not reach temperature 降温不足", "Display is dark 显示屏不亮",
)  # fmt: skip


DISPATCHERS = (("mei.chen", "陈梅", "zh-CN"), ("lei.huang", "黄磊", "zh-CN"))
"""One at the desk of each office."""


class Cast(msgspec.Struct):
    """Who and what the day needs. `desks` has who answers for a visit or a technician, by its id in text."""

    technicians: dict[str, UUID]
    names: dict[str, str]
    visits: list[UUID]
    sites: list[UUID]
    assets: dict[UUID, UUID]
    customers: dict[UUID, UUID]
    contacts: dict[UUID, UUID]
    desks: dict[str, str]


async def found(session: AsyncSession, today: datetime, seed: int = 7) -> Cast:
    """Fill an empty database. `today` is midnight of the demo's day in the offices' zone."""
    draw = random.Random(seed)
    offices = [Office(name=name, time_zone="Asia/Shanghai") for name, _, _ in OFFICES]
    products = [Product(code=code, name=name, warranty_months=months) for code, name, months in PRODUCTS]
    session.add_all([*offices, *products])
    session.add_all(Part(number=number, name=name, unit_price=price, currency="CNY") for number, name, price in PARTS)
    await session.flush()
    cast = Cast(
        await _people(session, offices), {login: name for login, name, _, _ in TECHNICIANS}, [], [], {}, {}, {}, {}
    )
    for login, _, office, _ in TECHNICIANS:
        cast.desks[str(cast.technicians[login])] = DISPATCHERS[office][0]
    desks = [
        User(
            login=login, name=name, role="dispatcher", office_id=office.id, locale=locale,
            password_hash=hash_password(PASSWORD), active=True,
        )
        for (login, name, locale), office in zip(DISPATCHERS, offices, strict=True)
    ]  # fmt: skip
    session.add_all(desks)
    await session.flush()
    for number in range(40):
        await _customer(session, draw, number, offices, products, today.date(), cast)
    await _week(session, draw, today, [desk.id for desk in desks], offices, cast)
    return cast


async def _people(session: AsyncSession, offices: list[Office]) -> dict[str, UUID]:
    hashed = hash_password(PASSWORD)
    for login, name, role in (("admin", "Admin", "admin"), ("he.lin", "何琳", "manager")):
        session.add(User(login=login, name=name, role=role, office_id=offices[0].id, password_hash=hashed, active=True))
    found: dict[str, UUID] = {}
    for login, name, office, skills in TECHNICIANS:
        user = User(
            login=login, name=name, role="technician", office_id=offices[office].id, password_hash=hashed, active=True,
            locale="en" if name.isascii() else "zh-CN",
        )  # fmt: skip
        session.add(user)
        await session.flush()
        hours = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ("08:00", "18:00"))
        session.add(Technician(id=user.id, skills={"names": skills}, working_hours=hours, phone=""))
        found[login] = user.id
    await session.flush()
    return found


async def _customer(
    session: AsyncSession, draw: random.Random, number: int, offices: list[Office], products: list[Product],
    today: date, cast: Cast,
) -> None:  # fmt: skip
    name, contact = NAMES[number % len(NAMES)]
    office = number % 2
    _, latitude, longitude = OFFICES[office]
    customer = Customer(
        name=f"{name} {number // len(NAMES) + 1}", office_id=offices[office].id, note="",
        tier="key" if number % 8 == 0 else "standard", locale="en" if name.isascii() else "zh-CN",
    )  # fmt: skip
    session.add(customer)
    await session.flush()
    person = Contact(customer_id=customer.id, name=contact, phone=f"+86 138 {draw.randrange(10**8):08d}")
    session.add(person)
    site = Site(
        customer_id=customer.id, name="Plant 厂区", address=f"{draw.randrange(1, 900)} Industrial Road 工业路",
        latitude=round(latitude + draw.uniform(-0.15, 0.15), 6),
        longitude=round(longitude + draw.uniform(-0.15, 0.15), 6),
        datum="wgs84", geofence_radius_m=150, time_zone="Asia/Shanghai", access_note="",
    )  # fmt: skip
    session.add(site)
    await session.flush()
    cast.sites.append(site.id)
    cast.customers[site.id] = customer.id
    cast.contacts[site.id] = person.id
    for piece in range(3):
        asset = Asset(
            site_id=site.id, product_id=products[(number + piece) % len(products)].id,
            serial=f"{products[(number + piece) % len(products)].code}-{number:03d}{piece}",
            arrival_date=today - timedelta(days=draw.randrange(30, 1200)),
        )  # fmt: skip
        session.add(asset)
        await session.flush()
        cast.assets.setdefault(site.id, asset.id)


async def _week(
    session: AsyncSession, draw: random.Random, today: datetime, desks: list[UUID], offices: list[Office], cast: Cast
) -> None:
    """Thirty tickets of the last week; the first twelve sites' jobs are still to be sent out today."""
    for number in range(30):
        site_id = cast.sites[number]
        received = today - timedelta(hours=draw.randrange(2, 7 * 24))
        ticket = Ticket(
            customer_id=cast.customers[site_id], contact_id=cast.contacts[site_id], site_id=site_id,
            asset_id=cast.assets[site_id],
            office_id=offices[number % 2].id, kind="repair", channel=draw.choice(["phone", "email", "web"]),
            subject=draw.choice(FAULTS), description="", state="in_progress", received_at=received, created_by=desks[number % 2],
        )  # fmt: skip
        session.add(ticket)
        await session.flush()
        answered = received + timedelta(minutes=draw.randrange(5, 55))
        start(session, Subject.TICKET, ticket.id, REPAIR_REPLY, received)
        await meet(session, ticket.id, ClockKind.REPLY, by=desks[number % 2], at=answered)
        job = Job(
            ticket_id=ticket.id, customer_id=ticket.customer_id, contact_id=ticket.contact_id, site_id=site_id,
            asset_id=ticket.asset_id, office_id=ticket.office_id, kind="repair", title=ticket.subject, description="", skills={},
        )  # fmt: skip
        session.add(job)
        await session.flush()
        visit = Visit(job_id=job.id, state="unscheduled", minutes=60, skipped={}, custody={}, plan_version=0)
        session.add(visit)
        await session.flush()
        session.add_all(
            ChecklistItem(visit_id=visit.id, position=place, label=label, kind="yes_no", required=False)
            for place, label in enumerate(CHECKLISTS["repair"], 1)
        )
        cast.visits.append(visit.id)
        cast.desks[str(visit.id)] = DISPATCHERS[number % 2][0]
