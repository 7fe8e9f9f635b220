"""Numbers that all API processes of a machine share: how often addresses asked, and what is held together."""

import subprocess
import sys
import time
from pathlib import Path

from server.http.door import crowd as crowding
from server.http.door.crowd import Crowd
from server.http.door.pace import SIZE, Pace


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_an_address_may_ask_so_often_a_minute_and_then_at_that_pace() -> None:
    clock = Clock()
    pace = Pace(clock=clock)
    assert [pace.wait("customer", "192.0.2.1", 60) for _ in range(60)] == [0.0] * 60
    assert 0 < pace.wait("customer", "192.0.2.1", 60) <= 1
    assert pace.wait("customer", "192.0.2.2", 60) == 0, "another address"
    assert pace.wait("code", "192.0.2.1", 60) == 0, "another door"
    clock.now += 1
    assert [pace.wait("customer", "192.0.2.1", 60) > 0 for _ in range(2)] == [False, True]
    clock.now += 3600
    assert [pace.wait("customer", "192.0.2.1", 60) for _ in range(60)] == [0.0] * 60


def test_processes_of_a_machine_count_together_and_the_file_does_not_grow(tmp_path: Path) -> None:
    clock = Clock()
    one, other = Pace(tmp_path, clock=clock), Pace(tmp_path, clock=clock)
    for _ in range(30):
        assert one.wait("customer", "192.0.2.1", 60) == other.wait("customer", "192.0.2.1", 60) == 0
    assert one.wait("customer", "192.0.2.1", 60) > 0
    assert other.wait("customer", "192.0.2.1", 60) > 0
    for number in range(5000):
        one.wait("customer", f"2001:db8:{number:x}::1", 60)
    assert (tmp_path / "pace").stat().st_size == SIZE


def test_numbers_from_before_the_machine_was_started_anew_lock_nobody_out(tmp_path: Path) -> None:
    before = Clock()
    before.now = 9_000_000.0
    old = Pace(tmp_path, clock=before)
    for _ in range(61):
        old.wait("customer", "192.0.2.1", 60)
    assert Pace(tmp_path, clock=Clock()).wait("customer", "192.0.2.1", 60) == 0


OTHER = """
import sys, time
from pathlib import Path
from server.http.door.crowd import Crowd
crowd = Crowd(Path(sys.argv[1]))
crowd.connected(7)
crowd.holds(1000)
print("there", flush=True)
time.sleep(60)
"""


def test_what_other_processes_hold_is_counted_until_they_are_killed(tmp_path: Path) -> None:
    crowd = Crowd(tmp_path)
    crowd.connected(2)
    others = [subprocess.Popen([sys.executable, "-c", OTHER, str(tmp_path)], stdout=subprocess.PIPE) for _ in range(2)]
    try:
        for one in others:
            assert one.stdout is not None
            assert one.stdout.readline() == b"there\n"
        time.sleep(crowding.FRESH_SECONDS + 0.05)
        assert (crowd.connections, crowd.body_bytes) == (16, 2000)
    finally:
        for one in others:
            one.kill()
            one.wait()
            assert one.stdout is not None
            one.stdout.close()
    crowd._swept = 0.0
    time.sleep(crowding.FRESH_SECONDS + 0.05)
    assert (crowd.connections, crowd.body_bytes) == (2, 0), "a killed process holds nothing"
    crowd.close()
