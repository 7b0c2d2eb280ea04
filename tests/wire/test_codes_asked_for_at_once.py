"""Two tabs, or a page and the one it leaves for, ask for a code at the same moment."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest

from sojourn.engine import Engine
from sojourn.instances.instance import Instance
from sojourn.messages.mailbox import Mailbox
from sojourn.sign_ins.sign_in_protection import SignInProtection

from .browsing import ADA, PASSWORD, TEST_CODE, Browser

_BY_CODE = {"strategy": "email_code"}


@contextmanager
def _meeting() -> Iterator[None]:
    """Inside, two requests for a code have both read what is there before either writes."""
    both, held = asyncio.Barrier(2), SignInProtection.held

    @asynccontextmanager
    async def held_by_both(
        sign_in_protection: SignInProtection, instance: Instance, *, answers_too: bool = False
    ) -> AsyncIterator[None]:
        await both.wait()
        async with held(sign_in_protection, instance, answers_too=answers_too):
            yield

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(SignInProtection, "held", held_by_both)
        yield


async def test_a_sign_up_is_sent_one_code_which_completes_it(
    browser: Browser, engine: Engine, mailbox: Mailbox
) -> None:
    begun = await browser.post("/v1/client/sign_ups", {"email_address": "ada@example.com", "password": PASSWORD})
    where = f"/v1/client/sign_ups/{begun['response']['id']}"
    with _meeting():
        await asyncio.gather(*(browser.post(f"{where}/prepare_verification", _BY_CODE) for _ in range(2)))
    await engine.outbox.deliver_due()
    (mail,) = mailbox.messages
    done = await browser.post(f"{where}/attempt_verification", {**_BY_CODE, "code": mail.code or ""})
    assert done["response"]["status"] == "complete"


async def test_a_sign_in_is_sent_one_code_which_completes_it(browser: Browser) -> None:
    where = await _begun(browser)
    with _meeting():
        await asyncio.gather(*(browser.post(f"{where}/prepare_first_factor", _BY_CODE) for _ in range(2)))
    done = await browser.post(f"{where}/attempt_first_factor", {**_BY_CODE, "code": TEST_CODE})
    assert done["response"]["status"] == "complete"


async def test_a_code_and_a_reset_are_not_the_same_and_whoever_is_second_is_told(browser: Browser) -> None:
    where = await _begun(browser)
    strategies = ("email_code", "reset_password_email_code")
    asked = [browser.send("POST", f"{where}/prepare_first_factor", {"strategy": each}) for each in strategies]
    with _meeting():
        answers = await asyncio.gather(*asked)
    assert sorted(each.status_code for each in answers) == [200, 409]


async def _begun(browser: Browser) -> str:
    """Where Ada's sign-in is."""
    await browser.sign_up()
    await browser.delete("/v1/client/sessions")
    begun = (await browser.post("/v1/client/sign_ins", {"identifier": ADA}))["response"]
    return f"/v1/client/sign_ins/{begun['id']}"
