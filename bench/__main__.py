"""All measurements, one command: `make bench`. Writes bench/results.json and docs/benchmarks.md.

Everything runs in a folder of its own under .data and is removed at the end. A subject is a module here with
`async def measure(stage) -> list[Result]`; the ones that need no server take no notice of the stage.
"""

import importlib
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Annotated

import msgspec
import uvloop
from cyclopts import App, Parameter

from bench import against as comparison
from bench import page, profile
from bench.company import Size
from bench.measure import Result
from bench.revision import Unknown
from bench.stage import ROOT, Stage, fill, standing
from server.embedded import postgres, storage

SUBJECTS = (
    "sync_delta", "sync_parts", "sync_push", "sync_stream", "desk_stream", "sync_crowd", "sync_growth", "sync_peers", "arrival", "media", "front",
    "records", "watching",
)  # fmt: skip
SERVERLESS = frozenset({"arrival", "records"})
SIZES = (10_000, 100_000, 1_000_000)
QUICK = (10_000, 100_000)

app = App(name="bench", help="Medians and ratios to floors measured in the same run.")


def say(line: str) -> None:
    """One line of progress."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


@app.default
def bench(
    *,
    quick: Annotated[bool, Parameter(help="Smaller companies and fewer rounds; the files stay as they are.")] = False,
    profile: Annotated[bool, Parameter(help="Print where the time goes instead of measuring.")] = False,
    only: Annotated[str, Parameter(help=f"Subjects with commas between: {', '.join(SUBJECTS)}.")] = ",".join(SUBJECTS),
    sizes: Annotated[str, Parameter(help="Visits of each company, with commas between.")] = "",
    node: Annotated[bool, Parameter(help="Also measure the peer that runs in Node.")] = True,
    against: Annotated[str, Parameter(help="Measure this revision and the present tree in turn; the files stay.")] = "",
) -> int:
    """Measure. Exit code 1 when something could not be measured; a target that is missed is a result, not an error."""
    if against:
        return _beside(against, "" if only == ",".join(SUBJECTS) else only, sizes, quick=quick)
    names = [name.strip() for name in only.split(",")]
    if unknown := set(names) - set(SUBJECTS):
        say(f"There is no subject {', '.join(sorted(unknown))}; there are {', '.join(SUBJECTS)}.")
        return 2
    companies = (
        [Size(int(one)) for one in sizes.split(",")] if sizes else [Size(one) for one in (QUICK if quick else SIZES)]
    )
    if profile or SERVERLESS.issuperset(names):
        companies = companies[-1:] if profile else []
    elif "sync_growth" not in names:
        companies = companies[-1:]
    folder = _empty_folder()
    began = time.monotonic()
    try:
        with standing(folder, companies, quick=quick, node=node, say=say) as stage:
            failed = uvloop.run(_run(stage, names, show=profile, keep=not quick))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    say(f"{time.monotonic() - began:.0f} s in all")
    return 1 if failed else 0


def _empty_folder() -> Path:
    """Where everything lies while it is measured, without what a run that was killed has left."""
    folder = ROOT / ".data" / "bench"
    for data in (folder, *(folder / name / "data" for name in comparison.SIDES)):
        if data.exists():
            postgres.kill(data)
            storage.kill(data)
    shutil.rmtree(folder, ignore_errors=True)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))  # the servers must not stay behind
    return folder


def _beside(revision: str, only: str, sizes: str, *, quick: bool) -> int:
    """Print the present tree against another revision. Exit code as for `bench`."""
    works = [name.strip() for name in only.split(",")] if only else list(comparison.ROUNDS)
    if unknown := set(works) - set(comparison.ROUNDS):
        say(f"Against a revision there is no {', '.join(sorted(unknown))}; there are {', '.join(comparison.ROUNDS)}.")
        return 2
    folder, heats = _empty_folder(), comparison.QUICK_HEATS if quick else comparison.HEATS
    try:
        lines = comparison.measure(
            revision, {name: comparison.ROUNDS[name] for name in works}, folder, ROOT / ".data", say,
            visits=int(sizes or comparison.VISITS), heats=heats,
        )  # fmt: skip
    except (Unknown, RuntimeError) as error:
        say(str(error))
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(comparison.table(lines, revision, heats))
    return 0


async def _run(stage: Stage, names: list[str], *, show: bool, keep: bool) -> list[str]:
    """The subjects that failed."""
    for size in stage.sizes:
        seconds = await fill(stage, size)
        say(f"a company with {size.visits:,} visits of {size.technicians:,} technicians, loaded in {seconds:.0f} s")
    if show:
        await profile.show(stage, print)
        return []
    failed: list[str] = []
    for name in names:
        say(f"\n{name}: {(importlib.import_module(f'bench.{name}').__doc__ or '').strip().splitlines()[0]}")
        try:
            results: list[Result] = await importlib.import_module(f"bench.{name}").measure(stage)
        except Exception as error:  # noqa: BLE001  one subject that fails must not cost the others; it is said and counted
            failed.append(name)
            say(f"  FAILED {type(error).__name__}: {error}")
            continue
        for result in results:
            result.subject = name
            print(page.line(result), flush=True)
        if keep:
            save(page.RESULTS, name, results)
    if keep:
        page.write(page.read(page.RESULTS))
    for name in failed:
        say(f"{name} FAILED; see above")
    return failed


def save(file: Path, subject: str, results: list[Result]) -> None:
    """Put the results of one subject in place of its earlier ones, in the order of the subjects."""
    others = [one for one in page.read(file) if one.subject != subject] if file.exists() else []
    every = sorted([*others, *results], key=lambda one: SUBJECTS.index(one.subject))
    file.write_bytes(msgspec.json.format(msgspec.json.encode(every), indent=2) + b"\n")


if __name__ == "__main__":
    sys.exit(app())
