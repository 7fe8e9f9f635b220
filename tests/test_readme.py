"""README's way from a clone to a company's first sealed report, word for word, against a server with nobody in it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.embedded.storage import S3Address
from tests.serving import Server

README = (Path(__file__).resolve().parent.parent / "README.md").read_text()
PASSWORD = "castle umbrella walnut"


def commands(heading: str) -> list[str]:
    section = README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)


@pytest.fixture
def environment(database_url: str, s3_address: S3Address, tmp_path: Path) -> Iterator[dict[str, str]]:
    """What a shell beside a running server would have."""
    server = Server(tmp_path / "data")
    settings = {
        "DATABASE_URL": database_url, "S3_ENDPOINT_URL": s3_address.endpoint_url,
        # Its own: in a bucket with another database's log it would take this one for a restored backup, and not start.
        "S3_BUCKET": f"readme-{os.urandom(4).hex()}",
        "AWS_ACCESS_KEY_ID": s3_address.access_key_id, "AWS_SECRET_ACCESS_KEY": s3_address.secret_access_key,
        "FIELDPROOF_URL": server.url, "PYTHONPATH": str(Path(__file__).resolve().parent.parent),
    }  # fmt: skip
    try:
        server.start(**settings)
        yield {**os.environ, **settings, "FIELDPROOF_DATA": str(server.data), "FIELDPROOF_PORT": str(server.port)}
    finally:
        server.end()


def test_the_way_to_the_first_report_is_as_it_is_written(environment: dict[str, str], tmp_path: Path) -> None:
    _, admin, report, verify = commands("From a clone to your own first sealed report")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    script = f"{admin.strip()} --password-stdin <<< '{PASSWORD}'\n{report.replace('the password of lena', PASSWORD)}\n{verify}"
    done = subprocess.run(
        ["bash", "-e", "-c", script], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=180, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert len(lines) > 20
    assert all(line.startswith(("ok", "--")) for line in lines)
