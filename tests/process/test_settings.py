"""Options are read from the environment, checked, and never show their secrets."""

from base64 import b64encode
from pathlib import Path

import pytest

from server.process.settings import OPTIONS, SettingsError, load_settings

SECRET = "a secret that is long enough to use"
PEM = "-----BEGIN PRIVATE KEY-----\nTHEKEY\n-----END PRIVATE KEY-----"
EXTERNAL = {
    "S3_ENDPOINT_URL": "https://s3.example",
    "AWS_ACCESS_KEY_ID": "AKIA",
    "AWS_SECRET_ACCESS_KEY": "hush-hush",
}


def test_nothing_needs_to_be_set() -> None:
    settings = load_settings({})
    assert settings.data == Path(".data")
    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.1", 8080, "http://127.0.0.1:8080")
    assert (settings.database_url, settings.s3, settings.s3_bucket) == (None, None, "fieldproof")


def test_an_empty_value_counts_as_not_set() -> None:
    assert load_settings({option.name: " " for option in OPTIONS}) == load_settings({})


def test_values_are_brought_into_one_form() -> None:
    settings = load_settings(
        {
            "FIELDPROOF_PUBLIC_URL": "https://service.example/",
            "FIELDPROOF_SIGNING_KEY": PEM.replace("\n", "\\n"),
            "DATABASE_URL": "postgresql+asyncpg://me@db/company",
        }
    )
    assert settings.public_url == "https://service.example"
    assert settings.signing_key == PEM + "\n"
    assert settings.database_url == "postgresql://me@db/company"
    assert load_settings({"FIELDPROOF_HOST": "::1"}).public_url == "http://[::1]:8080"


def test_secrets_are_never_shown() -> None:
    settings = load_settings(
        EXTERNAL
        | {"FIELDPROOF_TOKEN_SECRET": SECRET, "FIELDPROOF_SIGNING_KEY": PEM, "FIELDPROOF_LOG_KEY": PEM}
        | {"DATABASE_URL": "postgresql://me:hush-hush@db/company"}
    )
    shown = repr(settings) + str(settings) + repr(settings.s3)
    assert not [secret for secret in (SECRET, "THEKEY", "hush-hush") if secret in shown]
    assert "https://s3.example" in shown


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("FIELDPROOF_PORT", "eighty", "a port number from 0 to 65535"),
        ("FIELDPROOF_PORT", "65536", "a port number from 0 to 65535"),
        ("FIELDPROOF_PUBLIC_URL", "service.example", "an address such as https://"),
        ("FIELDPROOF_TSA_URL", "ftp://tsa.example", "an address such as https://"),
        ("S3_ENDPOINT_URL", "https://[", "an address such as https://"),
        ("FIELDPROOF_TOKEN_SECRET", "short", "32 characters or more"),
        ("FIELDPROOF_SIGNING_KEY", "THEKEY", "-----BEGIN PRIVATE KEY-----"),
        ("DATABASE_URL", "mysql://me:hush-hush@db/company", "postgresql://user:password@host:5432/database"),
        ("DATABASE_URL", "postgresql://me:hush-hush@db", "postgresql://user:password@host:5432/database"),
        ("S3_BUCKET", "My Bucket", "lower-case letters"),
    ],
)
def test_a_bad_value_is_one_line_that_names_the_option(name: str, value: str, reason: str) -> None:
    with pytest.raises(SettingsError) as failure:
        load_settings({name: value})
    line = str(failure.value)
    assert line.startswith(name)
    assert reason in line
    assert "\n" not in line
    assert "hush-hush" not in line


@pytest.mark.parametrize("missing", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_an_external_storage_needs_its_key(missing: str) -> None:
    with pytest.raises(SettingsError, match=f"^{missing} is missing"):
        load_settings({name: value for name, value in EXTERNAL.items() if name != missing})


def test_no_option_is_listed_twice() -> None:
    assert len({option.name for option in OPTIONS}) == len(OPTIONS)


def test_keys_for_strokes_are_32_bytes_in_base64_and_days_are_days() -> None:
    key = b64encode(bytes(32)).decode()
    settings = load_settings({"FIELDPROOF_STROKES_KEY": f"{key}, {key}", "FIELDPROOF_STROKES_DAYS": "30"})
    assert (settings.strokes_days, settings.dispute_days) == (30, 14)
    assert key not in repr(settings)
    for name, value in (
        ("FIELDPROOF_STROKES_KEY", "c2hvcnQ="), ("FIELDPROOF_STROKES_KEY", f"{key},"), ("FIELDPROOF_STROKES_KEY", "#"),
        ("FIELDPROOF_STROKES_DAYS", "0"), ("FIELDPROOF_DISPUTE_DAYS", "two weeks"), ("FIELDPROOF_DISPUTE_DAYS", "-1"),
    ):  # fmt: skip
        with pytest.raises(SettingsError, match=name):
            load_settings({name: value})


def test_tls_needs_both_files_and_makes_the_default_address_https(tmp_path: Path) -> None:
    certificate, key = tmp_path / "server.crt", tmp_path / "server.key"
    certificate.write_text("")
    key.write_text("")
    both = {"FIELDPROOF_TLS_CERTIFICATE": str(certificate), "FIELDPROOF_TLS_KEY": str(key)}
    settings = load_settings(both)
    assert settings.public_url == "https://127.0.0.1:8080"
    assert settings.tls is not None
    for one in both:
        with pytest.raises(SettingsError, match="both FIELDPROOF_TLS_CERTIFICATE and FIELDPROOF_TLS_KEY"):
            load_settings({one: both[one]})
    with pytest.raises(SettingsError, match=r"FIELDPROOF_TLS_KEY.*no such file"):
        load_settings(both | {"FIELDPROOF_TLS_KEY": str(tmp_path / "missing")})


def test_proxies_are_addresses_or_networks_and_never_everybody() -> None:
    settings = load_settings({"FIELDPROOF_PROXIES": "127.0.0.1, 10.0.0.0/8,fd00::/8"})
    assert settings.trusted_proxies == ("127.0.0.1", "10.0.0.0/8", "fd00::/8")
    assert load_settings({}).trusted_proxies == ()
    for wrong in ("*", "0.0.0.0/0", "::/0", "proxy.example.com", "127.0.0.1,", "10.0.0.1/8"):
        with pytest.raises(SettingsError, match="FIELDPROOF_PROXIES"):
            load_settings({"FIELDPROOF_PROXIES": wrong})
