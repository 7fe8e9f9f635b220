"""The PDF in both languages, judged by poppler and pikepdf, which we did not write."""

import io
import json
import subprocess
from pathlib import Path

import pikepdf
import pytest

from server.records.canonical import canonical
from server.records.print.drawing import signature_svg
from server.records.record import build_record
from tests.records.conftest import pdf_of
from tests.records.factory import Sealed, make_facts, make_sealed, seal, sealed_again, server_keys


def text_of(pdf: bytes, tmp_path: Path) -> str:
    file = tmp_path / "report.pdf"
    file.write_bytes(pdf)
    run = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True, timeout=60)
    return run.stdout.decode()


def with_report(sealed: Sealed, **changes: object) -> Sealed:
    """The record with another report text; its seal is right though its signature is not."""
    facts = sealed.facts
    report = {**json.loads(facts["report"]["canonical"]), **changes}
    facts["report"]["canonical"] = canonical(report).decode()
    return sealed_again(sealed, canonical(facts))


WORDS = {
    "zh-CN": "售后服务报告单|苏州恒润精密机械有限公司|已证实|09:26 (UTC+8)|¥136.00|免费|周建华|第 1 页，共 4 页",
    "en": "Service report|Nordwerk Precision Castings|Proven|02:26 (UTC+1)|€390.00|O'Neill|Zieliński|Page 1 of 4",
    "de": "Servicebericht|Sächsische|Bewiesen|02:26 (UTC+1)|1.372,00 €|Friederike|Weißenbach|Seite 1 von 4",
}


@pytest.mark.parametrize("locale", ["zh-CN", "en", "de"])
def test_a_report_of_14_photos_reads_on_four_pages(locale, sealed_pdf, tmp_path):
    sealed, pdf = sealed_pdf(locale)
    text = text_of(pdf, tmp_path)
    missing = [word for word in WORDS[locale].split("|") if word.replace(" ", "") not in text.replace(" ", "")]
    assert not missing
    assert sealed.facts["record_id"] in text
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert len(opened.pages) == 4


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_every_hash_stands_in_the_certificate(locale, sealed_pdf, tmp_path):
    sealed, pdf = sealed_pdf(locale)
    text = text_of(pdf, tmp_path)
    facts = sealed.facts
    hashes = [
        facts["report"]["sha256"],
        sealed.proof["record_sha256"],
        sealed.proof["server_key"],
        facts["signature"]["strokes_sha256"],
    ]
    hashes += [photo["sha256"] for photo in facts["photos"]]
    assert [each for each in hashes if each not in text] == []


def test_the_sealed_bytes_travel_inside(sealed_pdf):
    sealed, pdf = sealed_pdf("zh-CN")
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        inside = {name: spec.get_file().read_bytes() for name, spec in opened.attachments.items()}
        assert sorted(str(each["/AFRelationship"]) for each in opened.Root.AF) == ["/Data", "/Source", "/Supplement"]
    assert inside == {
        "record.json": sealed.record,
        "proof.json": canonical(sealed.proof),
        "strokes.json": (sealed.strokes or "").encode(),
    }


def test_it_says_that_it_is_pdf_a_3b_and_embeds_its_fonts(sealed_pdf, tmp_path):
    _, pdf = sealed_pdf("zh-CN")
    with pikepdf.open(io.BytesIO(pdf)) as opened, opened.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")
    (tmp_path / "report.pdf").write_bytes(pdf)
    run = subprocess.run(["pdffonts", str(tmp_path / "report.pdf")], capture_output=True, check=True, timeout=60)
    rows = [line.split() for line in run.stdout.decode().splitlines()[2:]]
    assert rows
    assert all(row[-5] == "yes" for row in rows), "every font is embedded"
    assert any("NotoSansCJKsc" in row[0] or "NotoSansCJK" in row[0] for row in rows)


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_the_same_record_gives_the_same_bytes(locale):
    sealed = make_sealed(locale, photos=2, seed=9)
    assert pdf_of(sealed) == pdf_of(sealed)


@pytest.mark.parametrize(
    ("kind", "words"),
    [("refused", "The customer refused to sign"), ("customer_absent", "The customer was not there to sign")],
)
def test_a_report_without_signature_says_so(kind, words, tmp_path):
    text = text_of(pdf_of(make_sealed("en", kind=kind, seed=4)), tmp_path)
    assert words in text
    assert "Disputes the charge for travel" in text
    assert ("The customer was shown this text" in text) == (kind == "refused")
    assert ("nobody was there to read" in text) == (kind == "customer_absent")
    assert "simple electronic signature" not in text


def test_a_long_table_runs_over_pages_and_repeats_its_head(tmp_path):
    text = text_of(pdf_of(make_sealed("en", rows=90, photos=0, seed=5)), tmp_path)
    assert text.count("HT-OF-220") == 30
    assert text.count("Part no.") >= 2


def test_deleted_strokes_and_missing_photos_leave_a_note(tmp_path):
    sealed = make_sealed("en", photos=2, seed=6)
    text = text_of(pdf_of(Sealed(sealed.record, sealed.proof, None, {}, sealed.keys)), tmp_path)
    assert "The drawn signature is not in this copy" in text
    assert text.count("Image not in this copy") == 2


def test_customers_words_are_never_markup(tmp_path):
    hostile = '#panic("x") $ *bold* `raw` \\ </svg> @ref [a](b) #import "/etc/passwd": *'
    sealed = with_report(make_sealed("en", seed=7, photos=0), work=hostile, customer={"name": hostile, "address": None})
    text = text_of(pdf_of(sealed), tmp_path)
    assert text.count('#panic("x") $ *bold* `raw`') == 2


def test_a_report_of_only_what_is_required_is_printed(tmp_path):
    sealed = make_sealed("zh-CN", seed=8, photos=0, arrival=False)
    kept = json.loads(sealed.facts["report"]["canonical"])
    bare = {key: kept[key] for key in ("type", "report_id", "visit")}
    facts = sealed.facts
    facts["report"]["canonical"] = canonical(bare).decode()
    text = text_of(pdf_of(sealed_again(sealed, canonical(facts))), tmp_path)
    assert "本次服务未作到场判定" in text


def test_an_amendment_names_the_record_that_it_amends(tmp_path):
    facts, strokes, pictures = make_facts("en", seed=10)
    facts["amends"] = "0b3f2a52-9a1c-4bb4-8f6e-0d7d0a5f1c11"
    record = build_record(facts)
    text = text_of(pdf_of(Sealed(record, seal(record, server_keys()), strokes, pictures, server_keys())), tmp_path)
    assert "replaces the sealed record 0b3f2a52" in text


def test_strokes_hold_only_numbers():
    with pytest.raises((ValueError, TypeError)):
        signature_svg('{"width":1,"height":1,"strokes":[[["<script>",1,0,0],[2,2,0,0]]]}')


def test_a_dot_and_an_empty_drawing_are_drawn():
    assert b"<path" in signature_svg('{"width":9,"height":9,"strokes":[[[4,4,0,500]]]}')
    assert b"<svg" in signature_svg('{"width":9,"height":9,"strokes":[]}')
