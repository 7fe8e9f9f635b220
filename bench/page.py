"""docs/benchmarks.md, made from bench/results.json; what it says by hand stands in bench/notes.md.

`python -m bench.page` makes it again without measuring.
"""

import os
import platform
from importlib.metadata import version
from pathlib import Path

import msgspec
import psutil

from bench.measure import Result

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
NOTES = ROOT / "bench" / "notes.md"
RESULTS = ROOT / "bench" / "results.json"

TITLES = {
    "sync_delta": "Down: what a phone fetches",
    "sync_parts": "Where the time of a delta goes",
    "sync_push": "Up: what a phone did",
    "sync_stream": "Idle streams",
    "desk_stream": "Idle streams of desks",
    "sync_crowd": "Many phones at once",
    "sync_growth": "As the database grows",
    "sync_peers": "Beside others",
    "arrival": "Arrival verdicts",
    "media": "Photos",
    "front": "One address",
    "records": "Sealed records",
    "watching": "Being watched",
}
HEAD = """# Benchmarks

`make bench` measures everything below on the machine where it runs, and writes this page and `bench/results.json`.
`make bench ARGS=--quick` takes smaller companies and fewer rounds and writes nothing; `ARGS="--only sync_push"` measures one
subject; `ARGS=--profile` prints where the server's time goes. It needs Node 20 or later for one of the peers; `ARGS=--no-node` leaves that out.
`ARGS='--against REV'` compares the present tree with another revision (see the end) and writes nothing either.

Read the ratios: they compare a thing with its floor, measured in turn in the same run through the same client, as medians.
Milliseconds belong to the machine of the last run: {machine}. Server, database and the client that measures share it. The server is one uvicorn process, as `fieldproof serve` has it, on a real socket; PostgreSQL
waits for the disk at each commit; the data is a company with up to a million visits, whose feeds were filled by the
product's own triggers.
"""


def read(file: Path) -> list[Result]:
    """The results of the last runs."""
    return msgspec.json.decode(file.read_bytes(), type=list[Result])


def machine() -> str:
    """The machine in general words."""
    cores, memory = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        psutil.virtual_memory(),
    )
    return f"{cores} cores, {memory.total / 2**30:.0f} GB of memory, Python {platform.python_version()}, Litestar {version('litestar')}"


def figure(value: float | None) -> str:
    """Three digits that matter."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def verdict(result: Result) -> str:
    """The target and whether it was met."""
    if result.target is None:
        return ""
    return f"{result.sense} {figure(result.target)}: {'met' if result.met else 'not met'}"


def line(result: Result) -> str:
    """A result for the screen."""
    floor = f"  floor {figure(result.floor):>8}" if result.floor is not None else ""
    ratio = f"  ratio {figure(result.ratio):>6}" if result.ratio is not None else ""
    return f"  {result.name:<72} {figure(result.median):>9} {result.unit}{floor}{ratio}  {verdict(result)}"


def text(results: list[Result]) -> str:
    """The whole page."""
    targets = [one for one in results if one.target is not None]
    parts = [HEAD.format(machine=machine())]
    parts.append(f"{sum(bool(one.met) for one in targets)} of {len(targets)} targets are met.\n")
    for subject, title in TITLES.items():
        rows = [one for one in results if one.subject == subject]
        if rows:
            parts.append(f"## {title}\n")
            other = "theirs" if subject == "sync_peers" else "floor"
            parts.append(f"| measured | median | {other} | ratio | target |\n|---|---:|---:|---:|---|")
            parts += [
                f"| {one.name} | {figure(one.median)} {one.unit} | {figure(one.floor)} | {figure(one.ratio)} | {verdict(one)} |"
                for one in rows
            ]
            hows = dict.fromkeys(f"{one.name}: {one.how}." for one in rows)
            parts.append("\n" + "\n".join(f"- {how}" for how in hows) + "\n")
    if NOTES.exists():
        parts.append(NOTES.read_text().strip() + "\n")
    return "\n".join(parts)


def write(results: list[Result]) -> None:
    """Write the page."""
    PAGE.write_text(text(results))


if __name__ == "__main__":
    write(read(RESULTS))
