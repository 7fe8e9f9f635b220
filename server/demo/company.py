"""The demo's company: two offices, six technicians, forty customers with sites and 120 assets, parts, a week of work.

Everything is drawn from a seed, so that each run has the same company. Positions are real districts, moved at random. What is made is made by
the verbs that routes call, in the name of who would do it.
"""

import random
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.customers import register
from server.customers.fault_words import add_fault_word
from server.customers.models import Product
from server.customers.rules import Tier
from server.customers.schemas import AssetIn, ContactIn, CustomerIn, FaultWordIn, PartIn, ProductIn, SiteIn
from server.demo.catalogue import FAULT_WORDS, PARTS, PRODUCTS, plain
from server.dispatch.add_technician import add_technician
from server.dispatch.schemas import TechnicianIn
from server.ground import clock
from server.ground.words import Language
from server.identity import founding, people
from server.identity.founding import Founder
from server.identity.models import User
from server.identity.passwords import hash_password
from server.identity.rules import Role
from server.identity.schemas import OfficeIn, UserIn
from server.identity.tokens import Actor
from server.jobs.make import make_job
from server.jobs.models import Visit
from server.jobs.schemas import JobIn
from server.requests.respond import respond
from server.requests.rules import Channel, TicketKind
from server.requests.schemas import TicketIn
from server.requests.take import take_ticket

PASSWORD = "fieldproof demo"  # noqa: S105  of a demo on loopback
ZONE = "Asia/Shanghai"
CHANNELS = (Channel.PHONE, Channel.EMAIL, Channel.WEB)
OFFICES = (("Shanghai 上海", 31.2304, 121.4737), ("Shenzhen 深圳", 22.5431, 114.0579))
TECHNICIANS = (
    ("li.wei", "李伟", 0, ["chiller", "electrical"]), ("zhang.min", "张敏", 0, ["compressor"]),
    ("anna.schmidt", "Anna Schmidt", 0, ["chiller", "controls"]), ("wang.qiang", "王强", 1, ["chiller"]),
    ("chen.jie", "陈洁", 1, ["compressor", "electrical"]), ("tom.baker", "Tom Baker", 1, ["controls"]),
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


DISPATCHERS = (("mei.chen", "陈梅"), ("lei.huang", "黄磊"))
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
    """Fill an empty database by the verbs that routes call, at the times at which it would have happened; the clock is given back.

    `today` is midnight of the demo's day in the offices' zone.
    """
    draw = random.Random(seed)
    try:
        clock.go_on_from(today - timedelta(days=8))
        company = await _people(session)
        cast = Cast(company.technicians, {login: name for login, name, _, _ in TECHNICIANS}, [], [], {}, {}, {}, {})
        for login, _, office, _ in TECHNICIANS:
            cast.desks[str(cast.technicians[login])] = DISPATCHERS[office][0]
        products = await _catalogue(session, company.admin)
        for number in range(40):
            await _customer(session, draw, number, company.desks[number % 2], products, today.date(), cast)
        await _week(session, draw, today, company.desks, cast)
    finally:
        clock.hold(None)
    return cast


class Company(NamedTuple):
    """Who acts for the company: its administrator, the dispatcher of each office, and its technicians' ids by login."""

    admin: Actor
    desks: list[Actor]
    technicians: dict[str, UUID]


async def _people(session: AsyncSession) -> Company:
    hashed = hash_password(PASSWORD)
    first = await founding.found(session, Founder("admin", "Admin", OFFICES[0][0], ZONE), hashed)
    admin = _actor(first.user)
    offices = [admin.office_id, (await people.add_office(session, OfficeIn(OFFICES[1][0], ZONE), admin.user_id)).id]

    async def user(login: str, name: str, role: Role, office: int) -> User:
        locale = Language.EN if name.isascii() else Language.ZH
        wanted = UserIn(login, name, role, offices[office], PASSWORD, locale)
        return await people.add_user(session, admin, wanted, hashed)

    await user("he.lin", "何琳", Role.MANAGER, 0)
    desks = [
        _actor(await user(login, name, Role.DISPATCHER, office)) for office, (login, name) in enumerate(DISPATCHERS)
    ]
    technicians: dict[str, UUID] = {}
    hours = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ("08:00", "18:00"))
    for login, name, office, skills in TECHNICIANS:
        technicians[login] = (await user(login, name, Role.TECHNICIAN, office)).id
        await add_technician(session, TechnicianIn(technicians[login], skills, working_hours=hours), admin)
    return Company(admin, desks, technicians)


