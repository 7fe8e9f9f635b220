"""The drill in its short form: a real server, pg_dump, work, a lost database, pg_restore, `fieldproof restored`."""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests import ram
from tests.restore.drill import drill


async def test_the_drill_finds_nothing_undone() -> None:
    said: list[str] = []
    with TemporaryDirectory(prefix="fieldproof-drill-", dir=ram.folder()) as folder:
        await drill(Path(folder), said.append, visits=1)
    assert [line.partition(":")[0] for line in said if not line.startswith("restored")] == [
        "dumped", "worked on", "lost", "serve", "log", "links", "answers", "revocation", "photos", "phones", "verify", "next",
    ]  # fmt: skip
