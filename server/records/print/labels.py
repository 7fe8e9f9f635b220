"""The words printed on a report, in English and Chinese, and the names of codes that a page shows."""

LABELS: dict[str, tuple[str, str]] = {
    # key: (English, Chinese)
    "title": ("Service report", "售后服务报告单"),
    "number": ("Report no.", "编号"),
    "sealed": ("Sealed", "封存时间"),
    "amends": (
        "Amendment. This report replaces the sealed record {0}; both are kept.",
        "更正：本报告更正已封存记录 {0}，两者均予保留。",
    ),
    "page": ("Page {0} of {1}", "第 {0} 页，共 {1} 页"),
    "record": ("Record", "记录"),
    "customer": ("Customer", "客户"),
    "name": ("Name", "名称"),
    "address": ("Address", "地址"),
    "contact": ("Contact", "联系人"),
    "equipment": ("Equipment", "设备"),
    "product": ("Product", "产品"),
    "serial": ("Serial no.", "序列号"),
    "arrival_date": ("Delivered", "到货日期"),
    "no_asset": ("No equipment recorded", "未登记设备"),
    "visit": ("Visit", "服务"),
    "kind": ("Kind", "服务类型"),
    "window": ("Agreed window", "约定时段"),
    "technician": ("Technician", "服务人员"),
    "started": ("Started", "开始"),
    "finished": ("Finished", "结束"),
    "arrived": ("Arrived", "到达"),
    "arrival": ("Arrival", "到场核验"),
    "place": ("Place", "地点"),
    "time": ("Time", "时间"),
    "interval": ("Arrived between", "到达时刻区间"),
    "probability": ("Probability of being inside", "位于现场内的概率"),
    "plan_version": ("{0}, version {1} of the plan", "{0}，派工版本 {1}"),
    "no_arrival": ("No arrival verdict was made for this visit.", "本次服务未作到场判定。"),
    "work": ("Work done", "服务内容"),
    "fault": ("Fault", "故障"),
    "symptom": ("Symptom", "故障现象"),
    "cause": ("Cause", "故障原因"),
    "component": ("Component", "故障部件"),
    "checklist": ("Checklist", "检查项目"),
    "item": ("Item", "项目"),
    "answer": ("Result", "结果"),
    "parts": ("Parts", "配件"),
    "part_number": ("Part no.", "配件编号"),
    "part_name": ("Description", "名称"),
    "quantity": ("Qty", "数量"),
    "unit_price": ("Unit price", "单价"),
    "amount": ("Amount", "金额"),
    "free": ("free of charge", "免费"),
    "charges": ("Charges", "费用"),
    "total": ("Total", "合计"),
    "warranty": ("Warranty", "保修"),
    "photos": ("Photos", "现场照片"),
    "photo_absent": ("Image not in this copy", "本副本未含图像"),
    "photo_never_arrived": ("Never arrived", "始终未收到"),
    "photo_damaged_kept": ("Arrived damaged; the file is kept", "到达时已损坏，文件按原样保存"),
    "photo_decided": ("Decided by {0}, {1}: {2}", "{0} 于 {1} 决定：{2}"),
    "photos_never_arrived": ("{0} never arrived", "{0} 张始终未收到"),
    "photos_damaged_kept": ("{0} arrived damaged", "{0} 张到达时已损坏"),
    "signature": ("Customer's signature", "客户签字"),
    "signer": ("Signed by", "签字人"),
    "present": ("Customer's representative", "客户代表"),
    "role": ("Role", "身份"),
    "signed_at": ("Signed (phone's clock)", "签字时间（手机时钟）"),
    "received_at": ("Received by the server", "服务器接收时间"),
    "refused": ("The customer refused to sign", "客户拒绝签字"),
    "customer_absent": ("The customer was not there to sign", "客户不在场，未签字"),
    "strokes_absent": ("The drawn signature is not in this copy", "本副本未含手写签名笔迹"),
    "reason": ("Reason", "原因"),
    "consent": ("The customer was shown this text", "签字前向客户出示的文字"),
    "certificate": ("Certificate of evidence", "证据说明"),
    "certificate_lead": (
        "What this record proves, by what, and how strongly. It is sealed by the company; whoever checks it needs this "
        "file and the company's public key.",
        "本记录能证明什么、凭什么证明、证明力如何。记录由公司封存；验证只需本文件与公司公钥。",
    ),
    "claims": ("What holds each claim", "各项主张及其依据"),
    "fingerprints": ("Fingerprints (SHA-256)", "摘要（SHA-256）"),
    "sealed_record": ("Sealed record", "封存记录"),
    "shown_report": ("Report as shown", "所出示的报告"),
    "consent_text": ("Consent text", "同意条款"),
    "strokes": ("Signature strokes", "签名笔迹"),
    "operations": ("Signed operations", "已签名的操作"),
    "operations_note": (
        "Each is signed by the device and names the hash of the one before it. Times of receipt in {0}.",
        "每项操作由设备签名，并含前一项操作的摘要。接收时间为 {0}。",
    ),
    "sequence": ("No.", "序号"),
    "operation": ("Operation", "操作"),
    "received": ("Received", "接收时间"),
    "hash": ("SHA-256 of the signed text", "签名文本的 SHA-256"),
    "devices": ("Device keys", "设备密钥"),
    "device": ("Device", "设备"),
    "enrolled": ("Enrolled", "登记时间"),
    "enrolled_as": ("{0}, {1}", "{0}，{1}"),
    "enrolled_by": ("{0}, by a code of {1} ({2})", "{0}，登记码由 {1} 生成（{2}）"),
    "enrolled_with": ("{0}, confirmed by {1}", "{0}，由 {1} 确认"),
    "public_key": ("SHA-256 of the public key", "公钥的 SHA-256"),
    "log": ("Place in the log", "日志位置"),
    "log_name": ("Log", "日志名称"),
    "leaf": ("Leaf", "叶节点"),
    "leaf_of": ("{0} of a tree of {1}", "第 {0} 号，共 {1} 个"),
    "root": ("Root", "根摘要"),
    "server_key": ("Company's key", "公司密钥"),
    "verify": ("How to verify", "验证方法"),
    "verify_words": (
        "This file carries the sealed record, the proof and, where there is one, the drawn signature as attachments. Get "
        "the company's public key (server.pub) by a way that you trust, compare it with the key's fingerprint here, and "
        "run, without any network (the page /verify of the company's server does the same in a browser):",
        "本文件以附件形式携带封存记录、证明及（如有）签名笔迹。请从可信途径取得公司公钥（server.pub），"
        "与此处密钥摘要核对，然后离线运行（公司服务器的 /verify 页面可在浏览器内作同样验证）：",
    ),
    "verify_link": (
        "The customer's page of this report, to confirm or dispute it:",
        "客户页面（确认报告或提出异议）：",
    ),
    "page_title": ("Your service report", "您的售后服务报告"),
    "page_lead": (
        "{0} sealed this report. Please check it and say whether it is right.",
        "{0} 已封存本报告。请核对内容，并告知是否属实。",
    ),
    "facts": ("What was done", "服务概况"),
    "download": ("Download the sealed PDF", "下载封存的 PDF"),
    "signed_on_phone": (
        "{0}, drawn on the technician's phone (simple electronic signature)",
        "{0}，于技术员手机上手写（简单电子签名）",
    ),
    "your_answer": ("Your answer", "您的答复"),
    "answer_words": (
        "Your answer is recorded with its time and sealed beside the report. The report itself is not changed.",
        "您的答复将连同时间一并记录，并与报告一起封存；报告本身不会改动。",
    ),
    "have_read": ("I have read the report above.", "我已阅读上述报告。"),
    "confirm": ("Confirm this report", "确认本报告"),
    "disagree": ("Something is not right", "内容有误"),
    "what_is_wrong": ("What is not right?", "请说明哪里不符"),
    "dispute": ("Dispute this report", "提出异议"),
    "until": ("You can dispute the report here until {0}.", "您可在 {0} 之前在此提出异议。"),
    "until_over": (
        "The time to dispute it here ended on {0}. You can still write to the company.",
        "在此提出异议的期限已于 {0} 届满。您仍可直接联系该公司。",
    ),
    "you_confirmed": ("You confirmed this report on {0}.", "您已于 {0} 确认本报告。"),
    "you_confirmed_more": ("Nothing more is needed.", "无需其他操作。"),
    "you_disputed": ("You disputed this report on {0}.", "您已于 {0} 对本报告提出异议。"),
    "you_disputed_more": ("The company has been told.", "该公司已收到通知。"),
    "corrected": (
        "A newer report corrects this one. It has a link of its own; please answer there.",
        "已有更正后的新报告取代本报告。新报告另有链接，请在新报告页面答复。",
    ),
    "kept": ("Your copy of the answer", "答复的留存文件"),
    "kept_words": (
        "Keep this file with the PDF. It is signed by the company and shows that your answer stands in its log.",
        "请与 PDF 一并保存。该文件由公司签名，可证明您的答复已写入其日志。",
    ),
    "statement_confirmed": ("Confirmation", "确认声明"),
    "statement_disputed": ("Dispute", "异议声明"),
    "seal_words": (
        "The report is sealed by the company. Whoever holds this link can answer; keep it to yourself.",
        "本报告由公司封存。任何持有此链接的人均可答复，请勿转发。",
    ),
    "verify_page": ("Check a sealed PDF in your browser", "在浏览器中验证封存的 PDF"),
    "read_first": ("Please tick that you have read the report.", "请先勾选已阅读报告。"),
    "say_what": ("Please say what is not right, in at most 2,000 characters.", "请说明哪里不符，不超过 2000 字。"),
    "too_late": ("The time to dispute this report here is over.", "在此提出异议的期限已届满。"),
    "no_report": ("No report here", "未找到报告"),
    "no_report_more": (
        "This link does not lead to a report. Check that it is whole, or scan the code on the report again.",
        "此链接未对应任何报告。请检查链接是否完整，或重新扫描报告上的二维码。",
    ),
    "not_now": ("Not now", "暂时无法处理"),
    "not_now_more": (
        "This could not be done at the moment. Nothing was changed. Please try again in a minute.",
        "暂时无法处理，未作任何更改。请稍后再试。",
    ),
}

