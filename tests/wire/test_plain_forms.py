"""The forms for browsers without JavaScript, sent by what is no page of ours."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from sojourn.engine import Engine
from sojourn.errors import Json
from sojourn.factors.strategy import Level
from sojourn.messages.mailbox import Mailbox
from sojourn.testing.clock import FakeClock
from sojourn.ui import pages, plain
from sojourn.web.app import build

from ..people import ADA, PASSWORD, other_than, person, set_up
from .browsing import SERVER

FORM = {"identifier": ADA, "password": PASSWORD}
OWN = {"origin": SERVER, "sec-fetch-site": "same-origin"}


@pytest.fixture
async def http(engine: Engine) -> AsyncIterator[httpx.AsyncClient]:
    await person(engine)
    app = build(engine, pages=[*pages.HANDLERS, *plain.HANDLERS])  # type: ignore[list-item]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=SERVER, headers=OWN) as opened:  # type: ignore[arg-type]
        yield opened


async def _token(http: httpx.AsyncClient, page: str = "/sign-in") -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', (await http.get(page)).text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("token", ["", "1.x", f"{2**40}.x", "1770000000.AAAA", "x" * 900])
async def test_a_form_that_was_not_opened_here_signs_nobody_in(  # R-WEB-03, R-FLOW-07
    http: httpx.AsyncClient, token: str
) -> None:
    refused = await http.post("/sign-in", data={**FORM, "form_token": token})
    assert refused.status_code == 403
    assert "Reload the page" in refused.text
    assert "set-cookie" not in refused.headers
    assert PASSWORD not in refused.text


async def test_a_form_is_good_once_opened_and_for_an_hour(
    http: httpx.AsyncClient, clock: FakeClock
) -> None:  # R-WEB-03
    token = await _token(http)
    clock.advance(minutes=61)
    assert (await http.post("/sign-in", data={**FORM, "form_token": token})).status_code == 403
    done = await http.post("/sign-in", data={**FORM, "form_token": await _token(http)})
    assert (done.status_code, done.headers["location"]) == (303, f"{SERVER}/user")
    assert "__client" in http.cookies


async def test_after_a_sign_out_the_apps_home_opens_where_no_other_page_is_set(
    engine: Engine, http: httpx.AsyncClient
) -> None:
    home = "http://localhost:8000/home"
    cases: list[tuple[dict[str, Json], str]] = [
        ({}, f"{SERVER}/sign-in"),
        ({"home_url": home}, home),
        ({"after_sign_out_url": "/bye"}, f"{SERVER}/bye"),
    ]
    for settings, page in cases:
        await set_up(engine, {"paths": settings})
        done = await http.post("/sign-out", data={"form_token": await _token(http, "/sign-out")})
        assert (done.status_code, done.headers["location"]) == (303, page)


async def test_a_form_opened_before_somebody_signed_in_signs_nobody_out(http: httpx.AsyncClient) -> None:  # R-WEB-03
    before = await _token(http, "/sign-out")
    await http.post("/sign-in", data={**FORM, "form_token": await _token(http)})
    assert (await http.post("/sign-out", data={"form_token": before})).status_code == 403
    done = await http.post("/sign-out", data={"form_token": await _token(http, "/sign-out")})
    assert done.status_code == 303


async def test_nobody_is_sent_elsewhere(http: httpx.AsyncClient) -> None:  # R-WEB-05
    for target in ("https://evil.example.com/", "//evil.example.com", "javascript:alert(1)"):
        page = await http.get("/sign-in", params={"redirect_url": target})
        assert "evil.example" not in page.text
        assert "alert(1)" not in page.text
    form = {**FORM, "form_token": await _token(http), "redirect_url": "https://evil.example.com/"}
    assert (await http.post("/sign-in", data=form)).headers["location"] == f"{SERVER}/user"


async def test_what_was_typed_comes_back_as_text(http: httpx.AsyncClient) -> None:
    form = {"identifier": '"><script>1</script>', "password": PASSWORD, "form_token": await _token(http)}
    refused = await http.post("/sign-in", data=form)
    assert refused.status_code == 422
    assert "<script>1" not in refused.text


async def test_each_labelled_strategy_has_a_button(engine: Engine, http: httpx.AsyncClient) -> None:  # R-WEB-03
    labelled = [each for each in engine.factors.strategies(engine.instance, Level.FIRST) if each.label]
    assert [each.name for each in labelled] == ["password", "email_code"]
    buttons = re.findall(r'<button name="way" value="(\w+)"[^>]*>([^<]+)</button>', (await http.get("/sign-in")).text)
    assert buttons == [(each.name, each.label) for each in labelled]


async def test_the_code_of_a_mail_signs_in(
    engine: Engine, http: httpx.AsyncClient, mailbox: Mailbox
) -> None:  # R-WEB-03, R-OTP-01
    form = {"identifier": ADA, "way": "email_code", "password": "", "form_token": await _token(http)}
    page = await http.post("/sign-in", data=form)
    assert "A code is on its way to you." in page.text
    await engine.outbox.deliver_due()
    wrong = await http.post("/sign-in", data={**_hidden(page.text), "code": other_than(mailbox.last().code)})
    assert wrong.status_code == 422
    again = await http.post("/sign-in", data={**_hidden(wrong.text), "way": "code", "code": ""})
    assert (again.status_code, "A code is on its way to you." in again.text) == (200, True)
    await engine.outbox.deliver_due()
    done = await http.post("/sign-in", data={**_hidden(again.text), "code": str(mailbox.last().code)})
    assert (done.status_code, done.headers["location"]) == (303, f"{SERVER}/user")


async def test_a_button_of_no_page_of_ours_starts_nothing(http: httpx.AsyncClient, mailbox: Mailbox) -> None:
    for way in ("reset_password_email_code", "ticket", "unknown"):
        form = {"identifier": ADA, "way": way, "form_token": await _token(http)}
        assert (await http.post("/sign-in", data=form)).status_code == 422
    assert not list(mailbox.messages)


def _hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
