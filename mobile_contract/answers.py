"""What counts as an answer of the server.

Whatever stands in between may say 200 with JSON of its own; taken for an answer it would be written down, and what is
tapped afterwards signed with it. So only what a phone builds on is asked for, and all else is left open: a newer server may
say more. The same as `typescript/src/answers.ts`.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

Holds = Callable[[Any], bool]


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _word(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _whole(value: Any) -> bool:
    return type(value) is int


def _count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _size(value: Any) -> bool:
    return type(value) is int and value > 0


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _settled(value: Any) -> bool:
    return _word(value) and value != "promised"


def _or_null(one: Holds) -> Holds:
    return lambda value: value is None or one(value)


def _list(one: Holds, least: int = 0) -> Holds:
    return lambda value: isinstance(value, list) and len(value) >= least and all(map(one, value))


def _named(one: Holds) -> Holds:
    return lambda value: isinstance(value, dict) and all(map(one, value.values()))


def _object(needed: Mapping[str, Holds], may: Mapping[str, Holds] | None = None) -> Holds:
    """An object with the `needed` members; those that `may` be there fit when they are."""

    def holds(value: Any) -> bool:
        if not isinstance(value, dict):
            return False
        there = all(name in value and one(value[name]) for name, one in needed.items())
        return there and all(one(value[name]) for name, one in (may or {}).items() if name in value)

    return holds


_OBJECT = _object({})
_ROW = _object(
    {"collection": _word, "id": _word, "rev": _whole, "scope": _word},
    {"hash": _text, "body": _or_null(_OBJECT)},
)
_OUTCOME = _object(
    {"id": _word, "seq": _whole, "outcome": _word},
    {"code": _or_null(_text), "sentence": _or_null(_text), "was": _or_null(_text)},
)
_SCOPE = _object({"rev": _whole, "count": _count, "checksum": _word})
_NEW_PHONE = _object(
    {"device_id": _word, "label": _text, "platform": _text, "enrolled_at": _whole}, {"code_made_by": _or_null(_text)}
)
_ADDRESS = {"url": _text, "headers": _named(_text)}

ANSWERS: tuple[tuple[re.Pattern[str], Holds], ...] = tuple(
    (re.compile(pattern), holds)
    for pattern, holds in (
        (
            r"POST /v1/sync",
            _object(
                {"anchor": _word, "last_seq": _count},
                {
                    "outcomes": _list(_OUTCOME), "changes": _list(_ROW), "cursor": _or_null(_word),
                    "scopes": _named(_SCOPE), "resync": _list(_text), "more": _flag, "revoked": _flag,
                    "new_phones": _list(_NEW_PHONE),
                },
            ),
        ),
        (
            r"POST /v1/sync/reconcile",
            _object({"buckets": _named(_list(_ROW))}, {"scopes": _named(_SCOPE), "more": _flag}),
        ),
        (
            r"POST /v1/devices",
            _object({"access_token": _word, "refresh_token": _word, "user_id": _word, "device_id": _word}),
        ),
        (r"POST /v1/auth/device", _object({"access_token": _word, "refresh_token": _word, "user_id": _word})),
        (r"POST /v1/auth/device/[^/]+/challenge", _object({"challenge": _word})),
        (r"POST /v1/photos/[^/]+/upload", _object({"state": _word, **_ADDRESS}, {"part_size": _or_null(_size)})),
        (
            r"POST /v1/photos/[^/]+/multipart",
            _object(
                {
                    "parts": _size, "part_size": _size,
                    "arrived": _list(_object({"number": _size, "size": _count})),
                }
            ),
        ),
        (r"POST /v1/photos/[^/]+/multipart/parts", _object({"parts": _list(_object(_ADDRESS), least=1)})),
        (r"POST /v1/photos/[^/]+(?:/multipart)?/complete", _object({"state": _settled})),
    )
)  # fmt: skip
"""By method and path; a path that is not named may be answered with any JSON."""

_PROBLEM = _object(
    {"code": _word},
    {"detail": _text, "outcomes": _list(_OUTCOME), "expected_seq": _whole, "missing": _list(_size)},
)


def is_answer(method: str, path: str, value: Any) -> bool:
    """Whether this JSON can be what the server says to such a request where all went well."""
    asked = f"{method} {path}"
    return next((holds(value) for pattern, holds in ANSWERS if pattern.fullmatch(asked)), True)


def is_problem(value: Any) -> bool:
    """Whether this is a problem of the server (RFC 9457), with the facts that a phone goes by in their shape."""
    return _PROBLEM(value)