CODES: dict[str, dict[str, tuple[str, str]]] = {
    "kind": {
        "repair": ("Repair", "维修"),
        "maintenance": ("Maintenance", "保养"),
        "installation": ("Installation", "安装调试"),
        "training": ("Training", "操作培训"),
        "inspection": ("Inspection", "巡检"),
        "follow_up": ("Follow-up visit", "回访"),
    },
    "slot": {
        "before": ("Before the work", "作业前"),
        "after": ("After the work", "作业后"),
        "nameplate": ("Nameplate", "铭牌"),
        "fault": ("Fault", "故障部位"),
        "part": ("Part", "更换配件"),
        "site": ("Site", "现场环境"),
        "document": ("Document", "单据"),
        "other": ("Other", "其他"),
    },
    "verdict": {
        "proven": ("Proven", "已证实"),
        "likely": ("Likely", "很可能"),
        "possible": ("Possible", "有可能"),
        "contradicted": ("Contradicted", "相矛盾"),
    },
    "place": {
        "inside": ("inside the site", "在现场范围内"),
        "outside": ("outside the site", "在现场范围外"),
        "inconclusive": ("inconclusive", "无法判定"),
    },
    "time": {
        "on_time": ("on time", "准时"),
        "early": ("early", "提前"),
        "late": ("late", "迟到"),
        "inconclusive": ("inconclusive", "无法判定"),
    },
    "warranty": {
        "under_warranty": ("Under warranty", "保修期内"),
        "out_of_warranty": ("Out of warranty", "保修期外"),
        "under_contract": ("Under contract", "服务合同内"),
    },
    "claim": {
        "content": ("Content", "内容"),
        "device_key": ("Device", "设备"),
        "arrival_place": ("Place", "地点"),
        "arrival_time": ("Arrival time", "到达时间"),
        "photos": ("Photos", "照片"),
        "signature": ("Signature", "签字"),
        "seal": ("Seal", "封存"),
        "confirmation": ("Customer", "客户确认"),
        "log": ("Log", "日志"),
        "time": ("Clock", "时钟"),
    },
    "attestation": {"none": ("not attested", "未证明")},
    "delivery": {
        "shown": ("shown to them", "仅向其显示"),
        "in_person": ("handed over in person", "当面交付"),
        "call": ("by telephone", "电话告知"),
        "message": ("by message", "消息发送"),
    },
    "answer": {"true": ("yes", "是"), "false": ("no", "否"), "null": ("–", "–")},
}


class Wording:
    """The words of one language: labels by key, codes by family; a code without a name is shown as it is."""

    def __init__(self, locale: str) -> None:
        self.language = "zh" if locale.startswith("zh") else "en"
        self._place = 1 if self.language == "zh" else 0

    def label(self, key: str, *values: object) -> str:
        """The label of a key, with values put in its places; raises `KeyError` for an unknown key."""
        return LABELS[key][self._place].format(*values)

    def code(self, family: str, code: object) -> str:
        """The name of a code in a family (`slot`, `verdict`, ...)."""
        words = CODES[family].get(str(code))
        return words[self._place] if words else str(code)
