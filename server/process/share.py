"""What one of several processes of one `serve` is told: how many there are, when its turn of the background work comes, and what is said on the line between."""

import asyncio

import msgspec

MOST = 16
"""Processes of one `serve`."""
CONNECTIONS = 48
"""Connections to the database that all of them keep in each of two pools; each process may open as many again in a rush."""
LEAST, USUAL = 3, 10
READY, WORK = b"+", b"w"
"""Up: requests are served. Down: do the background work from now on."""


class Share(msgspec.Struct, frozen=True):
    """One process's part. `turn` is set when it is to do the background work, if it does any."""

    of: int
    turn: asyncio.Event

    @property
    def connections(self) -> int:
        """How large its pools are, so that sixteen processes do not ask PostgreSQL for more than its 200."""
        return max(LEAST, min(USUAL, CONNECTIONS // self.of))


def alone() -> Share:
    """The part of a process that serves by itself."""
    turn = asyncio.Event()
    turn.set()
    return Share(1, turn)
