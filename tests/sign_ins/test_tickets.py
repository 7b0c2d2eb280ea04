from asyncio import gather
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from sojourn.engine import Engine
from sojourn.errors import FieldError, Gone, Json, NotFound, SojournError, UserLocked, WrongPassword
from sojourn.ids import InstanceId
from sojourn.secret import Secret
from sojourn.sessions.caller import Caller
from sojourn.sessions.session import Device, Session
from sojourn.sign_ins.attempt import SignInInput
from sojourn.sign_ins.ticket import TicketKind, TicketStatus
from sojourn.testing.clock import FakeClock

from ..people import events, person, signed_in


async def used(engine: Engine, secret: Secret) -> Session:
    caller = Caller(engine.instance, None, Device())
    sign_in, _ = await engine.sign_ins.create(caller, SignInInput(strategy="ticket", ticket=secret.reveal()))
    assert sign_in.created_session_id is not None
    return await engine.sessions.get(engine.instance, sign_in.created_session_id)


async def test_a_sign_in_token_signs_in_once(engine: Engine):  # R-OTP-02
    user = await person(engine)
    ticket, secret = await engine.tickets.create_sign_in_token(engine.instance, user.id)
    assert (await used(engine, secret)).user_id == user.id
    with pytest.raises(FieldError):
        await used(engine, secret)
    now_is = await engine.tickets.get(engine.instance, TicketKind.SIGN_IN, ticket.id)
    assert now_is.status is TicketStatus.ACCEPTED


async def test_of_ten_browsers_racing_with_one_ticket_one_is_signed_in(engine: Engine):  # R-OTP-02, R-REL-02
    user = await person(engine)
    _, secret = await engine.tickets.create_sign_in_token(engine.instance, user.id)
    outcomes = await gather(*(used(engine, secret) for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(each, Session) for each in outcomes) == 1
    assert all(isinstance(each, Session | SojournError) for each in outcomes)


async def test_only_a_hash_of_the_secret_is_kept(engine: Engine):  # R-ID-01, R-ID-02
    user = await person(engine)
    ticket, secret = await engine.tickets.create_sign_in_token(engine.instance, user.id)
    assert ticket.secret_hash == secret.stored_form()
    assert len(secret.reveal()) >= 43  # 256 bits in base64url
    assert secret.reveal() not in repr(ticket)


async def test_a_ticket_dies_at_its_expiry(engine: Engine, clock: FakeClock):  # R-OTP-02
    user = await person(engine)
    _, secret = await engine.tickets.create_sign_in_token(engine.instance, user.id, expires_in=timedelta(minutes=10))
    clock.advance(minutes=10)
    with pytest.raises(FieldError):
        await used(engine, secret)


async def test_a_revoked_ticket_opens_nothing_and_can_be_revoked_again(engine: Engine):
    user = await person(engine)
    ticket, secret = await engine.tickets.create_sign_in_token(engine.instance, user.id)
    for _ in range(2):
        revoked = await engine.tickets.revoke(engine.instance, TicketKind.SIGN_IN, ticket.id)
        assert revoked.status is TicketStatus.REVOKED
    with pytest.raises(FieldError):
        await used(engine, secret)


async def test_a_used_ticket_cannot_be_revoked(engine: Engine):
    user = await person(engine)
    ticket, secret = await engine.tickets.create_sign_in_token(engine.instance, user.id)
    await used(engine, secret)
    with pytest.raises(Gone):
        await engine.tickets.revoke(engine.instance, TicketKind.SIGN_IN, ticket.id)


async def test_tickets_of_another_kind_or_instance_are_unknown(engine: Engine):  # R-AUZ-02
    user = await person(engine)
    ticket, _ = await engine.tickets.create_sign_in_token(engine.instance, user.id)
    elsewhere = replace(engine.instance, id=InstanceId("ins_elsewhere"))
    with pytest.raises(NotFound):
        await engine.tickets.revoke(engine.instance, TicketKind.ACTOR, ticket.id)
    with pytest.raises(NotFound):
        await engine.tickets.revoke(elsewhere, TicketKind.SIGN_IN, ticket.id)
    with pytest.raises(NotFound):
        await engine.tickets.create_sign_in_token(elsewhere, user.id)


async def test_an_actor_token_starts_a_short_session_that_names_the_actor(
    engine: Engine, clock: FakeClock
):  # R-AUZ-06, R-SES-01
    user = await person(engine)
    acting: dict[str, Json] = {"sub": "user_support", "reason": "ticket 17"}
    _, secret = await engine.tickets.create_actor_token(
        engine.instance, user.id, acting, session_max=timedelta(minutes=20)
    )
    session = await used(engine, secret)
    assert session.actor == acting
    assert session.expire_at == clock.now() + timedelta(minutes=20)
    assert session.inactivity <= timedelta(minutes=10)
    assert "actor_token.created" in await events(engine, user)


@pytest.mark.parametrize("acting", [{}, {"sub": ""}, {"sub": 7}, {"sub": "a", "note": "x" * 2000}])
async def test_an_actor_must_be_named_and_brief(engine: Engine, acting: Mapping[str, Json]):  # R-AUZ-06
    user = await person(engine)
    with pytest.raises(FieldError):
        await engine.tickets.create_actor_token(engine.instance, user.id, acting)


@pytest.mark.parametrize("seconds", [0, -1, 31 * 86400])
async def test_a_ticket_lives_a_second_to_thirty_days(engine: Engine, seconds: int):
    user = await person(engine)
    with pytest.raises(FieldError) as refused:
        await engine.tickets.create_sign_in_token(engine.instance, user.id, expires_in=timedelta(seconds=seconds))
    assert refused.value.param == "expires_in_seconds"


async def test_impersonation_never_outlasts_an_hour(engine: Engine):  # R-SES-01
    user = await person(engine)
    with pytest.raises(FieldError):
        await engine.tickets.create_actor_token(
            engine.instance, user.id, {"sub": "user_support"}, session_max=timedelta(minutes=61)
        )


async def test_a_locked_user_is_not_signed_in_by_a_ticket_which_stays_unused(  # R-FLOW-04
    engine: Engine, clock: FakeClock
) -> None:
    user = await person(engine)
    await engine.accounts.lock(engine.instance, user.id)  # which revokes the tickets that there are
    ticket, secret = await engine.tickets.create_sign_in_token(engine.instance, user.id, expires_in=timedelta(days=1))
    with pytest.raises(UserLocked):
        await used(engine, secret)
    assert (await engine.tickets.get(engine.instance, TicketKind.SIGN_IN, ticket.id)).status is TicketStatus.PENDING
    await engine.accounts.unlock(engine.instance, user.id)
    assert (await used(engine, secret)).user_id == user.id


async def test_a_lock_by_strangers_stops_a_ticket_too_until_it_runs_out(
    engine: Engine, clock: FakeClock
) -> None:  # R-FLOW-04
    user = await person(engine)
    _, secret = await engine.tickets.create_sign_in_token(engine.instance, user.id, expires_in=timedelta(days=1))
    rules = engine.instance.settings.protection
    for _ in range(rules.lockout_tries):
        with pytest.raises(WrongPassword):
            await signed_in(engine, password="not this one at all")
    with pytest.raises(UserLocked):
        await used(engine, secret)
    clock.advance(seconds=rules.lockout_seconds)
    assert (await used(engine, secret)).user_id == user.id
