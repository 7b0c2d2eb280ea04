"""A Host header that no address can hold: the app refuses as ever, and nothing raises in front of it."""

from collections.abc import Iterable
from typing import Any

import httpx
import pytest
from starlette.responses import PlainTextResponse

from sojourn import SojournMiddleware, SojournWsgiMiddleware
from sojourn.testing import FakeSojourn

HOSTS = ["[", "a]b", "[::1", "[nobody]", "x:abc", "localhost"]
PAGE = {"accept": "text/html", "sec-fetch-dest": "document"}


async def let_in(scope: Any, receive: Any, send: Any) -> None:
    await PlainTextResponse("let in")(scope, receive, send)


def let_in_by_wsgi(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"let in"]


@pytest.mark.parametrize("host", HOSTS)
async def test_a_page_asked_for_by_a_host_that_is_no_name_is_guarded_as_ever(  # R-WEB-06
    sojourn: FakeSojourn, host: str
) -> None:
    transport = httpx.ASGITransport(SojournMiddleware(let_in, sojourn))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        page = await client.get("/", headers={**PAGE, "host": host})
        assert page.status_code in (302, 307, 401) and page.text != "let in"
        assert (await client.get("/", headers={"host": host})).status_code == 401
        ada = sojourn.signed_in()
        assert (await client.get("/", headers={**ada.headers, "host": host})).text == "let in"


@pytest.mark.parametrize("host", HOSTS)
def test_the_same_holds_for_an_app_of_wsgi(sojourn: FakeSojourn, host: str) -> None:  # R-WEB-06
    transport = httpx.WSGITransport(SojournWsgiMiddleware(let_in_by_wsgi, sojourn))
    with httpx.Client(transport=transport, base_url="http://localhost:8000") as client:
        page = client.get("/", headers={**PAGE, "host": host})
        assert page.status_code in (302, 307, 401) and page.text != "let in"
        ada = sojourn.signed_in()
        assert client.get("/", headers={**ada.headers, "host": host}).text == "let in"
