"""Checks of the company's seal (PAdES) over the whole PDF, and of the time stamp that may stand in it.

The seal covers every byte of the file but its own container. Of that, nothing is taken as it comes: it is written once more from the
few parts that something signs, and must be the same to the last digit.
"""

import re
from dataclasses import dataclass
from typing import Any

import pikepdf

from server.records.verify.claim import Finding
from server.records.verify.cms import (
    Certificate,
    Signed,
    attributes_of,
    digest_by,
    faults,
    hash_of,
    read_signed,
    signer_of,
)
from server.records.verify.der import OCTETS, OID, SEQUENCE, SET, Node, context, der, expect, oid, read_at, read_der
from server.records.verify.strict import sha256
from server.records.verify.trusted import Trusted

DATA, TST_INFO = "1.2.840.113549.1.7.1", "1.2.840.113549.1.9.16.1.4"
TIMESTAMP = "1.2.840.113549.1.9.16.2.14"
SIGNED_DATA_NAME, DATA_NAME = bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("06092a864886f70d010701")
TIMESTAMP_NAME = der(OID, bytes.fromhex("2a864886f70d010910020e"))
SHA256, ECDSA = bytes.fromhex("300d06096086480165030402010500"), bytes.fromhex("300a06082a8648ce3d040302")
VERSION_1 = b"\x02\x01\x01"
ROOM, MOST_ROOM = 4096, 131_072
"""Digits that a seal without a time stamp has room for; with one it has more, up to the most that is read."""

_MOMENT = re.compile(r"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z\Z", re.ASCII)
_STAMPED = re.compile(rb"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z\Z")
TWIN = "its own number s could be replaced by n - s, which proves the same"
PUT_IN, TAKEN_OUT = "without a time stamp, and one was put into it", "with a time stamp, and it was taken out"
STAMP_LEFT = (
    "not covered are, in the stamp's own container, further certificates, revocation lists, unsigned attributes, "
    "version numbers and how algorithms are written"
)


@dataclass(frozen=True)
class Seal:
    """The one signature of a PDF, read and not yet checked. `strict` says whether its container is as the sealer writes it."""

    moment: str
    digest: bytes
    signed: Signed
    certificate: Certificate
    token: Node | None
    room: int
    strict: bool


def read_seal(opened: pikepdf.Pdf, pdf: bytes) -> Seal:
    """The signature of an opened PDF. Raises `ValueError` when there is not one, or it cannot be read."""
    signature = _only_signature(opened)
    found = _MOMENT.match(str(signature.get("/M", "")))
    if found is None:
        raise ValueError("the signature gives no time")
    start, length, after, rest = _byte_range(signature)
    if start != 0 or not 0 < length < after or after + rest != len(pdf):
        raise ValueError("the signature does not cover the whole file: something was added after the sealing")
    gap = pdf[length:after]
    if len(gap) > MOST_ROOM + 2 or re.fullmatch(rb"<(?:[0-9A-F]{2})+>", gap) is None:
        raise ValueError("the signature's container is not as it was written")
    container, _ = read_at(bytes.fromhex(gap[1:-1].decode()), 0)
    signed = read_signed(container)
    unsigned = attributes_of(signed.unsigned, context(1)) if signed.unsigned else {}
    certificate, token = signer_of(signed), unsigned.get(TIMESTAMP)
    written = _as_sealed(signed, certificate, token).hex().upper().encode()
    return Seal(
        "{}-{}-{} {}:{}:{} UTC".format(*found.groups()),
        digest_by(hash_of(read_der(SHA256)), pdf[:length] + pdf[after:]),
        signed, certificate, token, len(gap) - 2,
        strict=gap == b"<" + written.ljust(len(gap) - 2, b"0") + b">",
    )  # fmt: skip


