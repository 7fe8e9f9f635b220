"""Up: 50 signed operations in one exchange, against 50 raw rows in one transaction and 50 signature checks."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from statistics import median
from typing import Any

import asyncpg
import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from bench.client import Connection, connect
from bench.company import made_id
from bench.measure import Result, compared, interleaved, limited
from bench.phones import Json, Phone, taps
from bench.stage import Stage, serving
from mobile_contract.chain import uuid7

OPERATIONS = 50
VISITS = 2
"""How many visits the 50 are about."""

INSERT = """
insert into operation (id, device_id, user_id, seq, kind, subject_type, subject_id, visit_id, raw, signature, sha256,
                       outcome, flags, earliest, latest, received_at)
values ($1, $2, $3, $4, 'note', 'visit', $5, $5, $6, $7, $8, 'applied', '{}', $9, $9, $9)
"""


async def measure(stage: Stage) -> list[Result]:
    """The push, over the largest company; the floor's rows are those of another technician's device."""
    size = stage.largest
    database = await asyncpg.connect(stage.url(size))
    try:
        with serving(stage, size) as server:
            connection = await connect(server.port)
            phone, other = Phone(stage, size, 0), Phone(stage, size, size.technicians - 1)
            for one in (phone, other):
                one.keep_anchor(msgspec.json.decode((await one.sync(connection))[-1]))
            rounds = 8 if stage.quick else 40
            results = await _against_rows(connection, database, phone, other, rounds)
            connection.close()
            return results
    finally:
        await database.close()


async def _against_rows(
    connection: Connection, database: asyncpg.Connection, phone: Phone, other: Phone, rounds: int
) -> list[Result]:
    warm = 3
    evenings = iter(evenings_of(phone, rounds + warm))
    waiting: list[bytes] = []
    rows = iter(_rows(other, 2 * (rounds + warm)))
    checks = [_check(phone) for _ in range(OPERATIONS)]

    answers: list[bytes] = []

    def write() -> None:
        """The next evening's exchange, from where the phone stands after the last one."""
        for answer in answers:
            page = phone.take(answer)
            parked = [one for one in page["outcomes"] if one["outcome"] != "applied"]
            assert not parked, parked[0]
        answers.clear()
        waiting.append(phone.exchange(next(evenings)))

    async def push() -> None:
        answers.append(await connection.send(waiting.pop()))

    async def one_by_one() -> None:
        for check in checks:
            check()
        some = next(rows)
        async with database.transaction():
            for row in some:
                await insert.fetch(*row)

    async def as_one_batch() -> None:
        for check in checks:
            check()
        some = next(rows)
        async with database.transaction():
            await database.executemany(INSERT, some)

    async def signatures() -> None:
        for check in checks:
            check()

    async def commit() -> None:
        await database.execute("update device set last_heard_at = now() where id = $1", other.device_id)

    insert = await database.prepare(INSERT)
    works: dict[str, Callable[[], Awaitable[None]]] = {
        "push": push, "rows": one_by_one, "batch": as_one_batch, "signatures": signatures, "commit": commit,
    }  # fmt: skip
    taken = {name: median(times) for name, times in (await interleaved(works, rounds, warm=warm, before=write)).items()}
    how = (
        f"{OPERATIONS} operations over {VISITS} visits: moves, checklist answers, notes, parts, expenses; one exchange"
    )
    return [
        compared("push of 50 operations / 50 inserts and 50 signature checks", taken["push"], taken["rows"],
                 f"{how}; against 50 prepared inserts into the operation table in one transaction, and 50 checks", target=3),
        compared("push of 50 operations / one batch of 50 rows and 50 signature checks", taken["push"], taken["batch"],
                 "the same, but the floor's rows go in by executemany: one message, one answer"),
        limited("50 signature checks", taken["signatures"], "ms", "ECDSA P-256 over the operations' bytes"),
        limited("one committed update of one row", taken["commit"], "ms", "what a durable commit costs here"),
    ]  # fmt: skip


def evenings_of(phone: Phone, count: int) -> list[list[Json]]:
    """Outboxes of 50 operations, each about two visits that no other is about. They must be sent in order."""
    visits = phone.size.held_visits(phone.technician)
    assert len(visits) >= count * VISITS, "the technician holds too few visits for as many pushes"
    pairs = [visits[number * VISITS : (number + 1) * VISITS] for number in range(count)]
    return [taps(phone, pair, OPERATIONS) for pair in pairs]


def _rows(phone: Phone, count: int) -> list[list[tuple[Any, ...]]]:
    """Rows of the operation table as large as real ones."""
    wire = phone.tap("note", made_id("visit", 1), {"note_id": uuid7(), "text": "Bearing noise at low speed"})
    now = datetime.now(UTC)
    visit = phone.size.held_visits(phone.technician)[0]
    return [
        [
            (uuid7(), phone.device_id, phone.user_id, group * OPERATIONS + number + 1, visit, wire["body"].encode(),
             bytes(64), "0" * 64, now)
            for number in range(OPERATIONS)
        ]
        for group in range(count)
    ]  # fmt: skip


def _check(phone: Phone) -> Callable[[], None]:
    """One verification of a signature by the key that is loaded already."""
    data = b"x" * 600
    signature = phone.key.private.sign(data, ec.ECDSA(hashes.SHA256()))
    public = phone.key.private.public_key()
    return lambda: public.verify(signature, data, ec.ECDSA(hashes.SHA256()))
