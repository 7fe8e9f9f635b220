"""What is wrong with a value, in words for people: which field, and what is expected there.

The library's own messages speak of regular expressions and Python types, which say nothing to whoever reads a sentence.
"""

import ast
import re
from collections.abc import Callable, Sequence
from typing import Any

from server.ground.allowed import allowed
from server.ground.legible import legible

TYPES = {
    "int": "a whole number", "float": "a number", "str": "a text", "bool": "true or false", "array": "a list",
    "object": "an object", "null": "nothing", "uuid": "an id (a UUID)", "datetime": "a time", "date": "a date",
    "bytes": "base64 text",
}  # fmt: skip
PATTERNS = {
    "^[0-9a-f]{64}$": "64 hexadecimal digits, in small letters, are expected",
    "^[0-9a-f]{16}$": "16 hexadecimal digits, in small letters, are expected",
    "^[A-Z]{3}$": "three capital letters, such as EUR, are expected",
}
_PLACE = re.compile(r" - at `(?:key` in `)?(?P<path>\$[^`]*)`$")
_VALUE = re.compile(r"^Invalid enum value (?P<value>.*)$", re.DOTALL)


def in_words(error: BaseException | str, shape: Any = None) -> str:
    """A sentence without its full stop: the field, if one is known, and what it must be, of the shape if that is known."""
    message = str(error)
    place = _PLACE.search(message)
    path = place["path"] if place else "$"
    field = path.removeprefix("$").removeprefix(".").replace("[...]", "[]")
    said = _said(message[: place.start()] if place else message, path, shape)
    return f"{field}: {said}" if field.strip("[]") else said


def _said(message: str, path: str, shape: Any) -> str:
    if (found := _VALUE.fullmatch(message)) and shape is not None:
        return _unknown(found, allowed(shape, path))
    for pattern, words in RULES:
        if found := pattern.search(message):
            return words(found)
    return "it does not have the form that the API documentation at /schema describes"


def one_of(values: Sequence[str]) -> str:
    """The values as a sentence names them."""
    return f"one of {', '.join(values)}" if len(values) > 1 else values[0]


def _expected(found: re.Match[str]) -> str:
    """What is expected, of which type it is: `int | null` is 'a whole number or nothing'."""
    wanted, got = _types(found["wanted"]), found["got"]
    return f"{wanted} is expected, not {TYPES.get(got, 'that')}" if got else f"{wanted} is expected"


def _types(text: str) -> str:
    return " or ".join(TYPES.get(one.strip(), "another value") for one in text.split("|"))


def _pattern(found: re.Match[str]) -> str:
    return PATTERNS.get(found["pattern"], "it is not written as the API documentation at /schema says")


def _length(found: re.Match[str]) -> str:
    one, many = {"str": ("character", "characters"), "bytes": ("byte", "bytes")}.get(
        found["type"], ("entry", "entries")
    )
    bound = {">=": "at least", "<=": "at most", "==": "exactly"}[found["sign"]]
    return f"{bound} {found['number']} {f'{one} is' if found['number'] == '1' else f'{many} are'} expected"


def _range(found: re.Match[str]) -> str:
    bound = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}[found["sign"]]
    return f"{bound} {found['number']} is expected"


def _unknown(found: re.Match[str], known: tuple[str, ...] = ()) -> str:
    """What is taken, where that is known. The library quotes the value as Python would write it."""
    try:
        value = str(ast.literal_eval(found["value"]))
    except (ValueError, SyntaxError):
        value = found["value"]
    shown = f"'{legible(value[:60])}'"
    if not known:
        return f"{shown} is none of the values that are known"
    return f"{one_of(known)} is expected, not {shown}"


def _fixed(words: str) -> Callable[[re.Match[str]], str]:
    return lambda _: words


RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"^Object missing required field `(?P<name>[^`]*)`"), lambda found: f"{found['name']} is missing"),
    (re.compile(r"^Object contains unknown field `(?P<name>[^`]*)`"), lambda found: f"{found['name']} is not known here"),
    (re.compile(r"matching regex (?P<quote>['\"])(?P<pattern>.*)(?P=quote)"), _pattern),
    (re.compile(r"^Expected `(?P<type>\w+)` of length (?P<sign>[<>=]=) (?P<number>\d+)"), _length),
    (re.compile(r"^Expected `\w+` (?P<sign>[<>]=?) (?P<number>-?[\d.]+)"), _range),
    (re.compile(r"^Expected `datetime` with a timezone"), _fixed("a time with its offset from UTC is expected")),
    (re.compile(r"^Expected `(?P<wanted>[\w |]+)`(?:, got `(?P<got>\w+)`)?$"), _expected),
    (re.compile(r"^Invalid UUID"), _fixed("an id (a UUID) is expected")),
    (re.compile(r"^Invalid RFC3339 encoded (?P<what>\w+)"), lambda found: f"a {'date and time' if found['what'] == 'datetime' else found['what']} such as "
     f"{'2026-03-02' if found['what'] == 'date' else '2026-03-02T09:00:00+08:00'} is expected"),
    (_VALUE, _unknown),
    (re.compile(r"^Integer value out of range|^Number out of range"), _fixed("the number is too large")),
    (re.compile(r"^Invalid base64"), _fixed("base64 text is expected")),
    (re.compile(r"surrogate|hex escape|codec can't decode"), _fixed("it holds half a character")),
    (re.compile(r"^JSON is malformed.*\(byte (?P<byte>\d+)\)"), lambda found: f"it is not JSON from byte {found['byte']} on"),
    (re.compile(r"^Input data was truncated"), _fixed("it ends too early")),
    (re.compile(r"recursion depth"), _fixed("it is nested too deeply")),
)  # fmt: skip
"""The library's messages and their words, the first that fits."""
