"""What can happen: taps on phones, exchanges, orders of the desk, plain SQL, and everything that goes wrong.

An action draws from a source of its own, so that a history from which others were taken out still does the same here.
"""

import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import msgspec

from mobile_contract.chain import uuid7
from tests.simulation.company import (
    ASSET,
    CUSTOMER,
    ITEM,
    JOB,
    PART,
    PHONES,
    PRODUCT,
    SITE,
    SITES,
    TECHNICIANS,
    USERS,
    VISIT,
    VISITS,
    fixed,
)  # fmt: skip
from tests.simulation.world import SQL_WRITERS, World


class Action(msgspec.Struct, frozen=True):
    """The `number`-th thing of a history: it starts after so many steps of what is under way (-1: all)."""

    number: int
    kind: str
    seed: int
    steps: int


Run = Callable[[World, random.Random, Action], Awaitable[None]]


def _visit(world: World, chance: random.Random, phone: str) -> str:
    """Mostly a visit that the phone holds, sometimes any."""
    held = sorted(key.partition("/")[2] for key in world.phones[phone].state["rows"] if key.startswith("visit/"))
    return chance.choice(held) if held and chance.random() < 0.9 else str(fixed(VISIT, chance.randrange(VISITS)))


def _body(chance: random.Random, kind: str, visit_id: str) -> dict[str, Any]:
    visit = int(visit_id[-1], 16)
    match kind:
        case "note":
            return {"note_id": uuid7(), "text": f"note {chance.randrange(100)}"}
        case "expense":
            return {"expense_id": uuid7(), "kind": "parking", "amount": chance.randint(1, 99), "currency": "CNY"}
        case "part_used":
            # Few lines, so that two phones meet on one.
            line = str(fixed(0x900 + visit, chance.randrange(2)))
            quantity = chance.choice((1, 2, -1))
            # Of one of the parts, which is counted in kilograms, a quarter less than whole ones.
            fraction = {"quantity_milli": quantity * 1000 - 250} if int(line[-1]) else {}
            return {"part_used_id": line, "part_id": str(fixed(PART, int(line[-1]))), "quantity": quantity, **fraction}
        case "checklist_answer":
            return {
                "item_id": str(fixed(ITEM, 2 * visit + chance.randrange(2))),
                "answer": chance.choice(("yes", "no")),
            }
        case "photo":
            return {
                "photo_id": uuid7(), "slot": chance.choice(("before", "after")), "size": 1000, "content_type": "image/jpeg",
                "sha256": f"{chance.getrandbits(256):064x}",
            }  # fmt: skip
        case "check_in":
            return {"check_in_id": uuid7(), "fixes": [], "plan_version": 1}
        case "survey":
            return {"survey_id": uuid7(), "satisfaction": chance.randint(1, 5)}
        case "access_note":
            return {"was": "", "text": f"gate {chance.randrange(9)}"}
        case "complete":
            return {"work_summary": f"done {chance.randrange(9)}"}
        case "hold" | "decline" | "cannot_complete":
            return {"reason": "because"}
        case _:
            return {}


TAPS = (
    "note", "note", "expense", "part_used", "checklist_answer", "photo", "check_in", "survey", "access_note", "accept",
    "depart", "start", "hold", "resume", "complete", "cannot_complete", "decline",
)  # fmt: skip


async def tap(world: World, chance: random.Random, action: Action) -> None:
    """One to sixteen taps on one phone, some of them poison."""
    name = chance.choice(list(PHONES))
    for _ in range(chance.randint(1, 16)):
        kind, visit_id = chance.choice(TAPS), _visit(world, chance, name)
        body = _body(chance, kind, visit_id)
        poison, spoiled = chance.random(), False
        if poison < 0.015:
            kind = "from_the_future"
        elif poison < 0.02:
            kind = "from\0nowhere"
        elif poison < 0.03:
            # Well-formed, signed, and nothing that PostgreSQL can keep.
            kind, body, spoiled = "note", {"note_id": uuid7(), "text": "x\0"}, True
        elif poison < 0.06:
            kind, body, spoiled = "note", {"nonsense": True}, True
        elif poison < 0.10 and (old := [t for t in world.taps if t["kind"] == "note" and "note_id" in t["body"]]):
            # The database refuses it: the id is taken. Something else is written before that shows.
            kind, spoiled = "note", True
            body = {"note_id": chance.choice(old)["body"]["note_id"], "text": "again"}
        elif poison < 0.13:
            body = {**body, "of_a_later_version": 1}
        if kind == "survey" and not spoiled and (taken := _photo_to_take_back(world, name, visit_id)):
            kind, body = "photo_withdrawn", {"photo_id": taken}
        _tap_once(world, name, kind, visit_id, body, spoiled=spoiled)


