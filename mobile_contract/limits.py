"""The sizes that phones and server agree on, stated once: a client refuses at the tap what no server takes.

All sizes of text are bytes of UTF-8. `limits.json` has the same numbers for clients in other languages.
"""

import json
from importlib import resources

CONTRACT_VERSION = 2
"""What a phone says it understands: since 2 rows have members that came later, and who reads them passes over what it does not know."""

SUBJECTS: dict[str, str] = json.loads((resources.files("mobile_contract") / "subjects.json").read_text())
"""What operations of each kind are about; the server writes the file. A kind that is not in it is about a visit."""

OPERATION_BYTES = 1_000_000
"""The canonical text of one operation."""
KIND_BYTES = 64_000
"""The canonical text of an operation of any kind but `LARGE_KINDS`; those may have `OPERATION_BYTES`."""
LARGE_KINDS = ("check_in", "report")
VISIT_BYTES = 8 * 1024 * 1024
"""The canonical texts of all operations about one visit. They are in its sealed record, and with all of them, however they
are escaped, it stays below what verifiers read. What goes beyond it is parked and in no record."""
ATTACHMENT_BYTES = 500_000
"""What travels beside one operation, such as the strokes of a signature."""
REQUEST_BYTES = 8 * 1024 * 1024
"""The body of one request, as it is sent. The largest operation fits however it is escaped in JSON: three bytes for each of
its text, six for each of its attachment."""
BATCH_OPERATIONS = 500
"""Operations of one exchange."""
PAGE_BYTES_LEAST, PAGE_BYTES_MOST = 4096, 4 * 1024 * 1024
"""What a phone may ask for as the size of a page."""
KIND_CHARACTERS = 40
"""The name of a kind of operation."""
INTEGER = 2**53 - 1
"""The largest whole number, and with a minus the smallest, that JSON keeps exactly everywhere (RFC 8785)."""
DEPTH = 100
"""Lists and objects within each other in an operation."""
PHOTO_BYTES = 256 * 1024 * 1024
"""The largest photo that can be promised."""

LIMITS: dict[str, int | tuple[str, ...]] = {
    "operation_bytes": OPERATION_BYTES, "kind_bytes": KIND_BYTES, "large_kinds": LARGE_KINDS,
    "visit_bytes": VISIT_BYTES, "attachment_bytes": ATTACHMENT_BYTES, "request_bytes": REQUEST_BYTES,
    "batch_operations": BATCH_OPERATIONS, "page_bytes_least": PAGE_BYTES_LEAST,
    "page_bytes_most": PAGE_BYTES_MOST, "kind_characters": KIND_CHARACTERS, "integer": INTEGER, "depth": DEPTH,
    "photo_bytes": PHOTO_BYTES,
}  # fmt: skip


def most_bytes(kind: str) -> int:
    """Of the canonical text of an operation of this kind; a larger one is parked, in no record, and can only be dismissed."""
    return OPERATION_BYTES if kind in LARGE_KINDS else KIND_BYTES
