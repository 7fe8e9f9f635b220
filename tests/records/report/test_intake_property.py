"""Whatever a phone sends is parked at intake, or is sealed, and then both verifiers find nothing wrong with it."""

import asyncio
import json
import os
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from litestar import Litestar

from mobile_contract.phone import Phone
from server.records.keys import public_keys
from server.records.log.log import ORIGIN
from server.records.sealer import Sealer
from server.records.verify import all_hold
from tests.company import Company
from tests.day import jpeg
from tests.records.corpus import Case
from tests.records.factory import Sealed
from tests.records.intake import begun, report_of, said, tap_signing
from tests.records.odd_reports import Sent, sendings
from tests.records.sealing import record_and_pdf, seal, verified
from tests.records.verify_page.test_verify_page_agrees import said_by_page
from tests.sizes import size

EXAMPLES = int(os.environ.get("FIELDPROOF_INTAKE", "0")) or size(16, 25)
"""A long run: `FIELDPROOF_INTAKE=2000 FIELDPROOF_SEED=7 pytest -n 0 -s` of this file. Only a long run shrinks a failure."""

SEED = int(os.environ.get("FIELDPROOF_SEED", "1"))


class Issued(Sealed):
    """A record of the server itself, whose log has another name than that of the factory."""

    @property
    def key_file(self) -> bytes:
        return public_keys(self.keys, ORIGIN).encode()


class Tries:
    """A phone that sends one odd visit after the other, and what became of them."""

    def __init__(self, company: Company, app: Litestar, sealer: Sealer, phone: Phone) -> None:
        self.company, self.app, self.sealer, self.phone = company, app, sealer, phone
        self.picture = jpeg()  # the same for all, so that its bytes are in storage from the second visit on
        self.sealed: list[tuple[Sent, Case]] = []
        self.seen: Counter[str] = Counter()

    async def send(self, sent: Sent) -> None:
        """Send a visit; what is taken in must be sealed, and hold in our verifier."""
        visit_id = await begun(self.company, self.phone)
        self.phone.photo(visit_id, "before", self.picture)
        report = report_of(self.company, self.phone, visit_id)
        report["canonical"] = sent.applied_to(json.loads(report["canonical"]))
        shown = self.phone.tap("report", visit_id, report)
        signing = tap_signing(self.phone, visit_id, report, sent.strokes, **sent.other)
        self.phone.tap("complete", visit_id, {"work_summary": "x"})
        await self.phone.sync()
        await self.phone.upload_photos()
        outcomes = [said(self.phone, one) for one in (shown, signing)]
        self.seen[" and ".join(outcome for outcome, _ in outcomes)] += 1
        codes = {code for _, code in outcomes} - {None}
        assert codes <= {"report_mismatch", "waits_for_parked", "invalid", "malformed_body"}, outcomes
        made = await seal(self.app, self.sealer, visit_id)
        assert made == (1 if outcomes[1] == ("applied", None) else 0)
        if made:
            _, pdf = await record_and_pdf(self.company, visit_id)
            claims = await verified(pdf, self.sealer)
            assert all_hold(list(claims.values())), claims
            self.sealed.append((sent, Case("sealed", Issued(b"", {}, None, {}, self.sealer.keys), pdf=pdf)))


@pytest.mark.skipif(shutil.which("node") is None, reason="the page's modules are run by Node 20")
async def test_what_is_sent_is_parked_or_is_sealed_and_verified_by_both(
    company: Company, app: Litestar, sealer: Sealer, wei: Phone, tmp_path: Path
) -> None:
    tries, loop = Tries(company, app, sealer, wei), asyncio.get_running_loop()

    phases = [Phase.generate] + ([Phase.shrink] if "FIELDPROOF_INTAKE" in os.environ else [])

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES, phases=phases, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(sendings())
    def try_one(sent: Sent) -> None:
        asyncio.run_coroutine_threadsafe(tries.send(sent), loop).result(timeout=60)

    await asyncio.to_thread(try_one)
    pages = await asyncio.to_thread(said_by_page, [case for _, case in tries.sealed], tmp_path)
    for (sent, _), page in zip(tries.sealed, pages, strict=True):
        wrong: list[Any] = [claim for claim in page if claim[1] is False]
        assert not wrong, f"{sent}: {wrong}"
    print(f"seed {SEED}: {dict(tries.seen)}, {len(pages)} sealed")
    assert len(tries.seen) == 3, "sealed, parked, and parked with its report: each was seen"
