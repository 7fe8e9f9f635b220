"""Memory of the API and of the worker while photos of 1, 16 and 64 MB are uploaded, hashed and decoded: none grows with size.

Memory is what the system counts for the one process (resident set). Images are decoded by processes of their own, which
are limited and not counted here.
"""

import asyncio
import contextlib
import hashlib
import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

import asyncpg
import httpx
import psutil
from PIL import Image

from bench.company import made_id
from bench.measure import Result, limited
from bench.stage import ROOT, Stage, environment, serving, token
from mobile_contract.chain import uuid7
from mobile_contract.upload import upload
from server.database.engine import Sessions, make_engine, make_sessions
from server.database.events import PHOTO_VERIFIED, emit

MB = 1024 * 1024
SIZES = (1, 16, 64)
"""Megabytes; above 16 a photo comes in parts."""
WARM = 6
ROUNDS = 5
MOST_MORE = 4.0
"""Megabytes that a process may have more for the largest photo than for the smallest."""
WAIT = 30
"""Seconds for the worker to come to a photo."""


class Scene(NamedTuple):
    """What a photo needs: where it is promised, who brings it, and the processes that are looked at."""

    database: asyncpg.Connection
    sessions: Sessions
    api: httpx.AsyncClient
    s3: httpx.AsyncClient
    visit_id: UUID
    pids: dict[str, int]


async def measure(stage: Stage) -> list[Result]:
    """The most that each process has, first while small photos come, then larger and larger ones."""
    size, most = stage.largest, dict[str, list[float]]()
    engine = make_engine(stage.url(size))
    database = await asyncpg.connect(stage.url(size))
    bearer = {"authorization": f"Bearer {token(0, size)}"}
    try:
        with serving(stage, size) as server, _worker(stage) as worker:
            address = f"http://127.0.0.1:{server.port}"
            async with (
                httpx.AsyncClient(base_url=address, headers=bearer, timeout=60) as api,
                httpx.AsyncClient(timeout=60) as s3,
            ):
                pids = {"API": server.pid, "worker": worker}
                scene = Scene(database, make_sessions(engine), api, s3, size.held_visits(0)[0], pids)
                await _bring(scene, [SIZES[0]] * WARM)
                for megabytes in SIZES:
                    for name, value in (await _bring(scene, [megabytes] * (2 if stage.quick else ROUNDS))).items():
                        most.setdefault(name, []).append(value)
    finally:
        await database.close()
        await engine.dispose()
    return [line for name, values in most.items() for line in _lines(name, values)]


async def _bring(scene: Scene, sizes: list[int]) -> dict[str, float]:
    """Bring photos of these megabytes one after the other. Returns the most megabytes that each process had meanwhile."""
    with peak(scene.pids) as most:
        for megabytes in sizes:
            data = photo(megabytes * MB)
            digest = hashlib.sha256(data).hexdigest()
            photo_id = await promise(scene.database, scene.visit_id, len(data), digest)
            done = await upload(scene.api.request, scene.s3, photo_id, data)
            assert done["state"] == "verified", done
            # As with a photo of an older version, which has none; so the worker has to read it whole.
            await scene.database.execute("update media_object set thumbnail_key = null where sha256 = $1", digest)
            async with scene.sessions.begin() as session:
                await emit(session, (PHOTO_VERIFIED, UUID(photo_id)))
            await _shrunk(scene.database, digest)
    return most


def _lines(name: str, most: list[float]) -> list[Result]:
    what = {
        "API": "signs the addresses, reads the stored bytes and hashes them",
        "worker": "reads and hashes them to make a thumbnail that is missing",
    }[name]
    how = "the most that was resident, after small photos had warmed it up"
    return [
        *(
            limited(f"{name}: memory while photos of {size} MB come", value, "MB", f"it {what}; {how}")
            for size, value in zip(SIZES, most, strict=True)
        ),
        limited(
            f"{name}: more for {SIZES[-1]} MB than for {SIZES[0]} MB", most[-1] - most[0], "MB",
            f"the difference of the two; the photos came in the order {', '.join(map(str, SIZES))} MB", target=MOST_MORE,
        ),
    ]  # fmt: skip


async def promise(database: asyncpg.Connection, visit_id: UUID, size: int, sha256: str) -> str:
    """Write a promised photo of the first technician straight into the database. Returns its id."""
    photo_id: str = uuid7()
    await database.execute(
        "insert into photo (id, visit_id, slot, sha256, size, content_type, promised_by, promised_at, state, finding) "
        "values ($1, $2, 'measured', $3, $4, 'image/jpeg', $5, now(), 'promised', '')",
        UUID(photo_id), visit_id, sha256, size, made_id("user", 0),
    )  # fmt: skip
    return photo_id


def photo(size: int) -> bytes:
    """A JPEG of so many bytes that no other measurement has: a small picture after long comments."""
    out = io.BytesIO()
    Image.frombytes("RGB", (64, 48), os.urandom(64 * 48 * 3)).resize((1600, 1200)).save(out, "JPEG", quality=80)
    picture = out.getvalue()
    comments = bytearray()
    while (left := size - len(picture) - len(comments)) > 4:
        length = min(left - 2, 60_000)
        comments += b"\xff\xfe" + length.to_bytes(2, "big") + os.urandom(length - 2)
    return picture[:2] + bytes(comments) + picture[2:]


@contextlib.contextmanager
def peak(pids: dict[str, int]) -> Iterator[dict[str, float]]:
    """By name, the most megabytes that each process had at any time during the block; complete when it has ended."""
    processes = {name: psutil.Process(pid) for name, pid in pids.items()}
    most = dict.fromkeys(pids, 0.0)
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.002):
            for name, process in processes.items():
                most[name] = max(most[name], process.memory_info().rss / MB)

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield most
    finally:
        over.set()
        looking.join()


@contextlib.contextmanager
def _worker(stage: Stage) -> Iterator[int]:
    """The background work as a process of its own, until the block ends."""
    with (stage.folder / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", "worker"], env=environment(stage, stage.largest), cwd=ROOT,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def _shrunk(database: asyncpg.Connection, digest: str) -> None:
    async with asyncio.timeout(WAIT):
        while not await database.fetchval("select thumbnail_key from media_object where sha256 = $1", digest):  # noqa: ASYNC110  the database tells
            await asyncio.sleep(0.02)
