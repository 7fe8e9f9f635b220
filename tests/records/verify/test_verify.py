"""The verifier: true records hold whatever their kind, and every fact that is missing is said."""

import io
import json
import subprocess
import sys
from dataclasses import replace

import pikepdf
import pytest

from server import cli
from server.ground.words import Language
from server.ground.words import words as spoken
from server.records.canonical import canonical
from server.records.keys import public_keys
from server.records.print.claims import claims as words_of
from server.records.record import build_record
from server.records.verify import Claim, all_hold, lines, verify_answer, verify_pdf, verify_record
from tests.records.conftest import pdf_of, signed
from tests.records.corpus import answer_of, answer_to, base
from tests.records.factory import ORIGIN, Phone, Sealed, make_facts, make_sealed, seal, sealed_again, server_keys
from tests.records.story import MINUTE


def verify(sealed: Sealed, photos: dict[str, bytes] | None = None) -> dict[str, Claim]:
    claims = verify_record(sealed.record, sealed.proof, sealed.strokes, sealed.key_file, photos)
    return {claim.id: claim for claim in claims}


def failed(claims: dict[str, Claim]) -> list[str]:
    return [claim.id for claim in claims.values() if claim.ok is False]


@pytest.mark.parametrize("locale", ["zh-CN", "en", "de"])
def test_a_sealed_pdf_holds(locale, sealed_pdf):
    sealed, pdf = sealed_pdf(locale)
    claims = verify_pdf(pdf, sealed.key_file, sealed.photos)
    assert all_hold(claims), lines(claims)
    assert [claim.id for claim in claims if claim.ok is None] == ["pdf_timestamp", "chain_gaps"]


def test_the_page_calls_each_claim_as_the_verifier_does(sealed_pdf):
    sealed, pdf = sealed_pdf("en")
    record, answer = sealed.record, answer_to(sealed, "confirmed")
    said = spoken(Language.EN).at("verify_statements")
    claims = [
        *verify_pdf(pdf, sealed.key_file),
        *verify_answer(record, answer, sealed.key_file),
        *verify_pdf(pdf, b"none"),
    ]
    claims += verify_answer(record, b"{}", sealed.key_file)
    assert {claim.id: claim.statement for claim in claims} == said


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
@pytest.mark.parametrize("kind", ["signed", "refused", "customer_absent"])
@pytest.mark.parametrize("seed", range(3))
def test_a_true_record_is_never_accused(locale, kind, seed):
    sealed = make_sealed(locale, kind=kind, seed=20 + seed, photos=seed * 2, arrival=seed != 1)
    assert failed(verify(sealed)) == []


async def test_sealing_and_verifying_work_inside_an_event_loop():
    sealed = make_sealed("en", photos=0, seed=13)
    assert all_hold(verify_pdf(signed(sealed, pdf_of(sealed)), sealed.key_file))


def test_gaps_in_the_chain_are_named_as_facts():
    claim = verify(make_sealed("en"))["chain_gaps"]
    assert claim.ok is None
    assert "operations 43 of the device" in claim.detail


def test_a_device_whose_first_operation_is_here_names_none_before_it():
    facts, strokes, pictures = make_facts("en", seed=30, photos=0)
    phone = Phone(31, first=1)
    phone.add("note", ("visit", facts["visit_id"]), {"text": "second device"}, facts["sealed_at"] - 10**9)
    facts["operations"] = sorted(facts["operations"] + phone.operations, key=lambda each: phone.id in each["body"])
    facts["devices"].append(phone.device)
    record = build_record(facts)
    assert failed(verify(Sealed(record, seal(record, server_keys()), strokes, pictures, server_keys()))) == []


def test_a_signature_that_was_parked_and_applied_later_is_not_accused():
    sealed = make_sealed("en")
    facts = sealed.facts
    facts["operations"][-1]["outcome"] = "parked"
    assert failed(verify(sealed_again(sealed, canonical(facts)))) == []


def test_a_photo_sent_twice_under_two_ids_is_not_accused():
    sealed = make_sealed("en", photos=2)
    facts = sealed.facts
    report = json.loads(facts["report"]["canonical"])
    report["photos"].append({**report["photos"][0], "photo_id": "00000000-0000-4000-8000-000000000000"})
    facts["report"]["canonical"] = canonical(report).decode()
    assert "photos_report" not in failed(verify(sealed_again(sealed, canonical(facts))))


