"""The verifier of the page `/verify`, run by Node, says of every record what the command line says of it."""

import base64
import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms

from server.records.verify import verify_pdf
from tests.records.conftest import pdf_of
from tests.records.corpus import Case, base_pdf, changed_cases, container, untouched_cases
from tests.records.factory import make_sealed
from tests.sizes import size

COUNT = int(os.environ.get("FIELDPROOF_MUTATIONS", "0")) or size(40, 200)
SEED = int(os.environ.get("FIELDPROOF_SEED", "1"))
SCRIPT = Path(__file__).parent.with_name("verify_cases.mjs")
WEB = Path(__file__).parents[3] / "web" / "verify"
VENDORED = Path(__file__).parents[3] / "server" / "records" / "verify_page" / "files" / "vendor" / "pdf.js"

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="the page's modules are run by Node 20")


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def said_by_page(cases: Iterable[Case], folder: Path) -> list[list[list[Any]]]:
    """What the page's verifier says: for each case its claims as [id, ok, detail]."""
    lines = []
    for number, case in enumerate(cases):
        item: dict[str, Any] = {"keys": case.sealed.key_file.decode(), "pdf": None}
        if case.pdf is not None:
            (folder / f"{number}.pdf").write_bytes(case.pdf)
            item["pdf"] = str(folder / f"{number}.pdf")
        else:
            item |= {
                "record": b64(case.sealed.record), "proof": json.dumps(case.sealed.proof), "strokes": case.sealed.strokes,
                "photos": {name: b64(data) for name, data in case.photos.items()},
                "answer": None if case.answer is None else b64(case.answer),
            }  # fmt: skip
        lines.append(json.dumps(item))
    source, target = folder / "cases.jsonl", folder / "said.jsonl"
    source.write_text("\n".join(lines))
    command = ["node", "--no-warnings", str(SCRIPT), str(source), str(target)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=900)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return [json.loads(line) for line in target.read_text().splitlines()]


def test_both_verifiers_say_the_same_of_every_changed_record(tmp_path: Path) -> None:
    cases = list(changed_cases(COUNT, SEED))
    seen: Counter[str] = Counter()
    for case, page in zip(cases, said_by_page(cases, tmp_path), strict=True):
        failed = {name for name, ok, _ in page if ok is False}
        assert case.is_named(failed), f"{case.what}: {page}"
        seen[case.what] += 1
        if case.pdf is None:  # a damaged PDF may be read as far as each reader gets
            ours = [[claim.id, claim.ok] for claim in case.verified()]
            assert [[name, ok] for name, ok, _ in page] == ours, case.what
    print(f"{seen.total()} changed records: named by the page, and as by the command line")


def test_both_verifiers_say_the_same_word_for_word_of_untouched_records(tmp_path: Path) -> None:
    cases = list(untouched_cases(max(COUNT, 20), SEED))
    for case, page in zip(cases, said_by_page(cases, tmp_path), strict=True):
        ours = [[claim.id, claim.ok, claim.detail] for claim in case.verified()]
        assert page == ours, case.what
    print(f"{len(cases)} untouched records: none accused by the page")


def test_the_page_names_a_change_of_who_signed_and_by_which_kind_of_signature(tmp_path: Path) -> None:
    """Both lie in the seal's container, outside what it covers, and no other bit of a container went unseen."""
    sealed, pdf = base_pdf(0)
    start, end = container(pdf)
    der = bytes.fromhex(pdf[start:end].decode())
    signer = cms.ContentInfo.load(der)["content"]["signer_infos"][0]
    kind = signer["signature_algorithm"].dump()
    cases = []
    for at in (der.rindex(signer["sid"].chosen.dump()), der.rindex(kind) + len(kind) - 1):
        for bit in range(8):
            changed = bytearray(der)
            changed[at] ^= 1 << bit
            out = pdf[:start] + changed.hex().upper().encode() + pdf[end:]
            cases.append(Case("the seal's container", sealed, frozenset({"pdf_seal"}), pdf=out))
    for case, page in zip(cases, said_by_page(cases, tmp_path), strict=True):
        assert case.is_named({name for name, ok, _ in page if ok is False})


def test_a_timestamp_is_read_by_both(authority: str, tmp_path: Path) -> None:
    from tests.records.seal.test_pades import timed

    sealed = make_sealed("en", photos=0, seed=12)
    pdf = timed(sealed, pdf_of(sealed), authority)
    page = said_by_page([Case("timed", sealed, pdf=pdf)], tmp_path)[0]
    ours = [[claim.id, claim.ok, claim.detail] for claim in verify_pdf(pdf, sealed.key_file)]
    assert page == ours
    assert "Test Time Authority" in {name: detail for name, _, detail in page}["pdf_timestamp"]


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm brings the PDF reader's source")
def test_the_vendored_pdf_reader_is_what_its_source_makes(tmp_path: Path) -> None:
    if not (WEB / "node_modules").exists():
        subprocess.run(["npm", "ci"], cwd=WEB, check=True, capture_output=True, timeout=120)
    made = tmp_path / "pdf.js"
    subprocess.run(["node", "build.mjs", str(made)], cwd=WEB, check=True, capture_output=True, timeout=60)
    assert made.read_bytes() == VENDORED.read_bytes(), "run `npm ci && npm run build` in web/verify and commit it"
