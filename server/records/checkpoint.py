"""Checkpoints of the log: C2SP tlog-checkpoint in a C2SP signed-note, signed with Ed25519.

The text is the log's name, the tree's size and the root in base64, a line each; a blank line; then the signature lines
(https://c2sp.org/tlog-checkpoint, https://c2sp.org/signed-note). Anybody who keeps an old one can later ask the log to
prove that it has only grown.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
"""The signature type byte of Ed25519 in a signed note."""


class BadCheckpoint(ValueError):
    """The text is no checkpoint, or no signature on it is by the key that was asked for."""


@dataclass(frozen=True)
class Checkpoint:
    """A log's name, how many leaves it had, and the root hash of those."""

    origin: str
    size: int
    root: bytes


def key_hash(name: str, key: Ed25519PublicKey) -> bytes:
    """The four bytes by which a note's signature line names its key."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + key.public_bytes_raw()).digest()[:4]


def verifier_key(name: str, key: Ed25519PublicKey) -> str:
    """The key as other log tools read it: name, hash and base64 of the type and key, joined by plus signs."""
    encoded = base64.b64encode(ED25519 + key.public_bytes_raw()).decode()
    return f"{name}+{key_hash(name, key).hex()}+{encoded}"


def make_checkpoint(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """The signed note of a checkpoint; the log's name is also the name of the key."""
    origin = checkpoint.origin
    if not origin or "+" in origin or any(letter.isspace() for letter in origin):
        raise BadCheckpoint("a log's name has no spaces and no plus sign, such as example.com/fieldproof")
    root = base64.b64encode(checkpoint.root).decode()
    text = f"{origin}\n{checkpoint.size}\n{root}\n"
    signed = base64.b64encode(key_hash(origin, key.public_key()) + key.sign(text.encode())).decode()
    return f"{text}\n\u2014 {origin} {signed}\n"


def parse_checkpoint(note: str, key: Ed25519PublicKey) -> Checkpoint:
    """The checkpoint of a note that `key` signed under the log's own name; raises `BadCheckpoint` otherwise."""
    text, blank, signatures = note.rpartition("\n\n")
    text += "\n"
    lines = text.split("\n")
    if not blank or len(lines) < 4:
        raise BadCheckpoint("a checkpoint has a name, a size and a root, then a blank line, then signatures")
    origin, size, root = lines[:3]
    prefix = f"\u2014 {origin} "
    for line in signatures.splitlines():
        if line.startswith(prefix) and _signed(text, line.removeprefix(prefix), origin, key):
            if not size.isascii() or not size.isdigit() or (size != "0" and size.startswith("0")):
                raise BadCheckpoint("the size is not a plain decimal number")
            return Checkpoint(origin, int(size), _root(root))
    raise BadCheckpoint("no signature on this checkpoint is by the log's key")


def _root(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise BadCheckpoint("the root is not base64") from error


def _signed(text: str, encoded: str, name: str, key: Ed25519PublicKey) -> bool:
    try:
        signed = base64.b64decode(encoded, validate=True)
        key.verify(signed[4:], text.encode())
    except (binascii.Error, InvalidSignature):
        return False
    return signed[:4] == key_hash(name, key)
