"""Ways to change a seal's container, which lies outside what the seal covers, and what the verifiers must say of each.

Made of the kept PDFs, one with and one without a time stamp. A path names a value in the container by the places of the
parts that it lies in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from server.records.verify.der import Node, context, der, read_at
from tests.records.corpus import container

KEPT = Path(__file__).with_name("kept") / "version_1"
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of P-256."""
PLAIN, STAMPED = "signed-en", "time-stamped-zh"

SEQUENCE, SET, OCTETS, INTEGER, NULL = 0x30, 0x31, 0x04, 0x02, bytes.fromhex("0500")
DATA = (1, 0)
VERSION, DIGESTS, CONTENT, CERTIFICATES, SIGNERS = ((*DATA, at) for at in range(5))
SIGNER = (*SIGNERS, 0)
S_VERSION, SID, S_DIGEST, ATTRIBUTES, ALGORITHM, SIGNATURE, UNSIGNED = ((*SIGNER, at) for at in range(7))
TOKEN = (*UNSIGNED, 0, 1, 0)
T_DATA = (*TOKEN, 1, 0)
T_VERSION, T_DIGESTS, T_CONTENT, T_CERTIFICATES, T_SIGNERS = ((*T_DATA, at) for at in range(5))
T_SIGNER = (*T_SIGNERS, 0)
T_SID, T_DIGEST, T_ATTRIBUTES, T_ALGORITHM, T_SIGNATURE = ((*T_SIGNER, at) for at in range(1, 6))

Path_ = tuple[int, ...]
Edit = Callable[[Node], bytes]


@dataclass(frozen=True)
class Kept:
    """The keys of the kept PDFs, as a `Case` wants them."""

    key_file: bytes = (KEPT / "server.pub").read_bytes()


@cache
def kept(name: str) -> bytes:
    return (KEPT / f"{name}.pdf").read_bytes()


@cache
def read(name: str) -> Node:
    """The container of a kept PDF."""
    pdf = kept(name)
    start, end = container(pdf)
    return read_at(bytes.fromhex(pdf[start:end].decode()), 0)[0]


def at(node: Node, path: Path_) -> Node:
    for step in path:
        node = node.parts[step]
    return node


def edited(node: Node, path: Path_, edit: Edit) -> bytes:
    """The encoding with one value edited, and all lengths around it set right."""
    if not path:
        return edit(node)
    parts = (edited(p, path[1:], edit) if number == path[0] else p.whole for number, p in enumerate(node.parts))
    return der(node.tag, *parts)


def put(pdf: bytes, encoding: bytes) -> bytes:
    """The PDF with another container in the same place."""
    start, end = container(pdf)
    digits = encoding.hex().upper().encode()
    assert len(digits) <= end - start, "there is no room for it"
    return pdf[:start] + digits.ljust(end - start, b"0") + pdf[end:]


def changed(name: str, path: Path_, edit: Edit) -> bytes:
    """A kept PDF with one value of its container edited."""
    return put(kept(name), edited(read(name), path, edit))


def to(encoding: bytes) -> Edit:
    return lambda _: encoding


def gone(_: Node) -> bytes:
    return b""


def with_part(encoding: bytes) -> Edit:
    """One part more, sorted as in a set."""
    return lambda node: der(node.tag, *sorted([*(part.whole for part in node.parts), encoding]))


def then(encoding: bytes) -> Edit:
    """Something more right behind the value."""
    return lambda node: node.whole + encoding


def last_part(encoding: bytes) -> Edit:
    return lambda node: der(node.tag, *(part.whole for part in node.parts), encoding)


def without_last(node: Node) -> bytes:
    return der(node.tag, *(part.whole for part in node.parts[:-1]))


def turned_round(node: Node) -> bytes:
    return der(node.tag, *(part.whole for part in reversed(node.parts)))


def flipped(place: int, bit: int = 0) -> Edit:
    """One bit of the value changed, counted from its end when `place` is negative."""

    def edit(node: Node) -> bytes:
        out = bytearray(node.whole)
        out[place] ^= 1 << bit
        return bytes(out)

    return edit


