"""Makes the demo's folder empty, so that each demo starts on the same day one."""

import shutil
from pathlib import Path

from server.embedded import postgres, storage
from server.ground.processes import ServiceFailed


def wipe(data: Path) -> None:
    """Stop what an earlier demo left running and delete its data; only ever a folder that a demo made."""
    marker = data / "this-is-a-demo"
    if data.exists():
        if not marker.exists():
            raise ServiceFailed(f"{data} was not made by a demo; set FIELDPROOF_DATA to another folder.")
        postgres.stop(data)
        storage.stop(data)
        shutil.rmtree(data)
    data.mkdir(parents=True)
    marker.touch()
