"""Every answer in the vectors, worked out a second time: by code that is written here, from the rules in the guide.

Nothing of `server.contract.vectors` or of the modules that it asks is used to compute. Only the refusals are put to the server's
own reader, because what it refuses is what they are about.
"""

import hashlib
import hmac
import json
import math
import struct
from base64 import b32decode, urlsafe_b64decode
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from server.contract.written import FOLDER
from server.sync.chain import ChainProblem, NotCanonical, check_place, must_be_signed, read_link
from server.sync.schemas import WireOperation
from tests.arrival.test_likelihood import marcum, vincenty_mm

Json = dict[str, Any]
SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
TWICE = 2**53 - 1


def vectors(name: str) -> Json:
    found: Json = json.loads((FOLDER / "vectors" / f"{name}.json").read_text())
    return found


def cases(name: str, key: str) -> list[Any]:
    found = vectors(name)[key]
    return [pytest.param(one, id=str(one.get("name", number))) for number, one in enumerate(found)]


def canonical(value: Any) -> str:
    """RFC 8785 for integers and text, written from the RFC."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, str):
        return '"' + "".join(SHORT.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in value) + '"'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    assert isinstance(value, int)
    assert abs(value) <= TWICE
    return str(value)


def unbase64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def signed(public_key: str, text: str, signature: str) -> bool:
    raw = unbase64(signature)
    key = serialization.load_der_public_key(unbase64(public_key))
    assert isinstance(key, ec.EllipticCurvePublicKey)
    if len(raw) != 64:
        return False
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    try:
        key.verify(der, text.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("one", cases("canonical", "accepted"))
def test_canonical_text(one: Json) -> None:
    assert canonical(one["value"]) == one["text"]


@pytest.mark.parametrize("one", cases("canonical", "refused"))
def test_a_text_that_is_not_canonical_is_refused(one: Json) -> None:
    whole = vectors("chain")["operations"][0]
    text = whole["body"].replace('"body":{}', f'"body":{one["text"]}')
    assert text != whole["body"]
    link = read_link(WireOperation(text, whole["signature"]), UUID(whole["envelope"]["device_id"]))
    assert isinstance(link.fault, NotCanonical)
    assert link.envelope.body == {}


def test_the_chain_holds() -> None:
    chain, prev = vectors("chain"), None
    for seq, one in enumerate(chain["operations"], 1):
        assert (one["envelope"]["seq"], one["envelope"]["prev"]) == (seq, prev)
        assert canonical(one["envelope"]) == one["body"]
        assert sha256(one["body"]) == one["sha256"]
        assert signed(chain["public_key"], one["body"], one["signature"])
        prev = one["sha256"]


def fault(chain: Json, after: int, one: Json) -> str | None:
    """What breaks when this comes after so many good operations, by the rules of the guide, in their order."""
    said = json.loads(one["body"])
    good = chain["operations"][:after]
    if said["seq"] <= after:
        same = one["body"] == good[said["seq"] - 1]["body"]
        return None if same else "device_forked"
    if said["seq"] > after + 1:
        return "sequence_gap"
    if said["prev"] != good[-1]["sha256"]:
        return "chain_broken"
    return None if signed(chain["public_key"], one["body"], one["signature"]) else "wrong_signature"


@pytest.mark.parametrize("one", cases("chain", "broken"))
def test_each_way_to_break_a_chain_has_its_code(one: Json) -> None:
    chain = vectors("chain")
    operation = one["operation"]
    assert sha256(operation["body"]) == operation["sha256"]
    assert fault(chain, one["after"], operation) == one["code"]
    if one["code"] == "device_forked":
        assert signed(chain["public_key"], operation["body"], operation["signature"])
        return
    link = read_link(WireOperation(operation["body"], operation["signature"]), UUID(operation["envelope"]["device_id"]))
    last = chain["operations"][one["after"] - 1]["sha256"]

    def check() -> None:
        check_place(link, last_seq=one["after"], last_hash=last)
        must_be_signed(link, unbase64(chain["public_key"]))

    with pytest.raises(ChainProblem) as caught:
        check()
    assert caught.value.code == one["code"]


@pytest.mark.parametrize("one", cases("checksum", "scopes"))
def test_checksums(one: Json) -> None:
    total = 0
    for row in one["rows"]:
        text = f"{row['collection']}:{row['id']}:{row['rev']}:{row['hash']}"
        assert sha256(text)[:16] == row["share"]
        total += int(row["share"], 16)
    assert f"{total % 2**64:016x}" == one["checksum"]
    assert len(one["rows"]) == one["count"]


def test_one_checksum_runs_over() -> None:
    sums = [sum(int(row["share"], 16) for row in one["rows"]) for one in vectors("checksum")["scopes"]]
    assert max(sums) > 2**64


def mars(lat: float, lon: float) -> tuple[float, float]:
    """GCJ-02 of WGS-84 by the published formula."""
    a, ee, pi, sin = 6378245.0, 0.00669342162296594323, math.pi, math.sin
    x, y = lon - 105, lat - 35
    root = math.sqrt(abs(x))
    ripple = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + y * y / 5 + x * y / 10 + root / 5 + ripple
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi) + 160 * sin(y / 12 * pi) + 320 * sin(y / 30 * pi)) * 2 / 3
    east = 300 + x + 2 * y + x * x / 10 + x * y / 10 + root / 10 + ripple
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi) + 150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    w = 1 - ee * sin(math.radians(lat)) ** 2
    metres_north = a * (1 - ee) / w**1.5
    metres_east = a / math.sqrt(w) * math.cos(math.radians(lat))
    return lat + math.degrees(north / metres_north), lon + math.degrees(east / metres_east)


def baidu(lat: float, lon: float) -> tuple[float, float]:
    """BD-09 of GCJ-02 by the published formula."""
    turn = math.pi * 3000 / 180
    radius = math.hypot(lat, lon) + 2e-5 * math.sin(lat * turn)
    angle = math.atan2(lat, lon) + 3e-6 * math.cos(lon * turn)
    return radius * math.sin(angle) + 0.006, radius * math.cos(angle) + 0.0065


def degrees(at: Json) -> tuple[float, float]:
    return at["lat_e7"] / 1e7, at["lon_e7"] / 1e7


def close(one: tuple[float, float], other: tuple[float, float], tolerance_e7: float) -> bool:
    return all(abs(a - b) <= tolerance_e7 * 1e-7 for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("one", cases("datum", "places"))
def test_datums(one: Json) -> None:
    tolerance = vectors("datum")["tolerance_e7"]
    gcj02 = mars(*degrees(one["wgs84"]))
    assert close(gcj02, degrees(one["gcj02"]), tolerance)
    assert close(baidu(*gcj02), degrees(one["bd09"]), tolerance)


@pytest.mark.parametrize("one", cases("datum", "to_wgs84"))
def test_the_way_back_leads_to_where_it_came_from(one: Json) -> None:
    at = degrees(one["wgs84"])
    forward = {"wgs84": at, "gcj02": mars(*at), "bd09": baidu(*mars(*at))}[one["datum"]]
    assert close(forward, degrees(one["given"]), 2)


QUANTILE = {"android": 0.68, "ios": 1 - math.exp(-1), "web": 0.95}
"""Which share of a circular Gaussian lies within the platform's accuracy; for iOS it is the root of both variances."""


