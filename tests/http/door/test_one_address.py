"""One address: a phone reaches the API, by TLS, and its photos go through the same address to the storage and back."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest

from mobile_contract.upload import upload
from server.embedded.s3_address import S3Address
from server.http.door.address import only_here
from server.identity.tokens import Tokens
from server.media.storage import Storage, checksum_of, object_key
from tests.company import SECRET, Company, Founded
from tests.http.door import certificate
from tests.http.door.serving import BUCKET, Served, client, served
from tests.media.pictures import encoded, png, promised, state_of
from tests.phones import enrolled


class Front(NamedTuple):
    """A served company and the certificate by which it is known."""

    company: Company
    certificate: Path
    served: Served


def at(founded: Founded, http: httpx.AsyncClient) -> Company:
    """The company of the tests, behind another client."""
    company, tokens = Company(http), Tokens(SECRET)
    company.ids = dict(founded.ids)
    company.tokens = {login: tokens.access(tokens.actor(token)) for login, token in founded.tokens.items()}
    return company


@pytest.fixture
def template(founded: Founded) -> str:
    return "template_company"


@pytest.fixture
async def front(founded: Founded, database_url: str, s3_address: S3Address, tmp_path: Path) -> AsyncIterator[Front]:
    crt, key = certificate.make(tmp_path)
    tls = {"FIELDPROOF_TLS_CERTIFICATE": str(crt), "FIELDPROOF_TLS_KEY": str(key)}
    async with served(tmp_path, database_url, s3_address, **tls) as running, client(running.url, crt) as http:
        yield Front(at(founded, http), crt, running)


async def test_a_phones_photos_go_by_tls_through_the_one_address(front: Front) -> None:
    company = front.company
    assert front.served.url.startswith("https://127.0.0.1:")
    assert not front.served.url.endswith(":0"), "the port that was found is the one that addresses name"
    wei = await enrolled(company, "wei")
    for data, kind in ((encoded(), "image/jpeg"), (png(64, 64) + os.urandom(17 * 1024 * 1024), "image/png")):
        visit_id, photo_id = await promised(company, wei, data, kind)
        where = await company.must("wei", "POST", f"/v1/photos/{photo_id}/upload")
        assert where["url"].startswith(f"{front.served.url}/objects/{BUCKET}/cas/")
        async with client(front.served.url, front.certificate) as storage:
            sent = await upload(wei._call, storage, photo_id, data)
            assert sent["state"] == "verified"
            down = await company.must("mei", "GET", f"/v1/photos/{photo_id}/download?thumbnail=true")
            small = await storage.get(down["url"])
        assert down["url"].startswith(f"{front.served.url}/objects/{BUCKET}/thumbnails/")
        assert (small.status_code, small.headers["content-type"], small.content[:2]) == (200, "image/jpeg", b"\xff\xd8")
        assert small.headers["content-disposition"].startswith("attachment")
        assert small.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in small.headers["content-security-policy"]
        assert "strict-transport-security" in small.headers
        assert (await state_of(company, visit_id))[photo_id][0] == "verified"


async def test_a_photo_whose_bytes_others_had_promised_before_goes_through_the_one_address_too(front: Front) -> None:
    data, company = encoded(), front.company
    for who in ("wei", "anna"):
        phone, visit_id = await enrolled(company, who), await company.visit(who)
        await phone.sync()
        photo_id = phone.photo(visit_id, "before", data)
        await phone.sync()
        async with client(front.served.url, front.certificate) as storage:
            where = await company.must(who, "POST", f"/v1/photos/{photo_id}/upload")
            sent = await storage.put(where["url"], headers=where["headers"], content=data)
            assert sent.status_code == 200, sent.text
        assert (await company.must(who, "POST", f"/v1/photos/{photo_id}/complete"))["state"] == "verified"
        assert (await state_of(company, visit_id))[photo_id][0] == "verified"


async def test_serve_warns_of_an_address_that_only_this_machine_reaches(front: Front) -> None:
    said = front.served.said()
    assert "Warning: FIELDPROOF_PUBLIC_URL is https://127.0.0.1:" in said
    assert "Sealed reports carry it for ever" in said


@pytest.fixture
async def plain(founded: Founded, database_url: str, s3_address: S3Address, tmp_path: Path) -> AsyncIterator[Served]:
    async with served(tmp_path, database_url, s3_address) as running:
        yield running


async def test_nothing_but_our_own_signed_addresses_passes(plain: Served, s3_address: S3Address) -> None:
    bucket = Storage(s3_address, BUCKET, through=plain.url)
    data = os.urandom(4000)
    sha = hashlib.sha256(data).hexdigest()
    url, headers = bucket.presign_put(object_key(sha), sha, len(data), "image/jpeg")
    stranger = Storage(
        S3Address(s3_address.endpoint_url, s3_address.access_key_id, "x" * 40), BUCKET, through=plain.url
    )
    key = object_key(sha)
    signed = bucket.signer.generate_presigned_url

    def through(address: str) -> str:
        parts = urlsplit(address)
        return f"{plain.url}/objects{parts.path}?{parts.query}"

    place = {"Bucket": BUCKET, "Key": key}
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        refused = {
            "without a signature": await http.get(url.partition("?")[0]),
            "a signature of another key": await http.put(
                stranger.presign_put(object_key(sha), sha, len(data), "image/jpeg")[0], headers=headers, content=data
            ),
            "another object": await http.put(url.replace(sha, "0" * 64), headers=headers, content=data),
            "another type": await http.put(url, headers=headers | {"content-type": "text/html"}, content=data),
            "another checksum": await http.put(
                url, headers=headers | {"x-amz-checksum-sha256": checksum_of("0" * 64)}, content=data
            ),
            "another length": await http.put(url, headers=headers, content=data + b"x"),
            "one more parameter": await http.put(f"{url}&x-id=PutObject", headers=headers, content=data),
            "a parameter twice": await http.put(f"{url}&X-Amz-Expires=900", headers=headers, content=data),
            "an acl": await http.put(f"{url}&acl", headers=headers, content=data),
            "another method": await http.delete(url, headers=headers),
            "POST": await http.post(url, headers=headers, content=data),
            "HEAD": await http.head(bucket.presign_get(key, "a.jpg", "image/jpeg")),
            "a signed DELETE": await http.delete(through(signed("delete_object", place, 60))),
            "a signed list": await http.get(through(signed("list_objects_v2", {"Bucket": BUCKET}, 60))),
            "signed buckets": await http.get(through(signed("list_buckets", {}, 60))),
            "a signed tagging": await http.get(through(signed("get_object_tagging", place, 60))),
            "a signed listing of parts": await http.get(
                through(signed("list_parts", place | {"UploadId": "x"}, 60))
            ),
            "a signed copy": await http.put(
                through(signed("copy_object", place | {"CopySource": "fieldproof/secret"}, 60)),
                headers={"x-amz-copy-source": "fieldproof/secret"},
            ),
            "a signed PUT of what is no photo": await http.put(
                through(signed("put_object", {"Bucket": BUCKET, "Key": "records/x.pdf"}, 60)), content=data
            ),
            "a signed GET of what is no photo": await http.get(
                through(signed("get_object", {"Bucket": BUCKET, "Key": "records/x.pdf"}, 60))
            ),
            "another bucket": await http.get(through(signed("get_object", {"Bucket": "other", "Key": key}, 60))),
            "a way up": await http.get(f"{plain.url}/objects/{BUCKET}/cas/%2e%2e/{sha}?{urlsplit(url).query}"),
        }  # fmt: skip
        for what, answer in refused.items():
            assert answer.status_code in (403, 404, 405), (what, answer.status_code, answer.text)
            if answer.request.method != "HEAD":
                assert answer.headers["content-type"] == "application/problem+json", what
        unsigned = await http.put(
            url, content=data, headers=headers | {"x-amz-acl": "public-read", "x-amz-meta-evil": "1"}
        )
        assert unsigned.status_code == 200, "what is not signed is left behind"
        assert (await http.put(url, headers=headers, content=data)).status_code == 412
        found = await http.get(bucket.presign_get(key, "a.jpg", "image/jpeg"), headers={"range": "bytes=10-19"})
        assert (found.status_code, found.content) == (206, data[10:20])
        assert not [name for name in found.headers if name.startswith("x-amz-meta")]
        late = bucket.presign("get_object", 1, Key=key)
        await asyncio.sleep(2)
        assert (await http.get(late)).status_code == 403, "the storage says when it has expired"


async def test_a_page_of_another_origin_may_send_with_its_address(plain: Served) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        asked = {
            "origin": "https://app.example", "access-control-request-method": "PUT",
            "access-control-request-headers": "content-type,if-none-match,x-amz-checksum-sha256",
        }  # fmt: skip
        answer = await http.options(f"{plain.url}/objects/{BUCKET}/cas/{'0' * 64}", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "x-amz-checksum-sha256" in answer.headers["access-control-allow-headers"]
    assert "PUT" in answer.headers["access-control-allow-methods"]


async def test_with_a_storage_address_of_its_own_photos_go_straight_there(
    founded: Founded, database_url: str, s3_address: S3Address, tmp_path: Path
) -> None:
    direct = {"S3_PUBLIC_ENDPOINT_URL": s3_address.endpoint_url}
    async with served(tmp_path, database_url, s3_address, **direct) as running, client(running.url) as http:
        company = at(founded, http)
        wei = await enrolled(company, "wei")
        _, photo_id = await promised(company, wei, encoded())
        where = await company.must("wei", "POST", f"/v1/photos/{photo_id}/upload")
        assert where["url"].startswith(f"{s3_address.endpoint_url}/{BUCKET}/cas/")
        path = urlsplit(where["url"])
        closed = await http.put(f"/objects{path.path}?{path.query}", headers=where["headers"], content=b"x")
        assert closed.status_code == 404
        assert "Warning: S3_PUBLIC_ENDPOINT_URL is http://127.0.0.1:" in running.said()


def test_what_only_this_machine_reaches() -> None:
    here = (
        "http://127.0.0.1:1",
        "http://127.9.9.9",
        "https://localhost",
        "http://a.localhost:8",
        "http://[::1]:1",
        "http://0.0.0.0:8080",
        "http://[::]",
    )
    assert all(only_here(url) for url in here)
    assert not any(
        only_here(url) for url in ("https://service.example.com", "http://192.168.1.4:8080", "http://[fd00::1]")
    )
