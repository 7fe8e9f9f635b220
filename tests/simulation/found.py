"""Which history finds which planted bug: seed, length, and what was left of its actions when it was shrunk."""

FOUND: dict[str, tuple[int, int, list[int]]] = {
    "global sequence as cursor": (5, 20, [3, 4, 5]),
    "no scope lock at flush": (3, 20, [19]),
    "locks out of order": (7, 20, [0, 1, 2, 3, 5, 6, 7, 8]),
    "acknowledgement before commit": (1, 20, [26]),
    "no savepoint": (1, 20, [16, 20]),
    "forgotten membership trigger": (2, 20, [15, 16]),
    "removal collected too early": (99, 20, [0, 1, 2, 3, 8, 19]),
    "crew changes do not wait for other writers": (3, 20, [6, 8]),
}