def _photo_to_take_back(world: World, name: str, visit_id: str) -> str | None:
    """The last photo that this phone has promised of the visit, unless it was taken back."""
    mine = [one for one in world.taps if (one["phone"], one["visit"]) == (name, visit_id)]
    gone = {one["body"]["photo_id"] for one in mine if one["kind"] == "photo_withdrawn"}
    taken = [one["body"]["photo_id"] for one in mine if one["kind"] == "photo"]
    return next((photo_id for photo_id in reversed(taken) if photo_id not in gone), None)


def _tap_once(
    world: World, name: str, kind: str, visit_id: str, body: dict[str, Any], *, spoiled: bool = False
) -> None:
    phone = world.phones[name]
    operation = phone.tap(kind, visit_id, body)
    seq = phone.state["next_seq"] - 1
    told = {"id": operation, "phone": name, "seq": seq, "visit": visit_id, "body": body}
    world.taps.append({**told, "kind": "poison" if spoiled else kind})
    world.operations += 1
    world.say(f"{name} taps {kind} as {seq}")


async def sync(world: World, chance: random.Random, action: Action) -> None:
    """A phone exchanges, over a network that is bad or well."""
    name = chance.choice(list(PHONES))
    bad = random.Random(action.seed + 1) if chance.random() < 0.6 else None
    world.say(f"{name} syncs")
    world.start_sync(name, bad, chance.choice((4096, 8192, 1 << 20)))


async def order(world: World, chance: random.Random, action: Action) -> None:
    """The desk gives a visit to one, two or three technicians, or to others."""
    visit_id, crew = fixed(VISIT, chance.randrange(VISITS)), chance.sample(TECHNICIANS, chance.choice((1, 2, 2, 3)))
    day = chance.randint(2, 9)
    plan = {
        "technician_ids": [str(USERS[name]) for name in crew], "window_start": f"2026-03-0{day}T09:00:00+08:00",
        "window_end": f"2026-03-0{day}T11:00:00+08:00", "reason": "",
    }  # fmt: skip
    world.say(f"desk orders {crew} to {visit_id}")
    world.desk(f"order {action.number}", "POST", f"/v1/visits/{visit_id}/assign", plan)


async def cancel(world: World, chance: random.Random, action: Action) -> None:
    """The desk cancels a visit, or takes its order back and may give another later."""
    visit_id = fixed(VISIT, chance.randrange(VISITS))
    if chance.random() < 0.5:
        body = {"reason": "ill", "keep_window": chance.random() < 0.5}
        world.desk(f"unassign {action.number}", "POST", f"/v1/visits/{visit_id}/unassign", body)
        return
    world.desk(f"cancel {action.number}", "POST", f"/v1/visits/{visit_id}/cancel", {"reason": "not needed"})


async def resolve(world: World, chance: random.Random, action: Action) -> None:
    """The desk decides on a parked operation, if it knows one."""
    parked = await world.observer.fetch(
        "select id from operation where outcome = 'parked' and resolution is null order by device_id, seq"
    )
    if parked:
        body = {"resolution": chance.choice(("applied", "attached", "dismissed")), "reason": "as agreed"}
        world.desk(f"resolve {action.number}", "POST", f"/v1/parked/{chance.choice(parked)['id']}", body)


Statement = tuple[int, str, tuple[Any, ...]]
"""The place of its table in the order in which the application locks, its text, its values."""


def _of_catalogue(chance: random.Random) -> Statement:
    word = str(chance.randrange(1000))
    return chance.choice(
        (
            (6, "update product set name = $2 where id = $1", (fixed(PRODUCT, chance.randrange(2)), word)),
            (7, "update part set unit_price = unit_price + 1 where id = $1", (fixed(PART, chance.randrange(2)),)),
        )
    )


