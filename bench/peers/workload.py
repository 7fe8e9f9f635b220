"""The same workload for ours and for a peer: a poll without changes, five new rows, a first sync, fifty writes."""

from collections.abc import Callable
from typing import Any, NamedTuple


class Row(NamedTuple):
    """A row as a phone holds it: an id that the peer may use, and its body."""

    id: str | None
    body: Any


class Peer(NamedTuple):
    """A server that was filled, and the requests that mean the same there. `count` counts the rows of an answer."""

    name: str
    port: int
    nothing: bytes
    five: bytes
    first: bytes
    write: Callable[[list[Any]], bytes]
    count: Callable[[bytes], int]
