"""Whether a server that lives answers at all: one that was stopped (SIGSTOP, a debugger) or stands still keeps its port and says nothing.

What is asked needs no disk, so a slow or full one is no silence. Nor is a refused connection: then nobody listens yet, as while a
large storage is being read in.
"""

import socket

PATIENCE = 5.0
"""Seconds for a connection, and again for the first byte."""


def says_something(port: int, question: bytes) -> bool:
    """Whether whoever listens on 127.0.0.1:`port` answers a question with anything, a refusal or hanging up included."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
            connection.sendall(question)
            connection.recv(1)
    except TimeoutError:
        return False
    except OSError:
        return True
    return True