def _only_signature(opened: pikepdf.Pdf) -> pikepdf.Object:
    """The value of the one field of the PDF's form."""
    form = opened.Root.get("/AcroForm")
    fields: Any = form.get("/Fields") if isinstance(form, pikepdf.Dictionary) else None
    count = len(fields) if isinstance(fields, pikepdf.Array) else 0
    if count != 1:
        raise ValueError(f"the PDF has {count} signatures and should have one")
    value: pikepdf.Object | None = fields[0].get("/V")
    if not isinstance(value, pikepdf.Dictionary):
        raise ValueError("the PDF's signature is empty")
    return value


def _byte_range(signature: pikepdf.Object) -> tuple[int, int, int, int]:
    given: Any = signature.get("/ByteRange")
    numbers: list[Any] = list(given.as_list()) if isinstance(given, pikepdf.Array) else []
    if len(numbers) != 4 or not all(isinstance(number, int) for number in numbers):
        raise ValueError("the signature does not say what it covers")
    start, length, after, rest = numbers
    return start, length, after, rest


def _as_sealed(signed: Signed, certificate: Certificate, token: Node | None) -> bytes:
    """The container that the sealer writes around what is signed. Everything else in it is fixed."""
    stamp = [der(context(1), der(SEQUENCE, TIMESTAMP_NAME, der(SET, token.whole)))] if token else []
    signer = der(
        SEQUENCE, VERSION_1, der(SEQUENCE, certificate.name), SHA256, signed.attributes.whole, ECDSA,
        der(OCTETS, signed.signature), *stamp,
    )  # fmt: skip
    data = der(
        SEQUENCE, VERSION_1, der(SET, SHA256), der(SEQUENCE, DATA_NAME), der(context(0), certificate.der),
        der(SET, signer),
    )  # fmt: skip
    return der(SEQUENCE, SIGNED_DATA_NAME, der(context(0), data))


def seal(found: Seal, trusted: Trusted) -> Finding:
    """One signature, by the company's document key, valid, over every byte of the file but its own."""
    problems = [] if found.strict else ["the signature's container is not of the form that the seal has"]
    wrong = faults(found.signed, found.certificate, found.digest, DATA)
    if sha256(found.certificate.key) not in trusted.document:
        problems.append("the PDF is signed with a key that is not in the key file")
    if "content" in wrong:
        problems.append("the PDF was changed after it was sealed")
    if wrong & {"signature", "type"}:
        problems.append("the PDF's signature is not valid: it or its certificate was changed")
    who = f"PAdES by Common Name: {found.certificate.subject}, claimed time {found.moment}"
    return Finding(problems, f"{who}; nothing covers the seal itself: {TWIN}")


def timestamp(found: Seal) -> Finding:
    """Whether an independent authority timed the seal; without one the time is the company's word."""
    if (found.token is not None) != (found.room > ROOM):
        return Finding(["the seal was made " + (PUT_IN if found.token else TAKEN_OUT)])
    if found.token is None:
        return Finding([], "no timestamp of an independent authority: times rest on the company's clock", open=True)
    stamp = read_signed(found.token)
    kind, wrapped = stamp.content
    (content,) = expect(wrapped, context(0), 1)
    if oid(kind) != TST_INFO or content.tag != OCTETS:
        raise ValueError("no timestamp")
    certificate = signer_of(stamp)
    wrong = faults(stamp, certificate, digest_by(stamp.hash, content.content), TST_INFO)
    _, _, imprint, _, time, *_ = expect(read_der(content.content), SEQUENCE)
    algorithm, hashed = expect(imprint, SEQUENCE, 2)
    moment = _STAMPED.match(time.content)
    if wrong or moment is None or hashed.content != digest_by(hash_of(algorithm), found.signed.signature):
        return Finding(["the timestamp does not belong to this seal"])
    words = "{}-{}-{} {}:{}:{} UTC".format(*(part.decode() for part in moment.groups()))
    return Finding(
        [],
        f"{words} by Common Name: {certificate.subject}; whether to trust that authority is for the reader to decide; {STAMP_LEFT}",
        open=True,
    )
