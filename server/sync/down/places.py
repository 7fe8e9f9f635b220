"""The streams that are open in this process: how many one phone may have, and who has to give way.

A phone whose connection broke opens another stream before the old one is known to be dead, so the newest takes the oldest's
place and nobody is refused. A stream also ends with the session that opened it (`identity/ended.py`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from server.identity.ended import Ended
from server.identity.tokens import Actor

MOST_OF_A_PHONE = 2
"""Streams of hints of one phone in one process; of somebody without a phone, in all their browsers together."""


class Place:
    """One open stream."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._over = False
        self._wake = wake

    def is_over(self) -> bool:
        """Whether it has to end now, and gives nothing more."""
        return self._over

    def give_way(self) -> None:
        """End it: whoever waits in it is woken."""
        self._over = True
        self._wake()


class Places:
    """The places of one process."""

    def __init__(self, ended: Ended, most: int = MOST_OF_A_PHONE) -> None:
        self.ended = ended
        self._most = most
        self._taken: dict[UUID, list[Place]] = {}

    @contextmanager
    def place(self, actor: Actor, wake: Callable[[], None]) -> Iterator[Place]:
        """A place for a stream of this caller; the oldest of too many gives way. `wake` wakes whoever waits in the stream."""
        place = Place(wake)
        key = actor.device_id or actor.user_id
        taken = self._taken.setdefault(key, [])
        taken.append(place)
        for oldest in taken[: -self._most]:
            oldest.give_way()
        try:
            with self.ended.watched(actor.session_id, place.give_way):
                yield place
        finally:
            taken.remove(place)
            if not taken and self._taken.get(key) is taken:
                del self._taken[key]

    def __len__(self) -> int:
        return sum(map(len, self._taken.values()))
