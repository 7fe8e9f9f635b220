"""Canonical JSON (RFC 8785): values with the exact text to sign, and texts that the server refuses."""

from typing import Any

import rfc8785

ACCEPTED: dict[str, Any] = {
    "an empty object": {},
    "nothing in it is in order": {"b": 1, "a": [3, 1, 2], "": None, "B": True, "aa": False},
    "keys sort by UTF-16 code units, so a flag comes before a Hebrew ligature": {
        "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
        "\U0001f600": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis",
    },
    "controls have their short escapes or four lower-case hex digits": {"text": "\b\t\n\f\r\"\\\u0000\u001f\u007f"},
    "a slash, a line separator and Chinese stand as they are": {"text": "a/b \u2028\u2029 风机 – 空调"},
    "nothing is normalised: one letter, and a letter with a mark": {"composed": "\u00e9", "decomposed": "e\u0301"},
    "outside the basic plane": {"text": "\U00020bb7野家 \U0001f477\U0001f3fd\u200d\u2642\ufe0f"},
    "the largest and smallest integers that are safe in every language": {
        "max": 9007199254740991, "min": -9007199254740991, "zero": 0, "minus": -1,
    },
    "microseconds and 1e-7 degrees": {"wall": 1772413200123456, "lat_e7": -338567840, "lon_e7": 1512152970},
    "deep": {"a": {"b": [{"c": [[], {}, [None]]}]}},
}  # fmt: skip

REFUSED = {
    "white space": '{"a": 1}',
    "keys out of order": '{"b":1,"a":2}',
    "a key twice": '{"a":1,"a":1}',
    "an escape that is not needed": '{"a":"\\u98ce"}',
    "a slash that is escaped": '{"a":"\\/"}',
    "upper-case hex": '{"a":"\\u001F"}',
    "a long escape where there is a short one": '{"a":"\\u000a"}',
    "an integer beyond 2^53 - 1": '{"a":9007199254740992}',
    "an integer written as a fraction": '{"a":1.0}',
    "an exponent": '{"a":1e2}',
    "minus nought": '{"a":-0}',
    "half of a surrogate pair": '{"a":"\\ud83d"}',
    "something after the end": '{"a":1} ',
}


def canonical() -> dict[str, Any]:
    """Values and their text; texts that are no canonical form of anything."""
    return {
        "accepted": [
            {"name": name, "value": value, "text": rfc8785.dumps(value).decode()} for name, value in ACCEPTED.items()
        ],
        "refused": [{"name": name, "text": text} for name, text in REFUSED.items()],
    }
