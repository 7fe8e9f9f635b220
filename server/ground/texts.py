"""What people type at the desk: trimmed, refused where it must say something and says nothing, and codes that are compared.

A code is what stands on a plate or in a catalogue: a serial or part number, a login, a skill. It is typed by hand, pasted
from a table or read by a scanner, so the same code comes with spaces, in full width or in another case. It is kept as one
reads it, and `folded` says which spellings mean the same.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from server.ground.problems import Invalid

CODE = {"code": True}
"""`extra` of a field's Meta: the text is a code."""

AS_TYPED = {"as_typed": True}
"""`extra` of a field's Meta: the text is a secret, and a space in it counts."""

_SHOWS_NOTHING = frozenset(map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0)))
"""Letters and marks by their category that no font draws: joiners, Hangul fillers, the empty Braille cell."""


def trimmed(text: str) -> str:
    """The text without white space and invisible characters at its ends; what is inside stays as it was typed."""
    start, end = 0, len(text)
    while start < end and _is_at_no_end(text[start]):
        start += 1
    while end > start and _is_at_no_end(text[end - 1]):
        end -= 1
    return text[start:end]


def is_blank(text: str) -> bool:
    """Whether one would see nothing of it."""
    return all(map(is_invisible, text))


def as_code(text: str) -> str:
    """A code as one reads it: Unicode's compatibility form (NFKC), nothing invisible, single spaces inside only."""
    plain = unicodedata.normalize("NFKC", "".join(one for one in text if one.isspace() or not is_invisible(one)))
    return " ".join("".join(one for one in plain if one.isspace() or not is_invisible(one)).split())


def folded(text: str) -> str:
    """What all spellings of a code have in common: without case, spaces, and differences between dashes."""
    before = None
    while text != before:  # what is taken out may let its neighbours join to one character
        before = text
        plain = as_code(unicodedata.normalize("NFKC", as_code(text).casefold())).replace(" ", "")
        text = "".join("-" if unicodedata.category(one) == "Pd" or one == "−" else one for one in plain)
    return text


def distinct(codes: Iterable[str]) -> list[str]:
    """Codes in their order, each once: the first spelling of each is kept."""
    found: dict[str, str] = {}
    for code in codes:
        found.setdefault(folded(code), code)
    return list(found.values())


class Written(msgspec.Struct, forbid_unknown_fields=True):
    """A body that somebody filled in: its texts are trimmed, and those that must have a character must show one."""

    def __post_init__(self) -> None:
        for field in _texts(type(self)):
            value = getattr(self, field.name)
            if isinstance(value, str):
                setattr(self, field.name, field.read(value))
            elif isinstance(value, list):
                setattr(self, field.name, [field.read(one) if isinstance(one, str) else one for one in value])


class Exact(msgspec.Struct):
    """A body that a program writes: what must be written in one way is written so to its end."""

    def __post_init__(self) -> None:
        must_end_there(self)


def must_end_there(body: msgspec.Struct) -> None:
    """Raises `Invalid` for a text with a line's end where its pattern's `$` stands.

    A schema's `$` means the end of the text to everybody but Python, which also lets it stand before a last line break; a
    pattern that all readers of a schema understand alike has no word for what is meant.
    """
    for name, inner in _ended(type(body)):
        value = getattr(body, name)
        if isinstance(value, str):
            if inner is None and value.endswith("\n"):
                raise Invalid(f"{name}: it ends with a line break, and nothing may follow there.", field=name)
        elif isinstance(value, msgspec.Struct):
            must_end_there(value)


@cache
def _ended(kind: type[msgspec.Struct]) -> tuple[tuple[str, type | None], ...]:
    """The fields whose texts have a pattern to their end, and those that hold a struct with such a field."""
    described = inspect.type_info(kind)
    assert isinstance(described, inspect.StructType)
    found: list[tuple[str, type | None]] = []
    for field in described.fields:
        for one in _plain(field.type):
            if isinstance(one, inspect.StrType) and (one.pattern or "").endswith("$"):
                found.append((field.name, None))
            elif isinstance(one, inspect.StructType) and _ended(one.cls):
                found.append((field.name, one.cls))
    return tuple(found)


def _plain(kind: inspect.Type) -> tuple[inspect.Type, ...]:
    if isinstance(kind, inspect.Metadata):
        return _plain(kind.type)
    return tuple(one for some in kind.types for one in _plain(some)) if isinstance(kind, inspect.UnionType) else (kind,)


class _Text(msgspec.Struct, frozen=True):
    """How a text of a body is read."""

    name: str
    code: bool
    must_show: bool
    at_most: int | None

    def read(self, typed: str) -> str:
        text = as_code(typed) if self.code else trimmed(typed)
        if self.must_show and is_blank(text):
            raise Invalid(f"{self.name} is blank. Write something that can be seen.", field=self.name)
        if self.at_most is not None and len(text) > self.at_most:
            raise Invalid(f"{self.name} is longer than {self.at_most} characters. Shorten it.", field=self.name)
        return text


@cache
def _texts(kind: type[msgspec.Struct]) -> tuple[_Text, ...]:
    described = inspect.type_info(kind)
    assert isinstance(described, inspect.StructType)
    return tuple(text for field in described.fields if (text := _text(field.name, field.type)) is not None)


def _text(name: str, kind: inspect.Type, extra: dict[str, Any] | None = None) -> _Text | None:
    extra = extra or {}
    if isinstance(kind, inspect.Metadata):
        return _text(name, kind.type, extra | (kind.extra or {}))
    if isinstance(kind, inspect.UnionType):
        return next((found for one in kind.types if (found := _text(name, one, extra)) is not None), None)
    if isinstance(kind, inspect.ListType):
        return _text(name, kind.item_type, extra)
    if not isinstance(kind, inspect.StrType) or extra.get("as_typed"):
        return None
    return _Text(name, bool(extra.get("code")), bool(kind.min_length), kind.max_length)


def is_invisible(one: str) -> bool:
    """Whether one would see nothing of a character; of a space, too."""
    return one in _SHOWS_NOTHING or unicodedata.category(one)[0] in "CZ" or _is_variation(one)


def _is_at_no_end(one: str) -> bool:
    """Variation selectors and tags end an emoji or a rare form of a Chinese character, so they are not trimmed."""
    return is_invisible(one) and not _is_variation(one) and not 0xE0000 <= ord(one) <= 0xE007F


def _is_variation(one: str) -> bool:
    return "\ufe00" <= one <= "\ufe0f" or "\U000e0100" <= one <= "\U000e01ef" or "\u180b" <= one <= "\u180f"
