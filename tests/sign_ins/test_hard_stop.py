"""A password that was guessed at a hundred times in a row is of no use until its owner sets a new one."""

import pytest

from sojourn.engine import Engine
from sojourn.errors import PasswordDisabled, WrongPassword, WrongPasswordOrIdentifier
from sojourn.messages.mailbox import Mailbox
from sojourn.sessions.caller import Caller
from sojourn.sessions.session import Device
from sojourn.sign_ins.attempt import Proof, SignInInput
from sojourn.sign_ins.sign_in import SignInStatus
from sojourn.users.password_lockout import MAX_FAILURES
from sojourn.users.user import User

from ..people import ADA, OTHER_PASSWORD, PASSWORD, events, notices, person, set_up, signed_in


async def guessed_at(engine: Engine, user: User, times: int) -> None:
    for _ in range(times):
        await engine.store.users.spend_password_try(engine.instance.id, user.id, limit=MAX_FAILURES)


async def failures(engine: Engine, user: User) -> int:
    return (await engine.accounts.get(engine.instance, user.id)).password_failures


async def test_the_hundredth_failure_in_a_row_disables_the_password(
    engine: Engine, mailbox: Mailbox
) -> None:  # R-LIM-04
    user = await person(engine)
    await guessed_at(engine, user, 98)
    for _ in range(2):
        assert ("password_disabled", ADA) not in await notices(engine, mailbox)
        with pytest.raises(WrongPassword):
            await signed_in(engine, password="not this one")
    with pytest.raises(PasswordDisabled):
        await signed_in(engine)
    assert [kind for kind, to in await notices(engine, mailbox) if to == ADA].count("password_disabled") == 1
    assert "password.disabled" in await events(engine, user)


async def test_a_success_starts_the_count_anew(engine: Engine) -> None:  # R-LIM-04, R-LIM-05
    user = await person(engine)
    await guessed_at(engine, user, 99)
    await signed_in(engine)
    assert await failures(engine, user) == 0


async def test_a_code_by_mail_does_not_make_the_password_usable_again(
    engine: Engine, mailbox: Mailbox
) -> None:  # R-LIM-04, R-LIM-05
    user = await person(engine)
    await guessed_at(engine, user, 100)
    caller = Caller(engine.instance, None, Device())
    sign_in, issued = await engine.sign_ins.create(caller, SignInInput(strategy="email_code", identifier=ADA))
    await engine.outbox.deliver_due()
    caller = Caller(engine.instance, issued.client, Device())
    proof = Proof(strategy="email_code", code=mailbox.last().code)
    done, _ = await engine.sign_ins.attempt_first_factor(caller, sign_in.id, proof)
    assert done.status is SignInStatus.COMPLETE
    with pytest.raises(PasswordDisabled):
        await signed_in(engine)


async def test_a_reset_by_mail_makes_it_usable_again(engine: Engine, mailbox: Mailbox) -> None:  # R-LIM-04
    user = await person(engine)
    await guessed_at(engine, user, 100)
    caller = Caller(engine.instance, None, Device())
    strategy = "reset_password_email_code"
    sign_in, issued = await engine.sign_ins.create(caller, SignInInput(strategy=strategy, identifier=ADA))
    await engine.outbox.deliver_due()
    caller = Caller(engine.instance, issued.client, Device())
    _, issued = await engine.sign_ins.attempt_first_factor(
        caller, sign_in.id, Proof(strategy=strategy, code=mailbox.last().code)
    )
    caller = Caller(engine.instance, issued.client, Device())
    done, _ = await engine.sign_ins.reset_password(caller, sign_in.id, OTHER_PASSWORD)
    assert done.status is SignInStatus.COMPLETE
    assert await failures(engine, user) == 0
    await signed_in(engine, password=OTHER_PASSWORD)


async def test_a_server_that_asks_is_stopped_too(engine: Engine) -> None:  # R-LIM-04, R-FLOW-04
    user = await person(engine)
    await guessed_at(engine, user, 100)
    with pytest.raises(PasswordDisabled):
        await engine.accounts.verify_password(engine.instance, user.id, PASSWORD)


async def test_strict_protection_does_not_tell(engine: Engine) -> None:  # R-LIM-04, R-ENU-01
    await set_up(engine, {"protection": {"strict_enumeration": True}})
    user = await person(engine)
    await guessed_at(engine, user, 100)
    with pytest.raises(WrongPasswordOrIdentifier):
        await signed_in(engine)
