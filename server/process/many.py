"""`fieldproof serve --processes N`: begins N processes on one socket, begins those again that end, and gives one of them the background work.

The socket listens from before the first to after the last, so that a client that comes while one is killed waits in its line and
is served by another. The processes are told of the servers by their environment, as if an operator had named them: they start,
stop and revive nothing. The one that begins them does that, serves nothing, and ends last.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client import Counter

from server.ground.processes import Say
from server.http.door.listen import BACKLOG
from server.process.figures import FOLDER, count_as, forget_place, fresh_folder
from server.process.services import Services
from server.process.serving import announce
from server.process.settings import Settings
from server.process.share import READY, WORK
from server.process.signals import unhurried

LOOK = 0.1
"""Seconds between two looks at who lives."""
SOON, LONGEST = 0.1, 30.0
"""Seconds before one that ended is begun again; doubled, up to the longest, for each in turn that ended before it had lived for `SETTLED`."""
SETTLED = 20.0
PATIENCE = 60.0
"""Seconds in which all end that are asked to; a seal may have to be drawn to its end. Then they are killed, which loses nothing."""

RESTARTS = Counter(
    "fieldproof_process_restarts", "Times that a process of several had ended and another began", ("place",)
)


@dataclass
class Place:
    """One of the N, whichever process has it now."""

    name: str
    process: subprocess.Popen[bytes] | None = None
    line: socket.socket | None = None
    began: float = 0.0
    is_ready: bool = False
    pause: float = SOON
    due: float = 0.0


@dataclass
class Crew:
    """The processes of one `serve`."""

    command: list[str]
    environment: dict[str, str]
    listening: socket.socket
    figures: Path
    work: bool
    say: Say
    places: list[Place]
    working: Place | None = field(default=None)
    was_ready: bool = False

    def look(self) -> None:
        """See who has ended and who is ready, begin whoever is due, and see that somebody does the background work."""
        for place in self.places:
            if place.process is not None and place.process.poll() is not None:
                self._bury(place)
            if place.process is None and time.monotonic() >= place.due:
                self._begin(place)
            if place.process is not None and not place.is_ready and _heard(place):
                place.is_ready = self.was_ready = True
                self.say(f"API: process {place.process.pid} serves")
        if self.work and self.working is None:
            self._appoint()

    def end(self) -> None:
        """Ask all to end, and wait until they have."""
        living = [place.process for place in self.places if place.process is not None]
        for process in living:
            process.terminate()
        end = time.monotonic() + PATIENCE
        for process in living:
            try:
                process.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"API: process {process.pid} does not end; it is killed")
                process.kill()
                process.wait()

    def _begin(self, place: Place) -> None:
        mine, theirs = socket.socketpair()
        mine.setblocking(False)
        with theirs:
            place.process = subprocess.Popen(  # noqa: S603  ourselves
                [*self.command, "--place", place.name], stdin=theirs.fileno(), pass_fds=[self.listening.fileno()], env=self.environment,
                # Ctrl-C is for the one that began it: all end in its order.
                process_group=0,
            )  # fmt: skip
        place.line, place.began, place.is_ready = mine, time.monotonic(), False

    def _bury(self, place: Place) -> None:
        assert place.process is not None
        assert place.line is not None
        lived, code = time.monotonic() - place.began, place.process.returncode
        place.pause = SOON if lived > SETTLED else min(LONGEST, 2 * place.pause)
        why = f"by signal {-code}" if code < 0 else f"with code {code}"
        self.say(f"API: process {place.process.pid} ended {why}; another begins in {place.pause:.1f} s")
        place.line.close()
        RESTARTS.labels(place.name).inc()
        forget_place(place.name, self.figures)
        place.process, place.line, place.is_ready = None, None, False
        place.due = time.monotonic() + place.pause
        if self.working is place:
            self.working = None

    def _appoint(self) -> None:
        """Give the background work to the one that has served longest."""
        for place in sorted(self.places, key=lambda place: place.began):
            if place.is_ready and place.line is not None and place.process is not None:
                try:
                    place.line.send(WORK)
                except OSError:  # it has just ended
                    continue
                self.working = place
                self.say(f"API: process {place.process.pid} does the background work")
                return


def serve_by_many(
    settings: Settings,
    services: Services,
    taken: socket.socket,
    *,
    processes: int,
    work: bool,
    say: Say,
    clock_file: Path | None = None,
) -> int:
    """Serve until told to stop. Returns the exit code: 1 when none of the first processes could begin to serve."""
    announce(settings, say)
    taken.listen(BACKLOG)
    clocked = [] if clock_file is None else ["--clock-file", str(clock_file)]
    command = [
        sys.executable, "-m", "server.process.one_of_many", "--listening", str(taken.fileno()), "--of", str(processes), *clocked,
    ]  # fmt: skip
    figures = fresh_folder(settings.data, settings.port)
    count_as("first", figures)
    environment = told(os.environ, settings, services) | {FOLDER: str(figures)}
    places = [Place(str(number)) for number in range(1, processes + 1)]
    crew = Crew(command, environment, taken, figures, work, say, places)
    try:
        while True:
            crew.look()
            if not crew.was_ready and any(place.pause > SOON for place in crew.places):
                return 1  # the first of all ended before it served: its own line says why
            time.sleep(LOOK)
    except KeyboardInterrupt:
        say("Stopped.")
        return 0
    finally:
        with unhurried():
            crew.end()
            taken.close()


def told(environ: Mapping[str, str], settings: Settings, services: Services) -> dict[str, str]:
    """The environment of one of many: the operator's, with the port that was found and the servers that run."""
    return {
        **environ,
        "FIELDPROOF_PORT": str(settings.port),
        "FIELDPROOF_PUBLIC_URL": settings.public_url,
        "DATABASE_URL": services.database_url,
        "S3_ENDPOINT_URL": services.s3.endpoint_url,
        "S3_REGION": services.s3.region,
        "AWS_ACCESS_KEY_ID": services.s3.access_key_id,
        "AWS_SECRET_ACCESS_KEY": services.s3.secret_access_key,
    }


def _heard(place: Place) -> bool:
    if place.line is None:
        return False
    try:
        return place.line.recv(1) == READY
    except (BlockingIOError, ConnectionError):
        return False
