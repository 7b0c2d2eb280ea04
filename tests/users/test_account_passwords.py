"""Passwords of accounts, as servers and administrators set, verify and remove them."""

import pytest

from sojourn.engine import Engine
from sojourn.errors import FieldError, SojournError, StrategyNotPossible, UserBanned, UserLocked, WrongPassword
from sojourn.messages.mailbox import Mailbox
from sojourn.sessions.caller import Caller
from sojourn.sessions.session import Device
from sojourn.sign_ins.attempt import SignInInput
from sojourn.testing.clock import FakeClock
from sojourn.users.accounts import NewUser, UserChanges

from ..people import ADA, OTHER_PASSWORD, PASSWORD, events, is_live, notices, person, set_up, signed_in


async def test_a_password_set_by_a_server_ends_every_session_and_tells_the_owner(
    engine: Engine, mailbox: Mailbox
):  # R-PWD-11
    user = await person(engine)
    sessions = [await signed_in(engine), await signed_in(engine)]
    await engine.accounts.update(engine.instance, user.id, UserChanges(password=OTHER_PASSWORD))
    assert [await is_live(engine, each) for each in sessions] == [False, False]
    assert ("password_changed", ADA) in await notices(engine, mailbox)
    assert "password.changed" in await events(engine, user)
    with pytest.raises(WrongPassword):
        await engine.accounts.verify_password(engine.instance, user.id, PASSWORD)
    await engine.accounts.verify_password(engine.instance, user.id, OTHER_PASSWORD)


async def test_a_new_password_kills_tickets_and_unfinished_sign_ins(engine: Engine):  # R-PWD-11
    user = await person(engine)
    _, secret = await engine.tickets.create_sign_in_token(engine.instance, user.id)
    caller = Caller(engine.instance, None, Device())
    _, issued = await engine.sign_ins.create(caller, SignInInput(identifier=ADA))
    waiting = Caller(engine.instance, issued.client, Device())
    assert issued.client.sign_in_id is not None
    await engine.accounts.update(engine.instance, user.id, UserChanges(password=OTHER_PASSWORD))
    with pytest.raises(FieldError):
        await engine.sign_ins.create(caller, SignInInput(strategy="ticket", ticket=secret.reveal()))
    with pytest.raises(SojournError):
        await engine.sign_ins.prepare_first_factor(waiting, issued.client.sign_in_id, "email_code", None)


async def test_sessions_stay_when_the_server_asks_for_it(engine: Engine):
    user = await person(engine)
    session = await signed_in(engine)
    changes = UserChanges(password=OTHER_PASSWORD, sign_out_of_other_sessions=False)
    await engine.accounts.update(engine.instance, user.id, changes)
    assert await is_live(engine, session)


async def test_an_empty_password_is_refused(engine: Engine):
    user = await person(engine)
    with pytest.raises(FieldError):
        await engine.accounts.update(engine.instance, user.id, UserChanges(password=""))
    await engine.accounts.verify_password(engine.instance, user.id, PASSWORD)


async def test_verifying_a_password_locks_the_account_like_a_sign_in(
    engine: Engine, clock: FakeClock
):  # R-FLOW-04, R-LIM-03
    user = await person(engine)
    tries = engine.instance.settings.protection.lockout_tries
    for _ in range(tries):
        with pytest.raises(WrongPassword):
            await engine.accounts.verify_password(engine.instance, user.id, OTHER_PASSWORD)
    with pytest.raises(UserLocked):
        await engine.accounts.verify_password(engine.instance, user.id, PASSWORD)
    clock.advance(seconds=engine.instance.settings.protection.lockout_seconds + 1)
    await engine.accounts.verify_password(engine.instance, user.id, PASSWORD)


async def test_a_right_password_starts_the_count_of_tries_anew(engine: Engine):  # R-LIM-05
    user = await person(engine)
    for _ in range(3):
        for _ in range(engine.instance.settings.protection.lockout_tries - 1):
            with pytest.raises(WrongPassword):
                await engine.accounts.verify_password(engine.instance, user.id, OTHER_PASSWORD)
        await engine.accounts.verify_password(engine.instance, user.id, PASSWORD)


async def test_a_banned_users_password_verifies_for_nobody(engine: Engine):  # R-FLOW-04
    user = await person(engine, banned=True)
    with pytest.raises(UserBanned):
        await engine.accounts.verify_password(engine.instance, user.id, PASSWORD)


async def test_verifying_the_password_of_a_user_without_one_is_refused(engine: Engine):
    user = await person(engine, password=None)
    with pytest.raises(StrategyNotPossible):
        await engine.accounts.verify_password(engine.instance, user.id, PASSWORD)


async def test_a_password_can_be_removed_where_codes_remain(engine: Engine, mailbox: Mailbox):
    await set_up(engine, {"sign_up": {"password": "optional"}})
    user = await person(engine)
    session = await signed_in(engine)
    after = await engine.accounts.remove_password(engine.instance, user.id)
    assert after.password is None
    assert not await is_live(engine, session)
    assert ("password_changed", ADA) in await notices(engine, mailbox)


async def test_the_only_way_to_sign_in_cannot_be_removed(engine: Engine):  # R-OTP-06
    await set_up(engine, {"sign_up": {"password": "optional"}})
    new = NewUser(username="ada_l", password=PASSWORD)
    user = await engine.accounts.create(engine.instance, new)
    with pytest.raises(FieldError):
        await engine.accounts.remove_password(engine.instance, user.id)
