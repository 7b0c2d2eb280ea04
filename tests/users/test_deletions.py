"""Deletion that can be undone until it is due."""

import pytest

from sojourn.engine import Engine
from sojourn.errors import IdentifierTaken, NotFound, UserBanned
from sojourn.instances.settings import Settings
from sojourn.sessions.end_cause import EndCause
from sojourn.store.interface import Page, SessionFilter, UserFilter
from sojourn.testing.clock import FakeClock
from sojourn.users.account_status import refuse_banned
from sojourn.users.new_user import NewUser
from sojourn.users.user import User

ADMIN = "admin:user_ada"


async def _user(engine: Engine) -> User:
    return await engine.accounts.create(
        engine.instance, NewUser(email_addresses=["eve@example.com"], skip_password_requirement=True)
    )


async def _kinds(engine: Engine) -> list[str]:
    return [event.kind for event in await engine.store.events.list(engine.instance.id, Page(9))]


async def test_a_deleted_user_is_hidden_and_shut_out_at_once_and_their_address_stays_taken(engine: Engine) -> None:
    user = await _user(engine)
    session = await engine.sessions.create_for(engine.instance, user)
    asked = await engine.deletions.ask(engine.instance, user.id, actor=ADMIN, reason="asked by mail")
    assert asked.delete_at is not None
    with pytest.raises(UserBanned):
        refuse_banned(asked)
    ended = await engine.sessions.get(engine.instance, session.id)
    assert (ended.end_cause, ended.ended_by) == (EndCause.USER_DELETED, ADMIN)
    with pytest.raises(NotFound):
        await engine.accounts.get(engine.instance, user.id)
    assert await engine.accounts.list(engine.instance, UserFilter(), Page()) == []
    assert await engine.accounts.count(engine.instance, UserFilter()) == 0
    with pytest.raises(NotFound):
        await engine.accounts.unban(engine.instance, user.id)
    with pytest.raises(NotFound):
        await engine.deletions.ask(engine.instance, user.id, actor=ADMIN)
    with pytest.raises(IdentifierTaken):
        await _user(engine)
    newest = (await engine.store.events.list(engine.instance.id, Page(9)))[0]
    assert (newest.kind, newest.actor, newest.details) == (
        "user.deletion_requested",
        ADMIN,
        {"reason": "asked by mail"},
    )


@pytest.mark.parametrize("was_banned", [True, False])
async def test_an_undone_deletion_brings_the_user_back_as_they_were(
    engine: Engine, clock: FakeClock, was_banned: bool
) -> None:
    user = await _user(engine)
    if was_banned:
        user = await engine.accounts.ban(engine.instance, user.id, reason="spam")
    await engine.deletions.ask(engine.instance, user.id, actor=ADMIN)
    back = await engine.deletions.undo(engine.instance, user.id, actor=ADMIN)
    assert (back.banned, back.ban_reason, back.delete_at) == (was_banned, user.ban_reason, None)
    assert [each.id for each in await engine.accounts.list(engine.instance, UserFilter(), Page())] == [user.id]
    with pytest.raises(NotFound):
        await engine.deletions.undo(engine.instance, user.id, actor=ADMIN)
    clock.advance(days=365)
    assert await engine.deletions.erase_due(engine.instance, max_rows=9) == 0
    assert (await engine.accounts.get(engine.instance, user.id)).id == user.id


async def test_a_deletion_that_is_due_erases_the_user_and_frees_their_address(engine: Engine, clock: FakeClock) -> None:
    user = await _user(engine)
    session = await engine.sessions.create_for(engine.instance, user)
    await engine.deletions.ask(engine.instance, user.id, actor=ADMIN)
    clock.advance(seconds=Settings().delete_after_seconds)
    assert await engine.deletions.erase_due(engine.instance, max_rows=9) == 0
    clock.advance(seconds=1)
    assert await engine.deletions.erase_due(engine.instance, max_rows=9) == 1
    with pytest.raises(NotFound):
        await engine.deletions.find_hidden(engine.instance, user.id)
    with pytest.raises(NotFound):
        await engine.deletions.undo(engine.instance, user.id, actor=ADMIN)
    of_user = SessionFilter(now=clock.now(), user_id=user.id)
    assert await engine.store.sessions.list(engine.instance.id, of_user, Page()) == []
    with pytest.raises(NotFound):
        await engine.sessions.get(engine.instance, session.id)
    assert (await _user(engine)).id != user.id
    assert (await _kinds(engine))[1] == "user.deleted"


async def test_the_reason_of_a_ban_is_kept_until_it_is_lifted(engine: Engine) -> None:
    user = await _user(engine)
    assert (await engine.accounts.ban(engine.instance, user.id, reason="spam")).ban_reason == "spam"
    assert (await engine.accounts.unban(engine.instance, user.id)).ban_reason is None
