"""Sign-up and profile for browsers without JavaScript, sent as forms."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from sojourn.engine import Engine
from sojourn.messages.mailbox import Mailbox
from sojourn.ui.routes import PAGES
from sojourn.web.app import build

from ..people import ADA, OTHER_PASSWORD, PASSWORD, events, other_than, person, set_up
from .browsing import SERVER

OWN = {"origin": SERVER, "sec-fetch-site": "same-origin"}


@pytest.fixture
async def http(engine: Engine) -> AsyncIterator[httpx.AsyncClient]:
    app = build(engine, pages=PAGES)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=SERVER, headers=OWN) as opened:  # type: ignore[arg-type]
        yield opened


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found is not None, page
    return found[1]


async def form_of(http: httpx.AsyncClient, page: str, **fields: str) -> dict[str, str]:
    return {**fields, "form_token": hidden((await http.get(page)).text, "form_token")}


async def signed_up(engine: Engine, http: httpx.AsyncClient, mailbox: Mailbox, **more: str) -> httpx.Response:
    form = await form_of(http, "/sign-up", email_address=ADA, password=PASSWORD, first_name="Ada", **more)
    asked = await http.post("/sign-up", data=form)
    assert asked.status_code == 200, asked.text
    await engine.outbox.deliver_due()
    code = {"sign_up": hidden(asked.text, "sign_up"), "form_token": hidden(asked.text, "form_token")}
    wrong = await http.post("/sign-up", data={**code, "code": other_than(mailbox.last().code)})
    assert wrong.status_code == 422 and hidden(wrong.text, "sign_up") == code["sign_up"]
    code["form_token"] = hidden(wrong.text, "form_token")
    return await http.post("/sign-up", data={**code, "code": str(mailbox.last().code)})


async def test_somebody_signs_up_with_the_code_from_their_mail_and_is_in(
    engine: Engine, http: httpx.AsyncClient, mailbox: Mailbox
) -> None:  # R-WEB-03, R-FLOW-02
    done = await signed_up(engine, http, mailbox)
    assert (done.status_code, done.headers["location"]) == (303, f"{SERVER}/user")
    account = (await http.get("/user")).text
    assert ADA in account and 'value="Ada"' in account and PASSWORD not in account


async def test_after_a_wrong_code_another_one_is_sent_and_the_first_is_worth_nothing(
    engine: Engine, http: httpx.AsyncClient, mailbox: Mailbox
) -> None:  # R-OTP-01
    asked = await http.post(
        "/sign-up", data=await form_of(http, "/sign-up", email_address=ADA, password=PASSWORD, first_name="Ada")
    )
    await engine.outbox.deliver_due()
    first = str(mailbox.last().code)
    form = {"sign_up": hidden(asked.text, "sign_up"), "form_token": hidden(asked.text, "form_token")}
    wrong = await http.post("/sign-up", data={**form, "code": other_than(first)})
    assert "Send a new code" in wrong.text and '<p class="said" role="alert">' in wrong.text
    again = await http.post("/sign-up", data={**form, "form_token": hidden(wrong.text, "form_token"), "way": "code"})
    assert (again.status_code, hidden(again.text, "sign_up")) == (200, form["sign_up"]), again.text
    assert '<p class="told" role="alert">A code is on its way to you.</p>' in again.text
    await engine.outbox.deliver_due()
    form["form_token"] = hidden(again.text, "form_token")
    if first != str(mailbox.last().code):
        assert (await http.post("/sign-up", data={**form, "code": first})).status_code == 422
    assert (await http.post("/sign-up", data={**form, "code": str(mailbox.last().code)})).status_code == 303


async def test_a_sign_up_without_a_code_to_prove_is_over_at_once(engine: Engine, http: httpx.AsyncClient) -> None:
    await set_up(engine, {"sign_up": {"verify_email": False}})
    form = await form_of(http, "/sign-up", email_address=ADA, password=PASSWORD, redirect_url=f"{SERVER}/sign-out")
    done = await http.post("/sign-up", data=form)
    assert (done.status_code, done.headers["location"]) == (303, f"{SERVER}/sign-out")


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"email_address": "nobody"}, 422), ({"password": "short"}, 422), ({"password": "password123"}, 422), ({"email_address": ""}, 422), ({"form_token": "1.x"}, 403), ({"first_name": "A\u202eda"}, 422)],
)  # fmt: skip
async def test_what_cannot_be_taken_is_said_above_the_form_and_makes_nobody(
    engine: Engine, http: httpx.AsyncClient, fields: dict[str, str], status: int
) -> None:  # R-WEB-03, R-PWD-09
    form = await form_of(http, "/sign-up", email_address=ADA, password=PASSWORD)
    refused = await http.post("/sign-up", data={**form, **fields})
    assert refused.status_code == status and 'role="alert"' in refused.text
    assert PASSWORD not in refused.text and "user.created" not in await events(engine)


async def test_the_form_asks_for_what_the_application_asks_for(engine: Engine, http: httpx.AsyncClient) -> None:
    await set_up(engine, {"sign_up": {"username": "required", "last_name": "off", "password": "optional"}})
    page = (await http.get("/sign-up")).text
    assert re.search(r'name="username"[^>]* required', page) and 'name="last_name"' not in page
    assert not re.search(r'name="password"[^>]* required', page)
    refused = await http.post("/sign-up", data=await form_of(http, "/sign-up", email_address=ADA))
    assert refused.status_code == 422 and 'role="alert"' in refused.text


async def test_nobody_is_told_whose_address_it_is_in_strict_protection(
    engine: Engine, http: httpx.AsyncClient
) -> None:  # R-ENU-03
    await person(engine)
    await set_up(engine, {"protection": {"strict_enumeration": True}})
    asked = await http.post("/sign-up", data=await form_of(http, "/sign-up", email_address=ADA, password=PASSWORD))
    assert asked.status_code == 200 and hidden(asked.text, "sign_up")


async def test_names_are_changed_and_cleared_and_the_password_is_changed(
    engine: Engine, http: httpx.AsyncClient, mailbox: Mailbox
) -> None:  # R-PWD-10, R-PWD-11
    await signed_up(engine, http, mailbox)
    saved = await http.post("/user", data=await form_of(http, "/user", way="names", first_name="", last_name="King"))
    assert saved.status_code == 200 and 'value="King"' in saved.text and 'value="Ada"' not in saved.text
    passwords = {"way": "password", "current_password": OTHER_PASSWORD, "new_password": OTHER_PASSWORD}
    refused = await http.post("/user", data=await form_of(http, "/user", **passwords))
    assert refused.status_code == 422 and OTHER_PASSWORD not in refused.text
    passwords["current_password"] = PASSWORD
    changed = await http.post("/user", data=await form_of(http, "/user", **passwords))
    assert changed.status_code == 200 and "password was changed" in changed.text
    assert (await http.get("/user")).text.count("current_password") == 1


async def test_a_profile_form_of_another_browser_or_page_changes_nothing(
    engine: Engine, http: httpx.AsyncClient, mailbox: Mailbox
) -> None:  # R-WEB-03
    await signed_up(engine, http, mailbox)
    for token in ("", "1.x", hidden((await http.get("/sign-out")).text, "form_token")):
        refused = await http.post("/user", data={"way": "names", "first_name": "Eve", "form_token": token})
        assert refused.status_code == 403 and 'value="Eve"' not in refused.text


async def test_nobody_has_no_profile(http: httpx.AsyncClient) -> None:  # R-AUZ-01
    page = await http.get("/user")
    assert page.status_code == 200 and "You are signed out" in page.text
    assert (await http.post("/user", data={"way": "names", "first_name": "Eve"})).status_code == 401