def _of_places(chance: random.Random) -> Statement:
    """What several technicians hold at once."""
    customer, site = fixed(CUSTOMER, chance.randrange(2)), fixed(SITE, chance.randrange(SITES))
    word = str(chance.randrange(1000))
    return chance.choice(
        (
            (1, "update asset set site_id = $2 where id = $1", (fixed(ASSET, chance.randrange(SITES)), site)),
            (2, "update job set site_id = $2, title = $3 where id = $1", (fixed(JOB, chance.randrange(VISITS)), site, word)),
            (3, "update customer set name = $2 where id = $1", (customer, word)),
            (3, "insert into contact (id, customer_id, name, phone, email, role) values ($2, $1, $3, '', '', '')",
             (customer, UUID(uuid7()), word)),
            (4, "update site set name = $2 where id = $1", (site, word)),
            (5, "update app_user set name = $2 where id = $1", (USERS[chance.choice(TECHNICIANS)], word)),
        )
    )  # fmt: skip


def _of_one_customer(chance: random.Random) -> Statement:
    """No two write the same row, and all reach the same phones: only what happens at the commit is between them."""
    contact = (fixed(CUSTOMER), UUID(uuid7()), str(chance.randrange(1000)))
    return 3, "insert into contact (id, customer_id, name, phone, email, role) values ($2, $1, $3, '', '', '')", contact


def _of_visits(chance: random.Random) -> Statement:
    visit = fixed(VISIT, chance.randrange(VISITS))
    return chance.choice(
        (
            (0, "insert into checklist_item (id, visit_id, position, label, kind, required) values ($2, $1, 9, $3, 'yes_no', false)",
             (visit, UUID(uuid7()), str(chance.randrange(1000)))),
            (0, "delete from checklist_item where visit_id = $1 and position = 9", (visit,)),
            (0, "update visit set retired_at = case when retired_at is null then now() end where id = $1", (visit,)),
            (0, "update visit set minutes = minutes + 1 where id = $1", (visit,)),
        )
    )  # fmt: skip


def _of_crews(chance: random.Random) -> Statement:
    visit, who = fixed(VISIT, chance.randrange(VISITS)), USERS[chance.choice(TECHNICIANS)]
    return chance.choice(
        (
            (0, "update visit_crew set removed_at = case when removed_at is null then now() end where visit_id = $1 and technician_id = $2",
             (visit, who)),
            (0, "insert into visit_crew (visit_id, technician_id, lead, assigned_at) values ($1, $2, false, now()) on conflict do nothing",
             (visit, who)),
            (0, "delete from visit_crew where visit_id = $1 and technician_id = $2", (visit, who)),
            (5, "update app_user set active = not active where id = $1", (who,)),
        )
    )  # fmt: skip


LOCK_VISITS = "select from visit where id = any ($1::uuid[]) order by id for update"
Family = Callable[[random.Random], Statement]
FAMILIES: tuple[Family, ...] = (_of_catalogue, _of_places, _of_visits, _of_crews)
RUSHES = ((_of_catalogue,), (_of_one_customer,), (_of_one_customer,), (_of_places, _of_catalogue), FAMILIES)


def _write(world: World, chance: random.Random, number: int, families: Sequence[Family]) -> None:
    """One to three statements in a transaction, in the order of the application's locks; now and then taken back."""
    wanted = [chance.choice(families)(chance) for _ in range(chance.choice((1, 1, 1, 2, 3)))]
    keep = chance.random() < 0.85
    world.crews_by_sql |= {values[0] for _, statement, values in wanted if "visit_crew" in statement}

    async def run(connection: Any) -> None:
        transaction = connection.transaction()
        await transaction.start()
        try:
            # As the application does: first the visits in order, then what belongs to them.
            if visits := sorted(values[0] for _, statement, values in wanted if "visit" in statement):
                await connection.execute(LOCK_VISITS, visits)
            for _, statement, values in sorted(wanted, key=lambda one: (one[0], one[2][0])):
                await connection.execute(statement, *values)
        except BaseException:
            await transaction.rollback()
            raise
        await (transaction.commit() if keep else transaction.rollback())

    world.say(f"sql {'; '.join(one[1][:60] for one in wanted)}{'' if keep else ' (taken back)'}")
    world.write_sql(str(number), run)


HOLD_FEED = "select from sync_scope where technician_id = $1 for update"


def _hold_feed(world: World, chance: random.Random, number: int) -> None:
    """Somebody holds one technician's feed, so that those who want several stop half way, with some in their hands."""
    who = chance.choice(TECHNICIANS)

    async def run(connection: Any) -> None:
        async with connection.transaction():
            await connection.execute(HOLD_FEED, USERS[who])

    world.say(f"sql holds the feed of {who}")
    world.write_sql(f"feed {number}", run)


