"""A password that others may know signs nobody in, whoever marks it and wherever it is given."""

from typing import Any

import pytest

from sojourn.engine import Engine
from sojourn.errors import Conflict, PasswordCompromised, WrongPassword, WrongPasswordOrIdentifier
from sojourn.factors.hash_pool import Slot
from sojourn.factors.password_hashers import StoredPassword
from sojourn.messages.mailbox import Mailbox
from sojourn.sessions.caller import Caller
from sojourn.sessions.session import Device
from sojourn.sign_ins.attempt import Proof, SignInInput
from sojourn.sign_ins.sign_in import SignInStatus

from ..people import ADA, OTHER_PASSWORD, PASSWORD, acting, is_live, notices, person, set_up, signed_in


async def marked(engine: Engine, **given: Any) -> str:
    user = await person(engine)
    await engine.accounts.set_password_compromised(engine.instance, user.id, **given)
    return user.id


async def test_only_whoever_knows_the_password_learns_that_it_is_compromised(engine: Engine) -> None:
    await marked(engine)
    with pytest.raises(PasswordCompromised):
        await signed_in(engine)
    with pytest.raises(WrongPassword):
        await signed_in(engine, password="not this one")


async def test_strict_protection_does_not_tell(engine: Engine) -> None:  # R-ENU-01
    await set_up(engine, {"protection": {"strict_enumeration": True}})
    await marked(engine)
    with pytest.raises(WrongPasswordOrIdentifier):
        await signed_in(engine)


async def test_it_proves_nothing_to_a_server_or_in_a_session_either(engine: Engine) -> None:  # R-FLOW-04, R-PWD-10
    user = await person(engine)
    session = await signed_in(engine)
    user = await engine.accounts.set_password_compromised(engine.instance, user.id)
    with pytest.raises(PasswordCompromised):
        await engine.accounts.verify_password(engine.instance, user.id, PASSWORD)
    with pytest.raises(PasswordCompromised):
        await engine.profile.change_password(
            await acting(engine, session), session, user, current=PASSWORD, new=OTHER_PASSWORD
        )


async def test_the_owner_is_told_once(engine: Engine, mailbox: Mailbox) -> None:  # R-LOG-04
    id = await marked(engine)
    await engine.accounts.set_password_compromised(engine.instance, id)
    assert await notices(engine, mailbox) == [("password_compromised", ADA)]


async def test_sessions_end_when_that_is_asked_for(engine: Engine) -> None:  # R-SES-05
    user = await person(engine)
    session = await signed_in(engine)
    await engine.accounts.set_password_compromised(engine.instance, user.id)
    assert await is_live(engine, session)
    await engine.accounts.set_password_compromised(engine.instance, user.id, end_sessions=True)
    assert not await is_live(engine, session)


async def test_a_reset_by_mail_clears_the_mark(engine: Engine, mailbox: Mailbox) -> None:
    id = await marked(engine)
    caller = Caller(engine.instance, None, Device())
    strategy = "reset_password_email_code"
    sign_in, issued = await engine.sign_ins.create(caller, SignInInput(strategy=strategy, identifier=ADA))
    while await engine.outbox.deliver_due():
        pass
    code = next(mail.code for mail in mailbox.messages if mail.kind == "reset_password_code")
    caller = Caller(engine.instance, issued.client, Device())
    _, issued = await engine.sign_ins.attempt_first_factor(caller, sign_in.id, Proof(strategy=strategy, code=code))
    caller = Caller(engine.instance, issued.client, Device())
    done, _ = await engine.sign_ins.reset_password(caller, sign_in.id, OTHER_PASSWORD)
    assert done.status is SignInStatus.COMPLETE
    assert (await engine.accounts.get(engine.instance, id)).password_compromised_at is None
    await signed_in(engine, password=OTHER_PASSWORD)


async def test_a_mark_that_comes_while_the_password_is_checked_wins(  # R-FLOW-04
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await person(engine)
    check = Slot.verify

    async def slowly(slot: Slot, stored: StoredPassword, text: str) -> object:
        verified = await check(slot, stored, text)
        await engine.accounts.set_password_compromised(engine.instance, user.id)
        return verified

    monkeypatch.setattr(Slot, "verify", slowly)
    with pytest.raises(Conflict):
        await signed_in(engine)
