"""What a sealed record claims and what holds each claim, in honest words, in English and Chinese.

The words say how strong a thing is as plainly as that it is there: a signature proves possession of a key and not a
position, and a finger drawing on the technician's phone is a simple electronic signature.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from server.ground.clock import from_micros
from server.ground.local_time import local
from server.records.print.shown import zone_of

Words = tuple[str, str]
"""English, Chinese."""

MINUTE = 60_000_000


def claims(record: Mapping[str, Any]) -> list[dict[str, str]]:
    """The claims of a record in its own language: `id`, `strength`, and `holds`, what holds it and how far that goes.

    `strength` is a code, so that a verifier can compare it with the record: nobody is to claim more than there is.
    """
    found: list[tuple[str, str, Words]] = [
        ("content", "bound", _content(record["signature"])),
        ("device_key", _attestation(record), _device(record)),
    ]
    if record.get("arrival"):
        minutes = _minutes(record["arrival"])
        found += [
            ("arrival_place", "reported_by_phone", _PLACE),
            ("arrival_time", f"within_{minutes}_min", _arrival_time(minutes)),
        ]
    if record.get("photos"):
        found.append(("photos", _hashed(record["photos"]), _photos(record["photos"])))
    signature = record["signature"]
    found += [
        ("signature", signature.get("level") or signature["kind"], _signature(signature)),
        ("seal", "company", _seal(record)),
        ("confirmation", "not_confirmed", _confirmation(record)),
        ("log", "in_log", _LOG),
        ("time", "company_clock", _time(record)),
    ]
    place = 1 if str(record.get("locale", "en")).startswith("zh") else 0
    return [{"id": name, "strength": strength, "holds": words[place]} for name, strength, words in found]


def _content(signature: Mapping[str, Any]) -> Words:
    if signature["kind"] == "customer_absent":
        return (
            "The report is bound to its SHA-256, which the technician's device signed. Nobody was there to be shown it.",
            "报告由其 SHA-256 摘要绑定，并经技术员设备签署。当时无人在场，未向客户出示。",
        )
    return (
        "The report is bound to its SHA-256. The technician's device signed the same hash as that of the report it "
        "showed. That the customer read it is not proven by this.",
        "报告由其 SHA-256 摘要绑定；技术员设备签署了其所出示报告的同一摘要。这并不证明客户已经阅读。",
    )


_PLACE: Words = (
    "Positions are those that the phone reported. The device's signature proves that they were not changed later; it "
    "does not prove where the phone was. Accuracy is counted in; simulated or stale positions never count as inside.",
    "位置由手机上报。设备签名证明其事后未被更改，但不能证明手机当时的真实位置。判定已计入定位误差；模拟或过期的定位从不算作到场。",
)

_LOG: Words = (
    "The record is a leaf of an append-only log (RFC 6962). It cannot be changed, removed or moved without breaking "
    "the checkpoint, for everybody who keeps a copy of this file.",
    "本记录是只增日志（RFC 6962）中的一个叶节点。凡保存本文件者，均可发现对记录的更改、删除或调换。",
)

_TIME: Words = (
    "Times of receipt and of sealing come from the company's server clock. Only a timestamp of an independent "
    "authority on the PDF signature, where there is one, shows the time without trusting the company.",
    "接收与封存时间取自公司服务器时钟。仅当 PDF 签名带有独立机构的时间戳时，时间才无需依赖公司的可信度。",
)


def _time(record: Mapping[str, Any]) -> Words:
    english, chinese = _TIME
    for step in record.get("clock_steps") or ():
        since, to = (f"{from_micros(step[name]):%Y-%m-%d %H:%M:%S}" for name in ("from", "to"))
        english += f" That clock was set back from {since} to {to} UTC; one of the two was wrong."
        chinese += f"该时钟曾由 {since} 回拨至 {to}（UTC），其中之一有误。"
    return english, chinese


def _attestation(record: Mapping[str, Any]) -> str:
    attested = [device.get("attestation", "none") != "none" for device in record["devices"]]
    if not any(attested):
        return "not_attested"
    return "attested" if all(attested) else "partly_attested"


def _device(record: Mapping[str, Any]) -> Words:
    count = len(record["operations"])
    english = f"{count} operations are signed (ECDSA P-256) with keys that their devices enrolled beforehand"
    chinese = f"{count} 项操作由事先登记的设备密钥签名（ECDSA P-256）"
    match _attestation(record):
        case "not_attested":
            return (
                f"{english}. That the keys live in secure hardware is not attested, and a key does not show who held "
                "the phone.",
                f"{chinese}。密钥是否存放于安全硬件未经证明；密钥也不表明持机者为何人。",
            )
        case "attested":
            return (
                f"{english}, with an attestation of the key's storage. A key does not show who held the phone.",
                f"{chinese}，密钥存储附有证明。密钥并不表明持机者为何人。",
            )
        case _:
            return (
                f"{english}. Only some of the devices gave an attestation of their key's storage. A key does not show "
                "who held the phone.",
                f"{chinese}。仅部分设备附有密钥存储证明。密钥并不表明持机者为何人。",
            )


def _minutes(arrival: Mapping[str, Any]) -> int:
    """The width of the interval in minutes, rounded up: never claimed to be narrower than it is."""
    width: int = arrival["latest"] - arrival["earliest"]
    return max(1, -(-width // MINUTE))


def _arrival_time(minutes: int) -> Words:
    return (
        f"The moment of arrival is known to within {minutes} min, from the server's signed time anchors and the order "
        "of operations, not from the phone's own clock.",
        f"到达时刻的不确定范围为 {minutes} 分钟，依据服务器签名的时间锚点与操作顺序得出，而非手机自身的时钟。",
    )


def _hashed(photos: Sequence[Mapping[str, Any]]) -> str:
    """Of how many photos the server has computed the hash itself: `hashed_again`, `partly_hashed` or `not_hashed`."""
    arrived = [photo.get("state") != "never_arrived" for photo in photos]
    return "hashed_again" if all(arrived) else "partly_hashed" if any(arrived) else "not_hashed"


def _photos(photos: Sequence[Mapping[str, Any]]) -> Words:
    count, states = len(photos), [photo.get("state", "verified") for photo in photos]
    missing, damaged = states.count("never_arrived"), states.count("damaged_kept")
    if not missing and not damaged:
        return (
            f"{count} photo hashes were signed on the device; the server computed each hash again from the stored file. "
            "What a photo shows, and when and where it was taken, is not proven by this. The pages show reduced copies; "
            "the originals are kept by the company and match these hashes.",
            f"{count} 张照片的摘要已在设备上签名，服务器对存储文件重新计算并核对。这并不证明照片的内容及其拍摄时间、地点。"
            "页面所示为缩小副本；原件由公司保存，与所列摘要一致。",
        )
    english = [f"{count} photo hashes were signed on the device"]
    chinese = [f"{count} 张照片的摘要已在设备上签名"]
    if count > missing:
        english.append(f"of {count - missing} the server computed the hash again from the stored file, which it keeps")
        chinese.append(f"其中 {count - missing} 张由服务器对存储文件重新计算并核对，文件由公司保存")
    if damaged:
        english.append(f"{damaged} of these arrived damaged, and no picture of them is shown")
        chinese.append(f"其中 {damaged} 张到达时已损坏，无法显示图像")
    if missing:
        english.append(f"{missing} never arrived: of them only the hash is known")
        chinese.append(f"{missing} 张始终未收到，仅知其摘要")
    return (
        f"{'; '.join(english)}. That the record goes on without them is the company's decision, with the reason beside "
        "each. What a photo shows, and when and where it was taken, is not proven by this. The pages show reduced copies.",
        f"{'；'.join(chinese)}。不再等待这些照片系公司的决定，理由见各照片旁。这并不证明照片的内容及其拍摄时间、地点。页面所示为缩小副本。",
    )


def _confirmation(record: Mapping[str, Any]) -> Words:
    until = record.get("answer_until")
    if until is None:
        return (
            "When this was sealed the customer had not confirmed it. Silence is not a confirmation.",
            "封存时客户尚未确认；未答复不视为确认。",
        )
    day = f"{local(from_micros(until), zone_of(record)):%Y-%m-%d}"
    return (
        f"When this was sealed the customer had not confirmed it. By the link they may confirm it, or dispute it until "
        f"{day}; their answer becomes a record of its own. Silence is not a confirmation.",
        f"封存时客户尚未确认。客户可通过链接确认，或在 {day} 前提出异议，其答复另行记录；未答复不视为确认。",
    )


def _signature(signature: Mapping[str, Any]) -> Words:
    if signature["kind"] == "refused":
        return (
            "The customer did not sign. That they refused, and why, is the technician's statement, "
            "signed by the device.",
            "客户未签字。拒签及其理由为技术员的陈述，由设备签名。",
        )
    if signature["kind"] == "customer_absent":
        return (
            "The customer did not sign. That nobody was there to sign is the technician's statement, "
            "signed by the device.",
            "客户未签字。客户不在场为技术员的陈述，由设备签名。",
        )
    return (
        "A drawing on the technician's phone: a simple electronic signature (SES), bound to the report's hash. It is "
        "no qualified signature, and the signer's identity was not checked by a third party.",
        "在技术员手机上手写的签名：简单电子签名（SES），与报告摘要绑定；并非合格电子签名，签名人身份未经第三方核验。",
    )


def _seal(record: Mapping[str, Any]) -> Words:
    name = record["issuer"]["name"]
    return (
        f"Sealed by the company ({name}) with its own key: the server's signature on the record and the PDF signature. "
        "This is the company's seal and not the customer's.",
        f"由公司（{name}）以自有密钥封存：服务器对记录的签名及 PDF 签名。此为公司的封存，并非客户的签名。",
    )
