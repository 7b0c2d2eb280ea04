"""The lock after too many failures: its owner is told, and it runs out."""

import pytest

from sojourn.engine import Engine
from sojourn.errors import UserLocked, WrongCode, WrongPassword
from sojourn.messages.mailbox import Mailbox
from sojourn.sessions.caller import Caller
from sojourn.sessions.session import Device
from sojourn.sign_ins.attempt import Proof, SignInInput
from sojourn.testing.clock import FakeClock

from ..people import ADA, PASSWORD, events, is_live, notices, person, signed_in

WRONG = "not this one at all"


async def test_the_tenth_failure_locks_for_an_hour_and_the_owner_is_told_once(
    engine: Engine, mailbox: Mailbox, clock: FakeClock
) -> None:  # R-LIM-03, R-LOG-04
    user = await person(engine)
    for _ in range(10):
        assert ("account_locked", ADA) not in await notices(engine, mailbox)
        with pytest.raises(WrongPassword):
            await signed_in(engine, password=WRONG)
    for _ in range(2):
        with pytest.raises(UserLocked) as refused:
            await signed_in(engine)
    assert refused.value.meta == {"lockout_expires_in_seconds": 3600}
    assert [kind for kind, _ in await notices(engine, mailbox)].count("account_locked") == 1
    assert "user.locked" in await events(engine, user)
    clock.advance(hours=1)
    assert await is_live(engine, await signed_in(engine))


async def test_a_tenth_try_that_is_right_locks_nobody(engine: Engine, mailbox: Mailbox) -> None:  # R-LIM-05
    await person(engine)
    for _ in range(9):
        with pytest.raises(WrongPassword):
            await signed_in(engine, password=WRONG)
    await signed_in(engine)
    assert ("account_locked", ADA) not in await notices(engine, mailbox)


async def test_wrong_codes_count_towards_the_same_lock(engine: Engine, mailbox: Mailbox) -> None:  # R-LIM-03, R-LOG-04
    await person(engine)
    for _ in range(9):
        with pytest.raises(WrongPassword):
            await signed_in(engine, password=WRONG)
    caller = Caller(engine.instance, None, Device())
    sign_in, issued = await engine.sign_ins.create(caller, SignInInput(strategy="email_code", identifier=ADA))
    caller = Caller(engine.instance, issued.client, Device())
    with pytest.raises(WrongCode):
        await engine.sign_ins.attempt_first_factor(caller, sign_in.id, Proof(strategy="email_code", code="wrong!"))
    assert ("account_locked", ADA) in await notices(engine, mailbox)


async def test_a_server_that_asks_with_wrong_passwords_locks_too(
    engine: Engine, mailbox: Mailbox
) -> None:  # R-LIM-03, R-FLOW-04
    user = await person(engine)
    for _ in range(10):
        with pytest.raises(WrongPassword):
            await engine.accounts.verify_password(engine.instance, user.id, WRONG)
    assert ("account_locked", ADA) in await notices(engine, mailbox)
    with pytest.raises(UserLocked):
        await engine.accounts.verify_password(engine.instance, user.id, PASSWORD)


async def test_who_is_impersonated_is_told(engine: Engine, mailbox: Mailbox) -> None:  # R-LOG-04, R-AUZ-06
    user = await person(engine)
    acting = {"sub": "user_support"}
    _, secret = await engine.tickets.create_actor_token(engine.instance, user.id, acting)
    assert ("impersonated", ADA) not in await notices(engine, mailbox)
    caller = Caller(engine.instance, None, Device())
    await engine.sign_ins.create(caller, SignInInput(strategy="ticket", ticket=secret.reveal()))
    told = await notices(engine, mailbox)
    assert ("impersonated", ADA) in told
    assert "new_device" not in [kind for kind, _ in told]
