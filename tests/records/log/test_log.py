"""The log's public routes: whoever keeps an old checkpoint can see that it only grew."""

import hashlib
import os
from typing import Any

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import event, update

from server.records.log.log import ORIGIN, append_leaf, merkle
from server.records.models import LogHead, LogNode
from server.records.sealer import Sealer
from server.records.verify.log import checkpoint_signed, read_checkpoint, root_from_path


async def grow(app: Litestar, sealer: Sealer, leaves: int) -> list[bytes]:
    """Append leaves, each in a transaction of its own."""
    made = [os.urandom(12) for _ in range(leaves)]
    for data in made:
        async with app.state.sessions.begin() as session:
            await append_leaf(session, sealer.keys, data)
    return made


async def get(http: httpx.AsyncClient, path: str) -> Any:
    answer = await http.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json() if "json" in answer.headers["content-type"] else answer.text


def old_and_new_roots(old: int, new: int, proof: list[bytes], old_root: bytes) -> tuple[bytes, bytes]:
    """Both roots as a consistency proof leads to them (RFC 9162 section 2.1.4.2), written after the RFC for this test."""
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    one = two = path[0]
    for hashed in path[1:]:
        assert last != 0, "the proof is too long"
        if place & 1 or place == last:
            one, two = merkle.node_hash(hashed, one), merkle.node_hash(hashed, two)
            while not place & 1 and place != 0:
                place, last = place >> 1, last >> 1
        else:
            two = merkle.node_hash(two, hashed)
        place, last = place >> 1, last >> 1
    assert last == 0, "the proof is too short"
    return one, two


async def test_every_leaf_is_proven_in_every_size_and_every_size_in_every_later_one(
    app: Litestar, http: httpx.AsyncClient, sealer: Sealer
) -> None:
    heads: dict[int, Any] = {}
    leaves: list[bytes] = []
    for _ in range(13):
        leaves += await grow(app, sealer, 1)
        note = await get(http, "/v1/log/checkpoint")
        heads[len(leaves)], signed, line = read_checkpoint(note)
        assert checkpoint_signed(signed, line, ORIGIN, [sealer.keys.log.public_key()])
    for size, head in heads.items():
        assert head.size == size
        assert read_checkpoint(await get(http, f"/v1/log/checkpoint?size={size}"))[0] == head, "no second history"
        for index in range(size):
            found = await get(http, f"/v1/log/inclusion/{index}?size={size}")
            leaf = hashlib.sha256(b"\x00" + leaves[index]).digest()
            assert bytes.fromhex(found["leaf_hash"]) == leaf
            path = [bytes.fromhex(each) for each in found["inclusion"]]
            assert root_from_path(leaf, index, size, path) == head.root
        for new in range(size, 14):
            found = await get(http, f"/v1/log/consistency?old={size}&new={new}")
            if size == new:
                assert found["consistency"] == []
                continue
            proof = [bytes.fromhex(each) for each in found["consistency"]]
            assert old_and_new_roots(size, new, proof, head.root) == (head.root, heads[new].root)


async def test_without_a_size_the_answer_is_about_now(app: Litestar, http: httpx.AsyncClient, sealer: Sealer) -> None:
    await grow(app, sealer, 5)
    assert (await get(http, "/v1/log/inclusion/2"))["tree_size"] == 5
    assert (await get(http, "/v1/log/consistency?old=3"))["new_size"] == 5
    assert read_checkpoint(await get(http, "/v1/log/checkpoint?size=0"))[0].root == merkle.EMPTY_ROOT


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("inclusion/5", 422), ("inclusion/0?size=0", 422), ("inclusion/2?size=9", 422), ("checkpoint?size=6", 422),
        ("consistency?old=6", 422), ("consistency?old=4&new=3", 422), ("consistency?old=0", 400), ("consistency", 400),
        ("checkpoint?size=-1", 400), ("inclusion/99999999999999999999999", 422), ("inclusion/x", 404),
        ("inclusion/-1", 422), ("consistency?old=1&new=99999999999999999999", 400),
    ],
)  # fmt: skip
async def test_what_the_log_does_not_have_is_said(
    app: Litestar, http: httpx.AsyncClient, sealer: Sealer, path: str, status: int
) -> None:
    await grow(app, sealer, 5)
    answer = await http.get(f"/v1/log/{path}")
    assert answer.status_code == status, answer.text


async def test_a_proof_reads_a_few_nodes_of_a_large_log(app: Litestar, http: httpx.AsyncClient, sealer: Sealer) -> None:
    async with app.state.sessions.begin() as session:
        nodes = merkle.append(0, [merkle.leaf_hash(b"%d" % n) for n in range(5000)], {})
        session.add_all(LogNode(level=level, position=at, hash=value) for (level, at), value in nodes.items())
        await session.flush()
        await session.execute(update(LogHead).values(size=5000))
    read: list[int] = []
    engine = app.state.sessions.kw["bind"].sync_engine
    event.listen(engine, "after_cursor_execute", lambda *a: read.append(a[1].rowcount) if "log_node" in a[2] else None)
    await get(http, "/v1/log/inclusion/1234")
    await get(http, "/v1/log/consistency?old=777")
    assert 0 < sum(read) < 60
