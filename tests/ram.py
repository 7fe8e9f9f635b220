"""Where throw-away databases are kept: in memory where there is room, else where the system keeps temporary files."""

import shutil
from pathlib import Path

ENOUGH = 4 << 30
"""Bytes. A container's default of 64 MB would end in the middle of a test."""

_MEMORY = Path("/dev/shm")


def folder() -> str | None:
    """A folder for `TemporaryDirectory(dir=...)`: several times faster than a disk that others write to."""
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > ENOUGH:
        return str(_MEMORY)
    return None
