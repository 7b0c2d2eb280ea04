"""Which addresses a sign-in offers codes for, and which one a code goes to."""

from collections.abc import Callable

import pytest

from sojourn.engine import Engine
from sojourn.messages.mailbox import Mailbox
from sojourn.users.accounts import NewUser
from tests.people import set_up

from .browsing import PASSWORD, Browser

_ADA, _ALAN, _GRACE = "ada@example.com", "alan@example.com", "grace@example.com"


@pytest.fixture
async def known(engine: Engine) -> None:
    """Somebody with a user name and three addresses, two of which have one mask."""
    new = NewUser(email_addresses=[_ADA, _ALAN, _GRACE], username="lovelace", password=PASSWORD)
    await engine.accounts.create(engine.instance, new)


async def _offered(browser: Browser, identifier: str) -> dict[str, list[str]]:
    begun = (await browser.post("/v1/client/sign_ins", {"identifier": identifier}))["response"]
    shown: dict[str, list[str]] = {}
    for each in begun["supported_first_factors"]:
        shown.setdefault(each["strategy"], []).append(each.get("safe_identifier"))
    assert shown.pop("password") == [None]
    return shown


@pytest.mark.parametrize(
    ("identifier", "shown"),
    [
        (_ADA, [_ADA, "a***@example.com", "g***@example.com"]),
        ("Alan@Example.com", [_ALAN, "a***@example.com", "g***@example.com"]),
        (_GRACE, [_GRACE, "a***@example.com"]),
        ("lovelace", ["a***@example.com", "g***@example.com"]),
    ],
)
async def test_no_two_ways_look_the_same_and_the_typed_address_comes_first_in_full(
    browser: Browser, known: None, engine: Engine, identifier: str, shown: list[str]
) -> None:
    await set_up(engine, {"sign_up": {"username": "optional"}})
    assert await _offered(browser, identifier) == {"email_code": shown, "reset_password_email_code": shown}


async def test_strict_protection_shows_an_address_as_it_was_typed_whosever_it_is(  # R-ENU-01
    browser: Browser, known: None, engine: Engine
) -> None:
    await set_up(engine, {"protection": {"strict_enumeration": True}})
    for typed in (_ADA, _ALAN, "nobody@example.com"):
        assert await _offered(browser, typed) == {"email_code": [typed], "reset_password_email_code": [typed]}


@pytest.mark.parametrize("is_strict", [False, True])
@pytest.mark.parametrize("strategy", ["email_code", "reset_password_email_code"])
@pytest.mark.parametrize(("identifier", "address"), [(_ALAN, _ALAN), (_ADA, _ADA), ("lovelace", _ADA)])
async def test_a_code_goes_to_the_typed_address_and_to_the_primary_one_for_a_user_name(  # R-INP-02
    open_browser: Callable[..., Browser], known: None, engine: Engine, mailbox: Mailbox,
    identifier: str, address: str, strategy: str, is_strict: bool,
) -> None:  # fmt: skip
    await set_up(engine, {"protection": {"strict_enumeration": is_strict}, "sign_up": {"username": "optional"}})
    await open_browser().post("/v1/client/sign_ins", {"strategy": strategy, "identifier": identifier})
    browser = open_browser()
    begun = (await browser.post("/v1/client/sign_ins", {"identifier": identifier}))["response"]
    first = next(each for each in begun["supported_first_factors"] if each["strategy"] == strategy)
    asked = {"strategy": strategy, "email_address_id": first["email_address_id"]}
    await browser.post(f"/v1/client/sign_ins/{begun['id']}/prepare_first_factor", asked)
    while await engine.outbox.deliver_due():
        pass
    assert [each.to for each in mailbox.messages] == [address, address]