async def sql(world: World, chance: random.Random, action: Action) -> None:
    """Somebody writes plain SQL."""
    _write(world, chance, action.number, FAMILIES)


async def rush(world: World, chance: random.Random, action: Action) -> None:
    """Several write to what the same phones hold at the same moment, while phones sync."""
    families = chance.choice(RUSHES)
    if chance.random() < 0.5:
        _hold_feed(world, chance, action.number)
    for number in range(chance.choice((2, 3, SQL_WRITERS, SQL_WRITERS))):
        _write(world, chance, action.number * 10 + number + 1000, families)
    for number in range(chance.choice((0, 1, 2))):
        await chance.choice((order, sync))(
            world, chance, msgspec.structs.replace(action, number=action.number * 10 + number + 1005)
        )


async def crash(world: World, chance: random.Random, action: Action) -> None:
    """The server is killed while it works for a phone that has just said something."""
    name = chance.choice(list(PHONES))
    _tap_once(world, name, "note", _visit(world, chance, name), {"note_id": uuid7(), "text": "before"})
    world.say(f"{name} syncs, and the server will be killed")
    world.start_sync(name, None, 1 << 20)
    for _ in range(chance.randint(1, 60)):
        await world.rest()
        if not await world.step():
            break
    await kill_server(world, chance, action)


async def collect(world: World, chance: random.Random, action: Action) -> None:
    """The night's work comes early: removals older than nothing are forgotten."""

    async def run(connection: Any) -> None:
        await connection.execute("begin")
        await connection.execute("select sync_collect('0 seconds')")
        await connection.execute("COMMIT")

    world.say("removals are forgotten")
    world.write_sql(f"collect {action.number}", run)


async def kill_server(world: World, chance: random.Random, action: Action) -> None:
    """kill -9 of the API between two statements."""
    world.say("the server is killed")
    await world.kill_server()


async def kill_phone(world: World, chance: random.Random, action: Action) -> None:
    """An app is killed and starts from its disk."""
    name = chance.choice(list(PHONES))
    world.say(f"{name} is killed")
    await world.kill_phone(name)


async def clock_jumps(world: World, chance: random.Random, action: Action) -> None:
    """A phone's wall clock is set to something else."""
    name = chance.choice(list(PHONES))
    world.offsets[name] = chance.choice((0, -86_400_000_000, 86_400_000_000 * 365, -3_600_000_000))
    world.say(f"{name}'s clock is off by {world.offsets[name]}")


async def time_passes(world: World, chance: random.Random, action: Action) -> None:
    """Minutes or days; tokens expire."""
    world.time.passes(chance.choice((60, 1000, 20_000, 86_400 * 3)))


async def backup(world: World, chance: random.Random, action: Action) -> None:
    """The desk takes a backup."""
    world.say("a backup is taken")
    await world.take_backup()


async def restore(world: World, chance: random.Random, action: Action) -> None:
    """A disaster: the database is restored from the backup."""
    world.say("the backup is restored")
    await world.restore()


ACTIONS: dict[str, Run] = {
    "tap": tap, "sync": sync, "order": order, "rush": rush, "crash": crash, "cancel": cancel, "resolve": resolve, "sql": sql,
    "collect": collect, "kill_server": kill_server, "kill_phone": kill_phone, "clock_jumps": clock_jumps, "time_passes": time_passes,
    "backup": backup, "restore": restore,
}  # fmt: skip
WEIGHTS = {
    "tap": 30, "sync": 30, "order": 10, "rush": 12, "crash": 3, "cancel": 2, "resolve": 4, "sql": 10, "collect": 2, "kill_server": 2,
    "kill_phone": 4, "clock_jumps": 2, "time_passes": 3,
}  # fmt: skip


def plan(seed: int, length: int) -> list[Action]:
    """The actions of a history. It begins with orders, so that there is something to do; some have a disaster."""
    chance = random.Random(seed)
    kinds = ["order", "order", "order", "sync", "sync"]
    kinds += chance.choices(list(WEIGHTS), list(WEIGHTS.values()), k=length)
    if chance.random() < 0.05:
        kinds.insert(len(kinds) // 2, "backup")
        kinds.insert(3 * len(kinds) // 4, "restore")
    return [
        Action(number, kind, chance.getrandbits(32), chance.choice((0, 0, 1, 2, 3, 5, 8, 13, 30)))
        for number, kind in enumerate(kinds)
    ]
