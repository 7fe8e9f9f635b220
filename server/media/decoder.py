"""Has images decoded by limited processes (`decode.py`), and says in words what became of those that die or take too much."""

from pathlib import Path

import msgspec

from server.ground.limited import Died, Limited, TooMuch
from server.media.limits import LIMITS

PROGRAM = Limited(Path(__file__).with_name("decode.py"))


class Decoded(msgspec.Struct, frozen=True):
    """What an image is. `fault` is empty when it could be decoded; `remark` is worth knowing all the same; `behind` bytes of
    some `kind` follow the image."""

    fault: str = ""
    width: int = 0
    height: int = 0
    behind: int = 0
    kind: str = ""
    remark: str = ""
    small: bytes = b""


def decode(image: int, *, side: int, quality: int = 80, threads: bool = False) -> Decoded:
    """Decode the image in an open file and shrink it to `side` pixels at most. Blocks: call it in a thread.

    Each caller has a process of its own meanwhile; they are kept for the next call and end with this program. `threads`
    lets the decoder start some, which HEIC needs.
    """
    asked = msgspec.json.encode(
        {"side": side, "quality": quality, "threads": threads, **msgspec.structs.asdict(LIMITS)}
    )
    try:
        answer = PROGRAM.ask(image, asked, seconds=LIMITS.wall_seconds, most=LIMITS.answer)
        head, _, small = answer.partition(b"\n")
        found = msgspec.json.decode(head, type=Decoded)
    except TooMuch as much:
        return Decoded(fault=f"decoding it {much}")
    except (Died, msgspec.DecodeError):
        return Decoded(fault="it cannot be decoded as an image")
    if not found.fault and not small.startswith(b"\xff\xd8\xff"):
        return Decoded(fault="it cannot be decoded as an image")
    return msgspec.structs.replace(
        found, fault=found.fault[:200], kind=found.kind[:50], remark=found.remark[:200], small=small
    )


close = PROGRAM.close
"""Ends the processes that wait; the next call starts others."""
