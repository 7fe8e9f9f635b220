"""Another revision beside the present tree, in one run: `make bench ARGS='--against REV'`.

Three sides stand at the same time, each with servers and a company of its own: the other revision, the same revision
once more, and the present tree as it lies there. Every piece of work is done by each side in turn. What a revision and
its own repetition differ by is what this machine cannot tell apart just now, so each ratio stands beside that one. A heat
is some rounds with one process of each server; the next heat begins with new ones.
"""

import contextlib
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench.arm import ANEW
from bench.media import MEGAPIXELS_12, scene
from bench.revision import PRESENT, Tree, tree_of

ARM = Path(__file__).with_name("arm.py")
SIDES = BEFORE, AGAIN, NOW = "before", "again", "now"
ROUNDS = {"push": 10, "empty": 10, "delta": 10, "first": 8, "seal": 2, "thumbnail": 8}
"""Pieces of work, and the rounds of each in a heat."""
HEATS, QUICK_HEATS = 7, 2
VISITS = 10_000
Say = Callable[[str], None]
Do = Callable[[str], dict[str, float]]
Heat = dict[str, dict[str, list[float]]]
"""Milliseconds by what was measured and by side."""


class Compared(NamedTuple):
    """One measurement: `milliseconds` of the revision before, and ratios to it, one of each heat."""

    name: str
    milliseconds: float
    now: list[float]
    again: list[float]

    @property
    def verdict(self) -> str:
        """Whether the present tree differs from the revision by more than its repetition ever did in this run."""
        ratio, spread = median(self.now), max(abs(one - 1) for one in self.again)
        if abs(ratio - 1) <= spread:
            return "within the spread"
        return "slower than the spread" if ratio > 1 else "faster than the spread"


class Side:
    """A program (`arm.py`) that does pieces of work with the code of one tree."""

    def __init__(self, process: "subprocess.Popen[str]", log: Path) -> None:
        self._process, self._log = process, log

    def say(self, line: str) -> None:
        """Ask for something without waiting for it."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def hear(self) -> Any:
        """The next answer. Raises `RuntimeError` with the end of its log when it ended instead."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"One side ended:\n{self._log.read_text(errors='replace')[-2000:]}")
        return json.loads(line)

    def do(self, work: str) -> dict[str, float]:
        """Milliseconds of each thing that this piece of work measures."""
        self.say(work)
        found: dict[str, float] = self.hear()
        return found


@contextlib.contextmanager
def side(tree: Tree, folder: Path, visits: int, picture: Path) -> Iterator[Side]:
    """One side, until the block ends; it has to be waited for (`hear`) before it can be asked."""
    folder.mkdir(parents=True)
    log = folder / "arm.log"
    environ = os.environ | {"PYTHONPATH": str(tree.folder)}
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603  our own file; -P: with that tree's modules and none of ours beside it
            [str(tree.python), "-P", str(ARM), str(folder / "data"), str(visits), str(picture)], env=environ,
            cwd=tree.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=out, text=True, start_new_session=True,
        )  # fmt: skip
    try:
        yield Side(process, log)
    finally:
        if process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()  # it stops its servers and ends
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.terminate()
            process.wait(60)
        if process.stdout is not None:
            process.stdout.close()


def heat_of(sides: dict[str, Do], works: dict[str, int], number: int = 0) -> Heat:
    """Each piece of work in its rounds, by each side in turn; every round, and every heat, begins with another side."""
    names, found = list(sides), Heat()
    for work, rounds in works.items():
        for turn in range(-1, rounds):  # the first one warms up and is not counted
            shift = (turn + number) % len(names)
            for name in names[shift:] + names[:shift]:
                for measured, taken in sides[name](work).items():
                    if turn >= 0:
                        found.setdefault(measured, {}).setdefault(name, []).append(taken)
    return found


def compared(heats: list[Heat]) -> list[Compared]:
    """What each heat says of the medians of its rounds. Left out is what only one of the two revisions measures."""
    lines = []
    for name, one in heats[0].items():
        if set(one) != set(SIDES):
            continue
        medians = [{who: median(taken) for who, taken in heat[name].items()} for heat in heats]
        lines.append(
            Compared(
                name, median(heat[BEFORE] for heat in medians), [heat[NOW] / heat[BEFORE] for heat in medians],
                [heat[AGAIN] / heat[BEFORE] for heat in medians],
            )
        )  # fmt: skip
    return lines


def table(lines: list[Compared], revision: str, heats: int) -> str:
    """The comparison for the screen."""

    def ratios(values: list[float]) -> str:
        return f"{median(values):.3f} ({min(values):.3f} to {max(values):.3f})"

    rows = [("measured", f"{revision}, ms", f"now / {revision}", f"{revision} again / {revision}", "")]
    rows += [(one.name, f"{one.milliseconds:.3g}", ratios(one.now), ratios(one.again), one.verdict) for one in lines]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    shown = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([*shown, f"Medians of {heats} heats, and the lowest and the highest of them."])


def measure(
    revision: str, works: dict[str, int], folder: Path, kept: Path, say: Say, *, visits: int, heats: int
) -> list[Compared]:
    """The present tree against a revision. Everything lies in `folder` but an environment that the revision needs for
    itself, which stays in `kept`. Raises `revision.Unknown`, and `RuntimeError` when a side cannot do its work."""
    folder.mkdir(parents=True, exist_ok=True)
    other, picture = tree_of(revision, folder / "tree", kept), folder / "photo.jpg"
    scene(*MEGAPIXELS_12).save(picture, "JPEG", quality=90)
    with contextlib.ExitStack() as stack:
        trees = {BEFORE: other, AGAIN: other, NOW: PRESENT}
        sides = {name: stack.enter_context(side(tree, folder / name, visits, picture)) for name, tree in trees.items()}
        for one in sides.values():
            one.hear()
        found = []
        for number in range(heats):
            if number:
                for one in sides.values():
                    one.say(ANEW)
                    one.hear()
            found.append(heat_of({name: one.do for name, one in sides.items()}, works, number))
            say(f"heat {number + 1} of {heats}")
    return compared(found)
