"""Why a message did not go out, as a short sentence for desks, and whether another try may help."""

LONGEST = 300
"""Characters of a reason that are kept."""


class NotSent(Exception):
    """A try did not succeed. `final`: another would meet the same. The sentence has no secret in it."""

    def __init__(self, why: str, *, final: bool = False) -> None:
        why = " ".join("".join(one if one.isprintable() else " " for one in why).split())
        super().__init__(why[:LONGEST])
        self.final = final