def sigma_of(platform: str, accuracy_mm: float) -> float:
    return accuracy_mm / math.sqrt(-2 * math.log(1 - QUANTILE[platform]))


@pytest.mark.parametrize("one", cases("arrival", "sigmas"))
def test_sigmas(one: Json) -> None:
    assert abs(sigma_of(one["platform"], one["accuracy_mm"]) - one["sigma_mm"]) <= 0.5 + 1e-6


def drift(passed: int, ppm: int) -> tuple[int, int]:
    """The least and most real time behind a difference of a steady clock whose readings were cut to a microsecond."""
    least = Fraction(passed - 1) / (1 + Fraction(ppm, 10**6))
    most = Fraction(passed + 1) / (1 - Fraction(ppm, 10**6))
    return max(0, math.floor(least)), math.ceil(most)


def expected(one: Json, ppm: int) -> tuple[int, int]:
    clock, anchor = one["clock"], one["clock"]["anchor"]
    earliest, latest = one["enrolled_at"], one["received_at"]
    if anchor is None:
        return earliest, latest
    earliest = one["anchor_time"]
    passed = clock["monotonic"] - anchor["monotonic"]
    if clock["boot_id"] != anchor["boot_id"] or passed < 0:
        return earliest, latest
    least, most = drift(passed, ppm)
    if one["anchor_time"] + least > latest:
        return earliest, latest
    if not clock["sleeps"]:
        latest = min(latest, one["anchor_time"] + drift(anchor["round_trip"], ppm)[1] + most)
    return one["anchor_time"] + least, latest


