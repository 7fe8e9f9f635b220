"""Phones for the measurements: where each stands in its feeds, its requests as bytes, and its chain of signed taps."""

import asyncio
import hashlib
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from bench.client import Connection, Failed, request
from bench.company import PARTS, Size, made_id
from bench.stage import Stage, token
from mobile_contract.chain import make_operation, uuid7
from mobile_contract.limits import CONTRACT_VERSION

Json = dict[str, Any]


class Phone:
    """One technician's phone."""

    def __init__(self, stage: Stage, size: Size, technician: int) -> None:
        self.key, self.size, self.technician = stage.key, size, technician
        self.user_id, self.device_id = made_id("user", technician), made_id("device", technician)
        self.cursor: str | None = None
        self.revs: dict[str, int] = {}
        self.seq = 0
        self.prev: str | None = None
        self.anchor: Json | None = None

    def exchange(self, operations: list[Json] | None = None, *, first: bool = False, headers: str = "") -> bytes:
        """The bytes of an exchange from where the phone stands, or of a first one."""
        body: Json = {"contract_version": CONTRACT_VERSION, "cursor": None if first else self.cursor}
        if operations:
            body["operations"] = operations
        return request("POST", "/v1/sync", token(self.technician, self.size), msgspec.json.encode(body), headers)

    def take(self, answer: bytes) -> Json:
        """Move to where an answer leads."""
        page: Json = msgspec.json.decode(answer)
        self.cursor = page.get("cursor") or self.cursor
        self.revs |= {key: scope["rev"] for key, scope in page.get("scopes", {}).items()}
        return page

    async def sync(self, connection: Connection) -> list[bytes]:
        """Fetch every page from where the phone stands; the answers as they came."""
        pages: list[bytes] = []
        more = True
        while more:
            try:
                pages.append(await connection.send(self.exchange()))
            except Failed as failed:
                if failed.status not in (429, 503):
                    raise
                await asyncio.sleep(0.2)  # the server asks for patience; a phone has it
                continue
            more = self.take(pages[-1]).get("more", False)
        return pages

    @property
    def rev(self) -> int:
        """The revision of the phone's own scope."""
        return self.revs[f"technician:{self.user_id}"]

    def tap(self, kind: str, visit: UUID, body: Json) -> Json:
        """Sign an operation and link it to the one before."""
        self.seq += 1
        now = time.time_ns() // 1000
        envelope = {
            "id": uuid7(), "device_id": str(self.device_id), "seq": self.seq, "prev": self.prev, "kind": kind,
            "subject": {"type": "visit", "id": str(visit)}, "base": self.rev, "body": body,
            "clock": {"wall": now, "monotonic": now, "boot_id": str(self.device_id), "anchor": self.anchor},
        }  # fmt: skip
        wire = make_operation(self.key, envelope)
        self.prev = hashlib.sha256(wire["body"].encode()).hexdigest()
        return wire

    def keep_anchor(self, page: Json) -> None:
        """The time anchor of an answer, as a phone keeps it."""
        now = time.time_ns() // 1000
        self.anchor = {"token": page["anchor"], "monotonic": now, "boot_id": str(self.device_id), "round_trip": 2000}


async def touch(database: asyncpg.Connection, phones: list[Phone], rows: int = 5) -> None:
    """Change some notes of each phone's open visits, so that each has a delta of as many rows. Goes through the triggers."""
    for first in range(0, len(phones), 50):
        notes = [note for phone in phones[first : first + 50] for note in _notes(phone, rows)]
        await database.execute("update note set text = left(text, 60) || ' .' where id = any($1::uuid[])", notes)
        await database.execute("update note set text = left(text, 60) || '. ' where id = any($1::uuid[])", notes)


def _notes(phone: Phone, rows: int) -> Iterator[UUID]:
    for visit in phone.size.held_visits(phone.technician)[:rows]:
        yield made_id("note", visit.int & 0xFFFFFFFFFFFFFFF)


def taps(phone: Phone, visits: list[UUID], count: int = 50) -> list[Json]:
    """A realistic evening's outbox over two visits: moves, checklist answers, notes, parts and expenses, all signed."""
    wires: list[Json] = []
    for number, visit in enumerate(visits):
        row = visit.int & 0xFFFFFFFFFFFFFFF
        wires.append(phone.tap("accept", visit, {}))
        wires.append(phone.tap("start", visit, {}))
        for line in range(4):
            body = {"item_id": str(made_id("checklist_item", row * 4 + line)), "answer": "yes"}
            wires.append(phone.tap("checklist_answer", visit, body))
        share = count // len(visits) - 7 if number else count - count // len(visits) * (len(visits) - 1) - 7
        wires += [_recorded(phone, visit, turn) for turn in range(share)]
        wires.append(phone.tap("complete", visit, {"work_summary": "Fan replaced, pressure checked"}))
    return wires


def _recorded(phone: Phone, visit: UUID, turn: int) -> Json:
    """In turn two notes, a part, an expense."""
    if turn % 4 == 2:
        part = str(made_id("part", turn % PARTS))
        return phone.tap("part_used", visit, {"part_used_id": uuid7(), "part_id": part, "quantity": 1})
    if turn % 4 == 3:
        body = {"expense_id": uuid7(), "kind": "parking", "amount": 1500, "currency": "CNY"}
        return phone.tap("expense", visit, body)
    return phone.tap("note", visit, {"note_id": uuid7(), "text": f"Bearing noise at low speed, ordered spare {turn}"})
