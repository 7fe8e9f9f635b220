"""Phones that send photos through the API as fast as they can, until standard input ends: `python -m bench.front_phones PORT PHONES BYTES`.

A program of its own, so that what it does costs the measuring one nothing. Writes a line when it begins, and at the end the
bytes that arrived.
"""

import hashlib
import http.client
import os
import sys
import threading
from urllib.parse import urlsplit

from server.media.storage import Storage, object_key
from server.process.settings import load_settings


def main(port: int, phones: int, size: int) -> None:
    """Send until standard input ends, a minute at most."""
    settings = load_settings(os.environ)
    assert settings.s3 is not None
    storage = Storage(settings.s3, settings.s3_bucket, through=f"http://127.0.0.1:{port}")
    over = threading.Event()
    arrived = [0] * phones

    def phone(number: int) -> None:
        body = bytearray(os.urandom(size))
        while not over.is_set():
            body[:16] = os.urandom(16)
            sha = hashlib.sha256(body).hexdigest()
            url, headers = storage.presign_put(object_key(sha), sha, size, "image/jpeg")
            parts = urlsplit(url)
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("PUT", f"{parts.path}?{parts.query}", body=bytes(body), headers=headers)
            answer = connection.getresponse()
            answer.read()
            connection.close()
            if answer.status == 200:
                arrived[number] += size

    threads = [threading.Thread(target=phone, args=(number,), daemon=True) for number in range(phones)]
    for thread in threads:
        thread.start()
    print("begun", flush=True)
    ended = threading.Thread(target=sys.stdin.read, daemon=True)
    ended.start()
    ended.join(60)
    over.set()
    print(sum(arrived), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
