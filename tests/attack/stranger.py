"""A stranger on the machine: another user without any key, who knocks at every port and socket that is named on the command line.

Prints what answered as JSON. As root it becomes `nobody` first; else it stays who it is, without credentials.
"""

import encodings.idna  # noqa: F401  whoever becomes another user can load nothing later
import http.client
import json
import os
import pwd
import socket
import ssl
import sys

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"
"""How a gRPC client begins (RFC 9113, section 3.4); a server that lets it in answers with its own SETTINGS."""
SETTINGS = 4
REQUESTS = (
    ("GET", "/"), ("GET", "/col/delete?collection=fieldproof"), ("POST", "/col/delete?collection=fieldproof"),
    ("GET", "/dir/status"), ("GET", "/dir/assign"), ("GET", "/dir/lookup?volumeId=1"), ("POST", "/submit"),
    ("GET", "/vol/grow?count=1"), ("GET", "/vol/vacuum"), ("GET", "/vol/status"), ("GET", "/status"), ("GET", "/metrics"),
    ("GET", "/stats/disk"), ("GET", "/ui/index.html"), ("GET", "/cluster/status"), ("GET", "/debug/pprof/"),
    ("GET", "/buckets/"), ("GET", "/buckets/fieldproof/"), ("PUT", "/buckets/fieldproof/x"), ("GET", "/.tus/"),
    ("DELETE", "/buckets/fieldproof?recursive=true"), ("DELETE", "/fieldproof"), ("GET", "/fieldproof"),
    ("GET", "/fieldproof/probe/kept"), ("DELETE", "/fieldproof/probe/kept"), ("PUT", "/fieldproof/x"),
    ("DELETE", "/1,01637037d6"), ("GET", "/1,01637037d6"), ("PUT", "/1,01637037d6"), ("GET", "/users"), ("GET", "/maintenance"),
)  # fmt: skip


def spoken(port: int, method: str, path: str) -> int:
    """The status of an HTTP request; 0 when nothing answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request(method, path, body=b"x" if method in ("PUT", "POST") else None)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def let_in(stream: socket.socket) -> bool:
    """Whether the other side begins to speak HTTP/2 with us."""
    stream.settimeout(3)
    stream.sendall(PREFACE)
    return stream.recv(9)[3:4] == bytes([SETTINGS])


def grpc(place: "int | str", certificate: "ssl.SSLContext | None") -> bool:
    """Whether a gRPC client is let in at a port or a socket's path, with TLS or without."""
    try:
        if isinstance(place, int):
            raw = socket.create_connection(("127.0.0.1", place), 3)
        else:
            raw = socket.socket(socket.AF_UNIX)
            raw.settimeout(3)
            raw.connect(place)
        with raw:
            if certificate is None:
                return let_in(raw)
            with certificate.wrap_socket(raw) as stream:
                return let_in(stream)
    except OSError:
        return False


def client(files: "tuple[str, ...]") -> ssl.SSLContext:
    """TLS that trusts anybody, and shows a certificate when it has one."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    if files:
        context.load_cert_chain(*files)
    return context


def database(port: int, user: str) -> str:
    """What PostgreSQL asks of a user who gives no password: 10 is SASL, 0 would be 'come in' (protocol 3.0, AuthenticationX)."""
    body = b"\0\3\0\0" + b"user\0" + user.encode() + b"\0database\0fieldproof\0\0"
    with socket.create_connection(("127.0.0.1", port), 3) as stream:
        stream.sendall((len(body) + 4).to_bytes(4, "big") + body)
        answer = stream.recv(9)
    return f"{answer[:1].decode()}{int.from_bytes(answer[5:9], 'big')}" if answer[:1] == b"R" else answer[:1].decode()


def main(ports: "list[int]", sockets: "list[str]", files: "tuple[str, ...]") -> None:
    """Knock everywhere."""
    kinds = {"plain": None, "tls": client(()), "certificate of a stranger": client(files)}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.setgroups([])
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)
    found = {
        str(port): {
            "http": {f"{method} {path}": spoken(port, method, path) for method, path in REQUESTS},
            "grpc": [name for name, context in kinds.items() if grpc(port, context)],
        }
        for port in ports
    }
    opened = [
        path for path in sockets if any(grpc(path, context) for context in kinds.values()) or os.access(path, os.W_OK)
    ]
    print(json.dumps({"user": os.geteuid(), "ports": found, "sockets": opened}))


if __name__ == "__main__":
    wanted = json.loads(sys.argv[1])
    if "database" in wanted:
        print(json.dumps({user: database(wanted["database"], user) for user in wanted["users"]}))
    else:
        main(wanted["ports"], wanted["sockets"], tuple(wanted["certificate"]))
