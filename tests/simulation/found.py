"""Which history finds which planted bug: seed, length, and what was left of its actions when it was shrunk."""

FOUND: dict[str, tuple[int, int, list[int]]] = {}
