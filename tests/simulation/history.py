"""Runs one history from its seed, and takes a failing one apart until only what is needed for the failure is left."""

import random
import tempfile
import time as clock
from collections.abc import Sequence
from pathlib import Path

import asyncpg
import msgspec

from tests.simulation.actions import ACTIONS, Action, plan
from tests.simulation.chance import Time, seeded
from tests.simulation.check import Violation
from tests.simulation.gate import Stuck
from tests.simulation.plant import Bug
from tests.simulation.world import World


class Outcome(msgspec.Struct):
    """What came of a history; `failure` is None when every promise held."""

    seed: int
    kept: list[int]
    failure: str | None
    operations: int
    commits: int
    trace: list[str]


async def run(admin_url: str, template: str, seed: int, actions: Sequence[Action], bug: Bug | None = None) -> Outcome:
    """One history on a database of its own."""
    admin = await asyncpg.connect(admin_url)
    database = f"history_{random.SystemRandom().getrandbits(48):x}"
    await admin.execute(f"create database {database} template {template}")
    time = Time()
    failure = None
    with tempfile.TemporaryDirectory(prefix="phones-") as folder, seeded(seed, time):
        world = World(
            admin_url.rsplit("/", 1)[0] + "/" + database, admin, Path(folder), time, random.Random(seed ^ 0xFEED)
        )
        try:
            if bug is not None:
                await bug.plant(world.database_url)
            with bug.active() if bug is not None else _nothing():
                await world.begin()
                await _play(world, actions)
        except (Violation, Stuck) as found:
            failure = f"{type(found).__name__}: {found}"
        finally:
            await world.end()
            await admin.execute(f"drop database if exists {database}_backup with (force)")
            await admin.execute(f"drop database {database} with (force)")
            await admin.close()
    kept = [action.number for action in actions]
    return Outcome(seed, kept, failure, world.operations, world.commits, world.trace)


async def _play(world: World, actions: Sequence[Action]) -> None:
    for action in actions:
        for _ in range(action.steps):
            if not await world.step():
                break
        await ACTIONS[action.kind](world, random.Random(action.seed), action)
        await world.rest()
    await world.heal()
    await world.judge()


class _nothing:  # noqa: N801  a context that does nothing
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


async def shrink(
    admin_url: str,
    template: str,
    failed: Outcome,
    length: int,
    bug: Bug | None = None,
    *,
    tries: int = 60,
    seconds: float = 60,
) -> Outcome:
    """The shortest history found that still fails: parts are left out, first large ones (delta debugging)."""
    whole = plan(failed.seed, length)
    best, size = failed, max(1, len(failed.kept) // 2)
    end = clock.monotonic() + seconds
    while size >= 1 and tries > 0 and clock.monotonic() < end:
        start, shorter = 0, False
        while start < len(best.kept) and tries > 0 and clock.monotonic() < end:
            left_out = set(best.kept[start : start + size])
            actions = [whole[number] for number in best.kept if number not in left_out]
            tries -= 1
            again = await run(admin_url, template, failed.seed, actions, bug)
            if again.failure is not None:
                best, shorter = again, True
            else:
                start += size
        size = size if shorter and size > 1 else size // 2
    return best
