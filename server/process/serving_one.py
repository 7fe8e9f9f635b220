"""One of the processes of `serve --processes N`: serves on the socket that it was given, and does what it is told.

File 0 is a line to the process that began it. A byte goes up when requests are served; `WORK` comes down when this process is to
do the background work, and the line's end says that nobody looks after it any more: then it ends in order.
"""

import asyncio
import signal
import socket
from pathlib import Path

from server.ground import clock
from server.http.door.listen import Server
from server.process.services import running_services
from server.process.serving import door_and_server
from server.process.settings import load_settings
from server.process.share import READY, WORK, Share
from server.process.signals import ended_by_signals
from server.process.spoken import speak


def serve_one(listening: int, *, of: int, clock_file: Path | None) -> int:
    """Serve until told to stop, or until the line ends. Returns the exit code."""
    settings = load_settings()
    if clock_file is not None:
        clock.follow(clock_file)
    speak(settings.log, print)
    line = socket.socket(fileno=0)
    line.setblocking(False)
    turn = asyncio.Event()
    with running_services(settings) as services:  # its settings name them: nothing is started or stopped here
        door, running = door_and_server(settings, services, work=True, share=Share(of, turn))
    try:
        with ended_by_signals(), asyncio.Runner(loop_factory=running.config.get_loop_factory()) as runner:
            runner.run(_serve(running, socket.socket(fileno=listening), line, turn))
    except KeyboardInterrupt:
        pass
    finally:
        door.close()
    return 0 if running.started else 1


async def _serve(running: Server, listening: socket.socket, line: socket.socket, turn: asyncio.Event) -> None:
    heeding = asyncio.create_task(_heed(line, running, turn))
    try:
        await running.serve([listening])
    finally:
        heeding.cancel()


async def _heed(line: socket.socket, running: Server, turn: asyncio.Event) -> None:
    """Say when we serve, then do as we are told."""
    while not running.started:  # noqa: ASYNC110  uvicorn tells by this attribute only
        await asyncio.sleep(0.02)
    loop = asyncio.get_running_loop()
    try:
        await loop.sock_sendall(line, READY)
        while said := await loop.sock_recv(line, 1):
            if said == WORK:
                turn.set()
    except OSError:  # whoever began us was killed
        pass
    signal.raise_signal(signal.SIGTERM)
