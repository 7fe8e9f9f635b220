"""Pages as a customer's browser asks for them: tokens, forms, and what became of them."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from litestar import Litestar
from sqlalchemy import text

from tests.company import Company

LANGUAGES = ("en", "zh-CN", "de")


async def desk_token(company: Company, visit_id: str) -> str:
    """The token of a link that the desk makes and sends."""
    made = await company.must("mei", "POST", f"/v1/visits/{visit_id}/links", json={})
    return str(made["address"]).rpartition("/v/")[2]


async def label_token(company: Company) -> str:
    """The token on the label of the company's asset."""
    made = await company.must("mei", "POST", f"/v1/assets/{company.ids['asset']}/label")
    return str(made["address"]).rpartition("/a/")[2]


async def page(company: Company, path: str, lang: str = "en", status: int = 200) -> str:
    """A page that is loaded."""
    answer = await company.http.get(path, params={"lang": lang})
    assert answer.status_code == status, answer.text
    return answer.text


def form_of(shown: str, act: str) -> str:
    """The name that a page gave to one of its forms."""
    found = re.search(rf'action="[^"]*/{act}\?[^"]*">\s*<input type="hidden" name="form" value="([^"]+)"', shown)
    assert found is not None, f"no form to {act}"
    return unescape(found[1])


async def send(company: Company, path: str, act: str, **typed: str) -> httpx.Response:
    """Load the page, fill in one of its forms and send it; `form` sends one again."""
    form = typed.pop("form", None) or form_of(await page(company, path), act)
    return await company.http.post(f"{path}/{act}", params={"lang": "en"}, data={"form": form, **typed})


async def follow(company: Company, answer: httpx.Response) -> str:
    """The page that a form led to."""
    assert answer.status_code == 303, answer.text
    to = urlsplit(answer.headers["location"])
    shown = await company.http.get(to.path, params={name: one[0] for name, one in parse_qs(to.query).items()})
    assert shown.status_code == 200
    return shown.text


async def counted(app: Litestar) -> dict[str, int]:
    """How many rows each table has."""
    async with app.state.sessions() as session:
        names = await session.scalars(text("select tablename from pg_tables where schemaname = 'public'"))
        return {name: await session.scalar(text(f'select count(*) from "{name}"')) for name in names}


async def tickets(company: Company) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await company.must("mei", "GET", "/v1/tickets?sort=made")
    return found
