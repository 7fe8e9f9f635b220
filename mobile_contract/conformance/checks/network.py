"""Two phones of one technician on a flaky network, killed now and then, while the desk moves their visits about."""

import asyncio
import random
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from mobile_contract.chain import uuid7
from mobile_contract.conformance.faults import Weather
from mobile_contract.conformance.field import Check, Field
from mobile_contract.conformance.proxy import Proxy, flaky
from mobile_contract.conformance.verdicts import Failed, NotOffered, equal, expect
from mobile_contract.phone import Phone

Json = dict[str, Any]
WEATHER = Weather(delay=0.04, retry_after=(0, 1))
ROUNDS = 8
YEAR = 365 * 24 * 3600 * 1_000_000
TRIES = 60


class Walker:
    """A phone with its disk; `taps` are the operations that its technician made, by id, with their kind."""

    def __init__(self, http: httpx.AsyncClient, disk: Path) -> None:
        self.http, self.disk = http, disk
        self.wall = 0
        self.phone = self._start()
        self.taps: dict[str, str] = {}

    def _start(self) -> Phone:
        return Phone(self.http, disk=self.disk, micros=lambda: time.time_ns() // 1000 + self.wall)

    def tap(self, visit_id: str, drawn: random.Random) -> None:
        """Tap something, offline: notes mostly, moves that may or may not be possible, and what cannot take effect."""
        kind = drawn.choice(("note", "note", "note", "start", "hold", "resume", "expense", "teleport"))
        bodies: dict[str, Json] = {
            "note": {"note_id": uuid7(), "text": "on a bad network"}, "hold": {"reason": "lunch"},
            "expense": {"expense_id": uuid7(), "kind": "parking", "amount": -1, "currency": "CNY"},
        }  # fmt: skip
        self.taps[self.phone.tap(kind, visit_id, bodies.get(kind, {}))] = kind
        self.wall = drawn.choice((0, -YEAR, YEAR))

    async def sync(self, tries: int) -> bool:
        """Try as a phone does: again after whatever the network did, not before Retry-After. Whether it got through."""
        for _ in range(tries):
            # What landed stays at hand for a server that is restored; here that would hide one that loses what it took.
            self.phone.state["sent"] = []
            try:
                await self.phone.sync()
            except httpx.TransportError:
                continue
            except httpx.HTTPStatusError as error:
                await asyncio.sleep(int(error.response.headers.get("retry-after", "0")))
            else:
                return True
        return False

    def die(self) -> None:
        """The app is killed: what was not on the disk is gone."""
        self.phone = self._start()


async def enrolled(field: Field, through: httpx.AsyncClient, disk: Path) -> Walker:
    """A phone that was enrolled in the office, on a good network, and is on the bad one from now on."""
    walker = Walker(field.http, disk)
    await walker.phone.enrol(await field.desk.code(field.technician))
    walker.http = through
    walker.die()
    return walker


def day(seed: int) -> Check:
    """A check of one seed."""

    async def run(field: Field) -> None:
        with TemporaryDirectory(prefix="fieldproof-conformance-") as folder:
            async with (
                flaky(str(field.http.base_url), seed, weather=WEATHER) as proxy,
                httpx.AsyncClient(base_url=proxy.url, timeout=30) as http,
            ):
                walkers = [await enrolled(field, http, Path(folder) / f"{name}.json") for name in ("one", "two")]
                visits = [await field.desk.visit(field.technician) for _ in range(3)]
                await _walk(field, walkers, visits, random.Random(seed))
                proxy.healed = True
                for walker in walkers * 2:
                    expect(await walker.sync(TRIES), "a sync once the network heals", "none got through")
                await _judge(field, walkers, visits, proxy)

    return run


async def _walk(field: Field, walkers: list[Walker], visits: list[str], drawn: random.Random) -> None:
    for turn in range(ROUNDS):
        for walker in walkers:
            for _ in range(drawn.randint(1, 3)):
                walker.tap(drawn.choice(visits), drawn)
        await asyncio.gather(*(walker.sync(drawn.randint(1, 3)) for walker in walkers))
        if drawn.random() < 0.4:
            drawn.choice(walkers).die()
        try:
            await field.desk.assign(drawn.choice(visits), drawn.choice([field.technician, field.other]))
        except NotOffered:
            await field.desk.change_site(f"turn {turn}")


async def _judge(field: Field, walkers: list[Walker], visits: list[str], proxy: Proxy) -> None:
    what = "the network did: " + ", ".join(f"{e.number} {e.fault}" for e in proxy.log if e.fault != "pass")
    try:
        recorded = Counter([operation for visit_id in visits for operation in await field.desk.recorded(visit_id)])
        parked = await field.desk.parked()
        for walker in walkers:
            phone = walker.phone
            equal(phone.state["outbox"], [], "the outbox in the end")
            expect(phone.is_intact(), "count and checksum to agree in the end", "they differ")
            for tap, kind in walker.taps.items():
                # Who learns only from `last_seq` that an operation landed was told no outcome of it.
                unseen = {"outcome": "parked" if tap in parked else "applied"}
                outcome = phone.state["outcomes"].get(tap, unseen)
                became = outcome.get("was") or outcome["outcome"]
                expect(became in ("applied", "merged", "parked"), f"an outcome of '{kind}'", outcome)
                equal(tap in parked, became == "parked", f"'{kind}' became {became}; it is in the inbox:")
                # The same move twice is applied and leaves no second line.
                most = 0 if became == "parked" else 1
                expect(recorded[tap] <= most, f"at most {most} lines of history for '{kind}'", recorded[tap])
                if kind == "note":
                    equal((became, recorded[tap]), ("applied", 1), "a note is applied and recorded once:")
        one, two = (dict(walker.phone.state["rows"]) for walker in walkers)
        equal(sorted(set(one) ^ set(two)), [], "rows that only one of the two phones holds:")
        equal([key for key in one if one[key] != two[key]], [], "rows that differ between the two phones:")
        fresh = await field.phone()
        states = [{key: (row["rev"], row["hash"]) for key, row in rows.items()} for rows in (one, fresh.held.rows)]
        equal(
            sorted(key for key, _ in set(states[0].items()) ^ set(states[1].items())),
            [],
            "rows unlike a fresh phone's:",
        )
    except Failed as error:
        raise Failed(error.expected, f"{error.seen}; {what}") from error


def checks(seeds: tuple[int, ...]) -> dict[str, Check]:
    """One check for each seed."""
    return {
        f"two phones, a flaky network, app kills and reassignment converge (seed {seed})": day(seed) for seed in seeds
    }
