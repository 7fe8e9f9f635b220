"""Cryptographic Message Syntax (RFC 5652) as seals and time stamps have it: one signer, its certificate beside it.

It is read here and not by the library that seals, because a library accepts more than one form of the same thing, and what nobody signs could
then be changed without a word. `verify_page/files/cms.js` has the same rules, so that both say the same of each change.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from server.records.verify.der import (
    INTEGER,
    NULL,
    OCTETS,
    SEQUENCE,
    SET,
    Node,
    context,
    expect,
    oid,
    ordered,
    read_der,
)

SIGNED_DATA = "1.2.840.113549.1.7.2"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
CERTIFICATE_V1, CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
COMMON_NAME = "2.5.4.3"
HASHES: dict[str, hashes.HashAlgorithm] = {
    "2.16.840.1.101.3.4.2.1": hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
}
RSA = {
    "1.2.840.113549.1.1.1": None,
    "1.2.840.113549.1.1.11": "sha256",
    "1.2.840.113549.1.1.12": "sha384",
    "1.2.840.113549.1.1.13": "sha512",
}
"""Kinds of signature, each with the hash that its name says; the first leaves that to the digest's."""
PSS = "1.2.840.113549.1.1.10"
MGF1 = "1.2.840.113549.1.1.8"
ECDSA = {
    "1.2.840.10045.4.3.2": "sha256",
    "1.2.840.10045.4.3.3": "sha384",
    "1.2.840.10045.4.3.4": "sha512",
}
CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)


@dataclass(frozen=True)
class Certificate:
    """What is read of a certificate: `name` is issuer and serial number, by which a signer names it; `key` is its SPKI."""

    der: bytes
    name: bytes
    key: bytes
    subject: str


@dataclass(frozen=True)
class Signed:
    """What a ContentInfo with SignedData says, taken apart and not yet checked."""

    content: Sequence[Node]
    certificates: Sequence[Certificate]
    sid: Node
    hash: hashes.HashAlgorithm
    attributes: Node
    algorithm: Node
    signature: bytes
    unsigned: Node | None


def read_signed(container: Node) -> Signed:
    """Take a ContentInfo apart. Raises `ValueError` when it is of another structure."""
    kind, wrapped = expect(container, SEQUENCE, 2)
    if oid(kind) != SIGNED_DATA:
        raise ValueError("not signed data")
    (data,) = expect(wrapped, context(0), 1)
    version, digests, content, certificates, *rest = expect(data, SEQUENCE)
    if len(rest) not in (1, 2) or (len(rest) == 2 and rest[0].tag != context(1)):
        raise ValueError("another structure than was expected")
    (signer,) = expect(rest[-1], SET, 1)
    signer_version, sid, digest, attributes, algorithm, signature, *more = expect(signer, SEQUENCE)
    if (version.tag, digests.tag, signer_version.tag, sid.tag, signature.tag, attributes.tag, len(more) < 2) != (
        INTEGER, SET, INTEGER, SEQUENCE, OCTETS, context(0), True,
    ):  # fmt: skip
        raise ValueError("another structure than was expected")
    if (
        not ordered(certificates.parts)
        or not ordered(attributes.parts)
        or any(not ordered(each.parts) for each in more)
    ):
        raise ValueError("a set that is not in order")
    return Signed(
        content=expect(content, SEQUENCE),
        certificates=[_certificate(each) for each in expect(certificates, context(0))],
        sid=sid,
        hash=hash_of(digest),
        attributes=attributes,
        algorithm=algorithm,
        signature=signature.content,
        unsigned=more[0] if more else None,
    )


def hash_of(node: Node) -> hashes.HashAlgorithm:
    """The hash of an algorithm's name whose parameters are absent or null. Raises `ValueError` for other than SHA-2."""
    name, *parameters = expect(node, SEQUENCE)
    known = HASHES.get(oid(name))
    if known is None or [each.tag for each in parameters] not in ([], [NULL]):
        raise ValueError("another hash than SHA-2")
    return known


