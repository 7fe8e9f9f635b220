"""`python -m tests.simulation`: histories for as long as one likes, on every core; a failing one is shrunk and printed."""

import argparse
import asyncio
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import cpu_count, get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from server.embedded import postgres
from tests import ram
from tests.simulation.actions import plan
from tests.simulation.company import make_template
from tests.simulation.history import Outcome, run
from tests.simulation.many import LENGTH, TEMPLATE, Report, many
from tests.simulation.plant import BUGS, Bug


def _show(outcome: Outcome, length: int) -> None:
    print(f"\nseed {outcome.seed} fails: {outcome.failure}")
    kept = ",".join(map(str, outcome.kept))
    for action in plan(outcome.seed, length):
        if action.number in outcome.kept:
            print(f"  {action.number:3} {action.kind} after {action.steps} steps")
    print("  trace:")
    for line in outcome.trace[-60:]:
        print(f"    {line}")
    print(f"replay: python -m tests.simulation --seed {outcome.seed} --length {length} --keep {kept}")


async def _replay(admin_url: str, seed: int, length: int, keep: str, bug: Bug | None) -> Outcome:
    await make_template(admin_url, TEMPLATE)
    kept = {int(number) for number in keep.split(",")} if keep else None
    actions = [action for action in plan(seed, length) if kept is None or action.number in kept]
    return await run(admin_url, TEMPLATE, seed, actions, bug)


def main() -> int:
    """Exit code 1 when a history failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--histories", type=int, default=10**9, help="how many at most")
    parser.add_argument("--seconds", type=float, default=60, help="how long at most")
    parser.add_argument("--seed", type=int, help="run this one history")
    parser.add_argument("--from", type=int, default=1, dest="first", help="the first seed")
    parser.add_argument("--length", type=int, default=LENGTH, help="actions in a history")
    parser.add_argument("--keep", default="", help="with --seed: only these actions, as a shrunken history says")
    parser.add_argument("--jobs", type=int, default=cpu_count())
    parser.add_argument("--bug", choices=[bug.name for bug in BUGS], help="plant a known bug")
    given = parser.parse_args()
    planted = next((bug for bug in BUGS if bug.name == given.bug), None)
    if given.seed is not None:
        with TemporaryDirectory(prefix="fieldproof-simulation-", dir=ram.folder()) as folder:
            postgres.start(Path(folder), durable=False, say=lambda _: None)
            admin_url = postgres.superuser_url(Path(folder))
            try:
                outcome = asyncio.run(_replay(admin_url, given.seed, given.length, given.keep, planted))
            finally:
                postgres.kill(Path(folder))
        print("\n".join(outcome.trace))
        print(outcome.failure or f"every promise held over {outcome.operations} operations")
        return int(outcome.failure is not None)
    began = time.monotonic()
    share = -(-given.histories // given.jobs)
    with ProcessPoolExecutor(given.jobs, get_context("spawn")) as pool:
        work = [
            pool.submit(many, given.first + job, given.jobs, share, given.seconds, given.length, given.bug)
            for job in range(given.jobs)
        ]
        reports = [msgspec.json.decode(one.result(), type=Report) for one in work]
    took = time.monotonic() - began
    histories, operations = sum(r.histories for r in reports), sum(r.operations for r in reports)
    commits = sum(r.commits for r in reports)
    failures = [failure for report in reports for failure in report.failures]
    for failure in failures:
        _show(failure, given.length)
    print(
        f"{histories} histories, {operations} operations, {commits} commits each compared with a recomputation, "
        f"{len(failures)} violations; {took:.0f} s, {histories / took:.1f} histories and {operations / took:.0f} operations a second"
    )
    return int(bool(failures))


if __name__ == "__main__":
    raise SystemExit(main())