@pytest.mark.parametrize("one", cases("time", "intervals"))
def test_intervals(one: Json) -> None:
    interval = one["interval"]
    assert (interval["earliest"], interval["latest"]) == expected(one, vectors("time")["drift_ppm"])
    fault = "backwards" in one["name"] or "ahead of" in one["name"]
    assert bool(interval["faults"]) == fault


def test_a_later_link_dates_an_earlier_one() -> None:
    time = vectors("time")
    first, second = time["chain"]
    passed = second["clock"]["monotonic"] - first["clock"]["monotonic"]
    least, most = drift(passed, time["drift_ppm"])
    assert first["narrowed"]["earliest"] == second["alone"]["earliest"] - most
    assert first["narrowed"]["latest"] == second["alone"]["latest"] - least
    assert (first["narrowed"]["earliest_basis"], first["narrowed"]["latest_basis"]) == ("order", "order")
    assert second["narrowed"] == second["alone"]


def totp(secret: bytes, step: int) -> str:
    digest = hmac.new(secret, struct.pack(">Q", step), "sha1").digest()
    start = digest[19] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def test_codes() -> None:
    time = vectors("time")
    secret = b32decode(time["secret_base32"])
    for one in time["codes"]:
        assert totp(secret, one["at"] // 30_000_000) == one["code"]


@pytest.mark.parametrize("one", cases("time", "readings"))
def test_what_a_typed_code_says(one: Json) -> None:
    secret, reading, second = b32decode(vectors("time")["secret_base32"]), one["reading"], 1_000_000
    low, high = one["interval"]["earliest"] - 150 * second, one["interval"]["latest"] + 30 * second
    steps = range(low // (30 * second), high // (30 * second) + 1)
    fits = [step for step in steps if totp(secret, step) == reading["code"]]
    outcome = "malformed" if not reading["code"].isdigit() else "seen" if fits else "wrong"
    assert reading["outcome"] == outcome
    if fits:
        assert reading["earliest"] == fits[0] * 30 * second - 30 * second
        assert reading["latest"] == (fits[-1] + 1) * 30 * second + 150 * second
        assert (reading["matches"], reading["chance_ppm"]) == (len(fits), len(steps))


def place_of(fix: Json, site: Json, asked: Json) -> tuple[str, float, float]:
    """Place, probability and distance of one usable fix, by Marcum's Q and Vincenty's formula."""
    away = vincenty_mm(degrees(fix), degrees(site))
    moved = max(asked["moving_mm_s"], fix["speed_mm_s"]) * fix["age_ms"] / 1000 / math.sqrt(-2 * math.log(0.05))
    sigma = math.hypot(max(sigma_of(fix["platform"], fix["accuracy_mm"]), asked["least_sigma_mm"]), moved)
    inside = marcum(away / sigma, site["radius_mm"] / sigma, 1.0)
    beyond = max(0.0, away - site["radius_mm"])
    needed = math.exp(-beyond * beyond / (2 * sigma * sigma))
    if inside * 1e6 >= asked["inside_ppm"]:
        return "inside", inside, away
    return "outside" if needed * 1e6 <= asked["outside_ppm"] else "inconclusive", inside, away


def time_of(interval: Json, window: Json) -> str:
    if interval["latest"] < window["start"]:
        return "early"
    if interval["earliest"] > window["end"]:
        return "late"
    inside = window["start"] <= interval["earliest"] and interval["latest"] <= window["end"]
    return "on_time" if inside else "inconclusive"


TOGETHER = {
    ("inside", "on_time"): "proven", ("inside", "inconclusive"): "likely", ("inside", "late"): "contradicted",
    ("outside", "on_time"): "contradicted", ("inconclusive", "on_time"): "possible",
}  # fmt: skip
OVERRULED = {"mocked", "stale", "no_fix", "datum_mismatch", "impossible_travel"}


@pytest.mark.parametrize("one", cases("arrival", "verdicts"))
def test_verdicts(one: Json) -> None:
    arrival = vectors("arrival")
    site, asked, overruled = arrival["site"], arrival["thresholds"], OVERRULED & set(one["reasons"])
    time = time_of(one["interval"], arrival["window"])
    place = "inconclusive"
    if one["probability_ppm"] is not None:
        place, inside, away = place_of(one["fixes"][0], site, asked)
        assert abs(one["probability_ppm"] - inside * 1e6) <= 2
        assert abs(one["distance_mm"] - away) <= 2
    assert (one["place"], one["time"]) == ("inconclusive" if overruled else place, time)
    likely = (one["probability_ppm"] or 0) >= asked["likely_ppm"] and one["reasons"] == ["position_uncertain"]
    assert one["verdict"] == ("likely" if likely else TOGETHER[one["place"], time])


def test_the_verdicts_show_each_outcome() -> None:
    found = vectors("arrival")["verdicts"]
    assert {one["verdict"] for one in found} == {"proven", "likely", "possible", "contradicted"}
    assert {reason for one in found for reason in one["reasons"]} >= OVERRULED | {
        "position_uncertain",
        "time_uncertain",
    }


def test_an_objection_is_one_that_the_evidence_shows() -> None:
    """So that `test_verdicts`, which takes the objections as they stand, takes none that is not there."""
    asked = vectors("arrival")["thresholds"]
    for one in vectors("arrival")["verdicts"]:
        fix = one["fixes"][0] if one["fixes"] else None
        assert ("no_fix" in one["reasons"]) == (fix is None)
        assert ("mocked" in one["reasons"]) == (fix is not None and fix["mock"])
        assert ("stale" in one["reasons"]) == (fix is not None and fix["age_ms"] > asked["max_age_ms"])
        if fix is not None and one["previous"]:
            seconds = (one["interval"]["latest"] - one["previous"]["earliest"]) / 1e6
            away = vincenty_mm(degrees(one["previous"]), degrees(fix))
            assert ("impossible_travel" in one["reasons"]) == (away > 1.1 * asked["max_speed_mm_s"] * seconds)
        if "datum_mismatch" in one["reasons"]:
            back = mars(*degrees(vectors("arrival")["site"]))
            assert close(back, degrees(fix or {}), 1)


@pytest.mark.parametrize("case", cases("texts", "chosen"))
def test_texts_by_language(case: Json) -> None:
    texts = {tag: text for tag, text in (case["texts"] or {}).items() if text != ""}
    same = sorted(tag for tag in texts if texts[tag] == case["plain"])
    by_rank = [
        (texts.get(case["locale"]), None),
        (texts.get("en"), "en"),
        (case["plain"], same[0] if same else "und"),
    ]
    assert (case["text"], case["fallback"]) == next(one for one in by_rank if one[0] is not None)


def test_answers_in_a_report() -> None:
    told = [one["shown"] for one in vectors("texts")["answers"]]
    assert json.dumps(told) == '[true, false, "partly", null, "yes", "86"]'


def test_lines_with_a_text_by_language() -> None:
    told = [one["line"] for one in vectors("texts")["lines"]]
    assert told == [
        {"name": "风机"},
        {"name": "Fan", "name_locale": "en"},
        {"product": "Fan", "product_locale": "en"},
        {"label": "Isolated", "label_locale": "und"},
    ]


def test_fault_words_in_a_report() -> None:
    told = [one["fault"] for one in vectors("texts")["faults"]]
    assert told == [
        {"cause": "磨损"},
        {"cause": "Worn", "cause_locale": "en"},
        {"cause": "WORN", "cause_locale": "und"},
    ]


@pytest.mark.parametrize("case", cases("warranty", "cases"))
def test_warranties(case: Json) -> None:
    """Month by month, and by a day that is told apart from the next one by the site's own clock."""
    arrived = date.fromisoformat(case["asset"]["arrival_date"])
    year, month = arrived.year, arrived.month
    for _ in range(case["product"]["warranty_months"]):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    day = arrived.day
    while year <= 9999 and not _is_a_day(year, month, day):
        day -= 1
    until = date(year, month, day) if year <= 9999 else date(9999, 12, 31)
    noticed = datetime.fromtimestamp(case["job"]["noticed_at"] // 10**6, ZoneInfo(case["site"]["time_zone"])).date()
    says = "out_of_warranty" if noticed > until else "under_warranty"
    assert case["warranty"] == {"status": says, "until": str(until), "noticed_on": str(noticed)}


def _is_a_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
