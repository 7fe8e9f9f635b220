"""HEIC as phones write it, put together by hand: tiles in a grid, turned by a box of its own, with a depth map beside it
(ISO/IEC 23008-12, 6.6.2). The libraries at hand write single pictures only; their tile is used for every place of the grid."""

import struct

from tests.media.odd_pictures import file_of, halves

TILE = 512


def box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def full(kind: bytes, version: int, flags: int, *content: bytes) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *content)


def _found(data: bytes, kind: bytes) -> bytes:
    """The first box of this kind, whole."""
    at = data.index(kind) - 4
    return data[at : at + int.from_bytes(data[at : at + 4], "big")]


def grid(columns: int, rows: int, width: int, height: int, *, turns: int = 0, depth: bool = False) -> bytes:
    """A picture of tiles, each red on the left and blue on the right; `turns` quarters anti-clockwise (irot)."""
    single = file_of(halves("RGB", TILE, TILE), "HEIF")
    tile, setup = _found(single, b"mdat")[8:], _found(single, b"hvcC")
    count = columns * rows
    whole, map_item = 1, count + 2
    tiles = range(2, count + 2)
    shape = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, width, height)
    items = [whole, *tiles, *([map_item] if depth else [])]
    entries = [
        full(
            b"infe",
            2,
            0 if item == whole else 1,
            struct.pack(">HH4s", item, 0, b"grid" if item == whole else b"hvc1"),
            b"\0",
        )
        for item in items
    ]
    size, tile_size = (full(b"ispe", 0, 0, struct.pack(">II", *sides)) for sides in ((width, height), (TILE, TILE)))
    auxiliary = full(b"auxC", 0, 0, b"urn:mpeg:hevc:2015:auxid:2\0")
    properties = box(b"ipco", size, tile_size, setup, box(b"irot", bytes([turns])), auxiliary)
    owned = {whole: (0x01, 0x84), map_item: (0x02, 0x83, 0x85)}
    owners = b"".join(
        struct.pack(">HB", item, len(own)) + bytes(own) for item in items for own in [owned.get(item, (0x02, 0x83))]
    )
    references = [box(b"dimg", struct.pack(f">HH{count}H", whole, count, *tiles))]
    if depth:
        references.append(box(b"auxl", struct.pack(">HHH", map_item, 1, whole)))

    def meta(tile_at: int) -> bytes:
        places = [struct.pack(">HHHHII", whole, 1, 0, 1, 0, len(shape))]
        places += [struct.pack(">HHHHII", item, 0, 0, 1, tile_at, len(tile)) for item in items[1:]]
        return full(
            b"meta", 0, 0, full(b"hdlr", 0, 0, struct.pack(">I4s12xB", 0, b"pict", 0)), full(b"pitm", 0, 0, struct.pack(">H", whole)),
            full(b"iloc", 1, 0, struct.pack(">HH", 0x4400, len(items)), *places),
            full(b"iinf", 0, 0, struct.pack(">H", len(items)), *entries), full(b"iref", 0, 0, *references),
            box(b"iprp", properties, full(b"ipma", 0, 0, struct.pack(">I", len(items)), owners)), box(b"idat", shape),
        )  # fmt: skip

    head = box(b"ftyp", b"heic\0\0\0\0mif1heic")
    return head + meta(len(head) + len(meta(0)) + 8) + box(b"mdat", tile)
