"""Which history finds which planted bug: seed, length, what was left of its actions when it was shrunk, and what is seen."""

FOUND: dict[str, tuple[int, int, list[int], str]] = {
    "global sequence as cursor": (2, 20, [2, 8, 9, 11], "revisions were committed below one that phones could have seen"),
    "no scope lock at flush": (2, 20, [2, 9, 11], "revisions were committed below one that phones could have seen"),
    "locks out of order": (30, 20, [12, 14, 16, 18, 19, 20, 21, 22, 24], "deadlock"),
    "acknowledgement before commit": (1, 20, [26], "acknowledged and not committed"),
    "no savepoint": (2, 30, [2, 3, 10, 26], "answered 500"),
    "forgotten membership trigger": (1, 20, [1, 11], "membership differs from the view"),
    "removal collected too early": (503, 20, [2, 3, 5, 6, 12, 13, 16], "saw a wrong checksum"),
    "crew changes do not wait for other writers": (7, 20, [0, 1, 3, 7], "membership differs from the view"),
    "who tapped last says where the visit is": (4, 20, [1, 18], "and its crew is"),
}  # fmt: skip
