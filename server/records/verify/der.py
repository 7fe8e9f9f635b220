"""DER (ITU-T X.690), read strictly: one encoding for each value, so that no byte of a seal's container can change unseen.

`verify_page/files/der.js` has the same rules. What is not strict DER is refused, and what a seal or a time stamp never holds is, too:
tags of more than one byte, classes other than universal and context-specific, values of more than 16 MB, deep nesting.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

INTEGER, OCTETS, OID, SEQUENCE, SET = 0x02, 0x04, 0x06, 0x30, 0x31
BOOLEAN, BITS, NULL, ENUMERATED = 0x01, 0x03, 0x05, 0x0A
TEXTS = frozenset({12, 18, 19, 20, 22, 23, 24, 26, 27, 28, 30})
"""Tags of strings and times, whose bytes are taken as they are."""
PLAIN = frozenset({BOOLEAN, INTEGER, BITS, OCTETS, NULL, OID, ENUMERATED}) | TEXTS
DEPTH = 32


def context(number: int) -> int:
    """The tag of a context-specific value that is made of parts."""
    return 0xA0 + number


class Node(NamedTuple):
    """A value: its tag, its content, its whole encoding, and its parts when it is made of parts."""

    tag: int
    content: bytes
    whole: bytes
    parts: "tuple[Node, ...]"


def read_der(data: bytes) -> Node:
    """The one value that the bytes are. Raises `ValueError` unless they are strict DER from first to last."""
    node, end = read_at(data, 0)
    if end != len(data):
        raise ValueError("bytes after the end")
    return node


def read_at(data: bytes, start: int, depth: int = 0) -> tuple[Node, int]:
    """The value that begins at a place, and where it ends. Raises `ValueError` as `read_der`."""
    if depth > DEPTH:
        raise ValueError("nested too deeply")
    if start + 2 > len(data):
        raise ValueError("cut off")
    tag, length, at = data[start], data[start + 1], start + 2
    if length > 0x7F:
        count = length & 0x7F
        length = int.from_bytes(data[at : at + count], "big")
        at += count
        if not 1 <= count <= 3:
            raise ValueError("a length of another form")
        if length < 0x80 or length < 1 << 8 * (count - 1):
            raise ValueError("a length that is not the shortest")
    end = at + length
    if end > len(data):
        raise ValueError("a value that ends outside")
    content = data[at:end]
    parts = tuple(_parts(content, depth)) if tag & 0x20 else ()
    _check(tag, content, parts)
    return Node(tag, content, data[start:end], parts), end


def _parts(content: bytes, depth: int) -> Iterator[Node]:
    at = 0
    while at < len(content):
        node, at = read_at(content, at, depth + 1)
        yield node


def _check(tag: int, content: bytes, parts: tuple[Node, ...]) -> None:
    if tag & 0x1F == 0x1F:
        raise ValueError("a tag of more than one byte")
    if tag & 0xC0 == 0x80:
        return  # what an implicit tag stands for, the reader of the structure knows
    if tag not in PLAIN and tag not in (SEQUENCE, SET):
        raise ValueError("a tag that is not known here")
    if tag == SET and not ordered(parts):
        raise ValueError("a set that is not in order")
    if tag in (INTEGER, ENUMERATED) and not _shortest(content):
        raise ValueError("a number that is not the shortest")
    if tag == BOOLEAN and content not in (b"\0", b"\xff"):
        raise ValueError("neither true nor false")
    if tag == NULL and content:
        raise ValueError("a null with something in it")
    if tag == OID and not _is_oid(content):
        raise ValueError("an object identifier of another form")
    if tag == BITS and not _are_bits(content):
        raise ValueError("a bit string of another form")


def ordered(parts: tuple[Node, ...]) -> bool:
    """Whether the parts of a SET OF stand as DER has them: ascending, as bytes."""
    return all(one.whole <= other.whole for one, other in pairwise(parts))


def _shortest(content: bytes) -> bool:
    if len(content) < 2:
        return bool(content)
    return not (content[0] == 0 and content[1] < 0x80) and not (content[0] == 0xFF and content[1] > 0x7F)


def _is_oid(content: bytes) -> bool:
    if not content or content[-1] > 0x7F:
        return False
    return all(byte != 0x80 or (at > 0 and content[at - 1] > 0x7F) for at, byte in enumerate(content))


def _are_bits(content: bytes) -> bool:
    if not content or content[0] > 7:
        return False
    if len(content) == 1:
        return content[0] == 0
    return content[-1] & ((1 << content[0]) - 1) == 0


def expect(node: Node | None, tag: int, count: int | None = None) -> tuple[Node, ...]:
    """The parts of a value that must have this tag, and this many parts. Raises `ValueError`."""
    if node is None or node.tag != tag or (count is not None and len(node.parts) != count):
        raise ValueError("another structure than was expected")
    return node.parts


def oid(node: Node) -> str:
    """An object identifier as dotted numbers. Raises `ValueError` when the value is none."""
    if node.tag != OID:
        raise ValueError("an object identifier is missing")
    numbers, value = [], 0
    for byte in node.content:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            numbers.append(value)
            value = 0
    first = min(2, numbers[0] // 40)
    return ".".join(map(str, [first, numbers[0] - first * 40, *numbers[1:]]))


def der(tag: int, *contents: bytes) -> bytes:
    """The encoding of a value with this tag and content."""
    content = b"".join(contents)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content
