"""How many connections and bytes of bodies all API processes of this machine hold together.

Each process has a line of its own in one small file of the data folder, mapped into memory, and holds a lock on it; the
kernel drops the lock of a process that was killed, and the others then wipe its line. Nobody waits for anybody.
"""

import fcntl
import mmap
import os
import time
from pathlib import Path

LINES = 64
"""Processes that are counted; a further one counts only itself."""
NUMBERS = 2
SIZE = LINES * NUMBERS * 8
FRESH_SECONDS = 0.2
"""How old the sum of the others may be."""
SWEEP_SECONDS = 5.0
"""How often lines of processes that have ended are looked for."""


class Crowd:
    """This process's line, and the sum of the others'. Without a folder the process is alone."""

    def __init__(self, folder: Path | None = None) -> None:
        self._file, self._line = None, 0
        if folder is not None:
            self._file = os.open(folder / "crowd", os.O_RDWR | os.O_CREAT, 0o600)
            os.ftruncate(self._file, SIZE)
            self._line = self._free_line()
        alone = self._file is None or self._line < 0
        self._map = mmap.mmap(-1 if alone or self._file is None else self._file, SIZE)
        self._numbers = memoryview(self._map).cast("q")
        self._at = max(self._line, 0) * NUMBERS
        self._numbers[self._at : self._at + NUMBERS] = memoryview(bytes(NUMBERS * 8)).cast("q")
        self._others, self._seen, self._swept = (0, 0), 0.0, 0.0

    @property
    def connections(self) -> int:
        """Open connections of the machine."""
        return self._numbers[self._at] + self._sum()[0]

    @property
    def body_bytes(self) -> int:
        """Bytes of bodies that the machine holds."""
        return self._numbers[self._at + 1] + self._sum()[1]

    def connected(self, change: int) -> None:
        """One connection more, or one less (-1)."""
        self._numbers[self._at] += change

    def holds(self, change: int) -> None:
        """So many bytes more, or less."""
        self._numbers[self._at + 1] += change

    def close(self) -> None:
        """Leave; the numbers are taken back."""
        self._numbers[self._at : self._at + NUMBERS] = memoryview(bytes(NUMBERS * 8)).cast("q")
        self._numbers.release()
        self._map.close()
        if self._file is not None:
            os.close(self._file)

    def _sum(self) -> tuple[int, int]:
        now = time.monotonic()
        if now - self._seen > FRESH_SECONDS:
            if now - self._swept > SWEEP_SECONDS:
                self._sweep()
                self._swept = now
            mine = self._numbers[self._at : self._at + NUMBERS]
            self._others = sum(self._numbers[0::NUMBERS]) - mine[0], sum(self._numbers[1::NUMBERS]) - mine[1]
            self._seen = now
        return self._others

    def _free_line(self) -> int:
        assert self._file is not None
        for line in range(LINES):
            if self._lock(line):
                return line
        return -1

    def _sweep(self) -> None:
        if self._file is None or self._line < 0:
            return
        for line in range(LINES):
            at = line * NUMBERS
            if line != self._line and any(self._numbers[at : at + NUMBERS]) and self._lock(line):
                self._numbers[at : at + NUMBERS] = memoryview(bytes(NUMBERS * 8)).cast("q")
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, line)

    def _lock(self, line: int) -> bool:
        assert self._file is not None
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, line)
        except OSError:
            return False
        return True
