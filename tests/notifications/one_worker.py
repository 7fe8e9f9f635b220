"""A worker in a process of its own that sends by a mail server on loopback, until somebody ends it: `python -m ... <database> <port>`."""

import asyncio
import sys
from typing import Any, cast

from server.database.engine import make_engine, make_sessions
from server.embedded.s3_address import S3Address
from server.media.storage import Storage
from server.notifications.outgoing import Encryption, Mail, Outgoing
from server.process.worker import working


async def main(database_url: str, port: int) -> None:
    mail = Mail("127.0.0.1", port, Encryption.NONE, None, None, "Service", "service@example.com")
    sessions = make_sessions(make_engine(database_url), outgoing=Outgoing(mail))
    storage = Storage(S3Address("http://127.0.0.1:1", "none", "none", "us-east-1"), "none")
    async with working(database_url, sessions, storage, cast(Any, None)):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
