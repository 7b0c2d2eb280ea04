"""Strangers use up the codes of an account: its mail then carries the way in for the owner's own browser."""

import pytest

from sojourn.engine import Engine
from sojourn.errors import TooManyRequests, VerificationExpired
from sojourn.messages.mailbox import Mailbox
from sojourn.sessions.caller import Caller
from sojourn.sign_ins.attempt import Proof, SignInInput
from sojourn.testing.clock import FakeClock

from ..people import ADA, OTHER_PASSWORD, PASSWORD, person
from .test_strangers_codes import Visitor, sent, token_of

CODE = SignInInput(strategy="email_code", identifier=ADA)


async def links(engine: Engine, mailbox: Mailbox) -> list[str]:
    """The tokens of the links in the mails so far, the newest first."""
    mails = await sent(engine, mailbox)
    return [token_of(each) for each in mails if "confirm-browser" in each.text]


async def used_up(engine: Engine) -> None:
    """Strangers ask until they are refused."""
    with pytest.raises(TooManyRequests):
        for _ in range(20):
            await Visitor(engine).ask()


async def test_a_known_device_asks_on_when_strangers_have_used_up_the_codes(
    engine: Engine, mailbox: Mailbox
) -> None:  # R-LIM-01, R-LIM-03
    await person(engine)
    given = SignInInput(identifier=ADA, password=PASSWORD)
    _, issued = await engine.sign_ins.create(Caller(engine.instance, None), given)
    await used_up(engine)
    known = Caller(engine.instance, None, mark=issued.mark)
    for _ in range(3):
        await engine.sign_ins.create(known, CODE)
    with pytest.raises(TooManyRequests):
        await engine.sign_ins.create(known, CODE)
    assert len(await links(engine, mailbox)) == 1  # in the strangers' last mail alone


async def test_the_last_mail_that_strangers_bring_lets_the_owner_in_by_a_new_browser(
    engine: Engine, mailbox: Mailbox
) -> None:  # R-OTP-08, R-OTP-02
    await person(engine)
    await used_up(engine)
    owner = Caller(engine.instance, None)
    with pytest.raises(TooManyRequests):
        await engine.sign_ins.create(owner, CODE)
    (token,) = await links(engine, mailbox)
    mark = await engine.sign_ins.codes.recognise(owner, token)
    owner = Caller(engine.instance, None, mark=mark)
    sign_in, issued = await engine.sign_ins.create(owner, CODE)
    await sent(engine, mailbox)
    proof = Proof(strategy="email_code", code=mailbox.last().code)
    done, _ = await engine.sign_ins.attempt_first_factor(
        Caller(engine.instance, issued.client, mark=mark), sign_in.id, proof
    )
    assert done.status == "complete"
    for use in (engine.sign_ins.codes.recognise(owner, token), engine.sign_ins.codes.admit(engine.instance, token)):
        with pytest.raises(VerificationExpired):
            await use


async def test_the_way_stays_open_through_a_day_that_strangers_have_used_up(
    engine: Engine, mailbox: Mailbox, clock: FakeClock
) -> None:  # R-LIM-01, R-OTP-08
    await person(engine)
    for _ in range(4):
        await used_up(engine)
        clock.advance(minutes=10)
    clock.advance(hours=23)
    with pytest.raises(TooManyRequests):
        await Visitor(engine).ask()
    newest, *older = await links(engine, mailbox)
    assert len(older) == 3
    assert await engine.sign_ins.codes.recognise(Caller(engine.instance, None), newest)
    clock.advance(hours=1)
    with pytest.raises(VerificationExpired):
        await engine.sign_ins.codes.recognise(Caller(engine.instance, None), older[0])


async def test_a_link_that_admitted_another_browser_makes_none_known(
    engine: Engine, mailbox: Mailbox
) -> None:  # R-OTP-02
    await person(engine)
    await used_up(engine)
    (token,) = await links(engine, mailbox)
    await engine.sign_ins.codes.admit(engine.instance, token)
    for each in (token, "unheard-of", "", "\udc80"):
        with pytest.raises(VerificationExpired):
            await engine.sign_ins.codes.recognise(Caller(engine.instance, None), each)


async def test_a_link_from_before_a_new_password_makes_nothing_known(
    engine: Engine, mailbox: Mailbox, clock: FakeClock
) -> None:  # R-PWD-11
    user = await person(engine)
    await used_up(engine)
    clock.advance(minutes=1)
    await engine.accounts.passwords.set(engine.instance, user, OTHER_PASSWORD)
    (token,) = await links(engine, mailbox)
    with pytest.raises(VerificationExpired):
        await engine.sign_ins.codes.recognise(Caller(engine.instance, None), token)
