"""What an operator can set, read once from the environment. `OPTIONS` is the whole list; docs/operations.md repeats it.

An empty value counts as not set. A bad one raises `SettingsError` with one line that names the option.
"""

import os
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from server.embedded.s3_address import S3Address
from server.http.door.address import Tls, is_address
from server.media.rules import Custody
from server.notifications.outgoing import CannotSend, Outgoing, read_mail
from server.process.spoken import JSON, TEXT

MOST = 1_000_000
"""Of minutes or hours: more than a lifetime of phones."""


class SettingsError(Exception):
    """An option has a value that cannot be used; the message is one line: which, why, and what would do."""


class Option(NamedTuple):
    """One environment variable. `default` is None where the program finds or makes the value itself."""

    name: str
    field: str
    default: str | None
    meaning: str
    secret: bool = False


OPTIONS = (
    Option("FIELDPROOF_DATA", "data", ".data", "Folder for everything kept on this machine: embedded servers, keys"),
    Option("FIELDPROOF_HOST", "host", "127.0.0.1", "Address that the API listens on"),
    Option("FIELDPROOF_PORT", "port", "8080", "Port that the API listens on; 0 takes a free one"),
    Option("FIELDPROOF_PUBLIC_URL", "public_url", None, "Address of the API for phones and links; default: host:port"),
    Option("FIELDPROOF_TLS_CERTIFICATE", "tls_certificate", None, "File (PEM) with the certificate and its chain: the API speaks TLS"),
    Option("FIELDPROOF_TLS_KEY", "tls_key", None, "File (PEM) with the key of that certificate"),
    Option("FIELDPROOF_PROXIES", "proxies", None, "Addresses or networks of proxies whose X-Forwarded-For is believed, with commas between; none: nobody's"),
    Option("FIELDPROOF_COMPANY", "company", "Fieldproof", "Name of the company on reports and seals"),
    Option("FIELDPROOF_TSA_URL", "tsa_url", None, "RFC 3161 time stamp authority for PDF seals; none: no time stamp"),
    Option("FIELDPROOF_TOKEN_SECRET", "token_secret", None, "Signs tokens, 32 or more characters; made if unset", True),
    Option("FIELDPROOF_SIGNING_KEY", "signing_key", None, "P-256 private key (PEM) for seals; made if unset", True),
    Option("FIELDPROOF_LOG_KEY", "log_key", None, "Ed25519 private key (PEM) of the record log; made if unset", True),
    Option("FIELDPROOF_STROKES_KEY", "strokes_key", None, "Encrypts signatures at rest: 32 bytes in base64, older ones after commas; made if unset", True),
    Option("FIELDPROOF_STROKES_DAYS", "strokes_days", "1095", "Days that a signature's strokes are kept; then they are erased"),
    Option("FIELDPROOF_DISPUTE_DAYS", "dispute_days", "14", "Days in which a customer may dispute a sealed report by its link"),
    Option("FIELDPROOF_LINK_DAYS", "link_days", "90", "Days after a visit's end in which the customer's links to its page open; never less than the time to dispute its report"),
    Option("FIELDPROOF_COMPANY_PHONE", "company_phone", None, "Telephone number that customers read on their pages; none: no number"),
    Option("FIELDPROOF_PHOTO_LATE_MINUTES", "photo_late_minutes", "120", "When promised photos are late (1 or more)"),
    Option("FIELDPROOF_ORPHAN_HOURS", "orphan_hours", "168", "Age at which objects of no manifest are removed (24 or more)"),
    Option("FIELDPROOF_UPLOAD_HOURS", "upload_hours", "168", "Age at which a resting upload in parts is aborted (24 or more)"),
    Option("FIELDPROOF_ENROLMENT_PEOPLE", "enrolment_people", "1", "People at the desk who stand for each code that enrols a phone: 1, or 2 (one makes it, another confirms it)"),
    Option("FIELDPROOF_DESKS_SEE", "desks_see", "company", "What a desk sees of other offices: company (everything), or office (nothing); it changes only its own office's in any case"),
    Option("FIELDPROOF_METRICS_TOKEN", "metrics_token", None, "Opens GET /metrics to who sends it as bearer token, 16 or more characters; none: there is no such page", True),
    Option("FIELDPROOF_LOG", "log", "text", "How the log is written: text, or json for machines"),
    Option("FIELDPROOF_SMTP_URL", "smtp_url", None, "Mail server, such as smtp+starttls://user:password@host:587, or smtps://; none: no mail", True),
    Option("FIELDPROOF_MAIL_FROM", "mail_from", None, "In whose name mail is sent, such as Service <service@example.com>"),
    Option("FIELDPROOF_WEBHOOKS_INWARD", "webhooks_inward", "no", "yes: webhooks may reach this machine and its network, for development; no: only the internet, by https"),
    Option("DATABASE_URL", "database_url", None, "PostgreSQL 18; none: the embedded one", True),
    Option("S3_ENDPOINT_URL", "s3_endpoint_url", None, "S3 storage; none: the embedded one"),
    Option("S3_PUBLIC_ENDPOINT_URL", "s3_public_endpoint_url", None, "The storage's address for phones; none: photos go through the API"),
    Option("S3_BUCKET", "s3_bucket", "fieldproof", "Bucket for photos, signatures and sealed reports"),
    Option("S3_REGION", "s3_region", "us-east-1", "Region that requests to the storage are signed for"),
    Option("AWS_ACCESS_KEY_ID", "aws_access_key_id", None, "Key for S3_ENDPOINT_URL"),
    Option("AWS_SECRET_ACCESS_KEY", "aws_secret_access_key", None, "Secret of that key", True),
)  # fmt: skip