def number(value: int) -> bytes:
    return der(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def twin(node: Node) -> bytes:
    """ECDSA: s becomes n - s, which is as valid."""
    r, s = read_at(node.content, 0)[0].parts
    return der(OCTETS, der(SEQUENCE, r.whole, number(N - int.from_bytes(s.content, "big"))))


def stretched(node: Node) -> bytes:
    """ECDSA: s with a zero before it."""
    r, s = read_at(node.content, 0)[0].parts
    return der(OCTETS, der(SEQUENCE, r.whole, der(INTEGER, b"\0\0", s.content)))


def more_than_n(node: Node) -> bytes:
    """ECDSA: s becomes s + n, which some libraries reduce."""
    r, s = read_at(node.content, 0)[0].parts
    return der(OCTETS, der(SEQUENCE, r.whole, number(N + int.from_bytes(s.content, "big"))))


def long_length(node: Node) -> bytes:
    """The length of the value said with a byte more than it takes."""
    head = len(node.whole) - len(node.content)
    size = len(node.content).to_bytes(3, "big")
    assert head < 5
    return node.whole[:1] + b"\x83" + size + node.content


def endless(node: Node) -> bytes:
    """BER: no length, but an end."""
    return node.whole[:1] + b"\x80" + node.content + b"\0\0"


TEXT = der(0x0C, "付款条件另议. Anything at all".encode())
CONTENT_HINT = bytes.fromhex("060b2a864886f70d0109100204")
FREE_ATTRIBUTE = der(SEQUENCE, CONTENT_HINT, der(SET, TEXT))
ECDSA_NAME = bytes.fromhex("06082a8648ce3d040302")
SHA256_NAME = bytes.fromhex("0609608648016503040201")
SHA512 = der(SEQUENCE, bytes.fromhex("0609608648016503040203"), NULL)


def free_list() -> bytes:
    """A list of revocations (RFC 5280) whose issuer is any text."""
    issuer = der(SEQUENCE, der(SET, der(SEQUENCE, bytes.fromhex("0603550403"), TEXT)))
    kind = der(SEQUENCE, ECDSA_NAME)
    listed = der(SEQUENCE, number(1), kind, issuer, der(0x17, b"260101000000Z"))
    return der(context(1), der(SEQUENCE, listed, kind, der(0x03, b"\0" * 71)))


def own(path: Path_) -> bytes:
    return at(read(PLAIN), path).whole


def other_certificate() -> bytes:
    """A certificate that has nothing to do with the seal, though it is sound: that of the authority."""
    return at(read(STAMPED), (*T_CERTIFICATES, 0)).whole


def free_certificate() -> bytes:
    """The company's certificate with another text as its subject's name."""
    certificate = at(read(PLAIN), (*CERTIFICATES, 0))
    return edited(certificate, (0, 5, 0, 0, 1), to(TEXT))


REFUSED: dict[str, tuple[str, Path_, Edit]] = {
    "an extra certificate": (PLAIN, CERTIFICATES, with_part(other_certificate())),
    "an extra certificate with free text": (PLAIN, CERTIFICATES, with_part(free_certificate())),
    "the same certificate twice": (PLAIN, CERTIFICATES, with_part(own((*CERTIFICATES, 0)))),
    "a list of revocations with free text": (PLAIN, CERTIFICATES, then(free_list())),
    "an empty list of revocations": (PLAIN, CERTIFICATES, then(der(context(1)))),
    "no certificate": (PLAIN, CERTIFICATES, to(der(context(0)))),
    "another text in the certificate": (PLAIN, CERTIFICATES, to(der(context(0), free_certificate()))),
    "a bit of the tag of the issuer's text": (PLAIN, (*SID, 0, 0, 0, 1), flipped(0, 3)),
    "another tag of the issuer's text": (PLAIN, (*SID, 0, 0, 0, 1), lambda node: b"\x13" + node.whole[1:]),
    "a bit of the issuer's text": (PLAIN, (*SID, 0, 0, 0, 1), flipped(-1)),
    "the serial number": (PLAIN, (*SID, 1), flipped(-1)),
    "something behind the serial number": (PLAIN, SID, last_part(TEXT)),
    "a bit of the signature's algorithm": (PLAIN, (*ALGORITHM, 0), flipped(-1)),
    "null parameters of the signature's algorithm": (PLAIN, ALGORITHM, last_part(NULL)),
    "text as parameters of the signature's algorithm": (PLAIN, ALGORITHM, last_part(TEXT)),
    "the signature's algorithm with a curve": (PLAIN, ALGORITHM, last_part(bytes.fromhex("06082a8648ce3d030107"))),
    "the digest's algorithm without null": (PLAIN, S_DIGEST, without_last),
    "the digest's algorithm with two nulls": (PLAIN, S_DIGEST, last_part(NULL)),
    "another digest's algorithm": (PLAIN, S_DIGEST, to(SHA512)),
    "the list of digests without null": (PLAIN, (*DIGESTS, 0), without_last),
    "another digest in the list": (PLAIN, DIGESTS, to(der(SET, SHA512))),
    "two digests in the list": (PLAIN, DIGESTS, with_part(SHA512)),
    "no digests in the list": (PLAIN, DIGESTS, to(der(SET))),
    "the container's version": (PLAIN, VERSION, to(number(3))),
    "a longer version": (PLAIN, VERSION, to(bytes.fromhex("02020001"))),
    "the signer's version": (PLAIN, S_VERSION, to(number(3))),
    "another kind of content": (PLAIN, (*CONTENT, 0), flipped(-1)),
    "content beside the file": (PLAIN, CONTENT, last_part(der(context(0), der(OCTETS, b"Anything")))),
    "empty unsigned attributes": (PLAIN, SIGNATURE, then(der(context(1)))),
    "an unsigned attribute with free text": (PLAIN, SIGNATURE, then(der(context(1), FREE_ATTRIBUTE))),
    "two signers": (PLAIN, SIGNERS, with_part(own(SIGNER))),
    "no signer": (PLAIN, SIGNERS, to(der(SET))),
    "a signed attribute more": (PLAIN, ATTRIBUTES, with_part(FREE_ATTRIBUTE)),
    "a signed attribute gone": (PLAIN, ATTRIBUTES, without_last),
    "the signed attributes in another order": (PLAIN, ATTRIBUTES, turned_round),
    "the signed attributes without a length": (PLAIN, ATTRIBUTES, endless),
    "s with a zero before it": (PLAIN, SIGNATURE, stretched),
    "s with n more": (PLAIN, SIGNATURE, more_than_n),
    "something behind s": (PLAIN, SIGNATURE, lambda node: der(OCTETS, node.content, NULL)),
    "a longer length": (PLAIN, SIGNATURE, long_length),
    "the signature in two pieces": (
        PLAIN,
        SIGNATURE,
        lambda n: der(0x24, der(OCTETS, n.content[:9]), der(OCTETS, n.content[9:])),
    ),
    "the whole without a length": (PLAIN, (), endless),
    "something behind the whole": (PLAIN, (), then(TEXT)),
    "a second container behind the first": (PLAIN, (), lambda node: node.whole + node.whole),
    "the time stamp taken out": (STAMPED, UNSIGNED, gone),
    "the time stamp taken out of its attributes": (STAMPED, UNSIGNED, to(der(context(1)))),
    "an attribute beside the time stamp": (STAMPED, UNSIGNED, with_part(FREE_ATTRIBUTE)),
    "two time stamps": (STAMPED, (*UNSIGNED, 0, 1), lambda n: der(SET, n.parts[0].whole, n.parts[0].whole)),
    "s of a timed seal becomes n - s": (STAMPED, SIGNATURE, twin),
    "a bit of the stamp's time": (STAMPED, (*T_CONTENT, 1, 0), flipped(60)),
    "a bit of the stamp's signature": (STAMPED, T_SIGNATURE, flipped(-1)),
    "a bit of the authority's certificate": (STAMPED, (*T_CERTIFICATES, 0), flipped(-1)),
    "the authority's name in the stamp": (STAMPED, (*T_SID, 1), to(number(8))),
    "the authority's certificate gone": (STAMPED, T_CERTIFICATES, to(der(context(0)))),
    "the stamp's certificates gone": (STAMPED, T_CERTIFICATES, gone),
    "another text in place of the authority's certificate": (
        STAMPED,
        T_CERTIFICATES,
        to(der(context(0), free_certificate())),
    ),
    "text as parameters of the stamp's algorithm": (
        STAMPED,
        T_ALGORITHM,
        lambda n: der(SEQUENCE, n.parts[0].whole, TEXT),
    ),
    "the stamp's signed attributes in another order": (STAMPED, T_ATTRIBUTES, turned_round),
    "the stamp without a length": (STAMPED, TOKEN, endless),
    "two of the authority's signatures": (STAMPED, T_SIGNERS, lambda n: der(SET, n.parts[0].whole, n.parts[0].whole)),
}
"""Both verifiers refuse: either the seal or its time stamp, the same one."""

NAMED: dict[str, tuple[str, Path_, Edit]] = {
    "s becomes n - s": (PLAIN, SIGNATURE, twin),
    "an extra certificate in the stamp": (STAMPED, T_CERTIFICATES, with_part(own((*CERTIFICATES, 0)))),
    "a certificate with free text in the stamp": (STAMPED, T_CERTIFICATES, with_part(free_certificate())),
    "a list of revocations in the stamp": (STAMPED, T_CERTIFICATES, then(free_list())),
    "an unsigned attribute in the stamp": (STAMPED, T_SIGNATURE, then(der(context(1), FREE_ATTRIBUTE))),
    "empty unsigned attributes in the stamp": (STAMPED, T_SIGNATURE, then(der(context(1)))),
    "another version of the stamp": (STAMPED, T_VERSION, to(number(4))),
    "another list of digests in the stamp": (STAMPED, T_DIGESTS, with_part(SHA512)),
    "the stamp's digest without null": (STAMPED, T_DIGEST, without_last),
    "the stamp's algorithm without null": (STAMPED, T_ALGORITHM, without_last),
    "the stamp's algorithm with its digest": (
        STAMPED,
        (*T_ALGORITHM, 0),
        to(bytes.fromhex("06092a864886f70d01010b")),
    ),
}
"""Nothing signs these, so that both verifiers accept them, and both say in the answer that they are not covered."""
