"""Records with photos that were decided about: version 2, and what is said of a version that is newer still."""

import io
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pikepdf
import pytest

from server import cli
from server.records.canonical import canonical
from server.records.customer.page import photo_count
from server.records.print.claims import claims as words_of
from server.records.print.labels import Wording
from server.records.print.page import photo_views
from server.records.verify import Claim, all_hold, lines, verify_pdf, verify_record
from tests.records.conftest import pdf_of, signed
from tests.records.corpus import STANDS, Case, answer_to
from tests.records.factory import Sealed, make_facts, make_sealed, sealed_again
from tests.records.verify_page.test_verify_page_agrees import said_by_page

BOTH = STANDS[0]


def verify(sealed: Sealed, photos: dict[str, bytes] | None = None) -> dict[str, Claim]:
    claims = verify_record(sealed.record, sealed.proof, sealed.strokes, sealed.key_file, photos)
    return {claim.id: claim for claim in claims}


def of_version(sealed: Sealed, version: int) -> Sealed:
    return sealed_again(sealed, canonical({**sealed.facts, "type": f"fieldproof/record/v{version}", "more": []}))


def test_only_a_record_with_a_decision_is_of_version_2():
    assert make_sealed("en", photos=3).facts["type"] == "fieldproof/record/v1"
    assert make_sealed("en", photos=3, decided=BOTH).facts["type"] == "fieldproof/record/v2"
    assert make_sealed("en", photos=0).facts["type"] == "fieldproof/record/v1"


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
@pytest.mark.parametrize("decided", STANDS)
def test_a_true_record_with_decided_photos_is_not_accused_and_says_what_was_decided(locale, decided):
    sealed = make_sealed(locale, photos=5, decided=decided)
    claims = verify(sealed)
    assert all_hold(list(claims.values())), lines(list(claims.values()))
    custody = claims["photo_custody"]
    assert custody.ok is None, "a decision is a fact and no proof"
    assert custody.detail.startswith(f"{5 - len(decided)} verified by the server; photo ")
    for photo in sealed.facts["photos"][: len(decided)]:
        assert f"decided by {photo['decided_by']}: {photo['reason']}" in custody.detail


def test_the_claim_about_photos_is_as_strong_as_what_arrived():
    for decided, photos, strength in (
        (("damaged_kept",), 2, "hashed_again"),
        (("never_arrived",), 2, "partly_hashed"),
        (("never_arrived", "damaged_kept"), 2, "partly_hashed"),
        (("never_arrived",) * 2, 2, "not_hashed"),
    ):
        facts, _, _ = make_facts("en", photos=photos, decided=decided)
        claim = {one["id"]: one for one in words_of(facts)}["photos"]
        assert claim["strength"] == strength


def test_the_words_of_the_claim_count_what_never_arrived_and_what_is_damaged():
    for locale, words in (
        ("en", ("of 4 the server computed", "1 of these arrived damaged", "1 never arrived: of them only the hash")),
        ("zh-CN", ("其中 4 张由服务器", "1 张到达时已损坏", "1 张始终未收到")),
    ):
        facts, _, _ = make_facts(locale, photos=5, decided=BOTH)
        claim = {one["id"]: one for one in words_of(facts)}["photos"]
        assert all(each in claim["holds"] for each in words), claim


def test_the_file_of_a_photo_that_came_later_is_checked_by_its_hash():
    sealed = make_sealed("en", photos=3, decided=BOTH)
    name = sealed.facts["photos"][0]["photo_id"]
    assert verify(sealed, {name: sealed.photos[name]})["photo_files"].ok is True
    assert verify(sealed, {name: sealed.photos[name] + b"x"})["photo_files"].ok is False


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_a_placeholder_says_what_was_decided_by_whom_when_and_why(locale):
    sealed = make_sealed(locale, photos=3, decided=BOTH)
    record, words = sealed.facts, Wording(locale)
    zone = ZoneInfo(record["issuer"]["time_zone"])
    lost, damaged, held = photo_views(record, {}, words, zone)
    assert (held["stands"], held["why"]) == ("", "")
    assert lost["stands"] == {"en": "Never arrived", "zh-CN": "始终未收到"}[locale]
    assert (
        damaged["stands"]
        == {"en": "Arrived damaged; the file is kept", "zh-CN": "到达时已损坏，文件按原样保存"}[locale]
    )
    photo = record["photos"][0]
    for said in (photo["decided_by"], photo["reason"], "2026-03-14"):
        assert said in lost["why"]


