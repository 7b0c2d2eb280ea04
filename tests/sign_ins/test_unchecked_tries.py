"""A try that was not checked does not count: not towards a lock, not towards the hard stop, in no flow."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from sojourn.engine import Engine
from sojourn.errors import Overloaded, WrongPassword
from sojourn.sessions.caller import Caller, Issued
from sojourn.sessions.session import Device, Session
from sojourn.sign_ins.attempt import Proof, SignInInput
from sojourn.sign_ins.session_start import SessionStart
from sojourn.testing.clock import FakeClock
from sojourn.users.user import User

from ..held import full
from ..people import ADA, PASSWORD, acting, events, person, signed_in

WRONG = "not this one at all"
MORE_THAN_LOCKS = 12


@dataclass
class Ada:
    """Ada signed in on one browser, signed out of another that she has used, and a sign-in of hers begun on a third."""

    engine: Engine
    user: User
    session: Session
    ended: Session
    begun: str
    elsewhere: Caller

    async def sign_in(self, password: str) -> None:
        given = SignInInput(identifier=ADA, password=password)
        await self.engine.sign_ins.create(Caller(self.engine.instance, None, Device()), given)

    async def attempt(self, password: str) -> None:
        proof = Proof(strategy="password", password=password)
        await self.engine.sign_ins.attempt_first_factor(self.elsewhere, self.begun, proof)

    async def verify_for_a_server(self, password: str) -> None:
        await self.engine.accounts.verify_password(self.engine.instance, self.user.id, password)

    async def change(self, password: str) -> None:
        await self.engine.profile.change_password(
            await acting(self.engine, self.session),
            self.session,
            self.user,
            current=password,
            new="a wholly different phrase",
        )

    async def remove(self, password: str) -> None:
        await self.engine.profile.remove_password(
            await acting(self.engine, self.session), self.session, self.user, password
        )

    async def sign_in_where_she_is_known(self, password: str) -> None:
        client = await self.engine.store.clients.find(self.engine.instance.id, self.ended.client_id)
        caller = Caller(self.engine.instance, client, Device())
        await self.engine.sign_ins.create(caller, SignInInput(identifier=ADA, password=password))


FLOWS: list[Callable[[Ada, str], Awaitable[None]]] = [
    Ada.sign_in, Ada.attempt, Ada.verify_for_a_server, Ada.change, Ada.remove, Ada.sign_in_where_she_is_known,
]  # fmt: skip


@pytest.fixture
async def ada(engine: Engine) -> Ada:
    settings = {"sessions": {"single_session_mode": False}, "sign_up": {"password": "optional"}}
    engine.instance = await engine.instances.update_settings(engine.instance, settings)  # type: ignore[arg-type]
    user = await person(engine)
    session, ended = await signed_in(engine), await signed_in(engine)
    await engine.sessions.revoke(engine.instance, ended.id, actor="test")
    begun, issued = await engine.sign_ins.create(Caller(engine.instance, None, Device()), SignInInput(identifier=ADA))
    return Ada(engine, user, session, ended, begun.id, Caller(engine.instance, issued.client, Device()))


async def counted(ada: Ada) -> tuple[int, int]:
    user = await ada.engine.accounts.get(ada.engine.instance, ada.user.id)
    return user.failed_tries, user.password_failures


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.__name__)
async def test_a_password_refused_for_want_of_a_slot_counts_for_nothing(
    ada: Ada, flow: Callable[[Ada, str], Awaitable[None]]
) -> None:  # R-PWD-12, R-LIM-03, R-LIM-04
    async with full(ada.engine.hash_pool):
        tries = [flow(ada, WRONG) for _ in range(MORE_THAN_LOCKS)]
        refusals = await asyncio.gather(*tries, return_exceptions=True)
    assert {type(each) for each in refusals} == {Overloaded}
    assert await counted(ada) == (0, 0)
    with pytest.raises(WrongPassword):
        await flow(ada, WRONG)
    await flow(ada, PASSWORD)


async def test_a_right_password_whose_session_could_not_be_written_counts_for_nothing(
    ada: Ada, monkeypatch: pytest.MonkeyPatch
) -> None:  # R-PWD-12, R-LIM-03
    async def too_slow(self: SessionStart, *given: object, **more: object) -> tuple[Session, Issued]:
        raise Overloaded(timedelta(seconds=1))

    with monkeypatch.context() as broken:
        broken.setattr(SessionStart, "start_session", too_slow)
        for _ in range(MORE_THAN_LOCKS):
            with pytest.raises(Overloaded):
                await ada.sign_in(PASSWORD)
            with pytest.raises(Overloaded):
                await ada.attempt(PASSWORD)
    assert await counted(ada) == (0, 0)
    await ada.attempt(PASSWORD)


async def test_locks_of_failed_tries_since_a_moment_end_together(engine: Engine, clock: FakeClock) -> None:  # R-LIM-03
    async def locked(email: str) -> User:
        user = await person(engine, email)
        for _ in range(10):
            with pytest.raises(WrongPassword):
                await signed_in(engine, email, WRONG)
        return user

    earlier = await locked("before@example.com")
    clock.advance(minutes=5)
    since = clock.now()
    by_fault = [await locked(f"locked{each}@example.com") for each in range(3)]
    by_administrator = await person(engine)
    await engine.accounts.lock(engine.instance, by_administrator.id)
    assert await engine.accounts.unlock_all_since(engine.instance, since) == 3
    for user in by_fault:
        await signed_in(engine, user.primary_email_address.value if user.primary_email_address else "")
        assert "user.unlocked" in await events(engine, user)
    for user in (earlier, by_administrator):
        assert (await engine.accounts.get(engine.instance, user.id)).is_locked(clock.now())
