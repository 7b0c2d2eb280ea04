"""Each session keeps why it ended, when, and who or what ended it; no two causes look alike."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from sojourn.engine import Engine
from sojourn.sessions.caller import Caller
from sojourn.sessions.end_cause import SENTENCES, EndCause
from sojourn.sessions.ending import end_of
from sojourn.sessions.session import Device, Session, SessionStatus
from sojourn.sign_ins.attempt import SignInInput
from sojourn.testing.clock import FakeClock
from sojourn.users.new_user import UserChanges
from sojourn.users.user import IdentifierKind

from ..people import ADA, OTHER_PASSWORD, acting, now_of, person, set_up, signed_in

BOB = "bob@example.com"
HOUR = timedelta(hours=1)

End = Callable[[Engine, Session], Awaitable[object]]


async def sign_out(engine: Engine, session: Session) -> object:
    return await engine.sessions.end(await acting(engine, session), session.id)


async def sign_out_of_all(engine: Engine, session: Session) -> object:
    return await engine.sessions.end_all(await acting(engine, session))


async def drop_the_client(engine: Engine, session: Session) -> object:
    return await engine.clients.delete(await acting(engine, session))


async def end_the_own_one_in_the_profile(engine: Engine, session: Session) -> object:
    user = await now_of(engine, session)
    return await engine.profile.end_session(await acting(engine, session), session, user, session.id)


async def sign_in_again(engine: Engine, session: Session) -> object:
    return await start(engine, session, ADA)


async def sign_in_as_another(engine: Engine, session: Session) -> object:
    await set_up(engine, {"sessions": {"single_session_mode": True}})
    return await start(engine, session, BOB)


async def start(engine: Engine, session: Session, email: str) -> Session:
    """A session of that user in the browser of this one, as a sign-in that was under way beside it gets it."""
    client = (await acting(engine, session)).client
    user = await engine.store.users.find_by_identifier(engine.instance.id, IdentifierKind.EMAIL_ADDRESS, email)
    assert client is not None and user is not None
    async with engine.store.transaction() as tx:
        return await engine.sessions.start(tx, engine.instance, client, user, Device(), "ticket")


async def sign_in_on_one_device_too_many(engine: Engine, session: Session) -> object:
    await set_up(engine, {"sessions": {"sessions_per_user": 1}})
    return await signed_in(engine)


async def revoke(engine: Engine, session: Session) -> object:
    return await engine.sessions.revoke(engine.instance, session.id, actor="operator")


async def revoke_those_of_the_user(engine: Engine, session: Session) -> object:
    return await engine.sessions.revoke_all_of_user(engine.instance, session.user_id, actor="operator")


async def revoke_all(engine: Engine, _: Session) -> object:
    return await engine.sessions.revoke_all(engine.instance, actor="operator")


async def ban(engine: Engine, session: Session) -> object:
    return await engine.accounts.ban(engine.instance, session.user_id, actor="operator")


async def lock(engine: Engine, session: Session) -> object:
    return await engine.accounts.lock(engine.instance, session.user_id, actor="operator")


async def change_the_password(engine: Engine, session: Session) -> object:
    changes = UserChanges(password=OTHER_PASSWORD, sign_out_of_other_sessions=True)
    return await engine.accounts.update(engine.instance, session.user_id, changes, actor="operator")


async def mark_the_password(engine: Engine, session: Session) -> object:
    accounts = engine.accounts
    return await accounts.set_password_compromised(
        engine.instance, session.user_id, end_sessions=True, actor="operator"
    )


async def replace_the_address(engine: Engine, session: Session) -> object:
    kind = IdentifierKind.EMAIL_ADDRESS
    return await engine.addresses.replace(
        engine.instance, session.user_id, kind, "new@example.com", "verified", actor="operator"
    )


async def remove_an_address(engine: Engine, session: Session) -> object:
    first = (await now_of(engine, session)).email_addresses[1]
    return await engine.addresses.delete(engine.instance, first.id, actor="operator")


async def impersonated(engine: Engine, user_id: str) -> Session:
    _, secret = await engine.tickets.create_actor_token(engine.instance, user_id, {"sub": "user_support"})
    given = SignInInput(strategy="ticket", ticket=secret.reveal())
    done, _ = await engine.sign_ins.create(Caller(engine.instance, None, Device()), given)
    assert done.created_session_id is not None
    return await engine.sessions.get(engine.instance, done.created_session_id)


THE_USER = "the user"
ENDS: list[tuple[End, EndCause, str | None]] = [
    (sign_out, EndCause.SIGNED_OUT, THE_USER),
    (end_the_own_one_in_the_profile, EndCause.SIGNED_OUT, THE_USER),
    (sign_out_of_all, EndCause.SIGNED_OUT_OF_ALL, None),
    (drop_the_client, EndCause.SIGNED_OUT_OF_ALL, None),
    (sign_in_again, EndCause.SIGNED_IN_AGAIN, THE_USER),
    (sign_in_as_another, EndCause.SINGLE_SESSION, "another"),
    (sign_in_on_one_device_too_many, EndCause.SESSION_LIMIT, THE_USER),
    (revoke, EndCause.REVOKED, "operator"),
    (revoke_those_of_the_user, EndCause.REVOKED, "operator"),
    (revoke_all, EndCause.ALL_REVOKED, "operator"),
    (ban, EndCause.USER_BANNED, "operator"),
    (lock, EndCause.USER_LOCKED, "operator"),
    (change_the_password, EndCause.PASSWORD_CHANGED, "operator"),
    (mark_the_password, EndCause.PASSWORD_COMPROMISED, "operator"),
    (replace_the_address, EndCause.ADDRESS_REPLACED, "operator"),
    (remove_an_address, EndCause.ADDRESS_REMOVED, "operator"),
]


@pytest.mark.parametrize(("end", "cause", "by"), ENDS)
async def test_an_ended_session_keeps_why_when_and_by_whom(
    engine: Engine, clock: FakeClock, end: End, cause: EndCause, by: str | None
) -> None:
    await person(engine)
    bob = await person(engine, BOB)
    session = await signed_in(engine)
    if end is remove_an_address:
        kind = IdentifierKind.EMAIL_ADDRESS
        await engine.addresses.create(engine.instance, session.user_id, kind, "second@example.com", verified=True)
    now = clock.advance(minutes=1)
    await end(engine, session)
    ended = await engine.sessions.get(engine.instance, session.id)
    expected = {THE_USER: session.user_id, "another": bob.id}.get(by or "", by)
    assert (ended.end_cause, ended.ended_at, ended.ended_by) == (cause, now, expected)
    clock.advance(days=30)
    assert await engine.sessions.get(engine.instance, session.id) == ended  # no timeout changes it


async def test_an_end_from_another_device_names_that_session(engine: Engine) -> None:  # R-SES-04
    user = await person(engine)
    here, there = await signed_in(engine), await signed_in(engine)
    await engine.profile.end_session(await acting(engine, here), here, user, there.id)
    ended = await engine.sessions.get(engine.instance, there.id)
    assert (ended.end_cause, ended.ended_by) == (EndCause.SIGNED_OUT_ELSEWHERE, here.id)
    told = await end_of(engine.store, ended, engine.clock.now())
    assert told is not None and told.told == f"The user ended the session from another device, in session {here.id}."


@pytest.mark.parametrize("is_written", [False, True])
@pytest.mark.parametrize(
    ("settings", "after", "cause", "status"),
    [
        ({"lifetime_seconds": 7200, "inactivity_seconds": 7200}, 2 * HOUR, EndCause.EXPIRED, SessionStatus.EXPIRED),
        ({"lifetime_seconds": 604_800, "inactivity_seconds": 3600}, HOUR, EndCause.INACTIVE, SessionStatus.ABANDONED),
    ],
)
async def test_a_timeout_is_told_as_what_it_is_before_and_after_it_is_written(
    engine: Engine,
    clock: FakeClock,
    settings: dict[str, int],
    after: timedelta,
    cause: EndCause,
    status: SessionStatus,
    is_written: bool,
) -> None:  # R-SES-01
    await set_up(engine, {"sessions": settings})  # pyright: ignore[reportArgumentType]
    await person(engine)
    session = await signed_in(engine)
    clock.advance(days=1)
    if is_written:
        assert await engine.store.sessions.finish_timed_out(clock.now(), max_rows=10) == 1
    ended = await engine.sessions.get(engine.instance, session.id)
    assert (ended.status, ended.end_cause, ended.ended_at, ended.ended_by) == (
        status,
        cause,
        session.created_at + after,
        None,
    )


@pytest.mark.parametrize("is_written", [False, True])
async def test_acting_as_a_user_that_is_over_is_told_as_such(
    engine: Engine, clock: FakeClock, is_written: bool
) -> None:  # R-AUZ-06
    user = await person(engine)
    session = await impersonated(engine, user.id)
    assert session.actor is not None
    clock.advance(days=8)
    if is_written:
        assert await engine.store.sessions.finish_timed_out(clock.now(), max_rows=10) == 1
    ended = await engine.sessions.get(engine.instance, session.id)
    assert ended.end_cause is EndCause.IMPERSONATION_OVER


async def test_an_end_of_a_release_that_kept_no_cause_is_told_from_the_audit_log(engine: Engine) -> None:
    user = await person(engine)
    session = await signed_in(engine)
    await ban(engine, session)
    ended = replace(
        await engine.sessions.get(engine.instance, session.id), end_cause=None, ended_at=None, ended_by=None
    )
    told = await end_of(engine.store, ended, engine.clock.now())
    assert told is not None
    assert (told.cause, told.by, told.told) == (None, "operator", f"The command line banned {user.id}.")


@pytest.mark.parametrize("cause", EndCause)
def test_each_cause_has_its_own_sentence(cause: EndCause) -> None:
    assert [other for other in EndCause if SENTENCES[other] == SENTENCES[cause]] == [cause]
    assert SENTENCES[cause].format(by="X", inactivity="Y").endswith(".")
