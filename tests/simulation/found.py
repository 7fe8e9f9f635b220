"""Which history finds which planted bug: seed, length, and what was left of its actions when it was shrunk."""

FOUND: dict[str, tuple[int, int, list[int]]] = {
    "no savepoint": (2, 20, [9, 10, 11, 12, 13, 14, 15, 16, 17]),
    "forgotten membership trigger": (2, 20, [15, 16]),
    "removal collected too early": (22, 20, [0, 1, 2, 4, 5, 19, 20, 21, 22, 23]),
    "crew changes do not wait for other writers": (2, 20, [0, 1, 2]),
}
