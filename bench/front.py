"""One address: what an exchange waits while 20 phones send photos through the same process, and what that process holds meanwhile."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from bench.client import Connection, connect
from bench.measure import Result, compared, limited
from bench.phones import Phone
from bench.stage import ROOT, Server, Stage, environment, program
from server.ground.processes import free_ports

PHONES = 20
SIZES = (3_000_000, 30_000_000)
"""Bytes of a photo: usual, and ten times as many to see that memory does not follow."""
ROUNDS = 3
SECONDS = 3.0
"""Of each round, first without photos and then with them."""


async def measure(stage: Stage) -> list[Result]:
    """p99 of an exchange without changes, with and without photos on their way, in turn; then memory."""
    size = stage.largest
    with _serving(stage) as server:
        connection = await connect(server.port)
        phone = Phone(stage, size, technician=0)
        await phone.sync(connection)
        exchange = phone.exchange()
        await _taken(connection, exchange, 1.0)
        idle, busy, sent = list[float](), list[float](), 0
        for _ in range(2 if stage.quick else ROUNDS):
            idle += await _taken(connection, exchange, SECONDS)
            with _photos(stage, server, SIZES[0]) as arrived:
                await asyncio.sleep(1.0)
                busy += await _taken(connection, exchange, SECONDS)
            sent += arrived[0]
        most = [await _most(stage, server, bytes_each) for bytes_each in SIZES]
        connection.close()
    how = f"{PHONES} phones that send photos of {SIZES[0] / 1e6:.0f} MB without a pause, {sent / 1e9:.1f} GB in all; in turn with nobody"
    return [
        compared("p99 of an exchange while photos come / idle", _p99(busy), _p99(idle), how, target=2.0),
        compared("median of an exchange while photos come / idle", _middle(busy), _middle(idle), how),
        limited("memory of the API, photos of 30 MB instead of 3", most[1] - most[0], "MB more",
                f"{PHONES} phones at a time; resident set, at most", target=16.0),
    ]  # fmt: skip


async def _taken(connection: Connection, exchange: bytes, seconds: float) -> list[float]:
    """Milliseconds of each exchange; a phone that asks 200 times a second at most."""
    taken, end = list[float](), time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        await connection.send(exchange)
        taken.append((time.perf_counter() - began) * 1e3)
        await asyncio.sleep(0.003)
    return taken


def _p99(taken: list[float]) -> float:
    return sorted(taken)[int(len(taken) * 0.99)]


def _middle(taken: list[float]) -> float:
    return sorted(taken)[len(taken) // 2]


async def _most(stage: Stage, server: Server, size: int) -> float:
    """The most megabytes that the process has while photos of this size come."""
    process, most = psutil.Process(server.pid), 0.0
    with _photos(stage, server, size):
        end = time.perf_counter() + SECONDS * 2
        while time.perf_counter() < end:
            most = max(most, process.memory_info().rss / 1e6)
            await asyncio.sleep(0.02)
    return most


@contextmanager
def _serving(stage: Stage) -> Iterator[Server]:
    """`fieldproof serve`, as an operator starts it."""
    port = free_ports(1)[0]
    environ = environment(stage, stage.largest) | {"FIELDPROOF_PORT": str(port)}
    command = [sys.executable, "-m", "server.cli", "serve", "--no-work"]
    with program(command, port, environ, stage.folder / "front.log") as pid:
        yield Server(port, pid)


@contextmanager
def _photos(stage: Stage, server: Server, size: int) -> Iterator[list[int]]:
    """Phones that send photos until the block ends; then the list has the bytes that arrived."""
    environ = environment(stage, stage.largest)
    with subprocess.Popen(  # noqa: S603  our own command
        [sys.executable, "-m", "bench.front_phones", str(server.port), str(PHONES), str(size)], env=environ, cwd=ROOT,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as phones:  # fmt: skip
        assert phones.stdout is not None
        phones.stdout.readline()  # they have begun
        arrived = list[int]()
        try:
            yield arrived
        finally:
            assert phones.stdin is not None
            phones.stdin.close()
            arrived.append(int(phones.stdout.readline()))
