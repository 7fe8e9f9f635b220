"""A small PDF that unpacks to gigabytes is refused by the browser's page in a clear line, before the memory is taken."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.attack.hostile_pdfs import HOSTILE

PAGE = Path(__file__).parent.with_name("verify_pdf.mjs")
KEPT = Path(__file__).parent.with_name("kept") / "version_1"
MOST = 600_000
"""kB of the whole program, which takes some 50,000 by itself; the files below unpack to a gigabyte and more."""
TOLD = "data:text/javascript,process.on('exit', () => process.stderr.write(String(process.resourceUsage().maxRSS)))"
TOO_MUCH = (
    "2 kB of cross-references, deflated twice", "100 kB of them, deflated twice",
    "some hundred bytes, deflated three times", "cross-references that say that they are 400 million",
)  # fmt: skip


def read_by_the_page(pdf: Path) -> tuple[list[list[Any]], int]:
    """The claims, and the most memory that the program took (kB)."""
    # A shell between: what a process takes is counted from the one that it was begun from, and this one is large.
    program = ["node", "--no-warnings", "--import", TOLD, str(PAGE), str(pdf), str(KEPT / "server.pub")]
    done = subprocess.run(
        ["sh", "-c", 'ulimit -t 60; "$@"; exit $?', "sh", *program], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout), int(done.stderr)


@pytest.mark.parametrize("what", TOO_MUCH)
def test_what_unpacks_to_gigabytes_is_refused_in_a_line(what: str, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(HOSTILE[what]())
    claims, memory = read_by_the_page(file)
    assert {ok for _, ok, _ in claims} == {False}
    assert all("takes more memory than it should; no sealed report is like this" in detail for _, _, detail in claims)
    assert memory < MOST


def test_a_sealed_report_is_read_as_ever() -> None:
    claims, _ = read_by_the_page(KEPT / "signed-en.pdf")
    assert False not in {ok for _, ok, _ in claims}
