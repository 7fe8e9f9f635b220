"""How a command ends: SIGTERM and SIGHUP like Ctrl-C, so that what it started is stopped in order.

`systemctl stop`, `docker stop` and `kill` send SIGTERM; by itself it ends a Python process on the spot, and the embedded
servers would go on. A signal that whoever started us had ignored stays ignored (`nohup`, a shell's background job).
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ended(KeyboardInterrupt):
    """The process was asked to end, as by Ctrl-C; `number` is the signal."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Raise `Ended` for SIGTERM and SIGHUP while the context lasts."""

    def end(number: int, _: FrameType | None) -> NoReturn:
        raise Ended(number)

    def as_sigterm(_: int, __: FrameType | None) -> None:
        # A server has its own way to end at SIGTERM, after the requests that it has begun.
        signal.raise_signal(signal.SIGTERM)

    before = {
        number: signal.signal(number, handler)
        for number, handler in ((signal.SIGTERM, end), (signal.SIGHUP, as_sigterm))
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def unhurried() -> Iterator[None]:
    """While servers are being stopped, which takes seconds: a second Ctrl-C would leave one of them running."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in ENDS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
