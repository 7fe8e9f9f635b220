"""`make touched`: the tests that a change touches, the nearest of them in half a minute; what is left out is said.

A change is what differs from the last commit, or from `--since REVISION`. `--learn FILE` takes the seconds of each file of tests from what a whole run
has written with `make test ARGS="--short --junitxml=FILE"`.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

from tests.touched.choose import choose, touched
from tests.touched.long import SHORT

ROOT = Path(__file__).resolve().parents[2]
SECONDS = Path(__file__).with_name("seconds.json")
WORKERS = 2
BUDGET = 16.0
"""Seconds of each worker; half a minute has ten more, in which servers start and a company is founded, and some to spare."""


def main(arguments: list[str]) -> int:
    """Run them; pytest's exit status."""
    parser = argparse.ArgumentParser(prog="make touched", description=__doc__)
    parser.add_argument("--since", default="HEAD", metavar="REVISION")
    parser.add_argument("--learn", type=Path, metavar="FILE")
    parser.add_argument("--seconds", type=float, default=BUDGET, help="of each worker")
    asked, more = parser.parse_known_args(arguments)
    if asked.learn:
        SECONDS.write_text(json.dumps(seconds_of(asked.learn), indent=0, sort_keys=True) + "\n")
        return 0
    changed = changes(asked.since)
    if not changed:
        print(f"Nothing differs from {asked.since}. `--since REVISION` names another.")
        return 0
    chosen = choose(touched(changed, ROOT), json.loads(SECONDS.read_text()), asked.seconds * WORKERS)
    print(f"{len(changed)} changed files: {len(chosen.run)} files of tests")
    if chosen.left:
        print(f"Touched as well, without time here: {' '.join(chosen.left)}")
    command = [sys.executable, "-m", "pytest", "-n", str(WORKERS), "--dist", "worksteal", SHORT, *chosen.run, *more]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def changes(since: str) -> list[str]:
    """The files that differ from a revision, by path from the root; new ones too, and none that are gone."""
    git = ["git", "-C", str(ROOT)]
    differing = [*git, "diff", "--name-only", "--diff-filter=d", since]
    new = [*git, "ls-files", "--others", "--exclude-standard"]
    lines = [subprocess.run(one, capture_output=True, text=True, check=True).stdout for one in (differing, new)]
    return sorted({line for text in lines for line in text.splitlines()})


def seconds_of(junit: Path) -> dict[str, float]:
    """What each file of tests took, by what a whole run has written."""
    spent = Counter[str]()
    for case in ElementTree.parse(junit).iter("testcase"):
        spent[file_of(case.get("classname", ""))] += float(case.get("time", 0))
    return {file: round(taken, 1) for file, taken in spent.items()}


def file_of(classname: str) -> str:
    """The file of a test by what pytest calls its class: modules, then classes."""
    parts = classname.split(".")
    while parts and not parts[-1].startswith("test_"):
        parts.pop()
    return "/".join(parts) + ".py"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
