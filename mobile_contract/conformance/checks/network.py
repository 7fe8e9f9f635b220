"""Two phones of one technician on a flaky network, killed now and then, while the desk moves their visits about."""

import asyncio
import random
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
TRIES = 60


class Walker:
    """A phone with its disk; `taps` are the notes that its technician wrote, by operation id."""

    def __init__(self, http: httpx.AsyncClient, disk: Path) -> None:
        self.http, self.disk = http, disk
        self.phone = Phone(http, disk=disk)
        self.taps: dict[str, str] = {}

    def write(self, visit_id: str, text: str) -> None:
        """Write a note, offline."""
        note_id = uuid7()
        self.taps[self.phone.tap("note", visit_id, {"note_id": note_id, "text": text})] = note_id

    async def sync(self, tries: int) -> bool:
        """Try as a phone does: again after whatever the network did, not before Retry-After. Whether it got through."""
        for _ in range(tries):
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
        self.phone = Phone(self.http, disk=self.disk)


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
        for number, walker in enumerate(walkers):
            for _ in range(drawn.randint(1, 3)):
                walker.write(drawn.choice(visits), f"turn {turn}, phone {number}")
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
        recorded = [operation for visit_id in visits for operation in await field.desk.recorded(visit_id)]
        for walker in walkers:
            phone = walker.phone
            equal(phone.state["outbox"], [], "the outbox in the end")
            expect(phone.is_intact(), "count and checksum to agree in the end", "they differ")
            for tap in walker.taps:
                outcome = phone.state["outcomes"].get(tap, {})
                took = outcome.get("outcome") == "applied" or outcome.get("was") == "applied"
                # A reply that was lost for good leaves no outcome on the phone, but the tap must be there.
                expect(took or not outcome, f"tap {tap} to be applied", outcome)
                equal(recorded.count(tap), 1, f"times that tap {tap} is in the history:")
        one, two = (dict(walker.phone.state["rows"]) for walker in walkers)
        equal(sorted(set(one) ^ set(two)), [], "rows that only one of the two phones holds:")
        equal([key for key in one if one[key] != two[key]], [], "rows that differ between the two phones:")
        fresh = await field.phone()
        equal(sorted(set(one) ^ set(fresh.held.rows)), [], "rows in which they differ from a fresh phone:")
    except Failed as error:
        raise Failed(error.expected, f"{error.seen}; {what}") from error


def checks(seeds: tuple[int, ...]) -> dict[str, Check]:
    """One check for each seed."""
    return {
        f"two phones, a flaky network, app kills and reassignment converge (seed {seed})": day(seed) for seed in seeds
    }
