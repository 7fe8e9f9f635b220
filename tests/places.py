"""Folders for tests that start real servers: one to use, one that cannot be written, one that is full."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def reachable_folder() -> Iterator[Path]:
    """An empty folder outside pytest's own, which only this user may enter; its name has a space and a quote."""
    folder = Path(tempfile.mkdtemp(prefix="fieldproof it's "))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def tiny_disk(megabytes: int) -> Iterator[Path]:
    """A disk of this size; only root can make one, others skip the test."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a tiny disk")
    with reachable_folder() as folder:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", folder],
            check=False,
            capture_output=True,
        )
        if mounted.returncode != 0:
            pytest.skip(f"no tiny disk here: {mounted.stderr.decode().strip()}")
        try:
            yield folder
        finally:
            subprocess.run(["umount", folder], check=True)


def unwritable(folder: Path) -> Path:
    """A path in which nothing can be made, not even by root: above it is a file."""
    (folder / "file").write_text("not a folder")
    return folder / "file" / "data"
