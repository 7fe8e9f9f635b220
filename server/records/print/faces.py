"""The kept fonts: from packages and from inside the typesetter, never from the machine, so that every machine prints
the same; and which characters each of their faces can print.

`coverage.json` says the latter. It is written by `scripts/font_coverage.py`, which asks the typesetter, and a test
compares it with what is installed.
"""

import json
from bisect import bisect_right
from functools import cache
from importlib import resources

import typst

PACKAGES = ("manimgx_fonts_cjk", "manimgx_fonts")


def faces() -> list[str]:
    """The faces in the order in which a text falls back on them; `style.typ` has the same list."""
    style = (resources.files("server.records.print") / "templates" / "style.typ").read_text()
    listed = style.partition("#let faces = (")[2].partition(")")[0]
    return [line.strip(' ",') for line in listed.splitlines() if line.strip()]


def fonts() -> typst.Fonts:
    """The kept fonts for a compiler; they are read when they are first used."""
    folders = [str(resources.files(package)) for package in PACKAGES]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)


@cache
def has(character: str) -> int:
    """The faces that can print a character, a bit each; 0 for a character that none has."""
    point, found = ord(character), 0
    for bit, (starts, ends) in enumerate(_spans()):
        place = bisect_right(starts, point) - 1
        if place >= 0 and point <= ends[place]:
            found |= 1 << bit
    return found


@cache
def coverage() -> dict[str, str]:
    """Each face's characters as hexadecimal ranges, both ends in: `20-7E A0-17F 192`."""
    text = (resources.files("server.records.print") / "templates" / "coverage.json").read_text()
    return dict(json.loads(text))


@cache
def _spans() -> list[tuple[list[int], list[int]]]:
    return [spans(ranges) for ranges in coverage().values()]


def spans(ranges: str) -> tuple[list[int], list[int]]:
    """The first and the last numbers of ranges, each sorted."""
    pairs = [span.split("-") for span in ranges.split()]
    return [int(pair[0], 16) for pair in pairs], [int(pair[-1], 16) for pair in pairs]
