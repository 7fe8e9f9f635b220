"""Cursors of lists: where a page ended, as text that nobody needs to understand.

It names its list, its order and its filters, so that it is never taken for another place. It opens nothing: what its holder may
see is asked anew with each page, so it is not signed, and any process reads it after any restart.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from server.ground.problems import Invalid

ANEW = (
    "Begin anew without a cursor, or send the text of the header Next-Cursor of the page before, with the same filters."
)
CHECK = 6
"""Bytes of the hash before a cursor, by which one that was cut or changed on its way is known."""


class WrongCursor(Invalid):
    """This cursor does not go on here"""

    code = "wrong_cursor"


class Place(msgspec.Struct, array_like=True):
    """Where a page ended: its list, its order, what was asked of it, and the values of its last row."""

    listing: str
    sort: str
    filters: str
    values: list[Any]


def fingerprint(asked: Mapping[str, Sequence[str]]) -> str:
    """What stands for a list's filters, by their names and values as they were sent."""
    text = msgspec.json.encode(sorted((name, list(values)) for name, values in asked.items()))
    return hashlib.sha256(text).hexdigest()[:16]


def written(place: Place) -> str:
    """The cursor of a place."""
    text = msgspec.json.encode(place)
    return urlsafe_b64encode(hashlib.sha256(text).digest()[:CHECK] + text).rstrip(b"=").decode()


def read(cursor: str) -> Place:
    """The place of a cursor. Raises `WrongCursor` for one that is damaged."""
    try:
        raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        check, text = raw[:CHECK], raw[CHECK:]
        if check == hashlib.sha256(text).digest()[:CHECK]:
            return msgspec.json.decode(text, type=Place)
    except ValueError:  # no base64, no ASCII, no place
        pass
    raise WrongCursor(f"The cursor is damaged. {ANEW}")


def must_go_on(place: Place, listing: str, sort: str | None, filters: str) -> None:
    """Raise `WrongCursor` for a cursor of another list, another order or other filters."""
    if place.listing != listing:
        raise WrongCursor(f"The cursor is of another list ({place.listing}). {ANEW}")
    if sort is not None and place.sort != sort:
        raise WrongCursor(f"The cursor goes on in the order {place.sort}, and {sort} was asked for. {ANEW}")
    if place.filters != filters:
        raise WrongCursor(f"The cursor is of other filters than were sent with it. {ANEW}")
