"""What goes over the wire, as server-sent events. The id of each says up to where its reader has been told."""

from uuid import UUID

import msgspec

from server.desk_feed.looking import MOST, Change, Look
from server.desk_feed.seen import Offices, seen_by

STILL_HERE = b": still here\n\n"


class Hint(msgspec.Struct):
    """What changed; the lists have the data."""

    changes: list[Change]


def ready(epoch: UUID, upto: int) -> bytes:
    """A stream begins: whoever loads the lists now and heeds what follows misses nothing."""
    return b"id: %b\nevent: ready\ndata: {}\n\n" % _id(epoch, upto)


def reload(epoch: UUID, upto: int) -> bytes:
    """What changed cannot be told one by one: load the lists anew."""
    return b"id: %b\nevent: reload\ndata: {}\n\n" % _id(epoch, upto)


def hint(look: Look, offices: Offices) -> bytes:
    """What a look found, for whoever sees these offices; empty when it is nothing of theirs."""
    if len(look.changes) > MOST:
        return reload(look.epoch, look.upto)
    changes = list(seen_by(offices, look.changes))
    if not changes:
        return b""
    data = msgspec.json.encode(Hint(changes))
    return b"id: %b\nevent: hint\ndata: %b\n\n" % (_id(look.epoch, look.upto), data)


def position_of(event_id: str) -> tuple[UUID, int] | None:
    """Epoch and position in an event's id; None for one that is not ours."""
    epoch, _, upto = event_id.partition(".")
    if len(epoch) != 32 or len(upto) > 18 or not upto.isascii() or not upto.isdigit():
        return None
    try:
        return UUID(hex=epoch), int(upto)
    except ValueError:
        return None


def _id(epoch: UUID, upto: int) -> bytes:
    return f"{epoch.hex}.{upto}".encode()
