"""Languages, and the words of each: one file a language in `mobile_contract/words/`, the same for pages, PDFs and apps.

A file has words by place: `keys` has one for each key of each enum, and the others are sentences of a page or a report. Members of a
sentence stand in braces. A sentence about a number that changes its grammar has forms, named as in CLDR: `one`, and `other`, which
every language has.
"""

import json
import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

SINGULAR = frozenset({"en", "de"})
"""Languages with a form of its own for 1 (CLDR, cardinal rules for whole numbers)."""


class Language(StrEnum):
    """In which language somebody reads, by its tag (BCP 47)."""

    EN = "en"
    ZH = "zh-CN"
    DE = "de"

    @property
    def primary(self) -> str:
        """The tag without a region, as `zh`: texts in several languages are kept under it."""
        return self.value.partition("-")[0]

    @property
    def region(self) -> str:
        """The tag's region, in small letters as a typesetter wants it, or nothing."""
        return self.value.partition("-")[2].lower()


def language_of(tag: str) -> Language:
    """The language of a tag, or of the first one in an Accept-Language header; English for those that we do not speak."""
    wanted = re.split(r"[-_,; ]", tag.strip().lower(), maxsplit=1)[0]
    return next((one for one in Language if one.primary == wanted), Language.EN)


@cache
def family(keys: type[StrEnum]) -> str:
    """Under which name the words of an enum's keys stand: `visit_state` for `VisitState`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", keys.__name__).lower()


class Words:
    """The words of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._places = dict(_places(words_of(language)))

    def say(self, place: str, /, *values: object, count: int | None = None, **members: object) -> str:
        """The sentence at a place such as `arrival.limits`, with its members put in; `count` is one, and chooses its form.

        Raises `KeyError` for a place that has none.
        """
        found = self.at(place)
        if isinstance(found, dict):
            one = count == 1 and self.language.primary in SINGULAR
            found = found["one" if one else "other"]
        return str(found).format(*values, count=count, **members)

    def at(self, place: str) -> Any:
        """What stands at a place: a text, or everything below it."""
        return self._places[place]

    def key(self, key: StrEnum) -> str:
        """The word for a key of an enum."""
        return str(self._places[f"keys.{family(type(key))}.{key.value}"])

    def number(self, text: str) -> str:
        """A number that was written as in English (`1,234.5`) with this language's marks."""
        marks = self._places["format"]
        return text.translate({ord(","): marks["group"], ord("."): marks["decimal"]})


def _places(inside: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Every place in a file, by its path, with what stands there."""
    for name, found in inside.items():
        yield f"{path}{name}", found
        if isinstance(found, dict):
            yield from _places(found, f"{path}{name}.")


@cache
def words_of(language: Language) -> dict[str, Any]:
    """The file of a language."""
    text = (resources.files("mobile_contract") / "words" / f"{language.value}.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


@cache
def words(language: Language) -> Words:
    """The words of a language, read once."""
    return Words(language)
