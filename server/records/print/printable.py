"""The last step before the typesetter: whatever a text holds, the kept fonts can print it and the lines can end.

PDF/A refuses a character without a glyph, so a refusal would hold a record back for ever. A cluster (a character with
its marks, an emoji sequence) is printed by one face that has all of it; what no face has is shown by its number. The
texts have been made legible before; see `server/ground/legible.py`.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

import regex

from server.ground.legible import numbers
from server.records.print.faces import coverage, has, spans

LONGEST = 28
"""Clusters of a word before it may break anywhere: a web address or serial number that is wider than a column."""
ENDLESS = 1_000
"""Clusters of a word that is no word any more: it may break at every fourth only, because each place costs time."""
LARGEST = 40
"""Characters of a cluster that are kept together: a base with all the marks that are shown, and a margin."""
HEAD = 60
"""Clusters of a text that the head of every page repeats."""
BREAK = "\u200b"
LINES = 500
"""Lines of one paragraph. Where letters read from the right, the typesetter's time grows with the square of a paragraph's lines."""
PARAGRAPH = "\u2029"
"""Ends a paragraph, by a rule of the template."""

_CLUSTER = regex.compile(r"\X")
_OLD_VARIANT = regex.compile(r"[\uf900-\ufaff\U0002f800-\U0002fa1f]\p{M}")
"""A compatibility ideograph is printed as the one that it stands for, which the typesetter does not do before a mark."""
_MARK = regex.compile(r"[\p{M}\u200d\U0001f3fb-\U0001f3ff]")
# Ideographs, kana and Hangul break anywhere; Thai, Lao, Khmer and Burmese by the typesetter's dictionary.
_WORD = regex.compile(
    rf"""
    (?: (?! [\p{{Script=Han}}\p{{Script=Hira}}\p{{Script=Kana}}\uac00-\ud7a3]
        | [\p{{Script=Thai}}\p{{Script=Lao}}\p{{Script=Khmr}}\p{{Script=Mymr}}] )
        [^\ \n\u200b\u3000] ){{{LONGEST + 1},}}
    """,
    regex.VERSION1 | regex.VERBOSE,
)
# A quick look first, because most texts have no such word. What it passes over, the pattern above passes over, too.
_MAYBE = re.compile(
    f"[^ \n\u200b\u3000\u0e01-\u0e3a\u0e40-\u0e5b\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]{{{LONGEST + 1}}}"
)

NAMES = frozenset({"tone", "kind", "file", "language", "region", "record_id", "amends"})
"""Members of a view that the template compares or looks up, and ids of ours."""

Edit = Callable[[str], str]


def edited(value: Any, edit: Edit) -> Any:
    """A view with every text edited that is printed: not the names of its members, nor what the template compares."""
    if isinstance(value, str):
        return edit(value)
    if isinstance(value, Mapping):
        return {name: member if name in NAMES else edited(member, edit) for name, member in value.items()}
    return [edited(member, edit) for member in value] if isinstance(value, list | tuple) else value


def running(text: str) -> str:
    """A text as the head of every page has room for it: one line, cut behind a whole character."""
    clusters = _CLUSTER.findall(text.replace("\n", " "))
    return "".join(clusters[:HEAD]) + ("…" if len(clusters) > HEAD else "")


def printable(text: str) -> str:
    """The text with numbers in place of what no kept face can print."""
    if _plain().fullmatch(text):
        return text
    shown: list[str] = []
    lacking = ""
    for cluster in _CLUSTER.findall(text):
        for character, known in _pieces(cluster):
            if known and lacking:
                shown.append(numbers(lacking))
                lacking = ""
            if known:
                shown.append(character)
            else:
                lacking += character
    return "".join([*shown, numbers(lacking)]) if lacking else "".join(shown)


def breakable(text: str) -> str:
    """The text with places for a line to end in words that are longer than a column."""
    return str(_WORD.sub(_broken, text)) if _MAYBE.search(text) else text


def in_paragraphs(text: str) -> str:
    """The text with a paragraph's end in place of each five hundredth line's."""
    if text.count("\n") < LINES:
        return text
    lines = text.split("\n")
    return PARAGRAPH.join("\n".join(lines[start : start + LINES]) for start in range(0, len(lines), LINES))


def bare(text: str) -> str:
    """The text in what any typesetter can take: single characters of the first face, and a line may end behind each."""
    kept = (each if each in " \n" or (has(each) & 1 and not _MARK.match(each)) else numbers(each) for each in text)
    return BREAK.join("".join(kept))


def _broken(word: "regex.Match[str]") -> str:
    """A cluster without an end (joined emoji, Hangul letters) is cut, too."""
    clusters = _CLUSTER.findall(word[0])
    cut = [cluster[start : start + LARGEST] for cluster in clusters for start in range(0, len(cluster), LARGEST)]
    step = 1 if len(cut) <= ENDLESS else 4
    return BREAK.join("".join(cut[start : start + step]) for start in range(0, len(cut), step))


@lru_cache(maxsize=10_000)
def _pieces(cluster: str) -> tuple[tuple[str, bool], ...]:
    """The cluster in pieces, each with whether it can be printed: whole where one face has all of it."""
    if cluster == "\n":
        return ((cluster, True),)
    faces = -1
    for character in cluster:
        faces &= has(character)
    if faces and not _OLD_VARIANT.match(cluster):
        return ((cluster, True),)
    # A mark without its base on the same face would stand on nothing, so only the others are printed.
    return tuple((each, bool(has(each)) and not _MARK.match(each)) for each in cluster)


@cache
def _plain() -> "re.Pattern[str]":
    """Texts of the first face alone: it has every cluster of them."""
    starts, ends = spans(next(iter(coverage().values())))
    inside = "".join(f"\\U{start:08x}-\\U{end:08x}" for start, end in zip(starts, ends, strict=True))
    return re.compile(f"[\n{inside}]*")
