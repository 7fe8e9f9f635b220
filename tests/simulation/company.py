"""The company of every history: three technicians with four phones, two customers, three sites, six visits to give out.

Made once in a template database, under ids that are always the same.
"""

from datetime import date
from uuid import UUID

import asyncpg
from cryptography.hazmat.primitives.asymmetric import ec

from mobile_contract.chain import DeviceKey
from server.customers.models import Asset, Contact, Customer, Part, Product, Site
from server.database.engine import make_engine, make_sessions
from server.dispatch.models import Technician
from server.ground.clock import from_micros
from server.identity.models import Device, Office, User
from server.identity.signin import decode_base64url
from server.jobs.models import ChecklistItem, Job, Visit
from tests.simulation.chance import START

OPENED = from_micros(START - 3_600_000_000)
TECHNICIANS = ("wei", "anna", "min")
PHONES = {"wei-1": "wei", "wei-2": "wei", "anna-1": "anna", "min-1": "min"}
SITES, VISITS = 3, 6


def fixed(kind: int, number: int = 0) -> UUID:
    """An id that is the same in every history."""
    return UUID(f"0192f6a0-{kind:04x}-7000-8000-{number:012x}")


OFFICE, MEI = fixed(1), fixed(2)
USERS = {name: fixed(3, number) for number, name in enumerate(TECHNICIANS)}
DEVICES = {name: fixed(4, number) for number, name in enumerate(PHONES)}
CUSTOMER, SITE, PRODUCT, PART, ASSET, JOB, VISIT, ITEM, CONTACT = range(5, 14)


def key_of(phone: str) -> DeviceKey:
    """The key of a phone, derived from its name's place."""
    return DeviceKey(ec.derive_private_key(0x5EED + list(PHONES).index(phone), ec.SECP256R1()))


async def found(database_url: str) -> None:
    """Fill a migrated database."""
    engine = make_engine(database_url, pool_size=1)
    sessions = make_sessions(engine)
    async with sessions.begin() as session:
        session.add(Office(id=OFFICE, name="Shanghai", time_zone="Asia/Shanghai"))
        await session.flush()
        people = [(MEI, "mei", "dispatcher"), *((USERS[name], name, "technician") for name in TECHNICIANS)]
        session.add_all(
            User(id=id_, login=name, name=name, role=role, office_id=OFFICE, password_hash="-", created_at=OPENED)
            for id_, name, role in people
        )
        await session.flush()
        session.add_all(Technician(id=USERS[name], skills={}, working_hours={}) for name in TECHNICIANS)
        session.add_all(
            Device(
                id=DEVICES[phone], user_id=USERS[name], label=phone, platform="android", enrolled_at=OPENED,
                public_key=decode_base64url(key_of(phone).public(), "key"), last_seq=0,
            )
            for phone, name in PHONES.items()
        )  # fmt: skip
    async with sessions.begin() as session:
        session.add_all(Customer(id=fixed(CUSTOMER, n), name=f"Customer {n}", office_id=OFFICE) for n in range(2))
        session.add_all(
            Product(id=fixed(PRODUCT, n), code=f"CH-{n}", name=f"Chiller {n}", warranty_months=24) for n in range(2)
        )
        session.add_all(
            Part(id=fixed(PART, n), number=f"FAN-{n}", name="Fan", unit_price=100 + n, unit=("piece", "kg")[n])
            for n in range(2)
        )
        await session.flush()
        session.add_all(
            Site(
                id=fixed(SITE, n), customer_id=fixed(CUSTOMER, n % 2), name=f"Site {n}", address="1 Road",
                latitude=31.2 + n / 100, longitude=121.4, time_zone="Asia/Shanghai",
            )
            for n in range(SITES)
        )  # fmt: skip
        session.add_all(Contact(id=fixed(CONTACT, n), customer_id=fixed(CUSTOMER, n), name="王芳") for n in range(2))
        await session.flush()
        session.add_all(
            Asset(
                id=fixed(ASSET, n), site_id=fixed(SITE, n), product_id=fixed(PRODUCT, n % 2), serial=f"S-{n}",
                arrival_date=date(2025, 6, 1),
            )
            for n in range(SITES)
        )  # fmt: skip
        session.add_all(
            Job(
                id=fixed(JOB, n), number=9000 + n, customer_id=fixed(CUSTOMER, n % SITES % 2), site_id=fixed(SITE, n % SITES),
                office_id=OFFICE, kind="repair", title=f"Job {n}",
            )
            for n in range(VISITS)
        )  # fmt: skip
        await session.flush()
        session.add_all(
            Visit(id=fixed(VISIT, n), job_id=fixed(JOB, n), skipped={}, custody={}, created_at=OPENED)
            for n in range(VISITS)
        )
        await session.flush()
        session.add_all(
            ChecklistItem(id=fixed(ITEM, 2 * n + k), visit_id=fixed(VISIT, n), position=k, label=f"Line {k}")
            for n in range(VISITS)
            for k in range(2)
        )
    await engine.dispose()


async def make_template(admin_url: str, name: str) -> None:
    """A migrated database with the company in it, to be cloned for each history; deadlocks are found quickly."""
    from server.process.schema import migrate

    connection = await asyncpg.connect(admin_url)
    await connection.execute(f"create database {name}")
    await connection.execute("alter system set deadlock_timeout = '250ms'")
    await connection.execute("select pg_reload_conf()")
    await connection.close()
    url = admin_url.rsplit("/", 1)[0] + "/" + name
    await migrate(url)
    await found(url)