def digest_by(algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
    """The digest of the data by this hash."""
    return hashlib.new(algorithm.name, data).digest()


def attributes_of(node: Node, tag: int) -> dict[str, Node]:
    """The single value of each attribute, by its name. Raises `ValueError` for one that stands there twice."""
    found: dict[str, Node] = {}
    for each in expect(node, tag):
        kind, values = expect(each, SEQUENCE, 2)
        if oid(kind) in found:
            raise ValueError("an attribute stands there twice")
        (found[oid(kind)],) = expect(values, SET, 1)
    return found


def _certificate(node: Node) -> Certificate:
    body, _, _ = expect(node, SEQUENCE, 3)
    parts = expect(body, SEQUENCE)
    serial, _, issuer, _, subject, key = (parts[1:] if parts[0].tag == context(0) else parts)[:6]
    return Certificate(node.whole, issuer.whole + serial.whole, key.whole, _common_name(subject))


def _common_name(subject: Node) -> str:
    for names in expect(subject, SEQUENCE):
        for each in expect(names, SET):
            kind, value = expect(each, SEQUENCE, 2)
            if oid(kind) == COMMON_NAME:
                return value.content.decode(errors="replace")
    return "no name"


def signer_of(signed: Signed) -> Certificate:
    """The certificate that the signer is named by. Raises `ValueError` when it is not there."""
    for each in signed.certificates:
        if each.name == signed.sid.content:
            return each
    raise ValueError("the signer's certificate is not there")


def faults(signed: Signed, certificate: Certificate, digest: bytes, kind: str) -> set[str]:
    """What is wrong with a signature over content with this digest and of this kind: `type`, `content`, `signature`."""
    attributes = attributes_of(signed.attributes, context(0))
    found = set()
    if CONTENT_TYPE not in attributes or oid(attributes[CONTENT_TYPE]) != kind:
        found.add("type")
    digested = attributes.get(MESSAGE_DIGEST)
    if digested is None or digested.tag != OCTETS or digested.content != digest:
        found.add("content")
    if not _names(attributes, certificate) or not _verifies(certificate.key, signed):
        found.add("signature")
    return found


def _names(attributes: dict[str, Node], certificate: Certificate) -> bool:
    """Whether the signed attributes name this certificate by its hash (RFC 5035), so that another cannot be put in its place."""
    second = attributes.get(CERTIFICATE_V2)
    value = second or attributes.get(CERTIFICATE_V1)
    if value is None:
        return False
    first, *rest = expect(expect(expect(value, SEQUENCE)[0], SEQUENCE)[0], SEQUENCE)
    if first.tag == OCTETS:
        if second is None:
            return first.content == hashlib.sha1(certificate.der, usedforsecurity=False).digest()
        return first.content == hashlib.sha256(certificate.der).digest()
    return rest[0].content == digest_by(hash_of(first), certificate.der)


def _verifies(spki: bytes, signed: Signed) -> bool:
    key = load_der_public_key(spki)
    signed_bytes = bytes([SET]) + signed.attributes.whole[1:]
    name, *parameters = expect(signed.algorithm, SEQUENCE)
    kind, by = oid(name), signed.hash
    if kind != PSS and [each.tag for each in parameters] not in ([], [NULL]):
        raise ValueError("parameters of a signature that are not known here")
    if (RSA.get(kind) or ECDSA.get(kind) or by.name) != by.name:
        return False
    try:
        if kind in ECDSA:
            if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, CURVES):
                raise ValueError("a curve that is not known here")
            for number in expect(read_der(signed.signature), SEQUENCE, 2):
                if number.tag != INTEGER or number.content[0] > 0x7F:
                    raise ValueError("a number is missing")
            key.verify(signed.signature, signed_bytes, ec.ECDSA(by))
            return True
        if not isinstance(key, rsa.RSAPublicKey) or (kind not in RSA and kind != PSS):
            raise ValueError("a kind of signature that is not known here")
        key.verify(signed.signature, signed_bytes, _pss(parameters, by) if kind == PSS else padding.PKCS1v15(), by)
    except InvalidSignature:
        return False
    return True


def _pss(parameters: Sequence[Node], by: hashes.HashAlgorithm) -> padding.PSS:
    """RSASSA-PSS (RFC 4055) with one hash throughout, given in full, as its default is SHA-1."""
    hashed, mask, salt, *more = expect(parameters[0] if len(parameters) == 1 else None, SEQUENCE)
    name, masked_by = expect(expect(mask, context(1), 1)[0], SEQUENCE, 2)
    length = expect(salt, context(2), 1)[0]
    same = hash_of(expect(hashed, context(0), 1)[0]).name == hash_of(masked_by).name == by.name
    if more or not same or oid(name) != MGF1 or length.tag != INTEGER or len(length.content) != 1:
        raise ValueError("parameters of a signature that are not known here")
    return padding.PSS(padding.MGF1(by), length.content[0])
