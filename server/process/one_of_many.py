"""Run by `serve --processes N` as each of its N processes: the application over servers that run already, on a socket that it was given.

Before anything is loaded that counts, it says under which name it counts; `serving_one.py` is the rest.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path

from server.process.figures import count_as


def main() -> int:
    """The whole process. Returns its exit code."""
    parser = ArgumentParser()
    parser.add_argument("--listening", type=int, required=True)
    parser.add_argument("--of", type=int, required=True)
    parser.add_argument("--place", required=True)
    parser.add_argument("--clock-file", type=Path)
    given = parser.parse_args()
    count_as(given.place)
    from server.process.serving_one import serve_one  # figures are made while it is loaded

    return serve_one(given.listening, of=given.of, clock_file=given.clock_file)


if __name__ == "__main__":
    sys.exit(main())
