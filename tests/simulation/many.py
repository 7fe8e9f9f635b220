"""Many histories, one after the other, in one process of the simulation."""

import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from server.embedded import postgres
from tests import ram
from tests.simulation.actions import plan
from tests.simulation.company import make_template
from tests.simulation.history import Outcome, run, shrink
from tests.simulation.plant import BUGS, Bug

TEMPLATE = "simulated_company"
LENGTH = 20
"""Actions in a history."""


class Report(msgspec.Struct):
    """What one process has done."""

    histories: int = 0
    operations: int = 0
    commits: int = 0
    failures: list[Outcome] = []


async def _histories(
    admin_url: str, first: int, step: int, count: int, seconds: float, length: int, bug: Bug | None
) -> Report:
    report, end = Report(), time.monotonic() + seconds
    for number in range(count):
        if time.monotonic() > end:
            break
        seed = first + number * step
        outcome = await run(admin_url, TEMPLATE, seed, plan(seed, length), bug)
        report.histories += 1
        report.operations += outcome.operations
        report.commits += outcome.commits
        if outcome.failure is not None:
            report.failures.append(await shrink(admin_url, TEMPLATE, outcome, length, bug))
            break
    return report


def many(first: int, step: int, count: int, seconds: float, length: int, bug: str | None) -> bytes:
    """Histories first, first + step, ... on a PostgreSQL of this process; returns its `Report` as JSON."""
    with TemporaryDirectory(prefix="fieldproof-simulation-", dir=ram.folder()) as folder:
        postgres.start(Path(folder), durable=False, say=lambda _: None)
        admin_url = postgres.superuser_url(Path(folder))
        try:
            asyncio.run(make_template(admin_url, TEMPLATE))
            planted = next((one for one in BUGS if one.name == bug), None)
            report = asyncio.run(_histories(admin_url, first, step, count, seconds, length, planted))
        finally:
            postgres.kill(Path(folder))
    return msgspec.json.encode(report)
