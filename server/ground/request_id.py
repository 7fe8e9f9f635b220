"""The name of the request that is being answered, for log lines and problem documents: who reports a failure quotes it, and who looks for it finds it."""

import re
from contextvars import ContextVar
from itertools import count
from secrets import token_hex

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Empty outside a request, as in background work."""

HEADER = b"x-request-id"
_MINE, _numbers = token_hex(4), count(1)
"""What this process begins its names with, drawn once; a name is to be found again and keeps no secret."""
_WELL_FORMED = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")


def name_of(given: bytes | None) -> str:
    """The name that a proxy or an app gave, when it is one, else a new one. What is no name would be a line of its own in a log."""
    if given is not None and _WELL_FORMED.fullmatch(given):
        return given.decode()
    return f"{_MINE}{next(_numbers):08x}"
