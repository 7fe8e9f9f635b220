"""Strict reading: one text for each value, so that no byte can change without being noticed."""

import base64
import hashlib
import json
import re
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

LARGEST = 2**53 - 1
"""The largest whole number that every JSON reader keeps exact (RFC 8785 section 3.2.2.3)."""

_HASH = re.compile(r"[0-9a-f]{64}\Z")


def sha256(data: bytes | str) -> str:
    """Lowercase hex SHA-256."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def is_hash(value: Any) -> bool:
    """Whether a value is a SHA-256 in lowercase hex."""
    return isinstance(value, str) and _HASH.match(value) is not None


def read_canonical(text: bytes | str) -> Any:
    """The value of JSON text that is canonical (RFC 8785) and has whole numbers only; raises `ValueError` otherwise."""
    if isinstance(text, bytes):
        text = text.decode()
    value = json.loads(text, parse_float=_no_fraction, parse_constant=_no_fraction, parse_int=_whole)
    if _write(value) != text:
        raise ValueError("not canonical: another order, spacing, escape or repeated name")
    return value


def _no_fraction(text: str) -> Any:
    raise ValueError(f"{text[:40]} is no whole number")


def _whole(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > LARGEST:
        raise ValueError("a number beyond 2**53 - 1")
    return int(text)


def _write(value: Any) -> str:
    if isinstance(value, dict):
        items = sorted(value.items(), key=lambda item: item[0].encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{_write(name)}:{_write(item)}" for name, item in items) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_write, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def from_base64url(text: str) -> bytes:
    """The bytes of unpadded base64url; raises `ValueError` when another text would give the same bytes."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise ValueError("not strict base64url")
    return data


def from_base64(text: str) -> bytes:
    """The bytes of padded base64; raises `ValueError` when another text would give the same bytes."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("not strict base64")
    return data


def signed_by(key: ec.EllipticCurvePublicKey, data: bytes, signature: str) -> bool:
    """Whether base64url r and s (32 bytes each) is this P-256 key's ECDSA signature over SHA-256 of the data."""
    raw = from_base64url(signature)
    if len(raw) != 64:
        raise ValueError("a signature is 64 bytes")
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    try:
        key.verify(der, data, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
