"""The page behind the link of a code mail: looking changes nothing, confirming lets one attempt through, once."""

import re
from collections.abc import AsyncIterator
from html import unescape

import httpx
import pytest

from sojourn.engine import Engine
from sojourn.limits.budgets import MAX_WRONG_CODES
from sojourn.messages.mailbox import Mailbox
from sojourn.ui.routes import PAGES
from sojourn.web.app import build

from ..people import ADA, person
from .browsing import SERVER, Browser

OWN = {"origin": SERVER, "sec-fetch-site": "same-origin"}


@pytest.fixture
async def phone(engine: Engine) -> AsyncIterator[httpx.AsyncClient]:
    """Where the mail is read: another browser than the one that signs in."""
    app = build(engine, pages=PAGES)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=SERVER, headers=OWN) as opened:  # type: ignore[arg-type]
        yield opened


@pytest.fixture
async def guessed_at(engine: Engine) -> None:
    """Ada's account, on which strangers have spent a year's wrong codes."""
    user = await person(engine)
    for _ in range(MAX_WRONG_CODES):
        await engine.sign_ins.codes.code_tries.budgets.spend(
            engine.store, engine.instance, "strangers_wrong_codes", user.id
        )


async def asked(browser: Browser, engine: Engine, mailbox: Mailbox) -> tuple[str, str | None, str]:
    """A code that this browser asked for: the path to try it at, the code, and the link of its mail."""
    begun = await browser.post("/v1/client/sign_ins", {"strategy": "email_code", "identifier": ADA})
    await engine.outbox.deliver_due()
    mail = mailbox.last()
    link = next(line for line in mail.text.splitlines() if line.startswith(f"{SERVER}/confirm-browser?token="))
    assert f'<a href="{link}"' in unescape(mail.html)
    return f"/v1/client/sign_ins/{begun['response']['id']}/attempt_first_factor", mail.code, link.removeprefix(SERVER)


def field(page: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page.text)
    assert found is not None
    return unescape(found[1])


@pytest.mark.usefixtures("guessed_at")
async def test_the_owner_confirms_on_the_phone_and_signs_in_where_they_began(
    engine: Engine, browser: Browser, phone: httpx.AsyncClient, mailbox: Mailbox
) -> None:  # R-OTP-02, R-OTP-08
    path, code, link = await asked(browser, engine, mailbox)
    form = {"strategy": "email_code", "code": code or ""}
    assert await browser.refused("POST", path, form) == (422, "form_code_incorrect")
    for _ in range(3):  # as programs that look at mail do
        page = await phone.get(link)
        assert page.status_code == 200
    assert await browser.refused("POST", path, form) == (422, "form_code_incorrect")
    given = {"form_token": field(page, "form_token"), "token": field(page, "token")}
    done = await phone.post("/confirm-browser", data=given)
    assert done.status_code == 200
    assert "set-cookie" not in done.headers
    assert (await browser.post(path, form))["response"]["status"] == "complete"


@pytest.mark.usefixtures("guessed_at")
async def test_a_link_that_was_used_is_gone(
    engine: Engine, browser: Browser, phone: httpx.AsyncClient, mailbox: Mailbox
) -> None:  # R-OTP-02
    _, _, link = await asked(browser, engine, mailbox)
    page = await phone.get(link)
    given = {"form_token": field(page, "form_token"), "token": field(page, "token")}
    assert (await phone.post("/confirm-browser", data=given)).status_code == 200
    assert (await phone.post("/confirm-browser", data=given)).status_code == 410
    assert (await phone.get(link)).status_code == 410
    assert (await phone.get("/confirm-browser?token=unheard-of")).status_code == 410
    assert (await phone.get("/confirm-browser")).status_code == 410


@pytest.mark.usefixtures("guessed_at")
async def test_no_page_of_others_confirms_a_browser(
    engine: Engine, browser: Browser, phone: httpx.AsyncClient, mailbox: Mailbox
) -> None:  # R-WEB-01, R-WEB-03
    _, _, link = await asked(browser, engine, mailbox)
    token = field(await phone.get(link), "token")
    assert (await phone.post("/confirm-browser", data={"form_token": "1.x", "token": token})).status_code == 403
    elsewhere = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert (await phone.post("/confirm-browser", data={"token": token}, headers=elsewhere)).status_code == 403
    assert (await phone.get(link)).status_code == 200  # it is still to be used


@pytest.mark.usefixtures("guessed_at")
async def test_the_owner_makes_the_browser_known_that_shows_the_page(
    engine: Engine, browser: Browser, phone: httpx.AsyncClient, mailbox: Mailbox
) -> None:  # R-OTP-08, R-LIM-03
    path, code, link = await asked(browser, engine, mailbox)
    page = await phone.get(link)
    given = {"form_token": field(page, "form_token"), "token": field(page, "token"), "way": "here"}
    done = await phone.post("/confirm-browser", data=given)
    assert done.status_code == 200
    (cookie,) = done.headers.get_list("set-cookie")
    assert cookie.startswith("__device")
    assert "; HttpOnly" in cookie
    form = {"strategy": "email_code", "code": code or ""}
    assert await browser.refused("POST", path, form) == (422, "form_code_incorrect")  # the other browser gained nothing
    begun = await phone.post("/v1/client/sign_ins", data={"strategy": "email_code", "identifier": ADA})
    await engine.outbox.deliver_due()
    where = f"/v1/client/sign_ins/{begun.json()['response']['id']}/attempt_first_factor"
    typed = await phone.post(where, data={"strategy": "email_code", "code": mailbox.last().code})
    assert typed.json()["response"]["status"] == "complete"
    assert (await phone.get(link)).status_code == 410
