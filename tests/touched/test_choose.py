"""Which tests a change touches, in which order, and what half a minute has room for."""

import json
from pathlib import Path

import pytest

from tests.touched.__main__ import ROOT, SECONDS, file_of, seconds_of
from tests.touched.choose import FOLDER, IMPORTS, ITSELF, ROOM, choose, touched
from tests.touched.long import is_named, listed

TREE = {
    "server/sync/up/push.py": "",
    "server/jobs/move.py": "",
    "server/jobs/rules.sql": "",
    "tests/test_layout.py": "",
    "tests/sync/test_wire.py": "",
    "tests/sync/up/test_room.py": "",
    "tests/sync/down/test_push.py": "",
    "tests/jobs/test_moves.py": "from server.jobs import move\nTEXT = 'rules.sql'",
    "tests/desk/test_desk.py": "import server.jobs.move",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, content in TREE.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return tmp_path


def test_a_changed_test_comes_before_those_that_import_what_changed_and_these_before_its_folder_and_room(
    root: Path,
) -> None:
    changed = ["tests/sync/test_wire.py", "server/sync/up/push.py", "server/jobs/move.py"]
    assert touched(changed, root) == {
        "tests/test_layout.py": ITSELF, "tests/sync/test_wire.py": ITSELF, "tests/jobs/test_moves.py": IMPORTS,
        "tests/desk/test_desk.py": IMPORTS, "tests/sync/up/test_room.py": FOLDER, "tests/sync/down/test_push.py": FOLDER,
    }  # fmt: skip


def test_other_tests_of_a_room_are_near_and_those_of_others_are_not(root: Path) -> None:
    assert touched(["server/sync/chain.py"], root) == {
        "tests/test_layout.py": ITSELF, "tests/sync/test_wire.py": FOLDER, "tests/sync/up/test_room.py": ROOM,
        "tests/sync/down/test_push.py": ROOM,
    }  # fmt: skip


def test_whoever_names_a_file_that_is_no_module_is_touched_by_it(root: Path) -> None:
    assert touched(["server/jobs/rules.sql"], root)["tests/jobs/test_moves.py"] == IMPORTS


def test_the_nearest_go_first_and_of_those_as_near_the_quicker_until_the_time_is_over() -> None:
    near = {"far": ROOM, "slow": IMPORTS, "quick": IMPORTS, "own": ITSELF}
    chosen = choose(near, {"far": 1.0, "slow": 9.0, "quick": 1.0, "own": 20.0}, 22.0)
    assert chosen.run == ["own", "quick"]
    assert chosen.left == ["slow", "far"]


def test_a_files_seconds_are_those_of_its_cases_whatever_class_they_are_in(tmp_path: Path) -> None:
    file = tmp_path / "junit.xml"
    file.write_text(
        '<testsuites><testsuite><testcase classname="tests.sync.test_wire" time="1.5"/>'
        '<testcase classname="tests.sync.test_wire.TestOfOne" time="0.5"/></testsuite></testsuites>'
    )
    assert seconds_of(file) == {"tests/sync/test_wire.py": 2.0}
    assert file_of("tests.test_layout") == "tests/test_layout.py"


def test_every_file_whose_seconds_are_known_is_there() -> None:
    known = json.loads(SECONDS.read_text())
    gone = [file for file in known if not (ROOT / file).exists()]
    assert not gone, "take them out of tests/touched/seconds.json, or learn it anew from a whole run"


def test_every_long_test_is_there() -> None:
    gone = []
    for name in listed():
        file, _, case = name.partition("::")
        if f"def {case.partition('[')[0]}(" not in (ROOT / file).read_text():
            gone.append(name)
    assert not gone, "take them out of tests/touched/long.txt"


def test_a_long_test_is_known_by_its_name_and_its_cases() -> None:
    names = ("tests/a.py::test_one", "tests/a.py::test_two[3]")
    assert is_named("tests/a.py::test_one[x]", names)
    assert is_named("tests/a.py::test_two[3]", names)
    assert not is_named("tests/a.py::test_one_more", names)
    assert not is_named("tests/a.py::test_two[31]", names)
