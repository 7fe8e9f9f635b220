"""Two revisions in turn: whose turn it is, what the table says of the spread, and where another revision's files come from."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bench.against import AGAIN, BEFORE, NOW, ROUNDS, Compared, Do, Heat, compared, heat_of, side, table
from bench.media import scene
from bench.revision import PRESENT, ROOT, Unknown, tree_of, unpacked
from tests import ram


def heat(before: float, again: float, now: float) -> Heat:
    return {"push": {BEFORE: [before], AGAIN: [again], NOW: [now]}}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit, whose lock names nothing, and a file that was changed since."""
    folder = tmp_path / "repository"
    (folder / "requirements").mkdir(parents=True)
    (folder / "requirements" / "dev.txt").write_text("")
    (folder / "server.py").write_text("old")
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "first"]):
        subprocess.run([*git, *command], check=True)
    (folder / "server.py").write_text("new")
    return folder


def test_every_side_does_every_round_and_each_round_begins_with_another() -> None:
    order: list[str] = []

    def named(name: str) -> Do:
        def do(work: str) -> dict[str, float]:
            order.append(name)
            return {work: float(len(order))}

        return do

    found = heat_of({name: named(name) for name in "abc"}, {"push": 2})
    assert "".join(order) == "cab" + "abc" + "bca"
    assert {name: len(taken) for name, taken in found["push"].items()} == {"a": 2, "b": 2, "c": 2}


def test_what_only_one_revision_measures_is_left_out() -> None:
    found = compared([heat(10, 11, 12) | {"a step of today": {NOW: [1.0]}}])
    assert found == [Compared("push", 10, [1.2], [1.1])]


@pytest.mark.parametrize(
    ("now", "again", "verdict"),
    [
        ([1.02, 1.01], [0.97, 1.01], "within the spread"),
        ([1.04, 1.05], [0.97, 1.01], "slower than the spread"),
        ([0.90, 0.91], [0.97, 1.01], "faster than the spread"),
    ],
)
def test_a_difference_counts_when_the_revision_differs_less_from_itself(
    now: list[float], again: list[float], verdict: str
) -> None:
    assert Compared("push", 10, now, again).verdict == verdict


def test_the_table_says_each_ratio_with_its_lowest_and_highest_heat() -> None:
    shown = table(compared([heat(10, 10, 11), heat(10, 9, 12), heat(10, 11, 10)]), "0960061", 3)
    assert "push" in shown
    assert "1.100 (1.000 to 1.200)  1.000 (0.900 to 1.100)" in shown
    assert shown.splitlines()[1].endswith("within the spread")


def test_the_files_of_a_revision_are_those_that_were_committed(repository: Path, tmp_path: Path) -> None:
    folder = unpacked("HEAD", tmp_path / "tree", repository)
    assert (folder / "server.py").read_text() == "old"
    with pytest.raises(Unknown, match="nothing"):
        unpacked("nothing", tmp_path / "other", repository)


def test_a_revision_with_another_lock_runs_in_an_environment_of_its_own(repository: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    first, second = (tree_of("HEAD", tmp_path / name, kept, repository) for name in ("one", "two"))
    assert first.python == second.python
    assert first.python != PRESENT.python
    missing = subprocess.run([first.python, "-c", "import msgspec"], capture_output=True, text=True)
    assert "No module named 'msgspec'" in missing.stderr  # its lock names nothing


def test_a_revision_with_the_same_lock_runs_in_the_present_one(repository: Path, tmp_path: Path) -> None:
    (repository / "requirements" / "dev.txt").write_bytes((ROOT / "requirements" / "dev.txt").read_bytes())
    git = ["git", "-C", str(repository), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "commit", "--quiet", "--all", "--message", "second"], check=True)
    assert tree_of("HEAD", tmp_path / "tree", tmp_path / "kept", repository).python == Path(sys.executable)


def test_a_side_that_ends_says_why(tmp_path: Path) -> None:
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench" / "company.py").write_text("raise SystemExit('this revision has no company')")
    with (
        side(PRESENT._replace(folder=tmp_path), tmp_path / "side", 10_000, tmp_path / "photo.jpg") as one,
        pytest.raises(RuntimeError, match="no company"),
    ):
        one.hear()


def test_the_present_tree_can_do_every_piece_of_work() -> None:
    """Whoever renames what `arm.py` uses of a tree learns it here, and not when a revision is to be compared."""
    with TemporaryDirectory(prefix="fieldproof-tests-", dir=ram.folder()) as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL of root runs as another user
        picture = folder / "photo.jpg"
        scene(640, 480).save(picture, "JPEG")
        with side(PRESENT, folder / "side", 1500, picture) as one:
            assert set(one.hear()) == set(ROUNDS)
            taken = [one.do(work) for work in ROUNDS]
    assert all(value > 0 for found in taken for value in found.values())
    assert len({measured for found in taken for measured in found}) >= len(ROUNDS)
