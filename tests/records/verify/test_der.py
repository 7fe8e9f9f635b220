"""The strict reader of DER: what a slow library writes it reads, and what that library would write otherwise it refuses."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from asn1crypto import cms, core, tsp, x509
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from server.records.verify.der import Node, der, oid, read_der
from tests.records.containers import ATTRIBUTES, PLAIN, SID, STAMPED, T_ATTRIBUTES, T_CERTIFICATES, T_CONTENT, at, read
from tests.sizes import size

SCRIPT = Path(__file__).parent.with_name("der_cases.mjs")
KINDS: dict[str, tuple[Callable[[bytes], core.Asn1Value], bytes]] = {
    "attributes": (
        lambda data: cms.CMSAttributes.load(data, strict=True),
        b"\x31" + at(read(PLAIN), ATTRIBUTES).whole[1:],
    ),
    "stamp's attributes": (
        lambda data: cms.CMSAttributes.load(data, strict=True),
        b"\x31" + at(read(STAMPED), T_ATTRIBUTES).whole[1:],
    ),
    "certificate": (
        lambda data: x509.Certificate.load(data, strict=True),
        at(read(STAMPED), (*T_CERTIFICATES, 0)).whole,
    ),
    "issuer": (lambda data: cms.IssuerAndSerialNumber.load(data, strict=True), at(read(PLAIN), SID).whole),
    "stamp": (lambda data: tsp.TSTInfo.load(data, strict=True), at(read(STAMPED), (*T_CONTENT, 1, 0)).content),
}
"""Structures of seals and stamps: how the library reads each, and one as it is written."""


def is_read(data: bytes) -> bool:
    try:
        read_der(data)
    except ValueError:
        return False
    return True


def rewritten(kind: str, data: bytes) -> bytes | None:
    """What the library makes of the bytes and writes again; None when it cannot read them."""
    try:
        return KINDS[kind][0](data).dump(force=True)
    except Exception:  # noqa: BLE001  whatever it raises about strange bytes
        return None


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_is_read(kind: str) -> None:
    data = KINDS[kind][1]
    assert is_read(data)
    assert rewritten(kind, data) == data


# The same changes each time: one in a thousand makes another id of an id, or is within bytes that an extension holds, and what the
# library makes of those is a matter of the structure.
@settings(max_examples=size(100, 400), deadline=None, derandomize=True)
@given(
    kind=st.sampled_from(sorted(KINDS)),
    place=st.integers(0, 10**6),
    value=st.integers(0, 255),
    how=st.sampled_from("=+-"),
)
def test_what_the_library_would_write_otherwise_is_refused(kind: str, place: int, value: int, how: str) -> None:
    data = bytearray(KINDS[kind][1])
    place %= len(data)
    if how == "=":
        data[place] = value
    elif how == "+":
        data.insert(place, value)
    else:
        del data[place]
    # The library leaves out what has its default value (false, version 1), which is a matter of the structure.
    assume(how != "=" or value != 0)
    other = rewritten(kind, bytes(data))
    if other is not None and other != data:
        assert not is_read(bytes(data)), (data.hex(), other.hex())


leaf = st.one_of(
    st.integers(-(2**70), 2**70).map(lambda n: core.Integer(n).dump()),
    st.booleans().map(lambda flag: core.Boolean(flag).dump()),
    st.binary(max_size=300).map(lambda data: core.OctetString(data).dump()),
    st.text(max_size=80).map(lambda text: core.UTF8String(text).dump()),
    st.lists(st.booleans(), max_size=20).map(lambda bits: core.BitString(tuple(map(int, bits))).dump()),
    st.lists(st.integers(0, 2**40), min_size=1, max_size=6).map(
        lambda arcs: core.ObjectIdentifier(".".join(map(str, [1, 3, *arcs]))).dump()
    ),
    st.just(core.Null().dump()),
)
tree = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.lists(inner, max_size=6).map(lambda parts: der(0x30, *parts)),
        st.lists(inner, max_size=6).map(lambda parts: der(0x31, *sorted(parts))),
        st.tuples(st.integers(0, 30), inner).map(lambda pair: der(0xA0 + pair[0], pair[1])),
    ),
    max_leaves=20,
)


def again(node: Node) -> bytes:
    """The value written anew from its parts."""
    return der(node.tag, *(again(part) for part in node.parts)) if node.tag & 0x20 else der(node.tag, node.content)


@settings(max_examples=size(75, 300), deadline=None)
@given(tree)
def test_what_the_library_writes_is_read_and_written_the_same(data: bytes) -> None:
    assert again(read_der(data)) == data


@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=8), st.integers(0, 2), st.integers(0, 39))
def test_names_are_read_as_the_library_writes_them(arcs: list[int], first: int, second: int) -> None:
    dotted = ".".join(map(str, [first, second, *arcs]))
    assert oid(read_der(core.ObjectIdentifier(dotted).dump())) == dotted


def deep(levels: int) -> bytes:
    data = b""
    for _ in range(levels):
        data = der(0x30, data)
    return data


REFUSED = {
    "a length of one byte in two": "30810100", "a length without an end": "30800000", "a length of five bytes": "30850000000001",
    "a length beyond the end": "300501", "bytes behind": "050000", "nothing": "", "a tag alone": "30",
    "a tag of two bytes": "1f8100", "an application's tag": "6100", "a private tag": "e100", "a tag that is nobody's": "0000",
    "a number of no bytes": "0200", "a number with a zero before it": "0202007f", "a number with ones before it": "0202ff80",
    "true as one": "010101", "true of two bytes": "0102ffff", "null with content": "050100", "a name of no bytes": "0600",
    "a name that does not end": "06022a86", "a name with a zero before it": "06032a8001", "bits without their count": "0300",
    "eight unused bits": "03020800", "unused bits that are used": "030201ff", "no bits, some unused": "030103",
    "a set that is not in order": "3106020102020101", "octets in pieces": "2403040100", "text in pieces": "2c030c0161", "forty levels": deep(40).hex(),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_strict_is_refused(what: str) -> None:
    assert not is_read(bytes.fromhex(REFUSED[what]))


@pytest.mark.skipif(shutil.which("node") is None, reason="the page's modules are run by Node 20")
def test_the_page_reads_and_refuses_the_same(tmp_path: Path) -> None:
    cases = (
        [bytes.fromhex(text) for text in REFUSED.values()]
        + [data for _, data in KINDS.values()]
        + [deep(30), deep(33), deep(34)]
    )
    for _, data in KINDS.values():
        cases += [
            data[:place] + bytes([data[place] ^ 1 << place % 8]) + data[place + 1 :] for place in range(len(data))
        ]
        cases += [data[:place] + data[place + 1 :] for place in range(0, len(data), 3)]
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([case.hex() for case in cases]))
    done = subprocess.run(
        ["node", "--no-warnings", str(SCRIPT), str(file)], capture_output=True, check=True, timeout=120
    )
    ours = [is_read(case) for case in cases]
    assert json.loads(done.stdout) == ours
    assert 0 < sum(ours) < len(ours)
