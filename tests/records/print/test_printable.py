"""Every text prints: whatever people write, PDF/A holds, the page says what was written, and the record keeps it."""

import json
import random
import re
import resource
import subprocess
import time
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import regex
import typst

from scripts.font_coverage import is_loose
from server.records.canonical import canonical
from server.records.print import pdf as printing
from server.records.print.faces import PACKAGES, coverage, faces, has
from server.records.print.printable import _MAYBE, _WORD, LINES, bare, breakable, printable
from tests.records.conftest import pdf_of
from tests.records.factory import Sealed, make_sealed, sealed_again
from tests.sizes import size

POINTS = "".join(chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000)
ASSIGNED: list[str] = regex.findall(r"[\P{Cn}--\p{Co}]", POINTS, regex.V1)
PLAIN = make_sealed("en", photos=0, seed=21)


def saying(signer: dict[str, str] | None = None, **report: Any) -> Sealed:
    """A record whose report says something else; its seal is right though its signature is not."""
    facts = PLAIN.facts
    text = canonical({**json.loads(facts["report"]["canonical"]), **report}).decode()
    facts["report"]["canonical"] = text
    if signer:
        facts["signature"]["signer"] = signer
    return sealed_again(PLAIN, canonical(facts))


@pytest.fixture
def never_bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table of the fonts is right: the second way of printing is not needed."""

    def fail(text: str) -> str:
        raise AssertionError(f"the typesetter refused a text of the table: {text[:40]!a}")

    monkeypatch.setattr(printing, "bare", fail)


def text_of(pdf: bytes, tmp_path: Path) -> str:
    file = tmp_path / "report.pdf"
    file.write_bytes(pdf)
    return subprocess.run(["pdftotext", str(file), "-"], capture_output=True, check=True, timeout=60).stdout.decode()


@pytest.mark.usefixtures("never_bare")
@pytest.mark.parametrize("first", range(0, len(ASSIGNED), 45_000))
def test_every_assigned_character_prints(first: int, tmp_path: Path) -> None:
    sealed = replace(PLAIN, record=saying(work=" ".join(ASSIGNED[first : first + 45_000])).record)
    file = tmp_path / "all.pdf"
    file.write_bytes(pdf_of(sealed))
    with pikepdf.open(file) as opened, opened.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")
        assert opened.attachments["record.json"].get_file().read_bytes() == sealed.record


@pytest.mark.usefixtures("never_bare")
@pytest.mark.parametrize("seed", range(size(1, 4)))
def test_characters_with_marks_of_any_script_print(seed: int) -> None:
    dice = random.Random(seed)
    marks = [each for each in ASSIGNED if regex.match(r"[\p{M}\u200c\u200d\u20e3]", each)]
    known = [*"a1漢กकعاב👍🇩🏽é가ᄀ \n", "\u200f", "\u202e", "\u0007", "\u00a0"]
    kinds = (ASSIGNED, marks, known, marks)
    words = ("".join(dice.choice(dice.choice(kinds)) for _ in range(dice.randrange(1, 9))) for _ in range(4000))
    assert pdf_of(saying(work=" ".join(words))).startswith(b"%PDF")


@pytest.mark.usefixtures("never_bare")
def test_what_people_write_reads_on_the_page(tmp_path: Path) -> None:
    work = "Fixed 👍 1️⃣ เปลี่ยนวาล์ว वाल्व បានប្តូរ Đã thay Θερμοκρασία ջերմ"
    text = text_of(pdf_of(saying(work=work, technician={"name": "Zhang\u202eWei \u0007"})), tmp_path)
    for word in ("Fixed 👍", "วาล์ว", "वाल्व", "Đã thay", "Θερμοκρασία", "ջերմ", "Zhang[U+202E]Wei [U+0007]"):
        assert word in text


def test_no_heading_of_charges_is_printed_without_charges(tmp_path: Path) -> None:
    words = {"charges": [], "total": None, "warranty": {"status": "under_warranty", "reason": "24 months"}}
    text = text_of(pdf_of(saying(**words)), tmp_path)
    assert "Under warranty" in text
    assert "Charges" not in text
    assert "Charges" in text_of(pdf_of(PLAIN), tmp_path)


def test_a_reason_of_a_warranty_is_printed_without_its_status(tmp_path: Path) -> None:
    words = {"charges": [], "total": None, "warranty": {"status": None, "reason": "Filter is a wearing part"}}
    assert "wearing part" in text_of(pdf_of(saying(**words)), tmp_path)


@pytest.mark.usefixtures("never_bare")
def test_a_name_that_reads_from_the_right_prints_in_every_place() -> None:
    name = "مۇھەممەت ئەلى"
    sealed = saying(
        signer={"name": name, "role": name, "contact": f"{name} 12"}, number=name, customer={"name": name},
        parts=[{"number": name, "name": name, "quantity": 1, "unit_price": 5, "currency": name}],
        checklist=[{"label": name, "answer": name}], consent={"text": name}, fault={"cause": name},
        warranty={"status": name, "reason": name}, total={"amount": 1, "currency": name},
    )  # fmt: skip
    assert pdf_of(sealed).startswith(b"%PDF")


@pytest.mark.usefixtures("never_bare")
@pytest.mark.parametrize(
    "text",
    ["c" * 480_000, "e" + "\u0301" * 180_000, "👨\u200d" * 60_000, "ᄀ" * 100_000, "，" * 100_000, "漢\u00a0" * 60_000],
    ids=["word", "marks", "joined", "letters", "commas", "no spaces"],
)
def test_the_longest_text_prints_in_seconds_and_some_hundred_megabytes(text: str) -> None:
    began = time.process_time()
    assert len(pdf_of(saying(work=text))) < 2_000_000
    assert time.process_time() - began < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1_500_000, "kB, of the tests too"


@pytest.mark.usefixtures("never_bare")
@pytest.mark.parametrize("where", ["work", "fault"])
def test_the_time_for_lines_that_read_from_the_right_grows_with_their_number(where: str) -> None:
    """Each line is isolated; in one paragraph 110,000 of them took 20 s, twice as many four times as long."""

    def seconds(lines: int, letter: str) -> float:
        text = f"{letter}\n" * lines
        sealed = saying(**({"work": text} if where == "work" else {"fault": {"symptom": text}}))
        began = time.process_time()
        pdf_of(sealed)
        return time.process_time() - began

    seconds(100, "ث")  # what is made once
    lines = size(8_000, 20_000)
    # What was set before is remembered, so each is another text; and by turns, so that what else the machine does is fair.
    taken = [(seconds(lines, letter), seconds(2 * lines, letter)) for letter in "ابت"]
    few, twice = (min(each) for each in zip(*taken, strict=True))
    assert twice < 2.6 * few


def test_a_text_in_paragraphs_loses_no_line(tmp_path: Path) -> None:
    lines = [f"line {number}" for number in range(LINES + 3)]
    text = text_of(pdf_of(saying(work="\n".join(lines))), tmp_path)
    assert [line for line in text.splitlines() if line.startswith("line ")] == lines


@pytest.mark.usefixtures("never_bare")
@pytest.mark.parametrize(
    "where",
    [
        {"customer": {"name": "a" * 60_000, "address": "x " * 30_000}},
        {"warranty": {"status": "s", "reason": "r " * 30_000}, "consent": {"text": "c " * 30_000}},
        {"fault": {"symptom": "s " * 30_000, "cause": "c" * 60_000}},
        {"parts": [{"number": "n" * 60_000, "name": "b" * 60_000, "quantity": 2, "unit_price": 100}]},
    ],
    ids=lambda where: next(iter(where)),
)
def test_a_long_text_is_printed_whole_wherever_it_stands(where: dict[str, Any], tmp_path: Path) -> None:
    text = text_of(pdf_of(saying(**where)), tmp_path)
    wanted = json.dumps(where)
    for letter in {found[0] for found in re.findall(r"(?:([a-z0-9]) ?)\1(?: ?\1){100,}", wanted)}:
        assert text.count(letter) >= wanted.count(letter), letter


def test_a_refusal_that_the_table_did_not_foresee_prints_a_character_at_a_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(printing, "printable", str)
    text = text_of(pdf_of(saying(work="valve \U00012000 replaced")), tmp_path)
    assert "valve [U+12000] replaced" in text.replace("\u200b", "")


def test_a_panic_of_the_typesetter_over_a_text_holds_nothing_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(printing, "breakable", str)
    sealed = saying(work="👨\u200d" * 20_000)
    assert "U+1F468" in text_of(pdf_of(sealed), tmp_path).replace("\u200b", "")
    monkeypatch.undo()
    assert pdf_of(PLAIN).startswith(b"%PDF"), "the compiler goes on"


def test_any_other_fault_of_the_typesetter_is_no_text() -> None:
    photo = make_sealed("en", photos=1, seed=22)
    with pytest.raises(typst.TypstError):
        pdf_of(replace(photo, photos=dict.fromkeys(photo.photos, b"no picture")))


def test_a_cluster_is_printed_by_one_face_or_its_parts_are_numbered() -> None:
    assert printable("ก\u0308 é 1\ufe0f\u20e3") == "ก[U+0308] é 1\ufe0f\u20e3"
    assert printable("\U00012000\U00012001 x") == "[U+12000 U+12001] x"
    assert printable("\U00012000" * 500) == "[" + " ".join(["U+12000"] * 8) + " +492]"


def test_only_words_longer_than_a_column_may_break_anywhere() -> None:
    assert breakable("a" * 28 + " 更换温控阀芯与油滤芯更换温控阀芯与油滤芯更换温控阀芯与油滤芯") == (
        "a" * 28 + " 更换温控阀芯与油滤芯更换温控阀芯与油滤芯更换温控阀芯与油滤芯"
    )
    assert breakable("a" * 29) == "\u200b".join("a" * 29)
    assert max(map(len, breakable("a" * 5000).split("\u200b"))) == 4


@pytest.mark.parametrize("text", ["👨\u200d" * 500, "ᄀ" * 5000, "a\u0301" * 3000, "https://example.org/" * 9])
def test_places_to_break_lose_nothing_and_are_never_far_apart(text: str) -> None:
    pieces = breakable(text).split("\u200b")
    assert "".join(pieces) == text
    assert max(map(len, pieces)) <= 160


def test_the_quick_look_passes_over_no_word_that_must_break() -> None:
    words = (chr(point) * 29 for point in range(0x20, 0x110000, size(7, 1)) if not 0xD800 <= point < 0xE000)
    assert [ascii(word[0]) for word in words if _WORD.fullmatch(word) and not _MAYBE.search(word)] == []


def test_what_is_bare_has_no_clusters() -> None:
    assert bare("e\u0301").replace("\u200b", "") == "e[U+0301]"


def test_the_table_is_of_the_faces_that_the_template_names() -> None:
    assert list(coverage()) == faces()
    assert {face for face in faces() if face.startswith("Noto")} <= set(printing.fonts().families())
    assert has("A") & 1
    assert has("漢") == 1
    assert not has("\U00012000")
    assert len(PACKAGES) == 2


def test_no_letter_is_put_together_from_a_letter_and_a_mark_without_a_place() -> None:
    """The first face prints whole letters only: the caron of "Škoda" came over the k."""
    first = faces()[0]
    loose = {chr(point) for point in range(0x20, 0x3000) if is_loose(first, chr(point))}
    assert {"Š", "ź", "ć", "ė", "İ", "ά", "ѓ", "\u0301"} <= loose
    assert not {each for each in loose if has(each) & 1}
    assert all(map(has, loose)), "another face prints it"
    named = (resources.files("server.records.print") / "templates" / "style.typ").read_text()
    named = named.partition("#let loose = (")[2].partition(").join()")[0]
    spans = re.findall(r"\\u\{(\w+)\}(?:-\\u\{(\w+)\})?", named)
    assert {chr(n) for a, b in spans for n in range(int(a, 16), int(b or a, 16) + 1)} == loose
