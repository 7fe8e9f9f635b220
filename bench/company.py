"""A company of any size for the measurements: written by set-based SQL with triggers off, and then shown to the feeds.

Visits are dealt to technicians in turn, so one technician's rows lie scattered among everybody's, as they do when time
goes by. Technicians 0 and 1 hold all their visits (500); the others hold 30 to 60, and the rest of theirs were retired
long ago. The feeds are filled by the product's own triggers: the technicians are written last and with triggers on, and
a new technician's scope is worked out whole at the commit, so that membership, revisions, counts and checksums are what
the product makes of the same data.
"""

import asyncio
import time
from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

import asyncpg

LIFETIME = 500
"""Visits of one technician over the years."""
CUSTOMERS = 50
"""Customers of one technician; each has one site."""
PRODUCTS, PARTS = 20, 200
HEAVY = 2
"""How many technicians hold everything."""
COMPLETED_EVERY = 10
"""Of the visits that a phone holds, every tenth is completed, with check-in, verdict, report and signature."""
AT_ONCE = 50
"""Technicians of one transaction."""

KINDS = (
    "office", "user", "device", "product", "part", "customer", "contact", "site", "asset", "job", "visit", "checklist_item",
    "note", "photo", "part_used", "expense", "check_in", "verdict", "report", "signature", "operation",
)  # fmt: skip
EPOCH_MS = 1_735_689_600_000
"""2025-01-01, the time in the made-up ids."""

NEUTRAL = {
    "text": "''", "bigint": "0", "integer": "0", "boolean": "false", "jsonb": "'{}'", "bytea": "''",
    "timestamp with time zone": "now()", "double precision": "0", "numeric": "0", "smallint": "0",
}  # fmt: skip
"""For columns that a later migration adds and that this file does not know."""

MADE_ID = """
create or replace function made_id(kind int, number bigint) returns uuid language sql immutable parallel safe return
  (lpad(to_hex(1735689600000 + number), 12, '0') || '7' || lpad(to_hex(kind), 3, '0')
   || '8' || lpad(to_hex(number), 15, '0'))::uuid
"""


def made_id(kind: str, number: int) -> UUID:
    """The id of the row with this number, as the SQL function of the same name makes it."""
    return UUID(f"{EPOCH_MS + number:012x}7{KINDS.index(kind):03x}8{number:015x}")


