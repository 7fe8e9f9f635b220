"""Runs the demo: a fresh data folder, a server of its own in another process, the day, the summary, the checks."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import msgspec

from server.database.engine import make_engine, make_sessions
from server.demo.company import PASSWORD, Cast, found
from server.demo.day import Day, DemoClock
from server.demo.summary import Check, show, summarise
from server.demo.wipe import wipe
from server.embedded import postgres, storage
from server.ground import clock
from server.ground.processes import ServiceFailed
from server.process.runtime import server_keys
from server.process.schema import migrate
from server.process.services import running_services
from server.process.settings import Settings
from server.records.keys import public_keys
from server.records.log.log import ORIGIN

Say = Callable[[str], None]
ZONE = ZoneInfo("Asia/Shanghai")


def run(settings: Settings, *, stay: bool, kill: bool, say: Say) -> int:
    """The whole demo. Returns 0 only if every check of the day held. `kill` ends everything by kill -9 in its evening."""
    began = time.monotonic()
    settings = msgspec.structs.replace(
        settings, data=settings.data / "demo", port=_free_port(settings.port), company="Fieldproof Demo 菲德普"
    )
    settings = msgspec.structs.replace(settings, public_url=f"http://{settings.host}:{settings.port}")
    if settings.database_url is None:
        wipe(settings.data)
    folder = settings.data / "phones"
    folder.mkdir(parents=True, exist_ok=True)
    with running_services(settings, say) as services:
        cast, day_clock = asyncio.run(_found(services.database_url, settings, say))
        server = Server(settings, day_clock)
        try:
            checks = asyncio.run(_day(settings, cast, day_clock, folder, say, server if kill else None))
            say(f"The demo took {time.monotonic() - began:.0f} s.")
            if stay:
                _stay(settings, server.process, say)
        finally:
            server.process.terminate()
            server.process.wait(timeout=30)
    return 0 if all(check.ok for check in checks) else 1


async def _found(database_url: str, settings: Settings, say: Say) -> tuple[Cast, DemoClock]:
    await migrate(database_url)
    eight = clock.now().astimezone(ZONE).replace(hour=8, minute=0, second=0, microsecond=0)
    engine = make_engine(database_url)
    async with make_sessions(engine).begin() as session:
        cast = await found(session, eight - timedelta(hours=8))
    await engine.dispose()
    say("Company: 2 offices, 6 technicians, 40 customers, 120 assets, 8 parts, 30 tickets of the last week")
    return cast, DemoClock(settings.data / "clock", eight)


class Server:
    """The demo's `fieldproof serve`, in a process of its own, on the demo's clock."""

    def __init__(self, settings: Settings, day_clock: DemoClock) -> None:
        self.settings, self.day_clock = settings, day_clock
        self.start()

    def start(self) -> None:
        """Start it; its output goes to server.log."""
        settings = self.settings
        environment = {
            **os.environ, "FIELDPROOF_DATA": str(settings.data), "FIELDPROOF_PORT": str(settings.port),
            "FIELDPROOF_HOST": settings.host, "FIELDPROOF_COMPANY": settings.company,
        }  # fmt: skip
        with (settings.data / "server.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  our own program
                [sys.executable, "-m", "server.cli", "serve", "--clock-file", str(self.day_clock.file)],
                env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def kill_everything(self) -> None:
        """API, PostgreSQL and storage, as a power cut would."""
        self.process.kill()
        self.process.wait()
        if self.settings.database_url is None:
            postgres.kill(self.settings.data)
        if self.settings.s3_endpoint_url is None:
            storage.kill(self.settings.data)


async def _day(
    settings: Settings, cast: Cast, day_clock: DemoClock, folder: Path, say: Say, to_kill: Server | None
) -> list[Check]:
    eight = datetime.fromtimestamp(day_clock.micros() / 1e6, ZONE).replace(hour=8, minute=0, second=0, microsecond=0)
    async with httpx.AsyncClient(base_url=settings.public_url, timeout=60) as http:
        await _until_healthy(http, settings)
        if (await http.get("/v1/keys")).text != public_keys(server_keys(settings), ORIGIN):
            raise ServiceFailed(f"Port {settings.port} was taken by another server. Set FIELDPROOF_PORT to a free one.")
        day = Day(http, day_clock, cast, folder, say)
        await day.morning(eight)
        say("08:12 phones enrolled and synced; then they lose the network")
        await day.field(eight)
        await day.evening(_power_cut(http, to_kill, say) if to_kill else None)
        await _until_sealed(day)
        summary = await summarise(day, settings)
    show(summary, settings)
    return summary.checks


def _power_cut(http: httpx.AsyncClient, server: Server, say: Say) -> Callable[[], Awaitable[None]]:
    async def cut() -> None:
        say("kill -9 of API, PostgreSQL and storage; starting again")
        server.kill_everything()
        server.start()
        await _until_healthy(http, server.settings)

    return cut


async def _until_healthy(http: httpx.AsyncClient, settings: Settings) -> None:
    for _ in range(200):
        try:
            if (await http.get("/health")).status_code == 200:
                return
        except httpx.TransportError:
            pass  # not listening yet; asked again below
        await asyncio.sleep(0.1)
    raise ServiceFailed(f"The API did not start; see {settings.data / 'server.log'}")


async def _until_sealed(day: Day) -> None:
    """Until every visit that can close has closed, or half a minute has passed."""
    waiting = {trip.visit_id for trip in day.trips if not trip.reassigned_to}
    for _ in range(60):
        for visit_id in list(waiting):
            visit: Any = await day.desk.call("GET", f"/v1/visits/{visit_id}")
            if visit["state"] == "closed":
                waiting.discard(visit_id)
        if not waiting:
            return
        await asyncio.sleep(0.5)


def _stay(settings: Settings, server: "subprocess.Popen[bytes]", say: Say) -> None:
    say(f"\nThe server stays: {settings.public_url}/schema  (Ctrl-C stops it)")
    say(f"Log in with POST /v1/auth/login, password '{PASSWORD}':")
    for role, login in (
        ("technician", "li.wei"), ("dispatcher", "mei.chen"), ("manager", "he.lin"), ("admin", "admin"),
    ):  # fmt: skip
        say(f"  {role:<11} {login}")
    try:
        server.wait()
    except KeyboardInterrupt:
        say("Stopping.")


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            return found
    return wanted
