"""A person who opens a page that is refused reads a page in the theme; a program gets the envelope."""

from collections.abc import AsyncIterator

import httpx
import pytest

from sojourn.engine import Engine
from sojourn.ui import demo, root_page
from sojourn.ui.refusals import refusal_page
from sojourn.ui.routes import PAGES
from sojourn.web.app import build

from .browsing import SERVER
from .conftest import LIVE_SERVER

PERSON = {"Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}


@pytest.fixture
async def http(engine: Engine) -> AsyncIterator[httpx.AsyncClient]:
    app = build(engine, pages=[*PAGES, *demo.HANDLERS], demo=demo.demo_app(engine), refusal_page=refusal_page)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=SERVER) as opened:  # type: ignore[arg-type]
        yield opened


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "title"),
    [
        ("GET", "/nowhere", {}, 404, "Page not found"),
        ("GET", "/dev/mailbox", {"X-Forwarded-For": "198.51.100.7"}, 403, "Not allowed"),
        ("PUT", "/sign-in", {}, 405, "Method not allowed"),
        ("POST", "/sign-in", {"Origin": "https://evil.example"}, 403, "Not allowed"),
        ("GET", "/sign-in//", {}, 400, "Invalid request"),
    ],
)
async def test_a_person_reads_a_page_in_the_theme(  # R-HDR-01
    engine: Engine, http: httpx.AsyncClient, method: str, path: str, headers: dict[str, str], status: int, title: str
) -> None:
    await engine.instances.update_settings(engine.instance, {"application_name": "Tea & Co"})
    answer = await http.request(method, path, headers={**PERSON, **headers})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert answer.text.count("<title>") == 1
    assert f"<title>{title} · " in answer.text
    assert 'rel="icon"' in answer.text
    assert "script-src 'nonce-" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


async def test_a_program_gets_the_envelope_and_so_does_everybody_below_the_apis(http: httpx.AsyncClient) -> None:
    for path, headers in (
        ("/nowhere", {"Accept": "application/json"}),
        ("/v1/nowhere", PERSON),
        ("/v1/users", PERSON),
        ("/nowhere", {}),
    ):
        answer = await http.get(path, headers=headers)
        assert answer.headers["content-type"] == "application/json", path
        assert answer.json()["errors"], path


async def test_the_page_of_a_refusal_shows_nothing_that_the_request_held(http: httpx.AsyncClient) -> None:
    answer = await http.get("/<script>alert(1)</script>", headers=PERSON)
    assert "alert(1)" not in answer.text


async def test_the_icon_that_browsers_ask_for_by_themselves_is_there(http: httpx.AsyncClient) -> None:
    answer = await http.get("/favicon.ico")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")


async def test_too_many_tries_say_for_how_long(http: httpx.AsyncClient) -> None:  # R-LIM-01
    answers = [await http.get("/sign-in//", headers=PERSON) for _ in range(6)]
    assert answers[-1].status_code == 429
    assert f"Try again in {answers[-1].headers['retry-after']} s." in answers[-1].text


async def test_a_person_is_told_that_there_is_no_page_not_that_there_is_no_resource(http: httpx.AsyncClient) -> None:
    assert "<p>There is no page here.</p>" in (await http.get("/nowhere", headers=PERSON)).text


@pytest.mark.parametrize(
    ("home", "leads_to"),
    [
        ("", f"{LIVE_SERVER}/user"),
        ("https://tea.example/home", "https://tea.example/home"),
        ("/welcome", f"{LIVE_SERVER}/welcome"),
        ("/", f"{LIVE_SERVER}/user"),
        (f"{LIVE_SERVER}/", f"{LIVE_SERVER}/user"),
    ],
)
async def test_the_root_of_a_production_server_leads_home_and_never_to_itself(
    live: Engine, home: str, leads_to: str
) -> None:
    await live.instances.update_settings(live.instance, {"paths": {"home_url": home}})
    app = build(live, pages=[*PAGES, *root_page.HANDLERS], refusal_page=refusal_page)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=LIVE_SERVER) as http:  # type: ignore[arg-type]
        answer = await http.get("/", headers=PERSON)
    assert (answer.status_code, answer.headers["location"]) == (302, leads_to)
