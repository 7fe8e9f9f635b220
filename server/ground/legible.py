"""Text from outside as people can read it: what cannot be seen, or turns other text round, is shown by its number.

The bytes that were signed stay as they are; only what is shown passes here. Line ends and tabs keep their meaning.
Joiners (Persian, Indic, emoji), variation selectors behind a character and the marks of right-to-left text stay. A line
with right-to-left letters is isolated (UAX #9), so that its neighbours on the page are not turned round with it.
"""

import re
import unicodedata
from collections.abc import Mapping
from itertools import groupby
from typing import Any

import regex

from server.ground.texts import is_invisible

MARKS = 30
"""Marks that may stand on one character: the limit of Unicode's Stream-Safe Text Format (UAX #15, section 13)."""
NAMED = 8
"""Characters of a run that are named; of a longer run the rest is counted."""

ISOLATE, END = "\u2068", "\u2069"
"""First strong isolate and its end: the text between has the direction of its first letter, and keeps it to itself."""

_PLAIN = re.compile(
    "[\n\x20-\x7e\xa0-\xac\xae-\u02ff\u2010-\u2027\u2100-\u2189\u2190-\u2426\u2460-\u27bf\u3000-\u3029"
    "\u3030-\u303f\u3041-\u3096\u309b-\u30ff\u3400-\u4dbf\u4e00-\u9fef\uff01-\uff5e]*"
)
"""What most texts are made of, and nothing that is looked for below."""
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = regex.compile(
    r"""
    (?: [\p{Cs}\p{Co}\p{Cn}[\p{Cc}--[\n]]]            # no character, somebody's own, or a control
    | [\u202a-\u202e\u2066-\u2069\u206a-\u206f]       # turns text round
    | [\u2060-\u2064\ufeff\ufff9-\ufffb\u180e\u3164\uffa0\U0001d173-\U0001d17a\U000e0001]  # never seen
    | (?<! [\p{L}\p{N}\p{P}\p{S}\p{M}\u200d] ) [\ufe00-\ufe0f\U000e0100-\U000e01ef]+  # varies nothing
    | (?<! \U0001f3f4 [\U000e0020-\U000e007f]{0,6} ) [\U000e0020-\U000e007f]  # hides text, but for the flags of regions
    )+
    """,
    regex.VERSION1 | regex.VERBOSE,
)
_STACK = regex.compile(rf"(?<=[\p{{M}}\u200c\u200d]{{{MARKS}}})[\p{{M}}\u200c\u200d]+")
_ON_NOTHING = regex.compile(r"^(?=\p{M})", regex.MULTILINE)
_SIDES = regex.compile("[\u200e\u200f\u061c]+")
_RIGHT_TO_LEFT = regex.compile(r"[\p{Bidi_Class=R}\p{Bidi_Class=AL}--[\u200f\u061c]]", regex.VERSION1)


def legible(text: str) -> str:
    """The text as it may be shown; most texts are given back as they are."""
    if _PLAIN.fullmatch(text):
        return text
    text = _LINE_END.sub("\n", text).replace("\t", "    ")
    text = _STACK.sub(_numbers, _UNSEEN.sub(_numbers, text))
    text = _ON_NOTHING.sub("\u00a0", text)  # a mark must not join the end of the line before
    return "\n".join(map(_in_its_direction, text.split("\n")))


def plain_code(text: str) -> str:
    """A code before it is made legible: spaces of any width are spaces, and what cannot be seen is shown by its number.

    In a word a joiner or a place to break has its use; in a code it makes two of them look alike.
    """
    shown = []
    for hidden, run in groupby(text, lambda one: is_invisible(one) and not one.isspace()):
        each = "".join(run)
        shown.append(
            numbers(each) if hidden else "".join(" " if unicodedata.category(one) == "Zs" else one for one in each)
        )
    return "".join(shown)


def legible_tree(value: Any) -> Any:
    """The same for every text of a JSON value, but not for the names of its members."""
    if isinstance(value, str):
        return legible(value)
    if isinstance(value, Mapping):
        return {name: legible_tree(member) for name, member in value.items()}
    return [legible_tree(member) for member in value] if isinstance(value, list) else value


def numbers(characters: str) -> str:
    """What stands for characters that cannot be shown: `[U+0007]`, or `[U+0301 U+0302 ... +178]` for a long run."""
    listed = " ".join(f"U+{ord(each):04X}" for each in characters[:NAMED])
    more = len(characters) - NAMED
    return f"[{listed} +{more:,}]" if more > 0 else f"[{listed}]"


def _numbers(found: "regex.Match[str]") -> str:
    return numbers(found[0])


def _in_its_direction(line: str) -> str:
    """The line, isolated if it has right-to-left letters; in one without, the marks of direction are shown instead."""
    if _RIGHT_TO_LEFT.search(line):
        return f"{ISOLATE}{line}{END}"
    return str(_SIDES.sub(_numbers, line))
