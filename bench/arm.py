"""One side of a comparison (`against.py`): the product of the tree that is first on the path, doing one piece of work at a time.

It runs as a program of its own with another revision's tree first on the path, so `bench` and `server` are that
revision's, and only this file is today's. It uses little of that tree, all of it older than the first comparison:
`standing`, `fill` and `serving` of its stage, its client and phones, `sealing` of its records, and its decoder of photos.
A line of standard input names a piece of work; the answer is a line of JSON with the milliseconds of each thing measured.
"""

import asyncio
import copy
import json
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple

import asyncpg

from bench.client import Connection, connect
from bench.company import Size
from bench.phones import Phone, taps, touch
from bench.stage import Stage, fill, serving, standing

ANEW = "anew"
"""Asks for another process of the server: where the system puts it matters as much as what it does."""
SENDS = 20
"""Exchanges of one piece of work where each takes about a millisecond."""
OPERATIONS, VISITS = 50, 2
Times = dict[str, float]
Work = Callable[[], Awaitable[Times]]


class Pushing:
    """A phone whose evenings are pushed one after the other, each about two visits that no other is about."""

    def __init__(self, stage: Stage) -> None:
        self.phone = Phone(stage, stage.largest, 0)
        self._visits = self.phone.size.held_visits(0)

    def evening(self) -> bytes:
        """The next exchange with 50 operations."""
        pair, self._visits = self._visits[:VISITS], self._visits[VISITS:]
        if len(pair) < VISITS:
            raise ValueError("The technician has no visits left to push; ask for fewer rounds.")
        return self.phone.exchange(taps(self.phone, pair, OPERATIONS))

    def took(self, answer: bytes) -> None:
        """Raises `ValueError` when an operation was not applied: then something else was measured."""
        other = [one for one in self.phone.take(answer)["outcomes"] if one["outcome"] != "applied"]
        if other:
            raise ValueError(f"An operation was not applied: {other[0]}")


class Asked(NamedTuple):
    """A running server: how it is reached, its process, and a connection of ours to its database."""

    connection: Connection
    server: int
    database: asyncpg.Connection

    async def send(self, name: str, wires: list[bytes]) -> tuple[Times, list[bytes]]:
        """Send these requests one after the other: milliseconds of one, milliseconds of processor for one, the answers.

        The processor's are those of all threads of the server and of its connections to PostgreSQL. How busy the machine
        is meanwhile lengthens the first and hardly the second.
        """
        rows = await self.database.fetch(BACKENDS)
        processes = [self.server, *(row["pid"] for row in rows)]
        used, began = processor_time(processes), time.perf_counter_ns()
        answers = [await self.connection.send(wire) for wire in wires]
        taken = time.perf_counter_ns() - began
        used = processor_time(processes) - used
        return {name: taken / 1e6 / len(wires), f"{name}, processor": used / 1e6 / len(wires)}, answers


BACKENDS = """
select pid from pg_stat_activity
where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
"""


def processor_time(processes: list[int]) -> int:
    """Nanoseconds that the threads of these processes have had a processor."""
    threads = [file for pid in processes for file in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    return sum(int(file.read_text().split()[0]) for file in threads)


async def exchanges(asked: Asked, pushing: Pushing, other: Phone) -> dict[str, Work]:
    """What phones ask of this process of the server. `other` is a phone that nobody pushes for; it moves to where it stands."""
    connection, database = asked.connection, asked.database
    await other.sync(connection)
    five, standing_still = other.exchange(), copy.copy(other)
    await touch(database, [other])
    await standing_still.sync(connection)
    newcomer = copy.copy(other)
    first = [newcomer.exchange(first=True)]
    while newcomer.take(await connection.send(first[-1])).get("more"):
        first.append(newcomer.exchange())

    async def push() -> Times:
        taken, answers = await asked.send("push of 50 operations", [pushing.evening()])
        pushing.took(answers[0])
        return taken

    async def repeated(name: str, wire: bytes) -> Times:
        return (await asked.send(name, [wire] * SENDS))[0]

    async def whole() -> Times:
        return (await asked.send("page of a first sync of 500 visits", first))[0]

    return {
        "push": push,
        "empty": lambda: repeated("exchange without changes", standing_still.exchange()),
        "delta": lambda: repeated("delta of 5 rows", five),
        "first": whole,
    }


async def sealed() -> Times:
    """The steps of a seal, under the names that this tree's own measurement gives them."""
    from bench.records import sealing

    return {one.name: one.median for one in sealing("zh-CN", 14, 3)}


async def thumbnail(picture: Path) -> Times:
    """A photo through the limited process."""
    from server.media.decoder import decode

    taken = []
    for _ in range(3):
        began = time.perf_counter_ns()
        with picture.open("rb") as file:
            found = decode(file.fileno(), side=640)
        taken.append((time.perf_counter_ns() - began) / 1e6)
        if found.fault:
            raise ValueError(f"The photo was not decoded: {found.fault}.")
    return {"thumbnail of a 12-megapixel JPEG": median(taken)}


async def stand(stage: Stage, picture: Path) -> None:
    """Do what the lines of standard input ask for, until it ends."""
    await fill(stage, stage.largest)
    database = await asyncpg.connect(stage.url(stage.largest))
    pushing, other = Pushing(stage), Phone(stage, stage.largest, 1)
    asked = ANEW
    while asked == ANEW:
        with serving(stage, stage.largest) as server:
            connection = await connect(server.port)
            pushing.phone.keep_anchor(json.loads((await pushing.phone.sync(connection))[-1]))
            works = await exchanges(Asked(connection, server.pid, database), pushing, other)
            works |= {"seal": sealed, "thumbnail": lambda: thumbnail(picture)}
            print(json.dumps(sorted(works)), flush=True)
            while (asked := (await asyncio.to_thread(sys.stdin.readline)).strip()) not in ("", ANEW):
                print(json.dumps(await works[asked]()), flush=True)
            connection.close()
    await database.close()


if __name__ == "__main__":
    folder, visits, shown = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))  # the servers must not stay behind
    with standing(folder, [Size(visits)], quick=True, node=False, say=lambda _: None) as stood:
        asyncio.run(stand(stood, shown))
