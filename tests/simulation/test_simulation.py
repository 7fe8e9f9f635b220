"""Short histories on every run; and the simulation itself is tested: it repeats itself, shrinks, and finds known bugs."""

import asyncio
import os
from collections.abc import Iterator

import asyncpg
import pytest

from tests.simulation.actions import plan
from tests.simulation.company import make_template
from tests.simulation.found import FOUND
from tests.simulation.gate import WAITED
from tests.simulation.history import Outcome, run, shrink
from tests.simulation.many import LENGTH
from tests.simulation.plant import BUGS, Bug
from tests.sizes import size

SHORT = 7
HISTORIES = int(os.environ.get("FIELDPROOF_HISTORIES", "0")) or size(24, 200)
CHUNKS = 8
REPEATED = (1, 3, 6, 8)[: size(1, 4)]
"""Seeds of histories in which a dozen statements or two wait for locks."""


@pytest.fixture(scope="module")
def template(cluster: str) -> Iterator[str]:
    name = "simulated_company"
    asyncio.run(make_template(cluster, name))
    yield name

    async def drop() -> None:
        admin = await asyncpg.connect(cluster)
        await admin.execute(f"drop database {name} with (force)")
        await admin.close()

    asyncio.run(drop())


async def play(cluster: str, template: str, seed: int, length: int, kept: list[int] | None, bug: Bug | None) -> Outcome:
    actions = [action for action in plan(seed, length) if kept is None or action.number in kept]
    return await run(cluster, template, seed, actions, bug)


@pytest.mark.parametrize("chunk", range(CHUNKS))
async def test_every_promise_holds_over_short_histories(cluster: str, template: str, chunk: int) -> None:
    for seed in range(1000 + chunk, 1000 + HISTORIES, CHUNKS):
        outcome = await run(cluster, template, seed, plan(seed, SHORT))
        assert outcome.failure is None, (
            f"seed {seed}: {outcome.failure}\npython -m tests.simulation --seed {seed} --length {SHORT}"
        )


async def test_the_same_seed_gives_the_same_history(cluster: str, template: str) -> None:
    """Statement for statement, and also where several wait for one lock."""
    waits = 0
    await run(
        cluster, template, REPEATED[0], plan(REPEATED[0], LENGTH)
    )  # what this process asks the database once (`tests/warm.py`)
    for seed in REPEATED:
        first, again = [(await run(cluster, template, seed, plan(seed, LENGTH))).trace for _ in range(2)]
        assert first == again
        waits += sum(line.endswith(WAITED) for line in first)
    assert waits > 10 * len(REPEATED)


@pytest.mark.parametrize("name", FOUND)
async def test_a_planted_bug_is_found_and_is_the_reason(cluster: str, template: str, name: str) -> None:
    """First without the bug: what a process asks the database once would else stand between the statements (`tests/warm.py`)."""
    bug = next(bug for bug in BUGS if bug.name == name)
    seed, length, kept, seen = FOUND[name]
    assert (await play(cluster, template, seed, length, kept, None)).failure is None
    assert seen in ((await play(cluster, template, seed, length, kept, bug)).failure or "nothing")


async def test_a_failing_history_shrinks_to_a_shorter_one_that_still_fails(cluster: str, template: str) -> None:
    bug = next(bug for bug in BUGS if bug.name == "forgotten membership trigger")
    seed, length = 7, 8
    whole = await play(cluster, template, seed, length, None, bug)
    assert whole.failure is not None
    shrunk = await shrink(cluster, template, whole, length, bug, tries=12)
    assert shrunk.failure is not None
    assert len(shrunk.kept) < len(whole.kept) / 2
