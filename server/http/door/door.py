"""What stands between the network and the application, put together: limits, the machine's count, the pace of addresses."""

from collections import Counter
from pathlib import Path

from server.http.door.crowd import Crowd
from server.http.door.limits import USUAL, Limits
from server.http.door.pace import Pace


class Door:
    """Of one process; those on the same data folder share their numbers."""

    def __init__(self, folder: Path | None = None, limits: Limits = USUAL) -> None:
        self.limits, self.crowd, self.pace = limits, Crowd(folder), Pace(folder)
        self.bodies_of: Counter[str] = Counter()
        """Bytes of bodies that are held, by client address."""

    def close(self) -> None:
        """Leave the others."""
        self.crowd.close()
        self.pace.close()
