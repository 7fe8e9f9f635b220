"""Records that were sealed by earlier releases verify for ever, by both verifiers, and mean what they meant.

`kept/version_1` was made by the product of revision 0960061 through its API: each outcome, in two languages, amended, timed by an
authority, with its strokes erased, and answered by its customer. The files are never made again.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from server.records.verify import verify_pdf, verify_pdf_answer

KEPT = Path(__file__).parent.with_name("kept") / "version_1"
KEYS = (KEPT / "server.pub").read_bytes()
SCRIPT = Path(__file__).parent.with_name("verify_kept.mjs")

FACTS = {
    "amendment-zh": {
        "chain_gaps": True,
        "photo_files": None,
        "amendment": True,
        "strokes": True,
        "signature": "drawn on",
    },
    "customer-absent-zh": {"signature": "customer_absent:", "strokes": "none was drawn"},
    "refused-zh": {"signature": "refused:", "strokes": "none was drawn"},
    "signed-en": {"signature": "drawn on", "strokes": True, "arrival": "contradicted", "photo_manifest": "1 photos"},
    "signed-zh": {"signature": "drawn on", "strokes": True, "photo_manifest": "2 photos"},
    "strokes-erased-en": {"strokes": None, "signature": "drawn on"},
    "time-stamped-zh": {"pdf_timestamp": "Test Time Authority", "strokes": True},
}
"""What must stay true of each: whether a claim holds, or words of its detail."""


def claims_of(name: str) -> dict[str, tuple[bool | None, str]]:
    pdf = (KEPT / f"{name}.pdf").read_bytes()
    return {claim.id: (claim.ok, claim.detail) for claim in verify_pdf(pdf, KEYS)}


@pytest.mark.parametrize("name", sorted(FACTS))
def test_a_record_of_an_earlier_release_verifies_and_means_what_it_meant(name: str) -> None:
    claims = claims_of(name)
    assert len(claims) == 27
    assert {claim for claim, (ok, _) in claims.items() if ok is False} == set()
    for claim, fact in FACTS[name].items():
        ok, detail = claims[claim]
        assert (fact in detail) if isinstance(fact, str) else (ok is fact), (claim, ok, detail)


@pytest.mark.parametrize("answer", ["signed-zh.answer-confirmed", "signed-en.answer-disputed"])
def test_an_answer_of_an_earlier_release_verifies(answer: str) -> None:
    pdf = (KEPT / f"{answer.partition('.')[0]}.pdf").read_bytes()
    claims = verify_pdf_answer(pdf, (KEPT / f"{answer}.json").read_bytes(), KEYS)
    assert [claim.id for claim in claims if claim.ok is False] == []
    assert claims[-1].detail.startswith(answer.rpartition("-")[2])


@pytest.mark.skipif(shutil.which("node") is None, reason="the page's modules are run by Node 20")
def test_the_page_says_the_same_of_them_word_for_word() -> None:
    done = subprocess.run(
        ["node", "--no-warnings", str(SCRIPT), str(KEPT)], capture_output=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    said: dict[str, Any] = json.loads(done.stdout)
    for name in FACTS:
        ours = [[claim, ok, detail] for claim, (ok, detail) in claims_of(name).items()]
        assert said[f"{name}.pdf"] == ours, name
    answers = [name for name in said if name.endswith(".json")]
    assert len(answers) == 2
    for name in answers:
        pdf = (KEPT / f"{name.partition('.')[0]}.pdf").read_bytes()
        claims = verify_pdf_answer(pdf, (KEPT / name).read_bytes(), KEYS)
        assert said[name][-len(claims) :] == [[claim.id, claim.ok, claim.detail] for claim in claims], name
