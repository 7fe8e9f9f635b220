"""What blocks has threads by purpose, so that one kind of work never waits for another's."""

import asyncio
import re
import threading
from pathlib import Path

from server.records.print.threads import drawing, sealing

ROOT = Path(__file__).parents[3]
OTHERS = ("server/identity/", "server/demo/")
"""Passwords, which have their own; and the demo, which is a command."""


def test_nothing_that_blocks_uses_the_threads_that_everything_shares() -> None:
    found = [
        f"{file.relative_to(ROOT)}: give it threads of its own, as records/print/threads.py does"
        for file in sorted((ROOT / "server").rglob("*.py"))
        if not str(file.relative_to(ROOT)).startswith(OTHERS)
        and re.search(r"asyncio\.to_thread\(|run_in_executor\(\s*None", file.read_text())
    ]
    assert not found, "\n".join(found)


async def test_an_authority_that_hangs_holds_up_no_drawing() -> None:
    go, waiting = threading.Event(), [asyncio.create_task(sealing(lambda: go.wait(20))) for _ in range(8)]
    try:
        name = await asyncio.wait_for(drawing(lambda: threading.current_thread().name), 5)
        assert name.startswith("pdf")
    finally:
        go.set()
        await asyncio.gather(*waiting)
