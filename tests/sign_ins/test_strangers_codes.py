"""Wrong e-mail codes of strangers: a lock for an hour, a hundred a year, and the owner gets in all the same."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.errors import Json, TooManyRequests, UserLocked, VerificationExpired, VerificationFailed, WrongCode
from sojourn.limits.budgets import MAX_WRONG_CODES, YEAR
from sojourn.messages.email import Message
from sojourn.messages.mailbox import Mailbox
from sojourn.sessions.caller import Caller
from sojourn.sessions.session import Device
from sojourn.sign_ins.attempt import Proof, SignInInput
from sojourn.sign_ins.sign_in import SignIn, SignInStatus
from sojourn.testing.clock import FakeClock
from sojourn.users.user import User

from ..engines import Started
from ..people import ADA, other_than, person, set_up, signed_in

SECOND = "countess@example.com"
STRICT: Mapping[str, Json] = {"protection": {"strict_enumeration": True, "lockout_tries": 100}}
"""A lock that does not come before the year's tries are spent."""


async def spend_the_year(engine: Engine, user: User) -> None:
    for _ in range(MAX_WRONG_CODES):
        await engine.sign_ins.codes.code_tries.spend(engine.instance, user)
    await engine.store.users.reset_sign_in_tries(engine.instance.id, user.id)


class Visitor:
    """A browser that signs in with codes."""

    def __init__(self, engine: Engine, caller: Caller | None = None) -> None:
        self.engine = engine
        self.caller = caller or Caller(engine.instance, None, Device())
        self.sign_in: SignIn

    async def ask(self, email: str = ADA) -> None:
        given = SignInInput(strategy="email_code", identifier=email)
        self.sign_in, issued = await self.engine.sign_ins.create(self.caller, given)
        self.caller = Caller(self.engine.instance, issued.client, Device())

    async def mail(self, mailbox: Mailbox) -> Message:
        return next(each for each in await sent(self.engine, mailbox) if each.kind == "verification_code")

    async def type(self, code: str | None) -> SignInStatus:
        proof = Proof(strategy="email_code", code=code)
        return (await self.engine.sign_ins.attempt_first_factor(self.caller, self.sign_in.id, proof))[0].status


def token_of(mail: Message) -> str:
    return mail.text.partition("token=")[2].partition("\n")[0]


async def test_no_year_has_more_than_a_hundred_guesses_however_they_are_spread(
    engine: Engine, clock: FakeClock
) -> None:  # R-OTP-08
    user, tries, compared = await person(engine), engine.sign_ins.codes.code_tries, list[int]()
    for _ in range(150):  # two years of bursts, each as long as the lock lets it be
        for _ in range(12):
            try:
                await tries.spend(engine.instance, user)
            except (WrongCode, UserLocked):
                break
            compared.append(clock.now().millis)
        clock.advance(days=5, hours=2)
    year = YEAR // timedelta(milliseconds=1)
    busiest = max(sum(start <= each < start + year for each in compared) for start in compared)
    assert busiest == MAX_WRONG_CODES
    assert len(compared) > MAX_WRONG_CODES  # the second year has its own
    assert 1 - (1 - 1e-6) ** busiest <= 1e-4


async def test_beyond_that_a_right_code_is_answered_as_a_wrong_one_until_its_link_is_used(
    engine: Engine, mailbox: Mailbox
) -> None:  # R-OTP-08, R-OTP-02
    await set_up(engine, STRICT)
    await spend_the_year(engine, await person(engine))
    owner = Visitor(engine)
    await owner.ask()
    mail = await owner.mail(mailbox)
    with pytest.raises(WrongCode):
        await owner.type(mail.code)
    codes = engine.sign_ins.codes
    await codes.asked_by_link(engine.instance, token_of(mail))  # looking at the page uses nothing up
    await codes.admit(engine.instance, token_of(mail))
    for look in (codes.admit, codes.asked_by_link):
        with pytest.raises(VerificationExpired):
            await look(engine.instance, token_of(mail))
    assert await owner.type(mail.code) is SignInStatus.COMPLETE


async def test_a_link_admits_no_other_attempt(engine: Engine, mailbox: Mailbox) -> None:  # R-OTP-02
    await set_up(engine, STRICT)
    await spend_the_year(engine, await person(engine))
    owner, attacker = Visitor(engine), Visitor(engine)
    await owner.ask()
    mail = await owner.mail(mailbox)
    await attacker.ask()
    attackers_mail = await attacker.mail(mailbox)
    await engine.sign_ins.codes.admit(engine.instance, token_of(mail))
    with pytest.raises(WrongCode):
        await attacker.type(attackers_mail.code)
    await owner.ask()  # a new code has a link of its own
    newer = await owner.mail(mailbox)
    with pytest.raises(WrongCode):
        await owner.type(newer.code)


async def test_a_mail_carries_no_link_while_strangers_have_tries_left(engine: Engine, mailbox: Mailbox) -> None:
    await person(engine)
    visitor = Visitor(engine)
    await visitor.ask()
    assert "confirm-browser" not in (await visitor.mail(mailbox)).text


async def test_a_known_device_needs_no_link_and_spends_nothing_of_the_year(
    engine: Engine, mailbox: Mailbox
) -> None:  # R-OTP-08, R-LIM-03
    await set_up(engine, STRICT)
    user = await person(engine)
    session = await signed_in(engine)
    await engine.sessions.revoke(engine.instance, session.id, actor="test")
    await spend_the_year(engine, user)
    client = await engine.store.clients.find(engine.instance.id, session.client_id)
    known = Visitor(engine, Caller(engine.instance, client, Device()))
    await known.ask()
    mail = await known.mail(mailbox)
    assert "confirm-browser" not in mail.text
    with pytest.raises(WrongCode):
        await known.type(other_than(mail.code))
    assert await known.type(mail.code) is SignInStatus.COMPLETE


