"""Starts the embedded servers again when they die while somebody uses them: killed by hand, by the kernel for memory, or by a fault.

Each process that uses them looks once a second; the lock of the data folder makes one of them do it. They come back on
their old ports, so that everybody finds them where they were.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple

from server.ground.processes import Say, ServiceFailed

LOOK = 1.0
"""Seconds between two looks."""
LONGEST = 30.0
"""Seconds between two tries at the longest; doubled from one look after each that failed."""


class Part(NamedTuple):
    """One embedded server."""

    name: str
    is_running: Callable[[], bool]
    start_again: Callable[[], object]


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
    while not over.wait(pause):
        pause = LOOK
        if part.is_running():
            said = ""
            continue
        if not said:
            say(f"{part.name}: is gone; starting it again")
        try:
            with alone():
                if over.is_set():
                    return
                part.start_again()
        except ServiceFailed as error:
            if said != str(error):
                said = str(error)
                say(said)
            pause = min(LONGEST, 2 * pause)
        else:
            said = ""
            say(f"{part.name}: runs again")
