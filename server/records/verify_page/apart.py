"""Verifies PDFs that anybody sends, in limited processes (`verify_program.py`): what reading one may take stands here.

A sealed report is read in some hundredths of a second. One that takes more than the limits is none, or was changed.
"""

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock

import msgspec

from server.ground.limited import Died, Limited, TooMuch
from server.ground.problems import Busy
from server.records.verify import Claim

MB = 1024 * 1024
AT_A_TIME = 2
MOST_WAITING = 6
"""PDFs that may wait for one of these, in one process of the server; who comes then is asked to come again."""
PROGRAM = Limited(Path(__file__).with_name("program.py"))
STATEMENT = "The PDF carries its record"


class Limits(msgspec.Struct, frozen=True):
    """What reading one PDF may take; docs/operations.md repeats it."""

    memory: int = 96 * MB
    """Bytes beyond the program itself."""
    memory_times: int = 6
    """And so many times the size of the file."""
    cpu_seconds: int = 4
    wall_seconds: float = 20.0
    answer: int = 40 * MB
    """Bytes of the claims and the record."""


LIMITS = Limits()


class Verified(msgspec.Struct, frozen=True):
    """The claims of a PDF, and the record inside when all of them hold."""

    claims: list[Claim]
    record: bytes


class _Head(msgspec.Struct):
    claims: list[tuple[str, bool | None, str, str]] = []
    fault: str = ""


def verify_apart(pdf: bytes, key_file: bytes, answers: tuple[bytes, ...] = ()) -> Verified:
    """As `verify_pdf`, in a limited process. Raises `OSError` when that does not start. Blocks: call it in a thread."""
    parts = [key_file, pdf, *answers]
    asked = msgspec.json.encode(
        {
            "sizes": [len(part) for part in parts], "threads": False, "cpu_seconds": LIMITS.cpu_seconds,
            "memory": LIMITS.memory + LIMITS.memory_times * len(pdf),
        }
    )  # fmt: skip
    try:
        with TemporaryFile() as file:
            for part in parts:
                file.write(part)
            file.flush()
            answer = PROGRAM.ask(file.fileno(), asked, seconds=LIMITS.wall_seconds, most=LIMITS.answer)
        head, _, record = answer.partition(b"\n")
        found = msgspec.json.decode(head, type=_Head)
    except TooMuch as much:
        return _unread(f"reading it {much}")
    except (Died, msgspec.DecodeError):
        return _unread("it cannot be read as a PDF")
    if found.fault:
        return _unread(found.fault)
    return Verified([Claim(*row) for row in found.claims], record)


def _unread(fault: str) -> Verified:
    return Verified([Claim("pdf_record", False, STATEMENT, f"{fault}; no sealed report is like this")], b"")


class Line:
    """The line of one process in front of the programs that read PDFs, with threads of their own."""

    def __init__(self, at_a_time: int = AT_A_TIME, most_waiting: int = MOST_WAITING) -> None:
        self._threads = ThreadPoolExecutor(at_a_time, thread_name_prefix="verify-pdf")
        self._most, self._inside, self._lock = at_a_time + most_waiting, 0, Lock()

    async def verify(self, pdf: bytes, key_file: bytes) -> Verified:
        """`verify_apart`, when it is this file's turn. Raises `Busy` when too many wait already."""
        if self._inside >= self._most:
            raise Busy("Many reports are being verified just now. Send this one again soon.", retry_after=5)
        with self._lock:
            self._inside += 1
        waiting = self._threads.submit(verify_apart, pdf, key_file)
        waiting.add_done_callback(self._through)  # who hung up meanwhile keeps the place until it is free
        return await asyncio.wrap_future(waiting)

    def _through(self, _: Future[Verified]) -> None:
        with self._lock:
            self._inside -= 1

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)
