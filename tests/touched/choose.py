"""Which tests a change touches, the nearest first: tests that were changed, those that import a changed module or name a changed file,
those of its folder, those of its room. How long each file takes is known from a whole run, so that half a minute can be filled.
"""

import ast
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple

SERVER, TESTS = "server", "tests"
ALWAYS = ("tests/test_layout.py",)
"""What looks at every file, and takes a moment."""
UNKNOWN = 3.0
"""Seconds of a file of tests that no run has measured."""
ITSELF, IMPORTS, FOLDER, ROOM = range(4)


class Chosen(NamedTuple):
    """Files of tests to run, in order, and those that a change touches as well and that there is no time for."""

    run: list[str]
    left: list[str]


def touched(changed: Iterable[str], root: Path) -> dict[str, int]:
    """How near each file of tests is to the changed files (paths from the root), by its own path; those that are not near are missing."""
    near = dict.fromkeys(ALWAYS, ITSELF)
    files = [path.relative_to(root).as_posix() for path in sorted((root / TESTS).rglob("test_*.py"))]
    for one in changed:
        for file in files:
            distance = _distance(one, file, root)
            if distance is not None:
                near[file] = min(distance, near.get(file, ROOM))
    return near


def choose(near: Mapping[str, int], seconds: Mapping[str, float], budget: float) -> Chosen:
    """The nearest tests that fit into a budget of seconds of one worker, the quicker of those that are as near first.

    What was changed itself runs whatever it takes.
    """
    chosen, spent = Chosen([], []), 0.0
    for file in sorted(near, key=lambda file: (near[file], seconds.get(file, UNKNOWN), file)):
        spent += seconds.get(file, UNKNOWN)
        fits = spent <= budget or near[file] == ITSELF
        (chosen.run if fits else chosen.left).append(file)
    return chosen


def _distance(changed: str, file: str, root: Path) -> int | None:
    """How near a file of tests is to a changed file."""
    if changed == file:
        return ITSELF
    path = PurePosixPath(changed)
    if path.suffix == ".py":
        if _module(path) in _imported(root / file):
            return IMPORTS
    elif path.name in (root / file).read_text():
        return IMPORTS
    rooms, folders = path.parts[1:-1], PurePosixPath(file).parts[1:-1]
    if path.parts[0] not in (SERVER, TESTS) or not rooms or not folders or rooms[0] != folders[0]:
        return None
    return FOLDER if rooms == folders or PurePosixPath(file).stem == f"test_{path.stem}" else ROOM


def _module(path: PurePosixPath) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def _imported(file: Path) -> frozenset[str]:
    """The modules that a file names in its imports."""
    found = set[str]()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found.update(one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{one.name}" for one in node.names)
    return frozenset(found)