class Settings(msgspec.Struct, frozen=True):
    """The options of one process, checked. `OPTIONS` describes each field; None means: found or made by itself."""

    data: Path
    host: str
    port: int
    public_url: str
    company: str
    s3_bucket: str
    s3_region: str
    strokes_days: int
    dispute_days: int
    link_days: int = 90
    company_phone: str | None = None
    photo_late_minutes: int = 120
    orphan_hours: int = 168
    upload_hours: int = 168
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    proxies: str | None = None
    enrolment_people: int = 1
    desks_see: str = "company"
    metrics_token: str | None = None
    log: str = TEXT
    smtp_url: str | None = None
    mail_from: str | None = None
    webhooks_inward: bool = False
    tsa_url: str | None = None
    token_secret: str | None = None
    signing_key: str | None = None
    log_key: str | None = None
    strokes_key: str | None = None
    database_url: str | None = None
    s3_endpoint_url: str | None = None
    s3_public_endpoint_url: str | None = None
    aws_access_key_id: str | None = None
    aws_secret_access_key: str | None = None

    def __repr__(self) -> str:
        shown = (
            f"{option.field}={'***' if option.secret and value else repr(value)}"
            for option in OPTIONS
            for value in [getattr(self, option.field)]
        )
        return f"Settings({', '.join(shown)})"

    @property
    def s3(self) -> S3Address | None:
        """The external storage; None when the embedded one is to be used."""
        if self.s3_endpoint_url is None:
            return None
        return S3Address(
            self.s3_endpoint_url, self.aws_access_key_id or "", self.aws_secret_access_key or "", self.s3_region
        )

    @property
    def tls(self) -> Tls | None:
        """The certificate to serve with; None: plain HTTP, as behind a proxy."""
        return Tls(self.tls_certificate, self.tls_key) if self.tls_certificate and self.tls_key else None

    @property
    def outgoing(self) -> Outgoing:
        """By which ways messages are sent."""
        mail = read_mail(self.smtp_url, self.mail_from) if self.smtp_url and self.mail_from else None
        return Outgoing(mail, self.company, self.webhooks_inward)

    @property
    def trusted_proxies(self) -> tuple[str, ...]:
        """Whose word on the client's address counts."""
        return tuple(one.strip() for one in self.proxies.split(",")) if self.proxies else ()

    @property
    def custody(self) -> Custody:
        """How long photos and objects may stand as they are."""
        return Custody(
            timedelta(minutes=self.photo_late_minutes),
            timedelta(hours=self.orphan_hours),
            timedelta(hours=self.upload_hours),
        )


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read and check all options. Raises `SettingsError`."""
    values: dict[str, Any] = {}
    for option in OPTIONS:
        text = environ.get(option.name, "").strip() or option.default
        values[option.field] = CHECKS.get(option.field, _as_is)(option.name, text) if text is not None else None
    if values["public_url"] is None:
        host = f"[{values['host']}]" if ":" in values["host"] else values["host"]
        scheme = "https" if values["tls_certificate"] else "http"
        values["public_url"] = f"{scheme}://{host}:{values['port']}"
    if bool(values["tls_certificate"]) != bool(values["tls_key"]):
        raise SettingsError("Set both FIELDPROOF_TLS_CERTIFICATE and FIELDPROOF_TLS_KEY, or neither")
    if bool(values["smtp_url"]) != bool(values["mail_from"]):
        raise SettingsError("Set both FIELDPROOF_SMTP_URL and FIELDPROOF_MAIL_FROM, or neither")
    _mail("FIELDPROOF_SMTP_URL", values["smtp_url"], "x@example.com")
    _mail("FIELDPROOF_MAIL_FROM", "smtp://localhost", values["mail_from"])
    if values["s3_endpoint_url"] is not None:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            if values[name.lower()] is None:
                raise SettingsError(f"{name} is missing: S3_ENDPOINT_URL names a storage, and it needs a key")
    return Settings(**values)


def _mail(name: str, url: str | None, sender: str | None) -> None:
    """Check one of the two settings of mail beside one that fits. The address holds a password: it is never shown."""
    if url is not None and sender is not None:
        try:
            read_mail(url, sender)
        except CannotSend as error:
            raise SettingsError(f"{name} cannot be used: {error}") from error


def _yes_or_no(name: str, text: str) -> bool:
    if text not in ("yes", "no"):
        raise SettingsError(f"{name} is {text!r}: it must be yes or no")
    return text == "yes"


def _as_is(name: str, text: str) -> str:
    return text


def _port(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise SettingsError(f"{name} is {text!r}: it must be a port number from 0 to 65535")
    return int(text)


def _one_or_two(name: str, text: str) -> int:
    if text not in ("1", "2"):
        raise SettingsError(f"{name} is {text!r}: it must be 1 or 2")
    return int(text)


def _company_or_office(name: str, text: str) -> str:
    if text not in ("company", "office"):
        raise SettingsError(f"{name} is {text!r}: it must be company or office")
    return text


def _days(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 36_500:
        raise SettingsError(f"{name} is {text!r}: it must be a number of days from 1 to 36500")
    return int(text)


def _strokes_key(name: str, text: str) -> str:
    """One or more keys of 32 bytes in base64, separated by commas."""
    try:
        fits = all(len(b64decode(part.strip(), validate=True)) == 32 for part in text.split(","))
    except ValueError:
        fits = False
    if not fits:
        raise SettingsError(
            f"{name} cannot be used: make a key with `openssl rand -base64 32`; put a new one before old ones"
        )
    return text


def _at_least(least: int) -> Callable[[str, str], int]:
    def check(name: str, text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= MOST:
            raise SettingsError(f"{name} is {text!r}: it must be a whole number from {least} to {MOST}")
        return int(text)

    return check


def _file(name: str, text: str) -> Path:
    file = Path(text).expanduser()
    if not file.is_file():
        raise SettingsError(f"{name} is {text!r}: there is no such file")
    return file


def _proxies(name: str, text: str) -> str:
    if wrong := [one for one in text.split(",") if not is_address(one.strip())]:
        raise SettingsError(
            f"{name}: {wrong[0].strip()!r} is no address such as 127.0.0.1 or network such as 10.0.0.0/8"
        )
    return text


def _url(name: str, text: str) -> str:
    """An http(s) address without a slash at its end, so that paths can be put behind it."""
    try:
        parts = urlsplit(text)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        fits = False
    if not fits:
        raise SettingsError(f"{name} is {text!r}: it must be an address such as https://service.example.com")
    return text.rstrip("/")


def _database_url(name: str, text: str) -> str:
    """A `postgresql://` address, in any of its usual spellings. It may hold a password: never shown."""
    try:
        parts = urlsplit(text)
        scheme = parts.scheme.partition("+")[0]
        fits = scheme in ("postgres", "postgresql") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        fits = False
    if not fits or len(parts.path) < 2:
        raise SettingsError(f"{name} cannot be used: it must look like postgresql://user:password@host:5432/database")
    return "postgresql" + text[text.index("://") :]


def _bucket(name: str, text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", text):
        raise SettingsError(f"{name} is {text!r}: it must be 3 to 63 lower-case letters, digits, dots or hyphens")
    return text


def _token_secret(name: str, text: str) -> str:
    if len(text) < 32:
        raise SettingsError(f"{name} is too short: 32 characters or more, for example from `openssl rand -base64 33`")
    return text


def _metrics_token(name: str, text: str) -> str:
    if len(text) < 16 or not text.isascii() or not text.isprintable() or " " in text:
        raise SettingsError(
            f"{name} cannot be used: 16 or more characters without spaces, for example from `openssl rand -hex 24`"
        )
    return text


def _text_or_json(name: str, text: str) -> str:
    if text not in (TEXT, JSON):
        raise SettingsError(f"{name} is {text!r}: it must be text or json")
    return text


def _pem(name: str, text: str) -> str:
    r"""A private key; `\n` stands for a line break where a file of variables cannot hold one."""
    key = text.replace("\\n", "\n")
    if not re.fullmatch(r"-----BEGIN ([A-Z ]*)PRIVATE KEY-----\n.+\n-----END \1PRIVATE KEY-----", key, re.DOTALL):
        raise SettingsError(f"{name} is not a private key in PEM: it must begin with -----BEGIN PRIVATE KEY-----")
    return key + "\n"


CHECKS: dict[str, Callable[[str, str], Any]] = {
    "data": lambda name, text: Path(text).expanduser(),
    "port": _port,
    "photo_late_minutes": _at_least(1),
    "orphan_hours": _at_least(24),
    "upload_hours": _at_least(24),
    "public_url": _url,
    "tls_certificate": _file,
    "tls_key": _file,
    "proxies": _proxies,
    "tsa_url": _url,
    "token_secret": _token_secret,
    "metrics_token": _metrics_token,
    "log": _text_or_json,
    "signing_key": _pem,
    "log_key": _pem,
    "strokes_key": _strokes_key,
    "strokes_days": _days,
    "dispute_days": _days,
    "link_days": _days,
    "enrolment_people": _one_or_two,
    "desks_see": _company_or_office,
    "webhooks_inward": _yes_or_no,
    "database_url": _database_url,
    "s3_endpoint_url": _url,
    "s3_public_endpoint_url": _url,
    "s3_bucket": _bucket,
}
