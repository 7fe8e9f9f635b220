"""PDFs that cost whoever reads them much more than whoever sends them; each is made in a moment, from some hundred bytes to some megabytes."""

import zlib
from collections.abc import Callable
from pathlib import Path

KEPT = Path(__file__).parents[1] / "records" / "kept" / "version_1"
MB = 1 << 20


def deflated_zeros(megabytes: int, times: int) -> bytes:
    """So many megabytes of zeros, deflated again and again; without deflating them all, since one megabyte is like another."""
    packing = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packing.compress(bytes(MB)) + packing.flush(zlib.Z_FULL_FLUSH)
    checksum = (megabytes * MB % 65521) << 16 | 1
    data = b"\x78\xda" + first * megabytes + b"\x03\0" + checksum.to_bytes(4, "big")
    for _ in range(times - 1):
        data = zlib.compress(data, 9)
    return data


def stream(number: int, entries: str, data: bytes, times: int) -> bytes:
    filters = "/FlateDecode " * times
    head = f"{number} 0 obj\n<<{entries}/Filter[{filters}]/Length {len(data)}>>\nstream\n"
    return head.encode() + data + b"\nendstream\nendobj\n"


def cross_references(megabytes: int, times: int = 2) -> bytes:
    """A cross-reference stream that unfolds to so much."""
    entries = f"/Type/XRef/Size {megabytes * MB // 4}/W[1 2 1]/Root 1 0 R"
    body = b"%PDF-1.7\n"
    return body + stream(1, entries, deflated_zeros(megabytes, times), times) + b"startxref\n%d\n%%%%EOF\n" % len(body)


def written(objects: dict[int, bytes], trailer: str = "/Root 1 0 R") -> bytes:
    """A PDF of these objects, with an ordinary table of references."""
    out, places = bytearray(b"%PDF-1.7\n"), {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        out += b"%d 1\n%010d 00000 n \n" % (number, place)
    return bytes(out) + f"trailer\n<</Size {max(objects) + 1}{trailer}>>\nstartxref\n{start}\n%%EOF\n".encode()


def carrying(record: bytes, times: int = 1) -> bytes:
    """With an attachment, deflated so often, as the record."""
    filters = b"/FlateDecode" if times == 1 else b"[" + b"/FlateDecode " * times + b"]"
    head = b"<</Type/EmbeddedFile/Filter %s/Length %d>>\nstream\n" % (filters, len(record))
    named = b"<</Names[(proof.json) 3 0 R(record.json) 3 0 R]>>"
    return written(
        {
            1: b"<</Type/Catalog/Pages 5 0 R/Names<</EmbeddedFiles 2 0 R>>>>", 2: named,
            3: b"<</Type/Filespec/F(record.json)/EF<</F 4 0 R>>>>", 4: head + record + b"\nendstream",
            5: b"<</Type/Pages/Kids[]/Count 0>>",
        }
    )  # fmt: skip


def with_container(digits: bytes) -> bytes:
    """With a seal whose container is this, and which says that it covers all the rest."""
    form = b"<</Type/Catalog/Pages 3 0 R/AcroForm<</Fields[<</V 2 0 R>>]>>>>"
    range_ = b"[0 %09d %09d %09d]"
    head = b"<</Type/Sig/M(D:20260314042000Z)/ByteRange" + range_ % (0, 0, 0) + b"/Contents "
    pdf = written({1: form, 2: head + b"<" + digits + b">>>", 3: b"<</Type/Pages/Kids[]/Count 0>>"})
    at = pdf.index(b"/Contents ") + len(b"/Contents ")
    after = at + len(digits) + 2
    return pdf.replace(range_ % (0, 0, 0), range_ % (at, after, len(pdf) - after))


def nested(depth: int) -> bytes:
    """Sequences in sequences, each with its right length."""
    data = b""
    for _ in range(depth):
        size = len(data)
        data = b"0" + (bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")) + data
    return data.hex().upper().encode()


HOSTILE: dict[str, Callable[[], bytes]] = {
    "2 kB of cross-references, deflated twice": lambda: cross_references(1_000),
    "100 kB of them, deflated twice": lambda: cross_references(42_000),
    "some hundred bytes, deflated three times": lambda: cross_references(1_000, 3),
    "cross-references that say that they are 400 million": lambda: (
        (body := b"%PDF-1.7\n")
        + stream(1, "/Type/XRef/Size 400000000/W[1 2 1]/Root 1 0 R", zlib.compress(bytes(400)), 1)
        + b"startxref\n%d\n%%%%EOF\n" % len(body)
    ),
    "an attachment of 2 GB, deflated": lambda: carrying(deflated_zeros(2_000, 1)),
    "an attachment of 1 GB, deflated twice": lambda: carrying(deflated_zeros(1_000, 2), 2),
    "an attachment of 31 MB of [": lambda: carrying(zlib.compress(b"[" * (31 * MB), 9)),
    "an attachment of 31 MB of numbers": lambda: carrying(zlib.compress(b"[" + b"1," * (15 * MB) + b"1]", 9)),
    "a megabyte of [": lambda: written({1: b"<</Type/Catalog/X " + b"[" * MB + b">>"}),
    "a megabyte of <<": lambda: written({1: b"<</Type/Catalog/X " + b"<</A" * (MB // 4) + b">>"}),
    "300,000 objects": lambda: written(dict.fromkeys(range(1, 300000), b"<</Type/Catalog>>")),
    "a tree of names that is its own branch": lambda: written(
        {
            1: b"<</Type/Catalog/Pages 3 0 R/Names<</EmbeddedFiles 2 0 R>>>>",
            2: b"<</Kids[2 0 R 2 0 R]>>",
            3: b"<</Type/Pages/Kids[]/Count 0>>",
        }
    ),
    "pages that are their own parent": lambda: written(
        {
            1: b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[2 0 R]>>>>",
            2: b"<</Type/Pages/Kids[2 0 R]/Count 9/V 2 0 R>>",
        }
    ),
    "a seal's container nested 16,000 deep": lambda: with_container(nested(16_000)),
    "a seal's container of 32,000 parts": lambda: with_container(b"3082FA00" + b"0500" * 32_000),
    "a seal's container of a megabyte": lambda: with_container(b"308400100000" + b"0500" * (MB // 2)),
    "4 MB without an object": lambda: b"%PDF-1.7\n" + b"1 0 obj " * (MB // 2),
    "4 MB of trailers": lambda: b"%PDF-1.7\n" + b"trailer<</Root 1 0 R>>\n" * (4 * MB // 23),
    "references that go round": lambda: (
        b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer<</Size 1/Prev 9>>\nstartxref\n9\n%%EOF\n"
    ),
    "nothing": lambda: b"",
}
"""What it is, and how it is made."""
