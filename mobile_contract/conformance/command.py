"""What `fieldproof conformance` does: judge a server, be a flaky network, or play recordings to a client."""

import asyncio
import contextlib
import os
import shlex
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import httpx
import msgspec

from mobile_contract.conformance.checks import all_checks
from mobile_contract.conformance.desk import DeskRefused
from mobile_contract.conformance.field import LIMITS, Check, Operator
from mobile_contract.conformance.player import playing
from mobile_contract.conformance.proxy import explain, flaky
from mobile_contract.conformance.recording import FOLDER, load_all
from mobile_contract.conformance.run import judge, open_field
from mobile_contract.conformance.verdicts import NotOffered, Verdict, all_ok, as_json, summary
from mobile_contract.conformance.walk import walked

Say = Callable[[str], None]
LOGIN, PASSWORD, TECHNICIAN, OTHER = (
    f"FIELDPROOF_CONFORMANCE_{name}" for name in ("LOGIN", "PASSWORD", "TECHNICIAN", "OTHER")
)


class Misused(Exception):
    """The command line or the environment lacks something; the message says what."""


class Wanted(msgspec.Struct):
    """How a server is to be judged."""

    server: str
    technician: str | None = None
    other: str | None = None
    only: str = ""
    seeds: tuple[int, ...] = (1, 2, 3)
    json: Path | None = None
    operator: str | None = None


def everything(seeds: tuple[int, ...]) -> dict[str, Check]:
    """All checks, and all recordings as checks of a server."""
    recorded = {f"recorded: {one.title} ({one.name})": walked(one) for one in load_all(FOLDER).values()}
    return all_checks(seeds) | recorded


def judge_server(wanted: Wanted, environment: Mapping[str, str] = os.environ) -> int:
    """Run the checks, a line each on standard output. Returns 0 when nothing failed, 1 when something did, 2 for misuse."""
    try:
        return asyncio.run(_judge_server(wanted, environment))
    except (Misused, NotOffered, DeskRefused) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except httpx.HTTPError as error:
        sys.stderr.write(f"{wanted.server} cannot be reached: {error}\n")
        return 2


async def _judge_server(wanted: Wanted, environment: Mapping[str, str]) -> int:
    login, password = environment.get(LOGIN), environment.get(PASSWORD)
    technician = wanted.technician or environment.get(TECHNICIAN)
    if not login or not password or not technician:
        raise Misused(
            f"Set {LOGIN} and {PASSWORD} to a dispatcher's, and name a technician by --technician or {TECHNICIAN}."
        )
    checks = {name: check for name, check in everything(wanted.seeds).items() if wanted.only in name}
    if not checks:
        raise Misused(f"No check has {wanted.only!r} in its name.")
    verdicts: list[Verdict] = []
    async with httpx.AsyncClient(base_url=wanted.server, timeout=60, limits=LIMITS) as http:
        other = wanted.other or environment.get(OTHER)
        field = await open_field(http, login=login, password=password, technician=technician, other=other)
        field.operator = _operator(wanted.operator) if wanted.operator else None
        for name, check in checks.items():
            verdicts.append(await judge(name, check, field))
            sys.stdout.write(verdicts[-1].line() + "\n")
            sys.stdout.flush()
    sys.stdout.write(summary(verdicts) + "\n")
    if wanted.json is not None:
        wanted.json.write_bytes(as_json(verdicts, server=wanted.server))
    return 0 if all_ok(verdicts) else 1


def _operator(command: str) -> Operator:
    async def operator(what: str) -> None:
        words = [*shlex.split(command), what]
        process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.DEVNULL)
        if await process.wait() != 0:
            raise NotOffered(f"the operator's command ended with {process.returncode} for '{what}'")

    return operator


def run_proxy(server: str, *, port: int, seed: int, say: Say) -> int:
    """A flaky network on loopback in front of a server, until it is interrupted; a line for each request."""

    @contextlib.asynccontextmanager
    async def proxy() -> AsyncIterator[str]:
        async with flaky(server, seed, port=port, say=say) as running:
            yield f"A flaky network (seed {seed}) at {running.url} in front of {server}. What it may do:\n{explain()}"

    return _until_interrupted(proxy, say)


def run_player(place: Path, *, port: int, say: Say) -> int:
    """Play the recordings of a folder, or one, to clients on loopback, until it is interrupted."""
    recordings = load_all(place) if place.exists() else {}
    if not recordings:
        say(f"There is no recording at {place}.")
        return 2

    @contextlib.asynccontextmanager
    async def player() -> AsyncIterator[str]:
        async with playing(recordings, port) as (_, url):
            names = "\n".join(f"  {url}/__play/{one.name:<26} {one.title}" for one in recordings.values())
            yield f"Recordings at {url}; POST to begin one (the first has begun), GET {url}/__state:\n{names}"

    return _until_interrupted(player, say)


def _until_interrupted(service: Callable[[], contextlib.AbstractAsyncContextManager[str]], say: Say) -> int:
    async def run() -> None:
        async with service() as greeting:
            say(greeting)
            await asyncio.Event().wait()

    try:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(run())
    except OSError as error:
        say(f"{error}; choose another --port")
        return 1
    return 0
