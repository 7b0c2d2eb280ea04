"""A signed-in person changes, sets and removes their password."""

from dataclasses import replace

import pytest

from sojourn.engine import Engine
from sojourn.errors import (
    FieldError,
    FieldMissing,
    PasswordCommon,
    PasswordUnchanged,
    ReverificationRequired,
    UserLocked,
    WrongPassword,
)
from sojourn.messages.mailbox import Mailbox
from sojourn.store.interface import Page, UserFilter
from sojourn.testing.clock import FakeClock
from sojourn.users.accounts import NewUser

from ..people import (
    ADA,
    OTHER_PASSWORD,
    PASSWORD,
    acting,
    ada,
    events,
    is_live,
    notices,
    now_of,
    person,
    set_up,
    signed_in,
)


async def test_changing_the_password_keeps_this_session_and_ends_the_others(
    engine: Engine, mailbox: Mailbox
):  # R-PWD-11
    session, user = await ada(engine)
    other = await signed_in(engine)
    await engine.profile.change_password(
        await acting(engine, session), session, await now_of(engine, session), current=PASSWORD, new=OTHER_PASSWORD
    )
    assert await is_live(engine, session)
    assert not await is_live(engine, other)
    assert ("password_changed", ADA) in await notices(engine, mailbox)
    assert "password.changed" in await events(engine, user)


async def test_every_verified_address_is_told_and_no_other(engine: Engine, mailbox: Mailbox):  # R-PWD-11
    two = ["ada@example.com", "second@example.com"]
    await engine.accounts.create(engine.instance, NewUser(email_addresses=two, password=PASSWORD))
    session = await signed_in(engine)
    await engine.profile.add_email(engine.instance, session, await now_of(engine, session), "third@example.com")
    user = await now_of(engine, session)
    await engine.profile.change_password(
        await acting(engine, session), session, user, current=PASSWORD, new=OTHER_PASSWORD
    )
    told = {to for kind, to in await notices(engine, mailbox) if kind == "password_changed"}
    assert told == set(two)


async def test_a_change_without_the_current_password_needs_a_fresh_second_factor(
    engine: Engine, clock: FakeClock
):  # R-PWD-10
    session, user = await ada(engine)
    with pytest.raises(ReverificationRequired) as refused:
        await engine.profile.change_password(
            await acting(engine, session), session, user, current=None, new=OTHER_PASSWORD
        )
    assert refused.value.meta == {"reverification": {"level": "second_factor", "after_minutes": 10}}
    proven = replace(session, second_factor_at=clock.now())
    clock.advance(minutes=11)
    with pytest.raises(ReverificationRequired):
        await engine.profile.change_password(
            await acting(engine, proven), proven, user, current=None, new=OTHER_PASSWORD
        )
    fresh = replace(session, second_factor_at=clock.now())
    await engine.profile.change_password(await acting(engine, fresh), fresh, user, current=None, new=OTHER_PASSWORD)


async def test_a_wrong_current_password_changes_nothing_and_is_on_record(engine: Engine):  # R-PWD-10
    session, user = await ada(engine)
    with pytest.raises(WrongPassword) as refused:
        await engine.profile.change_password(
            await acting(engine, session), session, user, current="wrong", new=OTHER_PASSWORD
        )
    assert refused.value.param == "current_password"
    assert (await now_of(engine, session)).password == user.password
    assert "password.refused" in await events(engine, user)


async def test_guessing_the_current_password_in_a_stolen_session_comes_to_an_end(
    engine: Engine,
):  # R-LIM-03, R-FLOW-04
    session, user = await ada(engine)
    with pytest.raises(UserLocked):
        for _ in range(30):
            try:
                await engine.profile.change_password(
                    await acting(engine, session), session, user, current="wrong", new=OTHER_PASSWORD
                )
            except WrongPassword:
                continue
    with pytest.raises(UserLocked):
        await engine.profile.change_password(
            await acting(engine, session), session, user, current=PASSWORD, new=OTHER_PASSWORD
        )


async def test_the_new_password_must_differ_and_follow_the_policy(engine: Engine):  # R-PWD-09
    session, user = await ada(engine)
    for new, refusal in ((PASSWORD, PasswordUnchanged), ("password1", PasswordCommon), ("", FieldMissing)):
        with pytest.raises(refusal) as refused:
            await engine.profile.change_password(
                await acting(engine, session), session, user, current=PASSWORD, new=new
            )
        assert refused.value.param == "new_password"


async def test_a_first_password_needs_a_fresh_session_only(engine: Engine, clock: FakeClock):  # R-SES-12
    await person(engine, password=None)
    user = (await engine.accounts.list(engine.instance, UserFilter(), Page()))[0]
    session = await engine.sessions.create_for(engine.instance, user)
    clock.advance(minutes=11)
    with pytest.raises(ReverificationRequired):
        await engine.profile.change_password(await acting(engine, session), session, user, current=None, new=PASSWORD)
    fresh = replace(session, first_factor_at=clock.now())
    changed, _ = await engine.profile.change_password(
        await acting(engine, fresh), fresh, user, current=None, new=PASSWORD
    )
    assert changed.password is not None


async def test_a_required_password_cannot_be_removed_and_an_optional_one_can(engine: Engine):
    session, user = await ada(engine)
    with pytest.raises(FieldError):
        await engine.profile.remove_password(await acting(engine, session), session, user, PASSWORD)
    await set_up(engine, {"sign_up": {"password": "optional"}})
    with pytest.raises(WrongPassword):
        await engine.profile.remove_password(await acting(engine, session), session, user, OTHER_PASSWORD)
    removed, _ = await engine.profile.remove_password(await acting(engine, session), session, user, PASSWORD)
    assert removed.password is None
    assert await is_live(engine, session)
