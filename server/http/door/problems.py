"""What is said to a client whose request does not come as requests do."""

from server.ground.problems import Problem


class TooSlow(Problem):
    """The request came too slowly"""

    status, code = 408, "too_slow"


class HeadTooLarge(Problem):
    """The head of the request is too large"""

    status, code = 431, "head_too_large"