def test_an_arrival_without_a_window_is_a_fact_and_is_printed():
    sealed = make_sealed("en", photos=0)
    facts = sealed.facts
    facts["arrival"]["window"] = None
    changed = sealed_again(sealed, canonical(facts))
    assert verify(changed)["arrival"].ok is None
    assert pdf_of(changed).startswith(b"%PDF")


def test_an_attachment_that_would_fill_the_memory_is_refused(sealed_pdf):
    sealed, pdf = sealed_pdf("en")
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        bomb = pikepdf.AttachedFileSpec(opened, bytes(40 * 1024 * 1024), filename="record.json")
        opened.attachments["record.json"] = bomb
        out = io.BytesIO()
        opened.save(out, recompress_flate=True)
    claims = {claim.id: claim for claim in verify_pdf(out.getvalue(), sealed.key_file)}
    assert claims["pdf_record"].ok is False
    assert "too large" in claims["pdf_record"].detail


def test_deleted_strokes_are_a_fact_and_not_a_fault():
    claim = verify(replace(make_sealed("en"), strokes=None))["strokes"]
    assert claim.ok is None
    assert "hash stays bound" in claim.detail


def test_the_keys_of_another_company_hold_nothing(sealed_pdf):
    _sealed, pdf = sealed_pdf("en")
    claims = verify_pdf(pdf, public_keys(server_keys(2), ORIGIN).encode())
    assert {claim.id for claim in claims if claim.ok is False} == {"pdf_seal", "server_signature", "checkpoint"}


def test_a_log_of_another_name_is_refused():
    sealed = make_sealed("en")
    claims = verify_record(
        sealed.record, sealed.proof, sealed.strokes, public_keys(sealed.keys, "other.example/log").encode()
    )
    assert [claim.id for claim in claims if claim.ok is False] == ["checkpoint"]


def test_a_key_file_without_keys_is_the_one_fault():
    sealed = make_sealed("en")
    claims = verify_record(sealed.record, sealed.proof, sealed.strokes, b"nothing")
    assert [(claim.id, claim.ok) for claim in claims] == [("key_file", False)]
    assert not all_hold(claims)
    assert not all_hold([])


