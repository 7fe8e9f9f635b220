"""Starts the embedded servers again when they die while somebody uses them: killed by hand, by the kernel for memory, or by a fault;
and ends and starts those that live and say nothing any more.

Each process that uses them looks once a second; the lock of the data folder makes one of them do it. They come back on
their old ports, so that everybody finds them where they were.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple

from prometheus_client import Counter

from server.ground.processes import Say, ServiceFailed

LOOK = 1.0
"""Seconds between two looks."""
LONGEST = 30.0
"""Seconds between two tries at the longest; doubled from one look after each that failed."""

RESTARTS = Counter("fieldproof_service_restarts", "Times that an embedded server had died and runs again", ("service",))


ASK = 5.0
"""Seconds between two questions to a server that lives."""
TOLD = 10.0
"""Seconds of silence after which it is said."""
SILENT = 60.0
"""Seconds of silence after which a server is ended and started again.

A slow disk does not reach it: what is asked is answered from memory (`embedded/answers.py`). A machine that is so busy that a process
gets no turn for a minute serves nobody anyway, and both servers lose nothing by being killed.
"""


class Part(NamedTuple):
    """One embedded server."""

    name: str
    is_running: Callable[[], bool]
    start_again: Callable[[], object]
    answers: Callable[[], bool]
    kill: Callable[[], None]


class _Silence:
    """How long a server that lives has said nothing; each time it answers begins anew."""

    def __init__(self, part: Part, say: Say) -> None:
        self._part, self._say = part, say
        self._asked = time.monotonic()
        self._since: float | None = None
        self._told = False

    def is_too_long(self) -> bool:
        """Ask, if it is time to, and tell once of a silence and its end."""
        now = time.monotonic()
        if now - self._asked < ASK:
            return False
        self._asked = now
        if self._part.answers():
            if self._told:
                self._say(f"{self._part.name}: answers again")
            self._since, self._told = None, False
            return False
        self._since = now if self._since is None else self._since
        silent = time.monotonic() - self._since
        if silent >= TOLD and not self._told:
            self._told = True
            self._say(f"{self._part.name}: runs and says nothing; if it stays so for {SILENT:.0f} s it is started anew")
        return silent >= SILENT

    def is_over(self) -> None:
        """It is another server now."""
        self._since, self._told, self._asked = None, False, time.monotonic()


@contextmanager
def revived(parts: list[Part], alone: Callable[[], AbstractContextManager[None]], say: Say) -> Iterator[None]:
    """While the context lasts, start each part again that has died; `alone` is the lock under which servers start and stop."""
    over = threading.Event()
    threads = [
        threading.Thread(target=_look_after, args=(part, alone, say, over), name=f"revive {part.name}", daemon=True)
        for part in parts
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _look_after(part: Part, alone: Callable[[], AbstractContextManager[None]], say: Say, over: threading.Event) -> None:
    pause, said = LOOK, ""
    silence = _Silence(part, say)
    while not over.wait(pause):
        pause = LOOK
        silent = False
        if part.is_running():
            said = ""
            if not (silent := silence.is_too_long()):
                continue
        if not said:
            say(f"{part.name}: {'says nothing' if silent else 'is gone'}; starting it again")
        try:
            with alone():
                if over.is_set():
                    return
                if silent and not part.answers():  # another process may have done it by now
                    part.kill()
                part.start_again()
                silence.is_over()
        except ServiceFailed as error:
            if said != str(error):
                said = str(error)
                say(said)
            pause = min(LONGEST, 2 * pause)
        else:
            said = ""
            RESTARTS.labels(part.name).inc()
            say(f"{part.name}: runs again")
