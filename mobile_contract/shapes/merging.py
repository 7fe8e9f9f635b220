"""Free text that several people change: nobody's words are lost, and nothing stands there twice."""

from collections.abc import Iterable

SEPARATOR = "\n\n"


def merge_text(now: str, was: str, wanted: str) -> tuple[str, bool]:
    """Free text after a change that was made over `was`, and whether it met another's change.

    Nobody else touched it: the wanted text. Somebody did: both are kept, the earlier first, and nothing twice.
    """
    if now in (was, wanted):
        return wanted, False
    if wanted in ("", was) or f"{SEPARATOR}{wanted}{SEPARATOR}" in f"{SEPARATOR}{now}{SEPARATOR}":
        return now, True
    return f"{now}{SEPARATOR}{wanted}", True


def joined(texts: Iterable[str]) -> str:
    """What several people say, each once and in their order."""
    return SEPARATOR.join(dict.fromkeys(text for text in texts if text.strip()))
