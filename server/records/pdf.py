"""The PDF of a sealed record: Typst lays out plain data, and the sealed bytes travel inside as attachments (PDF/A-3).

One compiler and one set of fonts serve every call, because making them costs far more than a page. Data reaches
the template as JSON and never as markup, so no text of a customer can become an instruction. The same input gives the
same bytes: the creation date is the time of sealing.
"""

import json
import threading
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import typst

from server.records.canonical import canonical, sha256_hex
from server.records.certificate import certificate_view
from server.records.drawing import qr_svg, signature_svg
from server.records.labels import Wording
from server.records.page import photo_views, report_view

RECORD_NAME = "record.json"
PROOF_NAME = "proof.json"
STROKES_NAME = "strokes.json"
TEMPLATES = ("main.typ", "style.typ", "report.typ", "certificate.typ")
STANDARD = "a-3b"

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
        data = {
            "view": json.dumps(page_view(record_bytes, record, proof, strokes, files, link)),
            "record": record_bytes.decode(),
            "proof": canonical(proof).decode(),
            "strokes": strokes or "",
        }
        with _turn:
            made = _compiler().compile(
                _templates(),
                root=folder,
                sys_inputs=data,
                format="pdf",
                pdf_standards=[STANDARD],
                timestamp=record["sealed_at"] // 1_000_000,
            )
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
) -> dict[str, Any]:
    """Everything that the template needs, as JSON; `files` maps photo ids to file names beside the template."""
    report = json.loads(record["report"]["canonical"])
    words = Wording(record.get("locale") or "en")
    zone = ZoneInfo(record["issuer"]["time_zone"])
    signing = _signing(record)
    view = report_view(record, report, signing, words, zone)
    view["photos"] = [
        {**photo, "file": files.get(photo["photo_id"], "")} for photo in photo_views(record, report, words, zone)
    ]
    view["signature"]["svg"] = signature_svg(strokes).decode() if strokes else ""
    return view | {
        "language": words.language,
        "region": "cn" if words.language == "zh" else "",
        "record_id": record["record_id"],
        "record_sha256": sha256_hex(record_bytes),
        "record_label": words.label("record"),
        "page_label": words.label("page", "{0}", "{1}"),
        "certificate": certificate_view(record_bytes, record, proof, words, zone),
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


@cache
def _templates() -> dict[str, bytes]:
    folder = resources.files("server.records") / "templates"
    return {name: (folder / name).read_bytes() for name in TEMPLATES}


@cache
def _compiler() -> Any:
    """The one compiler; untyped, because its stubs leave out the project in memory that its guide describes."""
    fonts = resources.files("manimgx_fonts_cjk")
    with resources.as_file(fonts) as folder:
        found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder)])
    return typst.Compiler(font_paths=found, ignore_system_fonts=True)