def test_the_pages_show_no_picture_of_a_decided_photo_even_when_one_is_there():
    plain, decided = make_sealed("en", photos=3), make_sealed("en", photos=3, decided=BOTH)
    assert [images(pdf_of(one)) for one in (plain, decided)] == [3, 1]


def images(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return sum(len(page.get_images()) for page in opened.pages)


def test_photos_are_counted_by_how_they_stand():
    for decided, photos, english, chinese in (
        ((), 0, "", ""),
        ((), 3, "3", "3"),
        (("never_arrived",), 13, "12, 1 never arrived", "12，1 张始终未收到"),
        (BOTH, 4, "2, 1 never arrived, 1 arrived damaged", "2，1 张始终未收到，1 张到达时已损坏"),
    ):
        for locale, said in (("en", english), ("zh-CN", chinese)):
            facts, _, _ = make_facts(locale, photos=photos, decided=decided)
            assert photo_count(facts, Wording(locale)) == said


@pytest.mark.parametrize("version", [3, 12])
def test_of_a_newer_version_both_verifiers_say_only_that_they_do_not_know_it(version: int, tmp_path: Path) -> None:
    sealed = of_version(make_sealed("en", photos=1), version)
    pdf = signed(sealed, pdf_of(sealed))
    expected = [
        [
            "record_form", False,
            f"unknown record type fieldproof/record/v{version}: a newer version made it, and nothing of it was checked; "
            "use a newer verifier",
        ]
    ]  # fmt: skip
    assert [[one.id, one.ok, one.detail] for one in verify_pdf(pdf, sealed.key_file)] == expected
    assert [[one.id, one.ok, one.detail] for one in verify(sealed).values()] == expected
    assert said_by_page([Case("newer", sealed, pdf=pdf), Case("newer", sealed)], tmp_path) == [expected, expected]


@pytest.mark.parametrize(
    "kind", ["fieldproof/record/v0", "fieldproof/record/v03", "fieldproof/report/v3", "v3\n", 3, None]
)
def test_what_is_no_version_of_a_record_is_checked_as_everything_else(kind: Any, tmp_path: Path) -> None:
    sealed = make_sealed("en", photos=1)
    changed = sealed_again(sealed, canonical({**sealed.facts, "type": kind}))
    claims = verify(changed)
    assert len(claims) > 20
    assert claims["record_form"].ok is False
    page = said_by_page([Case("no version", changed)], tmp_path)[0]
    assert [[one.id, one.ok] for one in claims.values()] == [[name, ok] for name, ok, _ in page]


def test_the_command_does_not_call_a_newer_version_good(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sealed = of_version(make_sealed("en", photos=0), 3)
    (tmp_path / "report.pdf").write_bytes(signed(sealed, pdf_of(sealed)))
    (tmp_path / "server.pub").write_bytes(sealed.key_file)
    assert cli.verify(tmp_path / "report.pdf", key=tmp_path / "server.pub") == 1
    said = capsys.readouterr().out
    assert "nothing of it was checked" in said
    assert "changed" not in said


def test_an_answer_to_a_record_of_version_2_is_verified_by_both(tmp_path: Path) -> None:
    sealed = make_sealed("en", photos=3, decided=BOTH)
    case = Case("an answered record of version 2", sealed, answer=answer_to(sealed, "confirmed"))
    ours = [[claim.id, claim.ok, claim.detail] for claim in case.verified()]
    assert all(ok is not False for _, ok, _ in ours)
    assert said_by_page([case], tmp_path) == [ours]
