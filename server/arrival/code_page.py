"""The customer's page with the site's code: one small document in the language of the customer, with nothing loaded from anywhere."""

from html import escape

from server.arrival.codes import Showing
from server.ground.legible import legible
from server.ground.words import Language, words

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
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


def code_page(showing: Showing | None, wanted: str | None = None, *, busy_for: int = 0) -> str:
    """The whole document, in the language asked for or the customer's own. It loads itself anew when the code changes, or after
    `busy_for` seconds when too much was asked."""
    own = Language(showing.locale) if showing else Language.EN
    language = next((one for one in Language if one == wanted), own)
    said = words(language).at("code_page")
    refresh, inside = "", f"<p>{said['missing']}</p>"
    if busy_for:
        refresh, inside = f'<meta http-equiv="refresh" content="{busy_for}">', f"<p>{said['busy']}</p>"
    elif showing is not None and showing.code is None:
        inside = f"<p>{said['over']}</p>"
    elif showing is not None and showing.code is not None:
        refresh = f'<meta http-equiv="refresh" content="{showing.seconds_left}">'
        half = len(showing.code) // 2
        spaced = f"{showing.code[:half]} {showing.code[half:]}"
        part = showing.seconds_left / showing.seconds
        inside = (
            f"<output>{spaced}</output>"
            f'<i style="--from:{part:.2f};animation-duration:{showing.seconds_left}s" aria-hidden="true"></i>'
            f"<p>{said['do']}</p><p>{said['next'].format(seconds=showing.seconds)}</p>"
        )
    site = f"<p>{escape(legible(showing.site))}</p>" if showing else ""
    other = own if language is not own else Language.EN if language is not Language.EN else Language.ZH
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{refresh}'
        f"<title>{said['title']}</title><style>{STYLE}</style></head>"
        f"<body><main><h1>{said['title']}</h1>{site}{inside}</main>"
        f'<footer><a href="?lang={other}" lang="{other}">{words(other).at("name")}</a></footer></body></html>'
    )
