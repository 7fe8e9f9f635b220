"""Text from outside as people can read it; what was signed is never changed."""

import time

import pytest
import regex

from server.ground import legible as legible_module
from server.ground.legible import legible, legible_tree, plain_code


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("barcode\u0007 9", "barcode[U+0007] 9"),
        ("Mei\u202egnahZ", "Mei[U+202E]gnahZ"),
        ("a\u2066b\u2069c", "a[U+2066]b[U+2069]c"),
        ("\ufeffSR-1", "[U+FEFF]SR-1"),
        ("a\ufffeb\U0010ffff", "a[U+FFFE]b[U+10FFFF]"),
        ("own \ue000", "own [U+E000]"),
        ("not yet \u0378", "not yet [U+0378]"),
        ("half \ud800", "half [U+D800]"),
        ("\ufe0f alone", "[U+FE0F] alone"),
        ("hid\U000e0041den", "hid[U+E0041]den"),
        ("\u3164", "[U+3164]"),
        ("12\u200f34", "12[U+200F]34"),
        ("bell" + "\u0007" * 300, "bell[" + "U+0007 " * 8 + "+292]"),
    ],
)
def test_what_cannot_be_seen_or_turns_text_round_is_shown_by_its_number(text, shown):
    assert legible(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Fixed 👍", "1️⃣ 2️⃣", "👩🏽‍🔧", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "❤️", "สวัสดี", "ကျေးဇူး", "क्‍ष", "Zieliński", "e\u0301", "soft\u00adhyphen",
        "更换温控阀芯 71 ℃", "第一行\n第二行", "\u00a0", "한국어", "葛\U000e0100城",
    ],
)  # fmt: skip
def test_what_people_write_stays_as_it_is(text):
    assert legible(text) == text


@pytest.mark.parametrize("text", ["ئۇيغۇر", "שלום 12", "می\u200cخواهم", "سعر\u200f 12"])
def test_a_text_that_reads_from_the_right_keeps_its_neighbours_in_their_order(text):
    assert legible(text) == f"\u2068{text}\u2069"


def test_each_line_has_a_direction_of_its_own():
    assert legible("Done\nשלום") == "Done\n\u2068שלום\u2069"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_every_end_of_a_line_is_one(end):
    assert legible(f"one{end}two\tthree") == "one\ntwo    three"


def test_marks_on_one_character_are_shown_to_a_limit_and_counted():
    assert legible("e" + "\u0301" * 30) == "e" + "\u0301" * 30
    assert legible("e" + "\u0301" * 180_000) == "e" + "\u0301" * 30 + "[" + "U+0301 " * 8 + "+179,962]"


@pytest.mark.parametrize("repeated", ["\u0301", "\U000e0041", "\ufe0f", "א\u202e"])
def test_it_takes_no_longer_than_the_text_is_long(repeated):
    began = time.perf_counter()
    legible(repeated * (100_000 // len(repeated)))
    assert time.perf_counter() - began < 10


def test_a_mark_that_stands_on_nothing_stands_on_a_space():
    assert legible("a\n\u0301b") == "a\n\u00a0\u0301b"


def test_a_json_value_keeps_its_shape():
    value = {"na\u0007me": ["a\u0007", 1, None, True, {"x": "\u202e"}]}
    assert legible_tree(value) == {"na\u0007me": ["a[U+0007]", 1, None, True, {"x": "[U+202E]"}]}


def test_the_quick_look_lets_nothing_pass_that_is_looked_for():
    passed = filter(legible_module._PLAIN.fullmatch, map(chr, range(0x110000)))
    looked_for = regex.compile(r"[\p{C}\p{M}\p{Zl}\p{Zp}\p{Bidi_Class=R}\p{Bidi_Class=AL}--[\n]]", regex.VERSION1)
    assert [ascii(each) for each in passed if looked_for.match(each)] == []


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("12\u200b3456", "12[U+200B]3456"), ("\u200d\u2060AB", "[U+200D U+2060]AB"), ("A\u00adB\u034fC", "A[U+00AD]B[U+034F]C"),
        ("S\u200e-1\ufe0f", "S[U+200E]-1[U+FE0F]"), ("CH\u00a0200\u30007", "CH 200 7"), ("CH-200 序号 7", "CH-200 序号 7"),
    ],
)  # fmt: skip
def test_nothing_hides_in_a_code(code, shown):
    assert legible(plain_code(code)) == shown
