"""A user with an enabled second factor owes it, whatever proved the first."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.errors import (
    Conflict,
    Json,
    SojournError,
    StrategyNotBuilt,
    StrategyNotPossible,
    UserLocked,
    VerificationFailed,
    WrongCode,
    WrongStep,
)
from sojourn.messages.mailbox import Mailbox
from sojourn.sessions.caller import Caller, Issued
from sojourn.sign_ins.attempt import Proof, SignInInput
from sojourn.sign_ins.sign_in import SignIn, SignInStatus
from sojourn.testing.clock import FakeClock
from sojourn.users.user import User
from sojourn.web.app import build

from ..engines import Started
from ..people import ADA, OTHER_PASSWORD, PASSWORD, person, set_up
from ..second_factors import SENT, SentCodes, StepCodes
from ..wire.browsing import Browser

STEP = "step_code"


@pytest.fixture
async def engine(started: Started, tmp_path: Path, clock: FakeClock, mailbox: Mailbox) -> AsyncIterator[Engine]:
    opened = await started.open(Config(data=tmp_path, factors=[StepCodes(), SentCodes()]), clock, mailbox)
    yield opened
    await opened.close()


@pytest.fixture
async def ada(engine: Engine) -> User:
    user = await person(engine)
    await engine.factors.of(StepCodes).enrol(user)
    return user


async def by_password(engine: Engine, client: Issued | None = None) -> tuple[SignIn, Caller]:
    caller = Caller(engine.instance, client.client if client else None)
    sign_in, issued = await engine.sign_ins.create(caller, SignInInput(identifier=ADA, password=PASSWORD))
    return sign_in, Caller(engine.instance, issued.client)


async def typed(engine: Engine, caller: Caller, sign_in: SignIn, code: str) -> SignIn:
    done, _ = await engine.sign_ins.attempt_second_factor(caller, sign_in.id, Proof(strategy=STEP, code=code))
    return done


async def test_a_password_alone_starts_no_session(engine: Engine, ada: User) -> None:  # R-FLOW-02
    sign_in, caller = await by_password(engine)
    assert sign_in.status is SignInStatus.NEEDS_SECOND_FACTOR
    assert sign_in.created_session_id is None
    assert caller.client is not None
    assert await engine.store.sessions.of_client(caller.instance.id, caller.client.id) == []
    done = await typed(engine, caller, sign_in, "1")
    assert done.status is SignInStatus.COMPLETE
    assert done.created_session_id is not None
    session = await engine.sessions.get(engine.instance, done.created_session_id)
    assert session.first_factor_at == session.second_factor_at == engine.clock.now()


async def test_a_user_without_one_owes_none(engine: Engine) -> None:
    await person(engine)
    sign_in, _ = await by_password(engine)
    assert sign_in.status is SignInStatus.COMPLETE


async def test_each_way_in_owes_it(engine: Engine, ada: User, mailbox: Mailbox) -> None:  # R-FLOW-04
    _, secret = await engine.tickets.create_sign_in_token(engine.instance, ada.id)
    by_ticket, _ = await engine.sign_ins.create(
        Caller(engine.instance, None), SignInInput(strategy="ticket", ticket=secret.reveal())
    )
    assert by_ticket.status is SignInStatus.NEEDS_SECOND_FACTOR
    for first in ("email_code", "reset_password_email_code"):
        begun, issued = await engine.sign_ins.create(
            Caller(engine.instance, None), SignInInput(strategy=first, identifier=ADA)
        )
        await engine.outbox.deliver_due()
        code = mailbox.last().code
        proof, caller = Proof(strategy=first, code=code), Caller(engine.instance, issued.client)
        proven, issued = await engine.sign_ins.attempt_first_factor(caller, begun.id, proof)
        caller = Caller(engine.instance, issued.client)
        if first != "email_code":  # R-FLOW-05
            assert proven.status is SignInStatus.NEEDS_NEW_PASSWORD
            proven, issued = await engine.sign_ins.reset_password(caller, begun.id, OTHER_PASSWORD)
            caller = Caller(engine.instance, issued.client)
        assert proven.status is SignInStatus.NEEDS_SECOND_FACTOR
        assert (
            await typed(engine, caller, proven, "7" if first == "email_code" else "8")
        ).status is SignInStatus.COMPLETE


async def test_whoever_acts_in_the_place_of_a_user_owes_none(engine: Engine, ada: User) -> None:  # R-AUZ-06
    _, secret = await engine.tickets.create_actor_token(engine.instance, ada.id, {"sub": "support"})
    given = SignInInput(strategy="ticket", ticket=secret.reveal())
    sign_in, _ = await engine.sign_ins.create(Caller(engine.instance, None), given)
    assert sign_in.status is SignInStatus.COMPLETE


async def test_a_code_is_used_once_and_a_replay_forgives_no_try(
    engine: Engine, ada: User
) -> None:  # R-OTP-03, R-LIM-05
    sign_in, caller = await by_password(engine)
    await typed(engine, caller, sign_in, "5")
    sign_in, caller = await by_password(engine)
    for tries in (2, 3, 4):  # with the password's own
        for replayed in ("5",):
            with pytest.raises(Conflict):
                await typed(engine, caller, sign_in, replayed)
        assert (await engine.accounts.get(engine.instance, ada.id)).failed_tries == tries
    assert (await typed(engine, caller, sign_in, "6")).status is SignInStatus.COMPLETE
    assert (await engine.accounts.get(engine.instance, ada.id)).failed_tries == 0


async def test_guesses_lock_also_whoever_knows_the_password(engine: Engine, ada: User) -> None:  # R-LIM-03, R-LIM-05
    refusals = list[type[SojournError]]()
    for _ in range(8):  # a new sign-in each time, so that the password is right in between
        try:
            sign_in, caller = await by_password(engine)
            await typed(engine, caller, sign_in, "wrong")
        except SojournError as error:
            refusals.append(type(error))
    assert set(refusals[:4]) == {WrongCode}
    assert refusals[-1] is UserLocked
    assert (await engine.accounts.get(engine.instance, ada.id)).password_failures == 0  # each was the right one


async def test_right_passwords_that_come_at_once_forgive_no_guess(engine: Engine, ada: User) -> None:  # R-LIM-05
    sign_in, caller = await by_password(engine)
    with pytest.raises(WrongCode):
        await typed(engine, caller, sign_in, "wrong")
    begun, issued = await engine.sign_ins.create(Caller(engine.instance, None), SignInInput(identifier=ADA))
    proof, caller = Proof(strategy="password", password=PASSWORD), Caller(engine.instance, issued.client)
    at_once = [engine.sign_ins.attempt_first_factor(caller, begun.id, proof) for _ in range(2)]
    refused = [each for each in await asyncio.gather(*at_once, return_exceptions=True) if isinstance(each, Exception)]
    assert [isinstance(each, SojournError) for each in refused] == [True]
    assert (await engine.accounts.get(engine.instance, ada.id)).failed_tries >= 3


async def test_its_step_comes_when_it_is_due_and_takes_its_own_strategies_only(
    engine: Engine, ada: User
) -> None:  # R-FLOW-03
    begun, issued = await engine.sign_ins.create(Caller(engine.instance, None), SignInInput(identifier=ADA))
    caller = Caller(engine.instance, issued.client)
    with pytest.raises(WrongStep):
        await typed(engine, caller, begun, "1")
    with pytest.raises(StrategyNotBuilt):
        await engine.sign_ins.attempt_first_factor(caller, begun.id, Proof(strategy=STEP, code="1"))
    sign_in, caller = await by_password(engine)
    for proof in (Proof(strategy="password", password=PASSWORD), Proof(strategy="email_code", code="424242")):
        with pytest.raises(StrategyNotBuilt):
            await engine.sign_ins.attempt_second_factor(caller, sign_in.id, proof)
    with pytest.raises(WrongStep):
        await engine.sign_ins.attempt_first_factor(caller, sign_in.id, Proof(strategy="password", password=PASSWORD))


async def test_the_first_factor_gives_the_browser_a_new_secret(engine: Engine, ada: User) -> None:  # R-FLOW-01
    begun, issued = await engine.sign_ins.create(Caller(engine.instance, None), SignInInput(identifier=ADA))
    proof = Proof(strategy="password", password=PASSWORD)
    _, after = await engine.sign_ins.attempt_first_factor(Caller(engine.instance, issued.client), begun.id, proof)
    assert after.secret is not None
    assert after.client.secret_hash != issued.client.secret_hash
    assert after.client.sign_in_id == begun.id


@pytest.mark.parametrize("strict", [False, True])
async def test_the_frontend_api_asks_for_it(engine: Engine, ada: User, strict: bool) -> None:
    protection: dict[str, Json] = {"protection": {"strict_enumeration": strict}}
    await set_up(engine, protection)
    browser = Browser(build(engine))
    shown = (await browser.post("/v1/client/sign_ins", {"identifier": ADA}))["response"]
    assert shown["supported_second_factors"] is None
    where = f"/v1/client/sign_ins/{shown['id']}"
    form = {"strategy": "password", "password": PASSWORD}
    shown = (await browser.post(f"{where}/attempt_first_factor", form))["response"]
    assert shown["status"] == "needs_second_factor"
    assert shown["supported_second_factors"] == [{"strategy": STEP}]
    assert shown["first_factor_verification"]["status"] == "verified"
    assert shown["second_factor_verification"] is None
    assert (await browser.get(where))["response"] == shown
    assert (await browser.get("/v1/client"))["response"]["sign_in"] == shown  # a page that is loaded again
    await browser.refused("POST", f"{where}/prepare_second_factor", {"strategy": STEP})
    await browser.refused("POST", f"{where}/attempt_second_factor", {"strategy": STEP, "code": "wrong"})
    done = await browser.post(f"{where}/attempt_second_factor", {"strategy": STEP, "code": "1"})
    assert done["response"]["status"] == "complete"
    assert done["response"]["second_factor_verification"]["strategy"] == STEP
    assert done["client"]["sessions"][0]["factor_verification_age"] == [0, 0]


async def test_a_second_factor_that_is_sent_is_asked_for_first_and_has_five_tries(
    engine: Engine,
) -> None:  # R-OTP-01
    await engine.factors.of(SentCodes).enrol(await person(engine))
    sign_in, caller = await by_password(engine)
    right = Proof(strategy="sent_code", code=SENT)
    with pytest.raises(StrategyNotPossible):
        await engine.sign_ins.attempt_second_factor(caller, sign_in.id, right)
    older, _ = await engine.sign_ins.prepare_second_factor(caller, sign_in.id, "sent_code", None)
    newer, _ = await engine.sign_ins.prepare_second_factor(caller, sign_in.id, "sent_code", None)
    assert older.second_verification_id != newer.second_verification_id
    assert newer.strategy == "password"
    for _ in range(5):
        with pytest.raises(WrongCode):
            await engine.sign_ins.attempt_second_factor(caller, sign_in.id, Proof(strategy="sent_code", code="1"))
    with pytest.raises(VerificationFailed):
        await engine.sign_ins.attempt_second_factor(caller, sign_in.id, right)
    await engine.sign_ins.prepare_second_factor(caller, sign_in.id, "sent_code", None)
    facts = await engine.sign_ins.facts(engine.instance, await engine.sign_ins.get(caller, sign_in.id))
    assert facts.second_verification is not None
    done, _ = await engine.sign_ins.attempt_second_factor(caller, sign_in.id, right)
    assert done.status is SignInStatus.COMPLETE