class Size(NamedTuple):
    """How large a company is."""

    visits: int

    @property
    def technicians(self) -> int:
        """At least two, one of the heavy kind and one of the other."""
        return max(HEAVY + 1, self.visits // LIFETIME)

    def held(self, technician: int) -> int:
        """How many visits this technician's phone holds."""
        return LIFETIME if technician < HEAVY else 30 + technician * 7 % 31

    def technician_of(self, visit: int) -> int:
        """Whose visit it is."""
        return visit % self.technicians

    def held_visits(self, technician: int) -> list[UUID]:
        """The open visits of a technician, oldest first, without the completed ones."""
        turns = range(LIFETIME - self.held(technician), LIFETIME)
        return [made_id("visit", turn * self.technicians + technician) for turn in turns if turn % COMPLETED_EVERY]


class Fill(NamedTuple):
    """Rows of one table: the columns' expressions over what `source` gives."""

    table: str
    columns: dict[str, str]
    source: str


def _id(kind: str, expression: str) -> str:
    return f"made_id({KINDS.index(kind)}, {expression})"


def _people(size: Size, public_key: bytes) -> list[Fill]:
    each = f"generate_series(0, {size.technicians - 1}) n"
    return [
        Fill("app_user", {
            "id": _id("user", "n"), "login": "'technician' || n", "name": "'Technician ' || n",
            "role": f"case when n = {size.technicians} then 'dispatcher' else 'technician' end", "locale": "'en'",
            "office_id": _id("office", "0"), "password_hash": "'-'", "active": "true", "created_at": "now()",
        }, f"generate_series(0, {size.technicians}) n"),
        Fill("device", {
            "id": _id("device", "n"), "user_id": _id("user", "n"), "label": "'phone'", "platform": "'android'",
            "public_key": f"'\\x{public_key.hex()}'::bytea", "attestation": "'none'",
            "enrolled_at": "now() - interval '1 day'", "last_seq": "0",
        }, each),
    ]  # fmt: skip


def _register(size: Size) -> list[Fill]:
    customers = size.technicians * CUSTOMERS
    each = f"generate_series(0, {customers - 1}) n"
    return [
        Fill("customer", {
            "id": _id("customer", "n"), "name": "'华东第' || n || '医院'", "tier": "'standard'", "locale": "'zh-CN'",
            "office_id": _id("office", "0"), "note": "''", "created_at": "now()",
        }, each),
        Fill("contact", {
            "id": _id("contact", "n"), "customer_id": _id("customer", "n"), "name": "'王芳'",
            "phone": "'+86 21 6248 ' || n % 10000", "email": "'equipment' || n || '@example.org'", "role": "'设备主管'",
        }, each),
        Fill("site", {
            "id": _id("site", "n"), "customer_id": _id("customer", "n"), "name": "'主楼'", "address": "'延安西路' || n || '号'",
            "latitude": "31 + n % 1000 / 1000.0", "longitude": "121 + n % 997 / 997.0", "datum": "'gcj02'",
            "geofence_radius_m": "150", "time_zone": "'Asia/Shanghai'", "access_note": "'Ring at gate ' || n % 9",
        }, each),
        Fill("asset", {
            "id": _id("asset", "n"), "site_id": _id("site", "n"), "product_id": _id("product", f"n % {PRODUCTS}"),
            "serial": "'CH200-' || n", "arrival_date": "date '2024-06-01'",
        }, each),
    ]  # fmt: skip


def _work(size: Size) -> list[Fill]:
    """Jobs and visits. In `dealt`: n the visit, t its technician, turn the how-manieth of theirs, c the customer."""
    t = size.technicians
    dealt = f"""(select n, n % {t} as t, n / {t} as turn, n % {t} * {CUSTOMERS} + n / {t} % {CUSTOMERS} as c,
        n / {t} >= {LIFETIME} - case when n % {t} < {HEAVY} then {LIFETIME} else 30 + n % {t} * 7 % 31 end as held,
        n / {t} % {COMPLETED_EVERY} = 0 as completed,
        timestamptz '2026-01-05 09:00+08' + n / {t} * interval '2 hours' as start
        from generate_series(0, {size.visits - 1}) n) dealt"""  # noqa: S608  numbers only
    visit, user = _id("visit", "n"), _id("user", "t")
    times = "completed or not held then start + interval"
    return [
        Fill("job", {
            "id": _id("job", "n"), "number": "5001 + n", "customer_id": _id("customer", "c"),
            "contact_id": _id("contact", "c"), "site_id": _id("site", "c"), "asset_id": _id("asset", "c"),
            "office_id": _id("office", "0"), "kind": "'repair'", "title": "'Chiller shows E' || n % 100",
            "description": "'The display shows a fault since this morning; the ward on floor ' || n % 20 || ' is warm.'",
            "skills": "'{}'", "created_at": "start - interval '1 day'",
        }, dealt),
        Fill("visit", {
            "id": visit, "job_id": _id("job", "n"),
            "state": "case when not held then 'closed' when completed then 'completed' else 'dispatched' end",
            "window_start": "start", "window_end": "start + interval '2 hours'", "plan_version": "1", "minutes": "60",
            "arrived_at": f"case when {times} '5 minutes' end", "started_at": f"case when {times} '9 minutes' end",
            "finished_at": f"case when {times} '65 minutes' end",
            "work_summary": "case when completed or not held then 'Fan replaced, pressure checked' else '' end",
            "skipped": "'{}'", "custody": "'{}'", "after_reassignment": "false",
            "retired_at": "case when not held then start + interval '3 days' end",
            "created_at": "start - interval '1 day'",
        }, dealt),
        Fill("visit_crew", {
            "visit_id": visit, "technician_id": user, "lead": "true", "assigned_at": "start - interval '1 day'",
        }, dealt),
        Fill("visit_plan", {
            "visit_id": visit, "plan_version": "1", "window_start": "start", "window_end": "start + interval '2 hours'",
            "crew": """'{"technician_ids": []}'""", "reason": "''", "ordered_by": _id("user", str(t)), "ordered_at": "start - interval '1 day'",
        }, dealt),
        *_recorded(dealt, visit, user),
    ]  # fmt: skip


def _recorded(dealt: str, visit: str, user: str) -> list[Fill]:
    """What technicians recorded; finished visits have all of it."""
    finished = f"{dealt} where held and completed"
    label = (
        "(array['Power isolated before work', 'Fault reproduced', 'Function tested after repair', 'Area clean'])[k + 1]"
    )
    return [
        Fill("checklist_item", {
            "id": _id("checklist_item", "n * 4 + k"), "visit_id": visit, "position": "k", "label": label,
            "kind": "'yes_no'", "required": "k = 0",
            "answer": """case when completed then '{"value": "yes", "others": []}'::jsonb end""",
        }, f"{dealt}, generate_series(0, 3) k where held or k < 2"),
        Fill("note", {
            "id": _id("note", "n"), "visit_id": visit, "text": "'Bearing noise at low speed, ordered spare ' || n",
            "author_id": user, "occurred_at": "start", "created_at": "start",
        }, dealt),
        Fill("photo", {
            "id": _id("photo", "n"), "visit_id": visit, "slot": "'before'", "sha256": "lpad(to_hex(n), 64, '0')",
            "size": "2400000 + n % 100000", "content_type": "'image/jpeg'", "promised_by": user, "promised_at": "start",
            "state": "'verified'", "finding": "''",
        }, f"{dealt} where held or n % 2 = 0"),
        Fill("part_used", {
            "id": _id("part_used", "n"), "visit_id": visit, "part_id": _id("part", f"n % {PARTS}"), "quantity": "1",
            "charged": "true", "unit_price": "45000", "currency": "'CNY'", "added_by": user, "created_at": "start",
        }, f"{dealt} where turn % 2 = 0 and (held or turn % 3 = 0)"),
        Fill("expense", {
            "id": _id("expense", "n"), "visit_id": visit, "kind": "'parking'", "amount": "1500", "currency": "'CNY'",
            "note": "''", "added_by": user, "created_at": "start",
        }, f"{dealt} where turn % 4 = 1 and (held or turn % 3 = 0)"),
        Fill("check_in", {
            "id": _id("check_in", "n"), "visit_id": visit, "technician_id": user, "operation_id": _id("operation", "n"),
            "fixes": "'[]'", "clock": "'{}'", "earliest": "start", "latest": "start + interval '1 minute'",
            "plan_version_held": "1", "received_at": "start",
        }, finished),
        Fill("arrival_verdict", {
            "id": _id("verdict", "n"), "check_in_id": _id("check_in", "n"), "verdict": "'proven'", "place": "'inside'",
            "time": "'on_time'", "because": "'inside'", "inputs": "'{}'", "judged_at": "start",
            "words": """'{"en": "Arrived inside the agreed window", "zh-CN": "在约定时间内到达"}'""",
        }, finished),
        Fill("service_report", {
            "id": _id("report", "n"), "visit_id": visit, "locale": "'zh-CN'", "canonical": "'{}'",
            "sha256": "lpad(to_hex(n), 64, '1')", "operation_id": _id("operation", "n"), "author_id": user,
            "created_at": "start",
        }, finished),
        Fill("signature", {
            "id": _id("signature", "n"), "report_id": _id("report", "n"), "outcome": "'signed'", "reason": "''",
            "consent": "'{}'", "shown_sha256": "lpad(to_hex(n), 64, '1')", "operation_id": _id("operation", "n"),
            "created_at": "start",
        }, finished),
    ]  # fmt: skip


def _shown(size: Size) -> Iterator[Fill]:
    """What is written last and with the triggers on: the catalogue, and the technicians, some in each transaction. A
    technician's own row opens the scope and has everything in it worked out."""
    yield Fill(
        "office",
        {"id": _id("office", "0"), "name": "'Shanghai'", "time_zone": "'Asia/Shanghai'"},
        "generate_series(0, 0) n",
    )
    yield Fill("product", {
        "id": _id("product", "n"), "code": "'CH-' || n", "name": "'Chiller of series ' || n", "warranty_months": "24",
    }, f"generate_series(0, {PRODUCTS - 1}) n")  # fmt: skip
    yield Fill("part", {
        "id": _id("part", "n"), "number": "'FAN-' || n", "name": "'Axial fan, size ' || n", "unit_price": "45000 + n",
        "currency": "'CNY'",
    }, f"generate_series(0, {PARTS - 1}) n")  # fmt: skip
    for first in range(0, size.technicians, AT_ONCE):
        yield Fill(
            "technician",
            {"id": _id("user", "n"), "skills": "'{}'", "working_hours": "'{}'", "phone": "''"},
            f"generate_series({first}, {min(first + AT_ONCE, size.technicians) - 1}) n",
        )


async def load(database_url: str, size: Size, public_key: bytes) -> float:
    """Fill a migrated, empty database. All devices sign with one key. Returns the seconds it took."""
    began = time.monotonic()
    connection = await asyncpg.connect(database_url)
    await connection.execute(MADE_ID)
    unknown = await _columns_to_fill(connection)
    fills = [*_people(size, public_key), *_register(size), *_work(size)]
    fills.reverse()

    async def worker() -> None:
        one = await asyncpg.connect(database_url)
        await one.execute("set session_replication_role = replica; set synchronous_commit = off")
        while fills:
            await one.execute(_insert(fills.pop(), unknown))
        await one.close()

    await asyncio.gather(worker(), worker())
    # `number` was given, so the sequence must be told where it stands.
    await connection.execute(f"select setval(pg_get_serial_sequence('job', 'number'), {5001 + size.visits})")
    await connection.execute("analyze")
    await connection.execute("set synchronous_commit = off")
    for fill in _shown(size):
        await connection.execute(_insert(fill, unknown))
    await connection.execute("vacuum analyze")
    await connection.execute("checkpoint")
    await connection.close()
    return time.monotonic() - began


def _insert(fill: Fill, unknown: dict[str, dict[str, str]]) -> str:
    columns = unknown.get(fill.table, {}) | fill.columns
    names, values = ", ".join(f'"{name}"' for name in columns), ", ".join(columns.values())
    return f"insert into {fill.table} ({names}) select {values} from {fill.source}"  # noqa: S608  our own text


async def _columns_to_fill(connection: asyncpg.Connection) -> dict[str, dict[str, str]]:
    """Table to column to a neutral value, for every column that must have one and has no default."""
    rows = await connection.fetch(
        "select table_name, column_name, data_type from information_schema.columns where table_schema = 'public'"
        " and is_nullable = 'NO' and column_default is null and is_identity = 'NO'"
    )
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        if row["data_type"] in NEUTRAL:
            found.setdefault(row["table_name"], {})[row["column_name"]] = NEUTRAL[row["data_type"]]
    return found
