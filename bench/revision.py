"""The tree of another revision, and a Python that has what that revision's lock names, to measure it beside the present one."""

import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
LOCK = Path("requirements") / "dev.txt"


class Unknown(Exception):
    """The repository has no such revision; the message is what git says."""


class Tree(NamedTuple):
    """Where a revision's files lie, and the Python that runs them."""

    folder: Path
    python: Path


PRESENT = Tree(ROOT, Path(sys.executable))


def unpacked(revision: str, folder: Path, repository: Path = ROOT) -> Path:
    """Write the files of a revision into a new folder. Raises `Unknown`."""
    git = shutil.which("git")
    if git is None:
        raise Unknown("git is not installed")
    packed = subprocess.run(  # noqa: S603
        [git, "-C", str(repository), "archive", "--format=tar", "--end-of-options", revision], capture_output=True
    )
    if packed.returncode:
        raise Unknown(packed.stderr.decode(errors="replace").strip())
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def tree_of(revision: str, folder: Path, kept: Path, repository: Path = ROOT) -> Tree:
    """A revision's files in `folder`. Its environment is the present one where the locks are the same, else one of its
    own from its own lock, made once for each lock and left in `kept`. Raises `Unknown`."""
    unpacked(revision, folder, repository)
    lock = (folder / LOCK).read_bytes()
    if lock == (ROOT / LOCK).read_bytes():
        return Tree(folder, PRESENT.python)
    home = kept / f"revision-{hashlib.sha256(lock).hexdigest()[:12]}"
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        uv = str(Path(sys.executable).parent / "uv")
        subprocess.run([uv, "--quiet", "venv", "--clear", "--python", sys.executable, str(home)], check=True)  # noqa: S603
        subprocess.run(  # noqa: S603
            [uv, "--quiet", "pip", "install", "--python", str(python), "--compile-bytecode", "--require-hashes", "-r", str(folder / LOCK)],
            check=True,
        )  # fmt: skip
        (home / "ready").touch()
    return Tree(folder, python)
