"""The PDF of a sealed record: Typst lays out plain data, and the sealed bytes travel inside as attachments (PDF/A-3).

One compiler and one set of fonts serve every call, because making them costs far more than a page. Data reaches
the template as JSON and never as markup, so no text of a customer can become an instruction. The same input gives the
same bytes: the creation date is the time of sealing.

Every text prints: what people wrote is made legible first, and every text of the view passes `printable` just before it
goes to the typesetter. Time and memory grow with the text, not faster: 480 kB of it, whatever it is, take seconds.
"""

import json
import threading
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from server.records.canonical import canonical, sha256_hex
from server.records.print.certificate import certificate_view
from server.records.print.drawing import qr_svg, signature_svg
from server.records.print.faces import fonts
from server.records.print.labels import Wording
from server.records.print.page import photo_views, report_view
from server.records.print.printable import Edit, bare, breakable, edited, in_paragraphs, printable, running
from server.records.print.shown import shown_of, zone_of

RECORD_NAME = "record.json"
PROOF_NAME = "proof.json"
STROKES_NAME = "strokes.json"
TEMPLATES = ("main.typ", "style.typ", "report.typ", "certificate.typ")
STANDARD = "a-3b"
UNPRINTABLE = ("could not be displayed", "PDF string is longer")
"""What the compiler says of a text that PDF/A does not take. The table of the fonts keeps such texts from it; should it
be wrong about one, because two versions disagree, the text is printed a character at a time, and nothing waits for ever.
"""
LARGE = 200_000
"""Characters of a view that make what the compiler remembers large."""

_turn = threading.Lock()
"""The compiler holds state between calls, so calls take turns."""


def render_pdf(
    record_bytes: bytes,
    proof: Mapping[str, Any],
    strokes: str | None,
    photos: Mapping[str, bytes],
    *,
    link: str | None = None,
) -> bytes:
    """The PDF/A-3 of a sealed record, unsigned.

    `strokes` is the signature's JSON text, absent once it has been deleted; `photos` maps photo ids to JPEG bytes for
    the page (derivatives; one that is missing gets a placeholder); `link` is printed and drawn as a QR code. Raises
    `typst.TypstError` when a photo is no JPEG. Blocks for tens of milliseconds: call it in a thread.
    """
    record = json.loads(record_bytes)
    with TemporaryDirectory(prefix="fieldproof-pdf-") as folder:
        files = _write_photos(Path(folder), photos)
        inputs = {"record": record_bytes.decode(), "proof": canonical(proof).decode(), "strokes": strokes or ""}

        def typeset(edit: Edit) -> bytes:
            view = page_view(record_bytes, record, proof, strokes, files, link, edit)
            return _typeset(folder, inputs | {"view": json.dumps(view)}, record["sealed_at"] // 1_000_000)

        try:
            return typeset(printable)
        except BaseException as refused:
            if not _is_about_a_text(refused):
                raise
            return typeset(bare)


def _is_about_a_text(refused: BaseException) -> bool:
    """A panic inside the compiler counts, since only texts differ from page to page. Its class cannot be imported."""
    if isinstance(refused, typst.TypstError):
        return any(words in refused.message for words in UNPRINTABLE)
    return type(refused).__name__ == "PanicException"


def _typeset(folder: str, inputs: dict[str, str], timestamp: int) -> bytes:
    with _turn:
        made = _compiler().compile(
            _templates(),
            root=folder,
            sys_inputs=inputs,
            format="pdf",
            pdf_standards=[STANDARD],
            timestamp=timestamp,
        )
        if len(inputs["view"]) > LARGE:
            _forget()
    if not isinstance(made, bytes):
        raise TypeError("the compiler gave no single PDF")
    return made


def page_view(
    record_bytes: bytes,
    record: Mapping[str, Any],
    proof: Mapping[str, Any],
    strokes: str | None,
    files: Mapping[str, str],
    link: str | None,
    edit: Edit = printable,
) -> dict[str, Any]:
    """Everything that the template needs, as JSON; `files` maps photo ids to file names beside the template, and `edit`
    makes of a text what can be printed."""
    words, zone = Wording(record.get("locale") or "en"), zone_of(record)
    shown, report = shown_of(record)
    view = report_view(shown, report, _signing(record), words, zone)
    view["photos"] = [
        {**photo, "file": files.get(photo["photo_id"], "")} for photo in photo_views(shown, report, words, zone)
    ]
    head = [running(view["issuer"]), running("  ".join([view["title"], *(row[1] for row in view["number"][:1])]))]
    view |= {
        "language": words.language.primary,
        "region": words.language.region,
        "record_id": record["record_id"],
        "record_label": words.label("record"),
        "page_label": words.label("page", "{0}", "{1}"),
        "running": head,
    }
    report_part: dict[str, Any] = edited(view, lambda text: in_paragraphs(breakable(edit(text))))
    report_part["signature"]["svg"] = signature_svg(strokes).decode() if strokes else ""
    return report_part | {
        "record_sha256": sha256_hex(record_bytes),
        "certificate": edited(
            certificate_view(record_bytes, shown, proof, words, zone), lambda text: in_paragraphs(edit(text))
        ),
        "link": link or "",
        "qr": qr_svg(link).decode() if link else "",
    }


def _signing(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """The signature operation's body with the time that the server received it, when the record holds it."""
    for operation in record["operations"]:
        body = json.loads(operation["body"])
        if body.get("id") == record["signature"]["operation_id"]:
            return {**body, "received_at": operation["received_at"]}
    return None


def _write_photos(folder: Path, photos: Mapping[str, bytes]) -> dict[str, str]:
    """The compiler reads pictures from files only; the names are numbers, never what somebody sent."""
    names = {}
    for number, (photo_id, jpeg) in enumerate(sorted(photos.items())):
        names[photo_id] = f"photo-{number}.jpg"
        (folder / names[photo_id]).write_bytes(jpeg)
    return names


def _forget() -> None:
    """The compiler keeps what it worked out for its last ten documents; of large ones that is hundreds of megabytes."""
    for _ in range(10):
        _compiler().compile(b"", sys_inputs={}, format="pdf")


@cache
def _templates() -> dict[str, bytes]:
    folder = resources.files("server.records.print") / "templates"
    return {name: (folder / name).read_bytes() for name in TEMPLATES}


@cache
def _compiler() -> Any:
    """The one compiler; untyped, because its stubs leave out the project in memory that its guide describes."""
    return typst.Compiler(font_paths=fonts(), ignore_system_fonts=True)
