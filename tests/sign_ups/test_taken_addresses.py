"""Signing up with an address that has an account, and sign-ups that are refused."""

import pytest

from sojourn.engine import Engine
from sojourn.errors import IdentifierTaken, PasswordTooShort, SojournError, WrongCode
from sojourn.messages.mailbox import Mailbox
from sojourn.resources import Resource
from sojourn.resources.sign_ups import sign_up_resource as rendered
from sojourn.sessions.caller import Caller
from sojourn.sessions.session import Device
from sojourn.sign_ups.attempt import SignUpInput

from ..people import ADA, OTHER_PASSWORD, PASSWORD, notices, person, set_up

FREE = "new@example.com"


async def strict(engine: Engine) -> None:
    await set_up(engine, {"protection": {"strict_enumeration": True}})


async def asked_for_a_code(engine: Engine, email: str) -> tuple[Caller, str, list[Resource]]:
    """A stranger who signs up and asks for the code: what they are shown on the way, without what always differs."""
    caller = Caller(engine.instance, None, Device())
    sign_up, issued = await engine.sign_ups.create(caller, SignUpInput(email_address=email, password=OTHER_PASSWORD))
    caller = Caller(engine.instance, issued.client, Device())
    shown: list[Resource] = []
    for step in (sign_up, (await engine.sign_ups.prepare_verification(caller, sign_up.id, "email_code"))[0]):
        facts = await engine.sign_ups.facts(engine.instance, step)
        page = rendered(facts.sign_up, engine.instance, facts.verification, facts.strategies, engine.clock.now())
        shown.append({**page, "id": "", "email_address": ""})
    return caller, sign_up.id, shown


async def test_a_taken_address_looks_like_a_free_one_and_only_its_owner_is_told(
    engine: Engine, mailbox: Mailbox
) -> None:  # R-ENU-03
    await strict(engine)
    await person(engine)
    _, _, taken = await asked_for_a_code(engine, ADA)
    _, _, free = await asked_for_a_code(engine, FREE)
    assert taken == free
    assert sorted(await notices(engine, mailbox)) == [("account_exists", ADA), ("verification_code", FREE)]
    to_owner = next(mail for mail in mailbox.messages if mail.to == ADA)
    assert to_owner.code is None


async def test_the_notice_goes_to_the_stored_spelling_of_the_address(
    engine: Engine, mailbox: Mailbox
) -> None:  # R-ENU-03, R-INP-02
    await strict(engine)
    await person(engine)
    await asked_for_a_code(engine, ADA.upper())
    assert await notices(engine, mailbox) == [("account_exists", ADA)]


async def test_no_code_fits_a_taken_address(engine: Engine) -> None:  # R-ENU-03
    await strict(engine)
    await person(engine)
    caller, id, _ = await asked_for_a_code(engine, ADA)
    for code in ("000000", "424242", "123456"):
        with pytest.raises(WrongCode):
            await engine.sign_ups.attempt_verification(caller, id, "email_code", code)


async def test_without_strict_protection_a_taken_address_is_told(engine: Engine) -> None:
    await person(engine)
    with pytest.raises(IdentifierTaken):
        await asked_for_a_code(engine, ADA)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (SignUpInput(email_address=FREE, password="short"), PasswordTooShort),
        (SignUpInput(email_address=ADA, password=PASSWORD), IdentifierTaken),
    ],
)
async def test_a_refused_sign_up_leaves_nothing_behind(
    engine: Engine, given: SignUpInput, error: type[SojournError]
) -> None:
    await person(engine)
    with pytest.raises(error):
        await engine.sign_ups.create(Caller(engine.instance, None, Device()), given)
    assert await engine.store.clients.count(engine.instance.id) == 0