def _actor(user: User) -> Actor:
    return Actor(user.id, Role(user.role), user.office_id)


async def _catalogue(session: AsyncSession, admin: Actor) -> list[Product]:
    for number, names, price in PARTS:
        await register.add_part(session, PartIn(number, plain(names), price, "CNY", names=names), admin)
    for code, role, labels in FAULT_WORDS:
        await add_fault_word(session, FaultWordIn(code, role, labels), admin)
    return [
        await register.add_product(session, ProductIn(code, plain(names), months, names), admin)
        for code, names, months in PRODUCTS
    ]


async def _customer(
    session: AsyncSession,
    draw: random.Random,
    number: int,
    desk: Actor,
    products: list[Product],
    today: date,
    cast: Cast,
) -> None:
    name, contact = NAMES[number % len(NAMES)]
    _, latitude, longitude = OFFICES[number % 2]
    wanted = CustomerIn(
        f"{name} {number // len(NAMES) + 1}", desk.office_id, Tier.KEY if number % 8 == 0 else Tier.STANDARD,
        Language.EN if name.isascii() else Language.ZH,
    )  # fmt: skip
    customer = await register.add_customer(session, wanted, desk)
    person = ContactIn(contact, phone=f"+86 138 {draw.randrange(10**8):08d}")
    place = SiteIn(
        name="Plant 厂区", address=f"{draw.randrange(1, 900)} Industrial Road 工业路",
        latitude=round(latitude + draw.uniform(-0.15, 0.15), 6),
        longitude=round(longitude + draw.uniform(-0.15, 0.15), 6), time_zone=ZONE,
    )  # fmt: skip
    site = await register.add_site(session, customer.id, place, desk)
    cast.sites.append(site.id)
    cast.customers[site.id] = customer.id
    cast.contacts[site.id] = (await register.add_contact(session, customer.id, person, desk)).id
    for piece in range(3):
        product = products[(number + piece) % len(products)]
        arrived = today - timedelta(days=draw.randrange(30, 1200))
        equipment = AssetIn(product.id, f"{product.code}-{number:03d}{piece}", arrived)
        asset, _, _ = await register.add_asset(session, site.id, equipment, desk)
        cast.assets.setdefault(site.id, asset.id)


class Request(NamedTuple):
    """A repair that a customer asked for: when, about which site, how, what is wrong, and how long the answer took."""

    received: datetime
    number: int
    channel: Channel
    subject: str
    answered_after: timedelta


async def _week(session: AsyncSession, draw: random.Random, today: datetime, desks: list[Actor], cast: Cast) -> None:
    """Thirty tickets of the last week, in the order in which they came; the first twelve sites' jobs are still to be sent out today."""
    asked = [
        Request(
            today - timedelta(hours=draw.randrange(2, 7 * 24)), number, draw.choice(CHANNELS), draw.choice(FAULTS),
            timedelta(minutes=draw.randrange(5, 55)),
        )
        for number in range(30)
    ]  # fmt: skip
    visits: dict[int, UUID] = {}
    for one in sorted(asked):
        site_id, desk = cast.sites[one.number], desks[one.number % 2]
        clock.go_on_from(one.received)
        call = TicketIn(
            customer_id=cast.customers[site_id], kind=TicketKind.REPAIR, channel=one.channel, subject=one.subject,
            contact_id=cast.contacts[site_id], site_id=site_id, asset_id=cast.assets[site_id],
        )  # fmt: skip
        ticket, _ = await take_ticket(session, call, desk)
        clock.go_on_from(one.received + one.answered_after)
        await respond(session, ticket.id, desk)
        job = await make_job(session, JobIn(ticket_id=ticket.id), desk)
        visits[one.number] = await _only_visit(session, job.id)
    for number in range(30):
        cast.visits.append(visits[number])
        cast.desks[str(visits[number])] = DISPATCHERS[number % 2][0]


async def _only_visit(session: AsyncSession, job_id: UUID) -> UUID:
    return (await session.scalars(select(Visit.id).where(Visit.job_id == job_id))).one()