async def test_success_renews_nothing_and_costs_nothing(engine: Engine, mailbox: Mailbox) -> None:  # R-OTP-08
    user = await person(engine)
    visitor = Visitor(engine)
    await visitor.ask()
    mail = await visitor.mail(mailbox)
    for _ in range(3):
        with pytest.raises(WrongCode):
            await visitor.type(other_than(mail.code))
    assert await visitor.type(mail.code) is SignInStatus.COMPLETE
    left = await engine.sign_ins.codes.code_tries.budgets.left(
        engine.store, engine.instance, "strangers_wrong_codes", user.id
    )
    assert left == MAX_WRONG_CODES - 3


async def test_in_strict_protection_ten_wrong_codes_lock_and_nobody_is_told(
    engine: Engine, mailbox: Mailbox, clock: FakeClock
) -> None:  # R-LIM-03, R-ENU-01
    await set_up(engine, {"protection": {"strict_enumeration": True}})
    user = await person(engine)
    guesser = Visitor(engine)
    for _ in range(2):
        await guesser.ask()
        mail = await guesser.mail(mailbox)
        for _ in range(5):
            with pytest.raises(WrongCode):
                await guesser.type(other_than(mail.code))
        with pytest.raises(VerificationFailed):
            await guesser.type(mail.code)
    assert (await engine.accounts.get(engine.instance, user.id)).is_locked(clock.now())
    await guesser.ask()
    mail = await guesser.mail(mailbox)
    with pytest.raises(WrongCode):
        await guesser.type(mail.code)
    await engine.sign_ins.codes.admit(engine.instance, token_of(mail))  # a lock of guesses is no lock for the owner
    assert await guesser.type(mail.code) is SignInStatus.COMPLETE


async def test_the_lock_of_an_administrator_has_no_link(engine: Engine, mailbox: Mailbox) -> None:  # R-OTP-08
    await set_up(engine, STRICT)
    user = await person(engine)
    await engine.accounts.lock(engine.instance, user.id)
    visitor = Visitor(engine)
    await visitor.ask()
    mail = await visitor.mail(mailbox)
    assert "confirm-browser" not in mail.text
    with pytest.raises(WrongCode):
        await visitor.type(mail.code)


async def test_a_code_that_is_over_counts_towards_no_lock(
    engine: Engine, mailbox: Mailbox, clock: FakeClock
) -> None:  # R-PWD-12, R-LIM-03
    user = await person(engine)
    visitor = Visitor(engine)
    await visitor.ask()
    mail = await visitor.mail(mailbox)
    prepared = visitor.sign_in
    clock.advance(minutes=9)
    await visitor.engine.sign_ins.prepare_first_factor(visitor.caller, prepared.id, "email_code", None)
    for _ in range(5):
        with pytest.raises(WrongCode):
            await visitor.type(other_than((await visitor.mail(mailbox)).code))
    for _ in range(8):
        with pytest.raises(VerificationFailed):
            await visitor.type(mail.code)
    assert (await engine.accounts.get(engine.instance, user.id)).failed_tries == 5


@pytest.mark.parametrize("is_strict", [True, False])
async def test_two_addresses_of_one_account_bring_no_more_codes_than_one(
    engine: Engine, mailbox: Mailbox, is_strict: bool
) -> None:  # R-OTP-08, R-LIM-01, R-ENU-01
    await set_up(engine, {"protection": {"strict_enumeration": is_strict}})
    user = await person(engine)
    await engine.addresses.create(engine.instance, user.id, user.email_addresses[0].kind, SECOND, verified=True)
    for email in (ADA, SECOND, ADA):
        await Visitor(engine).ask(email)
    mailed = len([each for each in (await sent(engine, mailbox)) if each.kind == "verification_code"])
    assert mailed == 3
    if is_strict:
        await Visitor(engine).ask(SECOND)  # nobody is told that the two addresses are one person's
    else:
        with pytest.raises(TooManyRequests):
            await Visitor(engine).ask(SECOND)
    assert len([each for each in (await sent(engine, mailbox)) if each.kind == "verification_code"]) == 3


async def sent(engine: Engine, mailbox: Mailbox) -> list[Message]:
    while await engine.outbox.deliver_due():
        pass
    return list(mailbox.messages)


async def test_a_restart_renews_no_budget(
    started: Started, tmp_path: Path, clock: FakeClock, mailbox: Mailbox
) -> None:  # R-OTP-08, R-LIM-01
    config = Config(data=tmp_path)
    first = await started.open(config, clock, mailbox)
    user = await person(first)
    for _ in range(3):
        await Visitor(first).ask()
    await first.sign_ins.codes.code_tries.spend(first.instance, user)
    config = first.config
    await first.close()
    second = await Engine.open(config, clock=clock, mailer=mailbox)
    try:
        with pytest.raises(TooManyRequests):
            await Visitor(second).ask()
        budgets = second.sign_ins.codes.code_tries.budgets
        left = await budgets.left(second.store, second.instance, "strangers_wrong_codes", user.id)
        assert left == MAX_WRONG_CODES - 1
    finally:
        await second.close()
