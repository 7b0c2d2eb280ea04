"""Many sessions of one user, the sessions of many users, and what a process that forgets does to them."""

from collections.abc import AsyncIterator

import pytest

from sojourn.engine import Engine
from sojourn.errors import SessionEnded, SessionLimitReached
from sojourn.messages.mailbox import Mailbox
from sojourn.sessions.caller import Caller
from sojourn.sessions.client import Client
from sojourn.sessions.session import Device, Session, SessionStatus
from sojourn.sign_ins.attempt import SignInInput
from sojourn.store.interface import Page, SessionFilter
from sojourn.testing.clock import FakeClock

from ..people import ADA, PASSWORD, events, is_live, person, set_up, signed_in

GRACE = "grace@example.com"


async def on_a_browser(engine: Engine, email: str = ADA) -> tuple[Client, Session]:
    caller = Caller(engine.instance, None, Device())
    sign_in, issued = await engine.sign_ins.create(caller, SignInInput(identifier=email, password=PASSWORD))
    assert sign_in.created_session_id is not None
    return issued.client, await engine.sessions.get(engine.instance, sign_in.created_session_id)


async def minted(engine: Engine, client: Client, session: Session) -> str:
    return await engine.tokens.mint(engine.instance, client.secret_hash, session.id, origin=None)


@pytest.fixture
async def other_node(engine: Engine, clock: FakeClock, mailbox: Mailbox) -> AsyncIterator[Engine]:
    """A second process on the database of the first, with a memory of its own."""
    opened = await Engine.open(engine.config, clock=clock, mailer=mailbox)
    yield opened
    await opened.close()


# -- one user's


async def test_beyond_the_most_a_user_may_have_the_idlest_ends(engine: Engine, clock: FakeClock) -> None:  # R-SES-03
    await set_up(engine, {"sessions": {"sessions_per_user": 3}})
    user = await person(engine)
    browsers: list[tuple[Client, Session]] = []
    for _ in range(3):
        browsers.append(await on_a_browser(engine))
        clock.advance(minutes=5)
    first_client, first = browsers[0]
    await minted(engine, first_client, first)  # the oldest is in use, so another is the idlest
    clock.advance(minutes=5)
    _, fourth = await on_a_browser(engine)
    live = [await is_live(engine, session) for session in (*(each for _, each in browsers), fourth)]
    assert live == [True, False, True, True]
    listed = await engine.sessions.list(engine.instance, SessionFilter(user_id=user.id), Page(10))
    assert {each.id: each.status for each in listed}[browsers[1][1].id] is SessionStatus.REPLACED


async def test_beyond_the_most_a_user_may_have_a_sign_in_is_refused_if_the_owner_wants_that(
    engine: Engine, clock: FakeClock
) -> None:  # R-SES-03
    await set_up(engine, {"sessions": {"sessions_per_user": 2, "at_the_limit": "refuse"}})
    await person(engine)
    first = await on_a_browser(engine)
    second = await on_a_browser(engine)
    with pytest.raises(SessionLimitReached):
        await on_a_browser(engine)
    assert [await is_live(engine, session) for _, session in (first, second)] == [True, True]
    clock.advance(days=1)  # both have been inactive for too long, and hold no place although no worker has run
    await on_a_browser(engine)


async def test_a_user_may_have_a_hundred_sessions_unless_set_otherwise(engine: Engine) -> None:  # R-SES-03
    assert engine.instance.settings.sessions.sessions_per_user == 100
    user = await person(engine)
    await person(engine, GRACE)
    _, of_another = await on_a_browser(engine, GRACE)
    for _ in range(103):
        await engine.sessions.create_for(engine.instance, user)
    assert len(await engine.sessions.active_of_user(engine.instance, user.id)) == 100
    assert await is_live(engine, of_another)


# -- ended by an administrator


async def test_an_administrator_ends_every_session_of_one_user(engine: Engine) -> None:  # R-SES-05
    ada = await person(engine)
    await person(engine, GRACE)
    client, first = await on_a_browser(engine)
    second, of_another = await signed_in(engine), await signed_in(engine, GRACE)
    assert await engine.sessions.revoke_all_of_user(engine.instance, ada.id, actor="operator") == 2
    for session in (first, second):
        assert (await engine.sessions.get(engine.instance, session.id)).status is SessionStatus.REVOKED
    with pytest.raises(SessionEnded):
        await minted(engine, client, first)
    assert await is_live(engine, of_another)
    assert (await events(engine, ada)).count("session.revoked") == 2


async def test_an_administrator_ends_every_session_of_every_user(
    engine: Engine, other_node: Engine
) -> None:  # R-SES-05, R-SES-06
    await person(engine)
    await person(engine, GRACE)
    browsers = [await on_a_browser(engine, email) for email in (ADA, ADA, GRACE)]
    assert await engine.sessions.revoke_all(engine.instance, actor="operator") == 3
    for client, session in browsers:
        with pytest.raises(SessionEnded):
            await minted(other_node, client, session)
    assert await engine.sessions.revoke_all(engine.instance, actor="operator") == 0
    assert await is_live(engine, await signed_in(engine))


# -- what a process remembers beside the database


async def test_a_process_that_forgets_everything_signs_nobody_out(
    engine: Engine, other_node: Engine, clock: FakeClock
) -> None:  # R-SES-09
    await person(engine)
    client, session = await on_a_browser(engine)
    clock.advance(hours=1)
    await minted(engine, client, session)  # noted in the memory of this process only
    assert await minted(other_node, client, session)
    assert (await other_node.sessions.get(engine.instance, session.id)).status is SessionStatus.ACTIVE


async def test_what_a_process_remembers_revives_nothing(
    engine: Engine, other_node: Engine, clock: FakeClock
) -> None:  # R-SES-09, R-SES-10
    await person(engine)
    client, session = await on_a_browser(engine)
    clock.advance(minutes=30)
    await minted(engine, client, session)
    await other_node.sessions.revoke(engine.instance, session.id, actor="operator")
    with pytest.raises(SessionEnded):
        await minted(engine, client, session)
    await engine.activity.flush()
    for node in (engine, other_node):
        assert (await node.sessions.get(engine.instance, session.id)).status is SessionStatus.REVOKED


async def test_a_ban_on_one_node_holds_on_the_other_at_once(engine: Engine, other_node: Engine) -> None:  # R-SES-09
    user = await person(engine)
    client, session = await on_a_browser(engine)
    await minted(other_node, client, session)
    await engine.accounts.ban(engine.instance, user.id)
    with pytest.raises(SessionEnded):
        await minted(other_node, client, session)
