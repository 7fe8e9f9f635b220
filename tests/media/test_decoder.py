"""The limited processes that decode photos: what they take, what they refuse, and what happens to those that misbehave."""

import hashlib
import io
import os
import resource
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from tempfile import TemporaryFile

import msgspec
import psutil
import pytest
from PIL import Image

from server.ground import forked, limited
from server.media import decoder
from server.media.decoder import Decoded, decode
from server.media.limits import LIMITS
from tests.media.odd_pictures import many_scans
from tests.media.pictures import SECRET_PLACE, bomb, encoded, png, with_archive, with_page, with_position


@contextmanager
def opened(data: bytes) -> Iterator[int]:
    with TemporaryFile() as file:
        file.write(data)
        file.flush()
        yield file.fileno()


def decoded(data: bytes, side: int = 640) -> Decoded:
    with opened(data) as file:
        return decode(file, side=side, threads=True)


def programs() -> list[psutil.Process]:
    """The decoding programs of this process, and what they have forked."""
    found = []
    for one in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # the one that served the last photo ends about now
            if any("decode.py" in part for part in one.cmdline()):
                found.append(one)
    return found


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_each_kind_of_photo_is_decoded_and_shrunk(kind: str) -> None:
    found = decoded(encoded(kind, 1600, 1200))
    assert (found.fault, found.width, found.height, found.behind) == ("", 1600, 1200, 0)
    with Image.open(io.BytesIO(found.small)) as small:
        assert (small.format, small.size) == ("JPEG", (640, 480))


def test_nothing_but_the_picture_is_in_what_is_given_away() -> None:
    original = with_position()
    assert SECRET_PLACE in original
    small = decoded(original).small
    assert SECRET_PLACE not in small
    assert b"Cam 4711" not in small
    with Image.open(io.BytesIO(small)) as image:
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert image.size == (240, 320)  # turned upright, since nothing says any more that it lies on its side


def test_a_bomb_of_900_megapixels_in_100_kb_is_refused_at_once() -> None:
    assert len(bomb()) < 120_000
    began = time.monotonic()
    assert decoded(bomb()).fault == "it has 900 megapixels, more than 80"
    assert time.monotonic() - began < 2


def test_an_image_that_takes_too_much_memory_is_a_fault_and_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    large = png(8000, 8000)
    assert decoded(large).fault == ""
    monkeypatch.setattr(decoder, "LIMITS", msgspec.structs.replace(LIMITS, memory=40_000_000))
    assert "memory" in decoded(large).fault or "decoded" in decoded(large).fault


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
def test_half_a_file_is_no_photo(kind: str, kept: float) -> None:
    whole = encoded(kind, 800, 600)
    assert decoded(whole[: int(len(whole) * kept)]).fault == "the file ends in the middle of the picture"


@pytest.mark.parametrize(("data", "kind"), [(with_archive(), "a ZIP archive"), (with_page(), "a web page")])
def test_what_hides_behind_an_image_is_named(data: bytes, kind: str) -> None:
    found = decoded(data)
    assert (found.fault, found.kind) == ("", kind)
    assert found.behind > 0
    assert b"alert" not in found.small


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_the_bytes_behind_an_image_are_counted(kind: str) -> None:
    whole = encoded(kind, progressive=True) if kind == "JPEG" else encoded(kind)
    assert decoded(whole + b"\0" * 100).kind == ""
    assert (decoded(whole + b"%PDF-1.7").behind, decoded(whole + b"%PDF-1.7").kind) == (8, "a PDF")


def test_a_second_picture_in_the_same_file_is_no_finding() -> None:
    assert decoded(encoded() + encoded(width=64, height=48)).behind == 0


def test_the_process_that_decodes_can_open_nothing_and_start_nothing(tmp_path: os.PathLike[str]) -> None:
    child = os.fork()
    if child == 0:
        refused = 0
        try:
            forked.limit(100_000_000, 5, threads=False)
            for attempt in (
                lambda: os.open(os.devnull, os.O_RDONLY),
                os.pipe,
                os.fork,
                lambda: os.write(1, b""),
                lambda: bytearray(10**9),
            ):
                try:
                    attempt()
                except (OSError, MemoryError):
                    refused += 1
        finally:
            os._exit(refused)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 4  # all but writing nothing


