"""What hostile PDFs cost: `python -m tests.attack.foreign_bytes` reads each and prints a table.

Nothing is sent anywhere. Each is bounded by the limits of `records/verify_page/apart.py`, which are what is measured.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

import psutil

from server.records.verify import all_hold
from server.records.verify_page.apart import PROGRAM, verify_apart
from tests.attack.hostile_pdfs import HOSTILE, KEPT


class Cost(NamedTuple):
    """What reading a file came to."""

    size: int
    seconds: float
    memory: int
    """Bytes of the processes that read it, together, at most."""
    said: str
    held: bool


class Peak:
    """The most memory of the processes under this one."""

    bytes = 0


@contextmanager
def watched() -> Iterator[Peak]:
    """Look at the memory of this process's children a hundred times a second."""
    peak, over = Peak(), threading.Event()

    def look() -> None:
        while not over.wait(0.01):
            total = 0
            for child in psutil.Process().children(recursive=True):
                with suppress(psutil.Error):
                    total += child.memory_info().rss
            peak.bytes = max(peak.bytes, total)

    watching = threading.Thread(target=look)
    watching.start()
    try:
        yield peak
    finally:
        over.set()
        watching.join()


def cost_of(pdf: bytes) -> Cost:
    """Have a PDF read in a limited process, alone."""
    PROGRAM.close()
    keys = (KEPT / "server.pub").read_bytes()
    verify_apart((KEPT / "signed-en.pdf").read_bytes(), keys)  # the program has started
    with watched() as peak:
        began = time.perf_counter()
        found = verify_apart(pdf, keys)
        took = time.perf_counter() - began
    fault = next(claim.detail for claim in found.claims if claim.ok is False)
    return Cost(len(pdf), took, peak.bytes, fault, all_hold(found.claims))


def main() -> None:
    """Print the table."""
    print("| file | bytes | seconds | MB | answer |\n|---|---|---|---|---|")
    for what, make in HOSTILE.items():
        cost = cost_of(make())
        print(
            f"| {what} | {cost.size:,} | {cost.seconds:.2f} | {cost.memory / 1e6:.0f} | {cost.said[:90]} |", flush=True
        )


if __name__ == "__main__":
    main()
