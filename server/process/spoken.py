"""How this process writes its log."""

import logging

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def speak() -> None:
    """Write lines for people from now on."""
    logging.basicConfig(level=logging.INFO, format=FORMAT)
    logging.getLogger("httpx").setLevel(logging.WARNING)