@pytest.mark.parametrize(
    "data", [b"", b"no pdf", b"%PDF-1.7\n%%EOF\n", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<</Root 1 0 R>>"]
)
def test_a_file_that_is_no_sealed_pdf_fails_and_does_not_raise(data):
    claims = verify_pdf(data, make_sealed("en").key_file)
    assert [claim.id for claim in claims if claim.ok is False][-1] == "pdf_record"


def test_an_unsigned_pdf_is_named(sealed_pdf):
    sealed, _ = sealed_pdf("en")
    claims = {claim.id: claim for claim in verify_pdf(pdf_of(sealed), sealed.key_file)}
    assert claims["pdf_seal"].ok is False
    assert "0 signatures" in claims["pdf_seal"].detail


def test_bytes_added_after_the_seal_are_named(sealed_pdf):
    sealed, pdf = sealed_pdf("en")
    claims = {claim.id: claim for claim in verify_pdf(pdf + b"\n% added\n", sealed.key_file)}
    assert claims["pdf_seal"].ok is False


def test_the_record_of_another_visit_inside_the_pages_is_named():
    sealed, other = make_sealed("en", seed=40, photos=0), make_sealed("en", seed=41, photos=0)
    with pikepdf.open(io.BytesIO(pdf_of(sealed))) as opened:
        for name, data in (("record.json", other.record), ("strokes.json", (other.strokes or "").encode())):
            opened.attachments[name] = pikepdf.AttachedFileSpec(opened, data, filename=name)
        out = io.BytesIO()
        opened.save(out)
    claims = {claim.id: claim for claim in verify_pdf(signed(sealed, out.getvalue()), sealed.key_file)}
    assert claims["pdf_seal"].ok is True, "the company itself sealed it"
    assert failed(claims)[:2] == ["pdf_record", "proof_form"]


@pytest.mark.parametrize(
    "record", [b"", b"{}", b"[]", b"null", b"\xff", b'{"type":"fieldproof/record/v1"}', b"[" * 100_000]
)
def test_hostile_records_fail_and_do_not_raise(record):
    sealed = make_sealed("en")
    claims = verify_record(record, sealed.proof, None, sealed.key_file)
    assert not all_hold(claims)


def test_the_command_says_it_in_its_exit_code(sealed_pdf, tmp_path):
    sealed, pdf = sealed_pdf("en")
    (tmp_path / "server.pub").write_bytes(sealed.key_file)
    changed = bytearray(pdf)
    changed[len(pdf) // 2] ^= 1
    for name, data, code in (("good.pdf", pdf, 0), ("bad.pdf", bytes(changed), 1)):
        (tmp_path / name).write_bytes(data)
        command = [
            sys.executable,
            "-m",
            "server.records.verify",
            str(tmp_path / name),
            "--key",
            str(tmp_path / "server.pub"),
        ]
        run = subprocess.run(command, capture_output=True, check=False, timeout=60)
        assert run.returncode == code, run.stdout.decode() + run.stderr.decode()
        assert (b"FAIL" in run.stdout) == (code == 1)
        assert run.stderr == b""


def test_the_verifier_imports_nothing_of_the_sealer():
    code = "import sys, server.records.verify; print([m for m in sys.modules if 'server.' in m and '.verify' not in m])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60)
    assert run.stdout.decode().strip() == "['server.records']"


def test_the_words_say_how_weak_a_claim_is():
    facts, _, _ = make_facts("en")
    words = {claim["id"]: claim["holds"] for claim in words_of({**facts})}
    assert "does not prove where the phone was" in words["arrival_place"]
    assert "simple electronic signature" in words["signature"]
    assert "not the customer's" in words["seal"]
    assert "not attested" in words["device_key"]
    assert "within 2 min" in words["arrival_time"]


def test_each_claim_is_worded_as_strongly_as_the_facts_are_and_no_more():
    facts, _, _ = make_facts("en")
    attested, not_attested = ({**facts["devices"][0], "attestation": kind} for kind in ("android_key", "none"))
    arrival = {**facts["arrival"], "latest": facts["arrival"]["earliest"] + 3 * MINUTE + 1}
    for change, name, strength, english, chinese in (
        ({"devices": [attested]}, "device_key", "attested", "with an attestation", "附有证明"),
        ({"devices": [attested, not_attested]}, "device_key", "partly_attested", "Only some", "仅部分设备"),
        ({"arrival": arrival}, "arrival_time", "within_4_min", "to within 4 min", "4 分钟"),
        ({}, "confirmation", "not_confirmed", "dispute it until 2026-03-28", "2026-03-28 前提出异议"),
        ({}, "photos", "hashed_again", "What a photo shows", "并不证明照片的内容"),
        ({"signature": {"kind": "refused", "level": None}}, "signature", "refused", "did not sign", "未签字"),
        ({"signature": {"kind": "customer_absent", "level": None}}, "content", "bound", "Nobody was there", "无人在场"),
    ):
        for locale, words in (("en", english), ("zh-CN", chinese)):
            claim = {one["id"]: one for one in words_of({**facts, **change, "locale": locale})}[name]
            assert claim["strength"] == strength
            assert words in claim["holds"], claim


@pytest.mark.parametrize("kind", ["confirmed", "disputed"])
def test_the_command_line_checks_a_customers_answer_beside_the_report(kind, tmp_path, capsys):
    sealed = base(0)
    files = {
        "report.pdf": signed(sealed, pdf_of(sealed)),
        "answer.json": answer_of(0, kind),
        "server.pub": sealed.key_file,
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "other.json").write_bytes(answer_of(1, kind))
    report, answer, other, key = (tmp_path / name for name in ("report.pdf", "answer.json", "other.json", "server.pub"))
    assert cli.verify(report, key=key, answer=(answer,)) == 0
    said = capsys.readouterr().out
    assert f"{kind} by the link; who held it was not checked" in said
    assert cli.verify(report, key=key, answer=(answer, other)) == 1
    assert "the answer is about another record" in capsys.readouterr().out
