"""The log as a stranger checks it: the checkpoint's signature and the path from the record's leaf to its root."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from server.records.verify.strict import from_base64


class Head(NamedTuple):
    """What a checkpoint says: the log's name, its number of leaves and their root hash."""

    origin: str
    size: int
    root: bytes


def read_checkpoint(note: str) -> tuple[Head, bytes, str]:
    """A checkpoint's head, the bytes that were signed, and the one signature line (C2SP tlog-checkpoint, signed-note).

    Strict: three lines, a blank line, one signature line, as this product writes it. Raises `ValueError` otherwise.
    """
    origin, size, root, blank, signature, end = note.split("\n")
    if blank or end or str(int(size)) != size:
        raise ValueError("a checkpoint is a name, a size, a root, a blank line and a signature")
    return Head(origin, int(size), from_base64(root)), f"{origin}\n{size}\n{root}\n".encode(), signature


def checkpoint_signed(signed: bytes, signature: str, origin: str, keys: Sequence[Ed25519PublicKey]) -> bool:
    """Whether the signature line is by one of the keys, under the log's own name."""
    dash, name, encoded = signature.split(" ")
    raw = from_base64(encoded)
    if dash != "\u2014" or name != origin or len(raw) != 68:
        raise ValueError("the signature line is not the log's own Ed25519 line")
    return any(raw[:4] == _key_hash(name, key) and _verifies(key, raw[4:], signed) for key in keys)


def _key_hash(name: str, key: Ed25519PublicKey) -> bytes:
    return hashlib.sha256(name.encode() + b"\n\x01" + key.public_bytes_raw()).digest()[:4]


def _verifies(key: Ed25519PublicKey, signature: bytes, data: bytes) -> bool:
    try:
        key.verify(signature, data)
    except InvalidSignature:
        return False
    return True


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that a leaf and its path lead to (RFC 9162 section 2.1.3.2); raises `ValueError` for a wrong length."""
    if not 0 <= index < size:
        raise ValueError("the leaf lies outside the tree")
    place, last, hashed = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise ValueError("the path is too long")
        if place % 2 == 1 or place == last:
            hashed = hashlib.sha256(b"\x01" + sibling + hashed).digest()
            while place % 2 == 0 and place != 0:
                place, last = place // 2, last // 2
        else:
            hashed = hashlib.sha256(b"\x01" + hashed + sibling).digest()
        place, last = place // 2, last // 2
    if last != 0:
        raise ValueError("the path is too short")
    return hashed