def test_one_that_never_answers_is_killed_and_the_next_photo_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded(encoded())
    monkeypatch.setattr(decoder, "LIMITS", msgspec.structs.replace(LIMITS, wall_seconds=0.3))
    time.sleep(0.5)  # the next one is ready by then
    before = programs()
    for one in before:
        with suppress(psutil.NoSuchProcess):
            one.suspend()
    assert decoded(encoded()).fault == "decoding it takes too long"
    monkeypatch.undo()
    assert decoded(encoded()).fault == ""
    assert not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in before)


def test_a_program_that_dies_before_it_begins_is_replaced() -> None:
    decoded(encoded())
    time.sleep(0.3)  # the next one is ready by then
    waiting = programs()
    for one in waiting:
        with suppress(psutil.NoSuchProcess):
            one.suspend()
    with ThreadPoolExecutor(1) as thread:
        found = thread.submit(decoded, encoded())
        time.sleep(0.2)  # it was asked by then, and cannot answer
        for one in waiting:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        assert found.result(timeout=20).fault == ""


def times_asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    asked: list[int] = []
    ask = limited._Server.ask

    def counted(server: limited._Server, image: int, *more: object) -> bytes:
        asked.append(image)
        return ask(server, image, *more)

    monkeypatch.setattr(limited._Server, "ask", counted)
    return asked


def test_one_that_uses_up_its_processor_time_is_stopped_and_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded(encoded())
    monkeypatch.setattr(
        decoder, "LIMITS", msgspec.structs.replace(LIMITS, cpu_seconds=1, jpeg_scans=10**6, jpeg_drawn_pixels=10**12)
    )
    asked = times_asked(monkeypatch)
    assert decoded(many_scans(60_000)).fault == "decoding it takes too long"
    assert len(asked) == 1


KILLED_BY_THE_CLOCK = (
    "import os, signal, socket, sys; files = socket.recv_fds(socket.socket(fileno=int(sys.argv[1])), 4096, 2)[1]; "
    "os.write(files[1], b'+' + bytes([signal.SIGXCPU])); os.kill(os.getpid(), signal.SIGKILL)"
)


def test_one_that_is_killed_because_a_library_did_not_return_is_not_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    decoder.close()
    with monkeypatch.context() as patch:
        patch.setattr(limited, "_AT_THREE", KILLED_BY_THE_CLOCK)
        asked = times_asked(patch)
        assert decoded(encoded()).fault == "decoding it takes too long"
        assert len(asked) == 1
    assert decoded(encoded()).fault == ""


def test_the_time_is_told_even_while_a_library_does_not_return() -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        forked.watch_the_time(writing)
        forked.limit(100_000_000, 1, threads=False)
        hashlib.pbkdf2_hmac("sha256", b"", b"", 10**9)  # one call that takes minutes
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        assert pipe.read() == forked.TIME_IS_UP
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


BEGINS_AND_DIES = (
    "import os, socket, sys; files = socket.recv_fds(socket.socket(fileno=int(sys.argv[1])), 4096, 2)[1]; "
    "os.write(files[1], b'+{\"width\": 9}\\n\\xff\\xd8\\xff')"
)


def test_a_program_that_dies_in_the_middle_says_nothing_of_the_photo(monkeypatch: pytest.MonkeyPatch) -> None:
    decoder.close()
    with monkeypatch.context() as patch:
        patch.setattr(limited, "_AT_THREE", BEGINS_AND_DIES)
        decoder.PROGRAM._idle.append(limited._Server(decoder.PROGRAM._program))
    assert decoded(encoded()).fault == ""


def test_a_photo_of_which_every_program_dies_cannot_be_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    decoder.close()
    monkeypatch.setattr(limited, "_AT_THREE", BEGINS_AND_DIES)
    assert decoded(encoded()).fault == "it cannot be decoded as an image"


def test_a_program_that_does_not_start_is_no_fault_of_the_photo(monkeypatch: pytest.MonkeyPatch) -> None:
    decoder.close()
    monkeypatch.setattr(limited, "_AT_THREE", "raise SystemExit('a library is missing')")
    with pytest.raises(OSError, match="does not start"):
        decoded(encoded())


def test_they_end_when_asked_to() -> None:
    decoded(encoded())
    assert programs()
    decoder.close()
    assert not programs()


def test_a_program_with_thousands_of_open_files_decodes_too() -> None:
    """A process that serves many streams has a descriptor for each, and those of a new pipe come after them."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert before[1] >= 1300
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], 1300), before[1]))
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    try:
        assert max(held) > 1024
        assert decoded(encoded()).fault == ""
    finally:
        for one in held:
            os.close(one)
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
