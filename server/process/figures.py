"""Where several processes of one `serve` put their figures, so that `/metrics` of any of them adds up all.

Each has files of its own, mapped into memory and named after its place, not its process: whoever takes the place of one that was
killed counts on. To be called before a figure is made; those with labels are made at their first use.
"""

import os
import shutil
from pathlib import Path

from prometheus_client import multiprocess, values

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which the library is told."""


def fresh_folder(data: Path, port: int) -> Path:
    """An empty folder for the processes of one port, which nobody else can have while we do."""
    folder = data / "metrics" / str(port)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def count_as(place: str, folder: Path | None = None) -> None:
    """Count in files of this place from now on, in the folder that the environment names unless one is given."""
    if folder is not None:
        os.environ[FOLDER] = str(folder)
    values.ValueClass = values.MultiProcessValue(lambda: place)  # type: ignore[no-untyped-call]


def forget_place(place: str, folder: Path) -> None:
    """Take back what only a living process has, such as its connections."""
    multiprocess.mark_process_dead(place, str(folder))  # type: ignore[no-untyped-call]
