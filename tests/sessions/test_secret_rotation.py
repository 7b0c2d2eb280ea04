"""Every change of who is signed in, or how strongly, mints a new client secret in its own transaction (R-FLOW-01)."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from sojourn.engine import Engine
from sojourn.errors import SecretReplaced
from sojourn.sessions.caller import Caller, Issued
from sojourn.sessions.clients import rotate
from sojourn.sessions.session import Device, Session, SessionStatus
from sojourn.sign_ins.attempt import SignInInput
from sojourn.sign_ins.ticket import TicketKind
from sojourn.sign_ups.attempt import SignUpInput
from sojourn.store.interface import Page, SessionFilter, UserFilter
from sojourn.testing.clock import FakeClock
from sojourn.users.user import IdentifierKind

from ..people import ADA, PASSWORD, events, is_live, person, set_up

BOB = "bob@example.com"

Change = Callable[[Engine, Caller, Session], Awaitable[Issued | None]]


async def asking(engine: Engine, *emails: str) -> tuple[Caller, Session]:
    """A browser in which these people are signed in, and the session of the last."""
    caller, session = Caller(engine.instance, None, Device()), None
    for email in emails:
        sign_in, issued = await engine.sign_ins.create(caller, SignInInput(identifier=email, password=PASSWORD))
        assert sign_in.created_session_id is not None
        caller, session = replace(caller, client=issued.client), sign_in.created_session_id
    assert session is not None
    return caller, await engine.sessions.get(engine.instance, session)


async def signing_in(engine: Engine, caller: Caller, _: Session) -> Issued:
    return (await engine.sign_ins.create(caller, SignInInput(identifier=BOB, password=PASSWORD)))[1]


async def signing_up(engine: Engine, caller: Caller, _: Session) -> Issued:
    return (await engine.sign_ups.create(caller, SignUpInput(email_address="new@example.com", password=PASSWORD)))[1]


async def coming_with_a_ticket(engine: Engine, caller: Caller, _: Session) -> Issued:
    return (await engine.sign_ins.create(caller, SignInInput(strategy="ticket", ticket=await ticket(engine))))[1]


async def impersonating(engine: Engine, caller: Caller, _: Session) -> Issued:
    given = SignInInput(strategy="ticket", ticket=await ticket(engine, TicketKind.ACTOR))
    return (await engine.sign_ins.create(caller, given))[1]


async def growing_stronger(engine: Engine, caller: Caller, session: Session) -> Issued:
    assert caller.client is not None
    async with engine.store.transaction() as tx:
        return await engine.sessions.strengthen(tx, caller.client, session, second=True)


async def ending_one(engine: Engine, caller: Caller, session: Session) -> Issued:
    return (await engine.sessions.end(caller, session.id))[1]


async def removing_one(engine: Engine, caller: Caller, session: Session) -> Issued:
    return (await engine.sessions.end(caller, session.id, SessionStatus.REMOVED))[1]


async def revoking_ones_own(engine: Engine, caller: Caller, session: Session) -> Issued | None:
    user = await engine.accounts.get(engine.instance, session.user_id)
    return (await engine.profile.end_session(caller, session, user, session.id))[1]


async def ending_all(engine: Engine, caller: Caller, _: Session) -> Issued | None:
    return await engine.sessions.end_all(caller)


async def deleting_the_account(engine: Engine, caller: Caller, session: Session) -> Issued:
    user = await engine.accounts.get(engine.instance, session.user_id)
    return await engine.profile.delete_self(caller, session, user)


CHANGES: list[Change] = [
    signing_in, signing_up, coming_with_a_ticket, impersonating, growing_stronger, ending_one, removing_one,
    revoking_ones_own, ending_all, deleting_the_account,
]  # fmt: skip


async def ticket(engine: Engine, kind: TicketKind = TicketKind.SIGN_IN) -> str:
    bob = await engine.store.users.find_by_identifier(engine.instance.id, IdentifierKind.EMAIL_ADDRESS, BOB)
    assert bob is not None
    if kind is TicketKind.ACTOR:
        _, secret = await engine.tickets.create_actor_token(engine.instance, bob.id, {"sub": "user_support"})
    else:
        _, secret = await engine.tickets.create_sign_in_token(engine.instance, bob.id)
    return secret.reveal()


@pytest.fixture
async def signed_in(engine: Engine) -> tuple[Caller, Session]:
    await set_up(engine, {"sessions": {"single_session_mode": False}, "sign_up": {"verify_email": False}})
    await person(engine, ADA)
    await person(engine, BOB)
    return await asking(engine, ADA)


async def everything(engine: Engine) -> tuple[object, ...]:
    id = engine.instance.id
    users = await engine.accounts.list(engine.instance, UserFilter(), Page(500))
    happened = [kind for kind in await events(engine) if not kind.endswith("_token.created")]
    return await engine.store.sessions.list(id, SessionFilter(), Page(500)), [each.id for each in users], happened


@pytest.mark.parametrize("change", CHANGES)
async def test_who_is_signed_in_and_how_strongly_changes_with_the_secret(  # R-FLOW-01
    engine: Engine, signed_in: tuple[Caller, Session], change: Change
) -> None:
    caller, session = signed_in
    before = caller.client
    assert before is not None
    issued = await change(engine, caller, session)
    assert issued is not None
    assert issued.secret is not None
    after = await engine.store.clients.find(engine.instance.id, before.id)
    assert issued.client == after == await engine.clients.find(engine.instance, issued.secret)
    assert after is not None
    assert (after.generation, after.previous_secret_hash) == (before.generation + 1, before.secret_hash)
    for each in (await engine.clients.view(after)).sessions:
        assert (each.generation == after.generation) is (each.id != session.id or change is growing_stronger)


@pytest.mark.parametrize("change", CHANGES)
async def test_who_is_late_with_the_secret_of_before_changes_nothing(  # R-FLOW-01
    engine: Engine, signed_in: tuple[Caller, Session], change: Change
) -> None:
    caller, session = signed_in
    assert caller.client is not None
    async with engine.store.transaction() as tx:
        await rotate(tx, caller.client, engine.clock.now())
    before = await everything(engine)
    with pytest.raises(SecretReplaced):
        await change(engine, caller, session)
    assert await everything(engine) == before


async def test_a_ticket_is_not_spent_by_who_is_late(engine: Engine, signed_in: tuple[Caller, Session]) -> None:
    caller, session = signed_in
    assert caller.client is not None
    given = SignInInput(strategy="ticket", ticket=await ticket(engine))
    async with engine.store.transaction() as tx:
        issued = await rotate(tx, caller.client, engine.clock.now())
    with pytest.raises(SecretReplaced):
        await engine.sign_ins.create(caller, given)
    done, _ = await engine.sign_ins.create(replace(caller, client=issued.client), given)
    assert done.created_session_id != session.id


async def test_a_request_that_found_its_client_before_sees_nothing_that_came_since(  # R-FLOW-01
    engine: Engine, signed_in: tuple[Caller, Session]
) -> None:
    caller, first = signed_in
    assert caller.client is not None
    done, _ = await engine.sign_ins.create(caller, SignInInput(identifier=BOB, password=PASSWORD))
    with pytest.raises(SecretReplaced):
        await engine.clients.view(caller.client)
    assert (await engine.sessions.own(caller, first.id)).id == first.id
    for ask in (engine.sessions.own, engine.sessions.acting, engine.sessions.touch):
        with pytest.raises(SecretReplaced):
            await ask(caller, done.created_session_id or "")
    with pytest.raises(SecretReplaced):
        await engine.clients.delete(caller)
    assert await is_live(engine, first)


async def test_a_refresh_secret_of_before_dies_when_the_session_grows_stronger(  # R-FLOW-01
    engine: Engine, signed_in: tuple[Caller, Session], clock: FakeClock
) -> None:
    caller, session = signed_in
    before = engine.refreshing.secret(session)
    clock.advance(minutes=5)
    await growing_stronger(engine, caller, session)
    grown = await engine.sessions.get(engine.instance, session.id)
    assert (grown.first_factor_at, grown.second_factor_at) == (session.first_factor_at, clock.now())
    assert not engine.refreshing.secret(grown).same_as(before)
