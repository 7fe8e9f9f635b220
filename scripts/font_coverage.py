"""Writes server/records/print/templates/coverage.json: which characters each kept font can print, as the typesetter says.

Run it (a few minutes) when a font package or the typesetter moves to another version, or a face is added to
`style.typ`:

    .venv/bin/python scripts/font_coverage.py

The typesetter is asked and not the font files, because some fonts come inside it, and because what counts is whether
PDF/A holds. A face that is used in several weights has a character only when each weight has it. Marks are the
exception: where a face lacks one, the refusal names its base or nothing, so the font file is asked as well.
"""

import json
import re
import unicodedata
from functools import cache
from importlib import resources
from itertools import chain
from pathlib import Path

import regex
import typst
from fontTools.ttLib import TTCollection, TTFont

from server.records.print.faces import PACKAGES, faces, fonts

TARGET = Path("server/records/print/templates/coverage.json")
BATCH = 4_000
PAGE = """
#set page(width: 900mm, height: 3000mm)
#set text(font: sys.inputs.face, fallback: false, size: 5pt)
#for weight in (400, 500, 700) { set text(weight: weight); for c in json(bytes(sys.inputs.characters)) { box(c); [ ] } }
"""
ASSIGNED = regex.compile(r"[\P{Cn}--\p{Co}]", regex.VERSION1).match
MARK = regex.compile(r"\p{M}").match
UNSEEN = regex.compile(r"\p{Default_Ignorable_Code_Point}").match
OF_LETTERS = regex.compile(r"[\p{Script=Zinh}\p{Script=Latn}\p{Script=Grek}\p{Script=Cyrl}]").match
FAILED = re.compile(r'the text `"(.*?)"` could not be displayed')
IDEOGRAPHS = ((0x3400, 0xA000), (0xAC00, 0xD7B0), (0x20000, 0x40000))
"""Asked only of the face for Chinese, Japanese and Korean: no other has any of them."""
BEHIND_LETTERS = 0x3000
OTHERS = ((0x20, 0x3400), (0xA000, 0xAC00), (0xD7B0, 0xD800), (0xF900, 0x20000), (0xE0000, 0xE01F0))


def main() -> None:
    found = {}
    for face in faces():
        compiler = typst.Compiler(font_paths=fonts(), ignore_system_fonts=True)
        spans = OTHERS + (IDEOGRAPHS if "CJK" in face else ())
        characters = [
            chr(point) for point in chain.from_iterable(range(*span) for span in spans) if ASSIGNED(chr(point))
        ]
        lacking = _lacking(compiler, face, characters) | {
            each for each in characters if not _may_have(face, each) or is_loose(face, each)
        }
        found[face] = _ranges(sorted(ord(each) for each in characters if each not in lacking))
        print(face, len(characters) - len(lacking), flush=True)
    TARGET.write_text(json.dumps(found, indent=0) + "\n")


def _lacking(compiler: typst.Compiler, face: str, characters: list[str]) -> set[str]:
    """The characters that the face cannot print: every one is named in the refusal of a page."""
    found: set[str] = set()
    for start in range(0, len(characters), BATCH):
        inputs = {"face": face, "characters": json.dumps(characters[start : start + BATCH])}
        try:
            compiler.compile(PAGE.encode(), sys_inputs=inputs, format="pdf", pdf_standards=["a-3b"], timestamp=0)
        except typst.TypstError as refused:
            found |= {_unescaped(text) for text in FAILED.findall(refused.diagnostic)}
    return found


def _may_have(face: str, character: str) -> bool:
    """Whether a mark is in the font file; of a face inside the typesetter, whether it is one of Latin, Greek, Cyrillic."""
    if not MARK(character) or UNSEEN(character):
        return True
    if (mapped := _mapped().get(face)) is not None:
        return all(ord(part) in mapped for part in unicodedata.normalize("NFD", character))
    return bool(OF_LETTERS(character))


def is_loose(face: str, character: str) -> bool:
    """Whether the first face would put the character together from a letter and a mark, or it is such a mark.

    The face has no places for marks on letters: "Škoda" got its caron over the k. `style.typ` leaves these to the next.
    """
    point = ord(character)
    if face != faces()[0] or point >= BEHIND_LETTERS:
        return False
    mapped = _mapped()[face]
    if point in mapped:
        return bool(unicodedata.combining(character)) and bool(OF_LETTERS(character))
    parts = unicodedata.decomposition(character)
    if not parts or parts.startswith("<"):
        return False
    points = [int(part, 16) for part in parts.split()]
    return all(point in mapped or is_loose(face, chr(point)) for point in points)


@cache
def _mapped() -> dict[str, set[int]]:
    """The characters that are in the font files of the packages, by face."""
    found = {}
    for package in PACKAGES:
        for file in Path(str(resources.files(package))).glob("*.tt[fc]"):
            if "Italic" in str(file):
                continue
            with TTCollection(file) if file.suffix == ".ttc" else TTFont(file, lazy=True) as opened:
                for font in opened.fonts if isinstance(opened, TTCollection) else [opened]:
                    names = font["name"]
                    found[names.getDebugName(16) or names.getDebugName(1)] = set(font["cmap"].getBestCmap())
    return found


def _unescaped(text: str) -> str:
    """The character of the typesetter's notation: itself, a quoted mark, or its number in braces."""
    if text.startswith("\\u{"):
        return chr(int(text[3:-1], 16))
    return {"\\0": "\0", "\\t": "\t", "\\n": "\n", "\\r": "\r"}.get(text, text[-1])


def _ranges(points: list[int]) -> str:
    """Sorted numbers as hexadecimal ranges, both ends in: `20-7E A0-17F 192`."""
    spans: list[list[int]] = []
    for point in points:
        if spans and spans[-1][1] == point - 1:
            spans[-1][1] = point
        else:
            spans.append([point, point])
    return " ".join(f"{first:X}" if first == last else f"{first:X}-{last:X}" for first, last in spans)


if __name__ == "__main__":
    main()
