"""Open files: as many as the system lets us have, and a word before there are none left."""

import errno
import os
import resource
import subprocess
import sys
from typing import Any

import pytest

from server.process.open_files import Watch


def test_the_soft_limit_is_raised_to_the_hard_one() -> None:
    script = (
        "import resource; from server.process.open_files import raise_limit; hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1];"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard)); print(raise_limit(), min(hard, 65536))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, timeout=60, text=True)
    now, wanted = done.stdout.split()
    assert now == wanted


def test_running_out_is_said_once_and_so_is_the_end_of_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    watch, count = Watch(), [10]

    def listed(_: str) -> Any:
        if count[0] >= 100:
            raise OSError(errno.EMFILE, "Too many open files")
        return range(count[0])

    monkeypatch.setattr(resource, "getrlimit", lambda _: (100, 100))
    monkeypatch.setattr(os, "listdir", listed)
    for count[0] in (10, 95, 100, 100, 85, 40, 40):
        watch.look()
    levels = [(one.levelname, one.getMessage()[:11]) for one in caplog.records]
    assert levels == [("ERROR", "95 of 100 f"), ("WARNING", "40 of 100 f")]
