"""Proofs that come back as a query, on both databases: each state once, in its browser, for its purpose."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.errors import (
    FieldMissing,
    NotFound,
    SojournError,
    StrategyNotBuilt,
    UserBanned,
    UserLocked,
    VerificationExpired,
    VerificationFailed,
    WrongCode,
)
from sojourn.factors.states import States
from sojourn.factors.strategy import Level, Proof, Purpose
from sojourn.messages.mailbox import Mailbox
from sojourn.secret import Secret
from sojourn.sessions.caller import Caller, Issued
from sojourn.sign_ins.attempt import SignInInput
from sojourn.sign_ins.sign_in import SignIn, SignInStatus
from sojourn.sign_ups.attempt import SignUpInput
from sojourn.sign_ups.sign_up import SignUpStatus
from sojourn.store.interface import EventFilter, Page
from sojourn.testing.clock import FakeClock
from sojourn.users.user import User

from ..people import ADA, PASSWORD, events, person, set_up
from ..returning_factors import LETTER, PROVIDER, LinkLetters, Provider
from ..second_factors import StepCodes


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def config(tmp_path: Path, database_url: str) -> Config:
    factors = [LinkLetters(), Provider(), StepCodes()]
    return Config(data=tmp_path, database_url=database_url, root_keys=(Secret.random(),), factors=factors)


@pytest.fixture
async def engine(config: Config, clock: FakeClock) -> AsyncIterator[Engine]:
    opened = await Engine.open(config, clock=clock, mailer=Mailbox())
    yield opened
    await opened.close()


@pytest.fixture
async def ada(engine: Engine) -> User:
    return await person(engine)


async def begun(engine: Engine) -> tuple[SignIn, Caller]:
    """A sign-in as Ada for which a letter is on its way."""
    caller = Caller(engine.instance, None)
    sign_in, issued = await engine.sign_ins.create(caller, SignInInput(identifier=ADA, strategy=LETTER))
    assert sign_in.status is SignInStatus.NEEDS_FIRST_FACTOR
    return sign_in, Caller(engine.instance, issued.client)


def link(engine: Engine) -> str:
    return engine.factors.of(LinkLetters).sent[-1]


def now_at(engine: Engine, issued: Issued) -> Caller:
    return Caller(engine.instance, issued.client)


async def test_a_link_signs_in_the_browser_that_asked_for_it(engine: Engine, ada: User) -> None:  # R-FLOW-07, R-FLOW-01
    begun_with, caller = await begun(engine)
    done, issued = await engine.sign_ins.resume(caller, link(engine), {})
    assert (done.id, done.status, done.strategy) == (begun_with.id, SignInStatus.COMPLETE, LETTER)
    assert issued.secret is not None and caller.client is not None
    assert issued.client.secret_hash != caller.client.secret_hash
    assert done.created_session_id is not None
    session = await engine.sessions.get(engine.instance, done.created_session_id)
    assert session.user_id == ada.id
    facts = await engine.sign_ins.facts(engine.instance, done)
    assert facts.verification is not None
    assert facts.verification.status_at(engine.clock.now()).value == "verified"


async def test_a_link_works_once(engine: Engine, ada: User) -> None:  # R-OTP-02, R-OAU-01
    _, caller = await begun(engine)
    _, issued = await engine.sign_ins.resume(caller, link(engine), {})
    with pytest.raises(SojournError):
        await engine.sign_ins.resume(now_at(engine, issued), link(engine), {})
    assert len(await engine.store.sessions.of_client(issued.client.instance_id, issued.client.id)) == 1


async def test_of_ten_who_open_a_link_at_once_one_gets_a_session(engine: Engine, ada: User) -> None:  # R-LIM-06
    _, caller = await begun(engine)
    calls = [engine.sign_ins.resume(caller, link(engine), {}) for _ in range(10)]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(answer, tuple) for answer in answers) == 1
    assert all(isinstance(answer, (tuple, SojournError)) for answer in answers)
    assert caller.client is not None
    assert len(await engine.store.sessions.of_client(caller.instance.id, caller.client.id)) == 1


async def test_a_link_opens_nothing_in_another_browser_and_stays_good_in_its_own(
    engine: Engine, ada: User
) -> None:  # R-OAU-01, R-FLOW-03
    _, caller = await begun(engine)
    state = link(engine)
    _, other = await begun(engine)
    for browser in (other, Caller(engine.instance, None)):
        with pytest.raises(NotFound):
            await engine.sign_ins.resume(browser, state, {})
    done, _ = await engine.sign_ins.resume(caller, state, {})
    assert done.status is SignInStatus.COMPLETE


async def test_a_link_expires_after_ten_minutes(engine: Engine, ada: User, clock: FakeClock) -> None:  # R-FLOW-03
    _, caller = await begun(engine)
    clock.advance(minutes=10)
    with pytest.raises(VerificationExpired):
        await engine.sign_ins.resume(caller, link(engine), {})


async def test_only_the_newest_link_works(engine: Engine, ada: User) -> None:  # R-OTP-01
    sign_in, caller = await begun(engine)
    older = link(engine)
    await engine.sign_ins.prepare_first_factor(caller, sign_in.id, LETTER, None)
    with pytest.raises(VerificationExpired):
        await engine.sign_ins.resume(caller, older, {})
    assert (await engine.sign_ins.resume(caller, link(engine), {}))[0].status is SignInStatus.COMPLETE


async def test_a_wrong_proof_uses_its_state_up(engine: Engine, ada: User) -> None:  # R-OAU-01, R-LOG-01
    _, caller = await begun(engine)
    with pytest.raises(WrongCode):
        await engine.sign_ins.resume(caller, link(engine), {"torn": "yes"})
    with pytest.raises(VerificationFailed):
        await engine.sign_ins.resume(caller, link(engine), {})
    assert (await engine.accounts.get(engine.instance, ada.id)).failed_tries == 0  # nothing that could be guessed
    assert "sign_in.failed" in await events(engine, ada)


async def test_a_state_of_another_purpose_or_signature_is_refused(engine: Engine, ada: User) -> None:
    sign_in, caller = await begun(engine)
    good = link(engine)
    challenge = await engine.store.verifications.newest_of(engine.instance.id, sign_in.id)
    assert challenge is not None
    states = engine.sign_in_protection.challenges.states
    others = [states.made(challenge, purpose).reveal() for purpose in Purpose if purpose is not Purpose.SIGN_IN]
    forged = States([b"another key of thirty-two bytes."]).made(challenge, Purpose.SIGN_IN).reveal()
    moved = states.made(replace(challenge, owner_id="sia_other"), Purpose.SIGN_IN).reveal()
    wrong_strategy = states.made(replace(challenge, strategy=PROVIDER), Purpose.SIGN_IN).reveal()
    first = "A" if good[-10] != "A" else "B"
    changed = good[:-10] + first + good[-9:]
    garbled = ["", ".", "sign_in", "sign_in..", "sign_in.ver_x.y", good + "é", good[:-43], "\0" * 300, f"{good}.{good}"]
    for state in [*others, forged, moved, wrong_strategy, changed, *garbled]:
        with pytest.raises(VerificationExpired):
            await engine.sign_ins.resume(caller, state, {})
    with pytest.raises(VerificationExpired):
        await engine.sign_ups.resume(caller, good, {})
    assert (await engine.sign_ins.resume(caller, good, {}))[0].status is SignInStatus.COMPLETE


async def test_a_state_outlives_a_new_root_key(config: Config, engine: Engine, ada: User) -> None:  # R-KEY-01
    _, caller = await begun(engine)
    rotated = replace(config, root_keys=(Secret.random(), *config.root_keys))
    newer = await Engine.open(rotated, clock=engine.clock, mailer=Mailbox())
    done, _ = await newer.sign_ins.resume(caller, link(engine), {})
    assert done.status is SignInStatus.COMPLETE
    await newer.close()


async def test_no_form_takes_a_link_that_was_sent(engine: Engine, ada: User) -> None:
    sign_in, caller = await begun(engine)
    proof = Proof(strategy=LETTER, code=link(engine), password=link(engine), ticket=link(engine))
    with pytest.raises(FieldMissing):
        await engine.sign_ins.attempt_first_factor(caller, sign_in.id, proof)
    with pytest.raises(StrategyNotBuilt):
        await engine.verifications.send(engine.instance, ada.identifiers[0].id, LETTER)


async def test_a_locked_or_banned_user_is_refused_by_every_way(engine: Engine, ada: User) -> None:  # R-FLOW-04
    await engine.factors.of(Provider).link(ada, "1234")
    for refuse, error in ((engine.accounts.lock, UserLocked), (engine.accounts.ban, UserBanned)):
        await refuse(engine.instance, ada.id)
        _, caller = await begun(engine)
        with pytest.raises(error):
            await engine.sign_ins.resume(caller, link(engine), {})
        sign_in, caller = await at_provider(engine)
        with pytest.raises(error):
            await engine.sign_ins.resume(caller, engine.factors.of(Provider).sent[-1], {"code": "1234"})
        assert (await engine.sign_ins.get(caller, sign_in.id)).status is SignInStatus.NEEDS_IDENTIFIER
        await engine.accounts.unlock(engine.instance, ada.id)


async def test_a_link_leaves_the_second_factor_owed(engine: Engine, ada: User) -> None:  # R-FLOW-02
    await engine.factors.of(StepCodes).enrol(ada)
    sign_in, caller = await begun(engine)
    owing, issued = await engine.sign_ins.resume(caller, link(engine), {})
    assert owing.status is SignInStatus.NEEDS_SECOND_FACTOR
    caller, proof = now_at(engine, issued), Proof(strategy="step_code", code="1")
    done, _ = await engine.sign_ins.attempt_second_factor(caller, sign_in.id, proof)
    assert done.status is SignInStatus.COMPLETE


async def test_a_link_is_a_second_factor_where_its_factor_says_so(
    config: Config, clock: FakeClock
) -> None:  # R-FLOW-04
    second = replace(config, factors=[LinkLetters(level=Level.SECOND)])
    engine = await Engine.open(second, clock=clock, mailer=Mailbox())
    await person(engine)
    given = SignInInput(identifier=ADA, password=PASSWORD)
    sign_in, issued = await engine.sign_ins.create(Caller(engine.instance, None), given)
    caller = now_at(engine, issued)
    await engine.sign_ins.prepare_second_factor(caller, sign_in.id, LETTER, None)
    done, _ = await engine.sign_ins.resume(caller, link(engine), {})
    assert (done.status, done.second_strategy) == (SignInStatus.COMPLETE, LETTER)
    await engine.close()


# -- a provider, which says who it is


async def at_provider(engine: Engine) -> tuple[SignIn, Caller]:
    sign_in, issued = await engine.sign_ins.create(Caller(engine.instance, None), SignInInput(strategy=PROVIDER))
    assert (sign_in.status, sign_in.identifier) == (SignInStatus.NEEDS_IDENTIFIER, None)
    return sign_in, now_at(engine, issued)


async def test_a_provider_says_who_signs_in(engine: Engine, ada: User) -> None:  # R-OAU-01
    provider = engine.factors.of(Provider)
    await provider.link(ada, "1234")
    begun_with, caller = await at_provider(engine)
    done, _ = await engine.sign_ins.resume(caller, provider.sent[-1], {"code": "1234"})
    assert (done.id, done.status, done.identifier) == (begun_with.id, SignInStatus.COMPLETE, ADA)
    assert (done.user_id, done.strategy) == (ada.id, PROVIDER)
    with pytest.raises(SojournError):
        await engine.sign_ins.resume(caller, provider.sent[-1], {"code": "1234"})


async def test_a_provider_account_of_nobody_signs_nobody_in(engine: Engine, ada: User) -> None:
    provider = engine.factors.of(Provider)
    await provider.link(ada, "1234")
    _, caller = await at_provider(engine)
    for query, error in (({"code": "4321"}, WrongCode), ({"code": "1234"}, VerificationFailed)):
        with pytest.raises(error):
            await engine.sign_ins.resume(caller, provider.sent[-1], query)
    assert caller.client is not None
    assert await engine.store.sessions.of_client(caller.instance.id, caller.client.id) == []
    assert "session.created" not in await events(engine, ada)
    refused = EventFilter(kinds=["sign_in.failed"])
    failed = await engine.store.events.list(engine.instance.id, Page(10), refused)
    assert [(event.user_id, event.details["strategy"]) for event in failed] == [(None, PROVIDER)]


async def test_callbacks_that_come_at_once_start_one_session(engine: Engine, ada: User) -> None:  # R-LIM-06
    provider = engine.factors.of(Provider)
    await provider.link(ada, "1234")
    _, caller = await at_provider(engine)
    calls = [engine.sign_ins.resume(caller, provider.sent[-1], {"code": "1234"}) for _ in range(10)]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(answer, tuple) for answer in answers) == 1
    assert all(isinstance(answer, (tuple, SojournError)) for answer in answers)


# -- a sign-up


async def test_a_link_proves_the_address_of_a_sign_up_in_its_browser(engine: Engine) -> None:  # R-FLOW-03, R-OTP-02
    await set_up(engine, {"sign_up": {"verify_email": True}})
    given = SignUpInput(email_address="new@example.com", password=PASSWORD)
    sign_up, issued = await engine.sign_ups.create(Caller(engine.instance, None), given)
    caller = now_at(engine, issued)
    await engine.sign_ups.prepare_verification(caller, sign_up.id, LETTER)
    state = link(engine)
    with pytest.raises(FieldMissing):
        await engine.sign_ups.attempt_verification(caller, sign_up.id, LETTER, state)
    with pytest.raises(NotFound):
        await engine.sign_ups.resume(Caller(engine.instance, None), state, {})
    with pytest.raises(VerificationExpired):
        await engine.sign_ins.resume(caller, state, {})
    done, _ = await engine.sign_ups.resume(caller, state, {})
    assert done.status is SignUpStatus.COMPLETE
    with pytest.raises(SojournError):
        await engine.sign_ups.resume(caller, state, {})
