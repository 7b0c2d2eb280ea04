"""Two tabs, or a page and the one it leaves for, ask for a code at the same moment."""

import asyncio

import pytest

from sojourn.engine import Sojourn
from sojourn.factors.email_code import EmailCodes
from sojourn.instances.instance import Instance
from sojourn.messages.mailbox import Mailbox

from .browsing import ADA, PASSWORD, TEST_CODE, Browser

_BY_CODE = {"strategy": "email_code"}


def _meet(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on two requests for a code have both read what is there before either writes."""
    both, allow = asyncio.Barrier(2), EmailCodes.allow

    async def allow_both(codes: EmailCodes, instance: Instance, address: str) -> None:
        await allow(codes, instance, address)
        await both.wait()

    monkeypatch.setattr(EmailCodes, "allow", allow_both)


async def test_a_sign_up_is_sent_one_code_which_completes_it(
    browser: Browser, engine: Sojourn, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = await browser.post("/v1/client/sign_ups", {"email_address": "ada@example.com", "password": PASSWORD})
    where = f"/v1/client/sign_ups/{begun['response']['id']}"
    _meet(monkeypatch)
    await asyncio.gather(*(browser.post(f"{where}/prepare_verification", _BY_CODE) for _ in range(2)))
    await engine.outbox.deliver_due()
    (mail,) = mailbox.messages
    done = await browser.post(f"{where}/attempt_verification", {**_BY_CODE, "code": mail.code or ""})
    assert done["response"]["status"] == "complete"


async def test_a_sign_in_is_sent_one_code_which_completes_it(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    where = await _begun(browser)
    _meet(monkeypatch)
    await asyncio.gather(*(browser.post(f"{where}/prepare_first_factor", _BY_CODE) for _ in range(2)))
    done = await browser.post(f"{where}/attempt_first_factor", {**_BY_CODE, "code": TEST_CODE})
    assert done["response"]["status"] == "complete"


async def test_a_code_and_a_reset_are_not_the_same_and_whoever_is_second_is_told(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = await _begun(browser)
    _meet(monkeypatch)
    strategies = ("email_code", "reset_password_email_code")
    asked = [browser.send("POST", f"{where}/prepare_first_factor", {"strategy": each}) for each in strategies]
    assert sorted(each.status_code for each in await asyncio.gather(*asked)) == [200, 409]


async def _begun(browser: Browser) -> str:
    """Where Ada's sign-in is."""
    await browser.sign_up()
    await browser.delete("/v1/client/sessions")
    begun = (await browser.post("/v1/client/sign_ins", {"identifier": ADA}))["response"]
    return f"/v1/client/sign_ins/{begun['id']}"
