"""Which signed requests for objects the API hands on to the storage: PUT and GET of objects as we sign them, nothing else.

The signature is checked here as well as by the storage, so that a made-up one costs the storage nothing and no byte of
its body is taken. AWS Signature Version 4 in query parameters: docs.aws.amazon.com, "Authenticating Requests".
"""

import hmac
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

import msgspec
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from server.embedded.s3_address import S3Address
from server.ground.problems import Forbidden, NotFound

SIGNING = frozenset(
    f"X-Amz-{part}" for part in ("Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature")
)
PART = frozenset({"partNumber", "uploadId"})
NAMED = frozenset({"response-content-type", "response-content-disposition"})
OBJECTS = {
    "PUT": re.compile(r"cas/[0-9a-f]{64}|incoming/[0-9a-f-]{36}"),
    "GET": re.compile(r"cas/[0-9a-f]{64}|(?:thumbnails|copies)/[0-9a-f]{64}\.jpg"),
}
"""What `Storage` signs addresses of: photos and their parts to send, photos and what was made of them to fetch."""

SIGNED_HEADERS = {
    "PUT": frozenset({"content-length", "content-type", "host", "if-none-match", "x-amz-checksum-sha256"}),
    "GET": frozenset({"host"}),
}
UNSIGNED_HEADERS = {"PUT": frozenset({"content-length"}), "GET": frozenset({"range"})}
"""What goes on although it is not signed."""

NOT_OURS = (
    "This address was not made by this server, or something in it was changed. Ask for a new one and use it as it is."
)


class Handed(msgspec.Struct, frozen=True):
    """A request as it goes on to the storage."""

    method: str
    url: str
    headers: dict[str, str]


def hand_on(address: S3Address, bucket: str, method: str, path: str, query: str, headers: Mapping[str, str]) -> Handed:
    """What to ask of the storage for a request that came for `path` and `query`, both as they were sent.

    `headers` are those of the request, in lower case, of several with one name the last. Raises `NotFound` for what is no
    object of ours, `Forbidden` for everything but a PUT or GET that was signed by this server's key.
    """
    if method not in OBJECTS:
        raise Forbidden("Objects are sent by PUT and fetched by GET here, by addresses that this server signed.")
    prefix = f"{urlsplit(address.endpoint_url).path}/{bucket}/"
    if not path.startswith(prefix):
        raise NotFound("Nothing is at this address. Ask the API for the address of a photo.")
    key = path.removeprefix(prefix)
    values = _values(method, key, query)
    if not OBJECTS[method].fullmatch(key):
        raise NotFound("Nothing is at this address. Ask the API for the address of a photo.")
    signed = frozenset(values["X-Amz-SignedHeaders"].split(";"))
    if "host" not in signed or not signed <= SIGNED_HEADERS[method] or not signed - {"host"} <= headers.keys():
        raise Forbidden(NOT_OURS)
    url = f"{_origin(address)}{path}?{query}"
    sent = {name: headers[name] for name in sorted(signed - {"host"})}
    if not hmac.compare_digest(_signature(address, method, url, values, sent), values["X-Amz-Signature"]):
        raise Forbidden(NOT_OURS)
    return Handed(method, url, sent | {name: headers[name] for name in UNSIGNED_HEADERS[method] & headers.keys()})


def _values(method: str, key: str, query: str) -> dict[str, str]:
    """The query's parameters. Raises `Forbidden` unless they are those of one of our addresses, each once."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True, max_num_fields=16)
    except ValueError as error:
        raise Forbidden(NOT_OURS) from error
    names = frozenset(name for name, _ in pairs)
    more = names - SIGNING
    fits = more in _may_have(method, key)
    if len(names) != len(pairs) or not names >= SIGNING or not fits:
        raise Forbidden(NOT_OURS)
    values = dict(pairs)
    if not (values["X-Amz-Signature"].isascii() and re.fullmatch(r"[0-9]{8}T[0-9]{6}Z", values["X-Amz-Date"])):
        raise Forbidden(NOT_OURS)
    return values


def _may_have(method: str, key: str) -> tuple[frozenset[str], ...]:
    """What an address may say beside its signature. Under `incoming/` are parts, and whole photos whose bytes others had promised before."""
    if method == "GET":
        return frozenset(), NAMED
    return (frozenset(), PART) if key.startswith("incoming/") else (frozenset(),)


def _signature(address: S3Address, method: str, url: str, values: Mapping[str, str], sent: Mapping[str, str]) -> str:
    """The signature that our key gives to this request."""
    unsigned = "&".join(pair for pair in url.partition("?")[2].split("&") if not pair.startswith("X-Amz-Signature="))
    request = AWSRequest(method, f"{url.partition('?')[0]}?{unsigned}", headers=dict(sent))
    request.context["timestamp"] = values["X-Amz-Date"]
    auth = S3SigV4QueryAuth(Credentials(address.access_key_id, address.secret_access_key), "s3", address.region)
    signature: str = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    return signature


def _origin(address: S3Address) -> str:
    parts = urlsplit(address.endpoint_url)
    return f"{parts.scheme}://{parts.netloc}"
