"""The customer's page with the site's code: one small document in Chinese or English, with nothing loaded from anywhere."""

from html import escape

from server.arrival.codes import Showing
from server.ground.legible import legible

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}

WORDS = {
    "en": {
        "title": "Code for the technician",
        "do": "When the technician arrives, read this code out or show it. It is typed into the technician's phone and "
        "bears witness to the time of arrival, also without a network.",
        "next": "A new code appears by itself every {seconds} seconds.",
        "over": "This visit is over, so no code is shown any more.",
        "busy": "Too much is asked from this address at the moment. This page tries again by itself.",
        "missing": "This link is not valid. Ask the service office for a new one.",
        "other": "中文",
    },
    "zh-CN": {
        "title": "给技术员的动态码",
        "do": "技术员到达时，请将此码读出或出示。技术员把它输入手机，可佐证到达时间，没有网络也有效。",
        "next": "动态码每 {seconds} 秒自动更换。",
        "over": "本次上门服务已结束，不再显示动态码。",
        "busy": "此网络地址的请求过于频繁，本页稍后会自动重试。",
        "missing": "链接无效。请向服务部门索取新的链接。",
        "other": "English",
    },
}

STYLE = """
:root { color-scheme: light dark; font: 18px/1.5 system-ui, sans-serif; }
body { max-width: 34rem; margin: 0 auto; padding: 1.5rem; overflow-wrap: anywhere; }
output { display: block; font: 700 clamp(2.6rem, 16vw, 6rem)/1.2 ui-monospace, monospace;
  white-space: nowrap; letter-spacing: .06em; word-spacing: -.3em; }
i { display: block; height: .4rem; background: currentColor; transform-origin: left; animation: run linear forwards; }
@keyframes run { from { transform: scaleX(var(--from)); } to { transform: scaleX(0); } }
@media (prefers-reduced-motion: reduce) { i { display: none; } }
"""


def language_of(wanted: str | None, locale: str) -> str:
    """The language asked for, or the customer's own."""
    return wanted if wanted in WORDS else locale if locale in WORDS else "en"


def code_page(showing: Showing | None, wanted: str | None = None, *, busy_for: int = 0) -> str:
    """The whole document. It loads itself anew when the code changes, or after `busy_for` seconds when too much was asked."""
    language = language_of(wanted, showing.locale if showing else "en")
    words = WORDS[language]
    refresh, inside = "", f"<p>{words['missing']}</p>"
    if busy_for:
        refresh, inside = f'<meta http-equiv="refresh" content="{busy_for}">', f"<p>{words['busy']}</p>"
    elif showing is not None and showing.code is None:
        inside = f"<p>{words['over']}</p>"
    elif showing is not None and showing.code is not None:
        refresh = f'<meta http-equiv="refresh" content="{showing.seconds_left}">'
        half = len(showing.code) // 2
        spaced = f"{showing.code[:half]} {showing.code[half:]}"
        part = showing.seconds_left / showing.seconds
        inside = (
            f"<output>{spaced}</output>"
            f'<i style="--from:{part:.2f};animation-duration:{showing.seconds_left}s" aria-hidden="true"></i>'
            f"<p>{words['do']}</p><p>{words['next'].format(seconds=showing.seconds)}</p>"
        )
    site = f"<p>{escape(legible(showing.site))}</p>" if showing else ""
    other = "en" if language == "zh-CN" else "zh-CN"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{refresh}'
        f"<title>{words['title']}</title><style>{STYLE}</style></head>"
        f"<body><main><h1>{words['title']}</h1>{site}{inside}</main>"
        f'<footer><a href="?lang={other}" lang="{other}">{words["other"]}</a></footer></body></html>'
    )
