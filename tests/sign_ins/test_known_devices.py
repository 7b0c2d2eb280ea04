"""Known devices: a mark that no stranger can make, and that outlives sign-outs, clients and root keys, but no reset."""

from dataclasses import replace
from pathlib import Path

import pytest

from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.errors import UserLocked, WrongCode, WrongPassword
from sojourn.ids import instance_id
from sojourn.limits.budgets import MAX_WRONG_CODES
from sojourn.messages.mailbox import Mailbox
from sojourn.secret import Secret
from sojourn.sessions.caller import Caller
from sojourn.sessions.known_devices import LIFE, MAX_USERS
from sojourn.sessions.session import Device
from sojourn.sign_ins.attempt import Proof, SignInInput
from sojourn.sign_ups.attempt import SignUpInput
from sojourn.testing.clock import FakeClock
from sojourn.users.user import User

from ..engines import Started
from ..people import ADA, OTHER_PASSWORD, PASSWORD, notices, person, set_up

BOB = "bob@example.com"
WRONG = "not this one at all"


def visitor(engine: Engine, mark: Secret | None = None) -> Caller:
    """A browser without a client, as after its cookie is lost; with a mark it has been here before."""
    return Caller(engine.instance, None, Device(), mark=mark)


async def marked(engine: Engine, email: str = ADA, mark: Secret | None = None) -> Secret:
    """The mark that a browser has once somebody has signed in there."""
    _, issued = await engine.sign_ins.create(visitor(engine, mark), SignInInput(identifier=email, password=PASSWORD))
    assert issued.mark is not None
    return issued.mark


async def is_known(engine: Engine, user: User, mark: Secret | None) -> bool:
    current = await engine.accounts.get(engine.instance, user.id)
    return await engine.sign_in_protection.devices.named(visitor(engine, mark), current) is not None


async def guess(engine: Engine, mark: Secret | None, *, times: int) -> None:
    for _ in range(times):
        with pytest.raises(WrongPassword):
            await engine.sign_ins.create(visitor(engine, mark), SignInInput(identifier=ADA, password=WRONG))


async def test_no_stranger_locks_out_a_known_device_and_no_known_device_a_stranger(engine: Engine) -> None:  # R-LIM-03
    await person(engine)
    mark = await marked(engine)
    await guess(engine, None, times=10)
    with pytest.raises(UserLocked):
        await marked(engine)
    mark = await marked(engine, mark=mark)
    with pytest.raises(UserLocked):  # its success forgave its own tries, not those of strangers (R-LIM-05)
        await marked(engine)
    await guess(engine, mark, times=10)
    with pytest.raises(UserLocked):
        await marked(engine, mark=mark)


async def test_a_known_device_locks_itself_alone(engine: Engine) -> None:  # R-LIM-03
    await person(engine)
    mark = await marked(engine)
    other = await marked(engine)
    await guess(engine, mark, times=10)
    await marked(engine, mark=other)
    await marked(engine)


async def test_a_mark_that_is_not_whole_is_a_strangers(engine: Engine) -> None:  # R-LIM-03
    user = await person(engine)
    text = (await marked(engine)).reveal()
    assert await is_known(engine, user, Secret(text))
    forged = [
        text[:-1],
        text[:-2] + ("AA" if text[-2] != "A" else "BB"),
        text[4:],
        "dvm_",
        "",
        "dvm_" + "A" * 600,
        "dvm_é",
        "dvm_\udc80",
    ]
    forged += [text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :] for at in range(4, len(text) - 1)]
    for each in forged:
        assert not await is_known(engine, user, Secret(each)), each


async def test_a_mark_of_another_user_or_instance_is_a_strangers(engine: Engine) -> None:  # R-LIM-03, R-AUZ-02
    user, other = await person(engine), await person(engine, BOB)
    mark, others = await marked(engine), await marked(engine, BOB)
    assert not await is_known(engine, other, mark)
    assert not await is_known(engine, user, others)
    elsewhere = replace(engine.instance, id=instance_id())
    devices = engine.sign_in_protection.devices
    assert await devices.named(Caller(elsewhere, None, mark=mark), replace(user, instance_id=elsewhere.id)) is None
    assert await devices.named(Caller(elsewhere, None, mark=mark), user) is None


async def test_a_mark_lasts_a_year_from_the_last_sign_in(engine: Engine, clock: FakeClock) -> None:
    user = await person(engine)
    first = await marked(engine)
    clock.advance(days=200)
    second = await marked(engine, mark=first)
    clock.advance(days=LIFE.days - 200)
    assert not await is_known(engine, user, first)
    assert await is_known(engine, user, second)


async def test_a_mark_names_its_last_users_and_stays_short(engine: Engine, clock: FakeClock) -> None:  # R-CKI-01
    users, mark = list[User](), None
    for n in range(MAX_USERS + 1):
        users.append(await person(engine, f"{n}@example.com"))
        mark = await marked(engine, f"{n}@example.com", mark)
        clock.advance(seconds=1)
    assert [await is_known(engine, each, mark) for each in users] == [False] + [True] * MAX_USERS
    assert mark is not None
    assert len(mark.reveal()) <= 512
    assert all(each.id not in mark.reveal() for each in users)


async def test_a_new_root_key_forgets_no_device_while_the_old_one_is_there(
    started: Started, tmp_path: Path, clock: FakeClock, mailbox: Mailbox
) -> None:
    first = await started.open(Config(data=tmp_path), clock, mailbox)
    user, config = await person(first), first.config
    mark = await marked(first)
    await first.close()
    both = replace(config, root_keys=(Secret.random(), *config.root_keys))
    second = await Engine.open(both, clock=clock, mailer=mailbox)
    try:
        assert await is_known(second, user, mark)
        renewed = await marked(second, mark=mark)
        assert renewed.reveal() != mark.reveal()
        assert await is_known(second, user, renewed)
    finally:
        await second.close()


async def test_a_reset_makes_every_other_device_a_stranger(
    engine: Engine, mailbox: Mailbox, clock: FakeClock
) -> None:  # R-PWD-11, R-LIM-03
    user = await person(engine)
    elsewhere = await marked(engine)
    clock.advance(hours=1)
    given = SignInInput(strategy="reset_password_email_code", identifier=ADA)
    sign_in, issued = await engine.sign_ins.create(visitor(engine), given)
    await engine.outbox.deliver_due()
    proof = Proof(strategy="reset_password_email_code", code=mailbox.last().code)
    caller = Caller(engine.instance, issued.client)
    _, issued = await engine.sign_ins.attempt_first_factor(caller, sign_in.id, proof)
    assert issued.mark is None  # no session yet
    caller = Caller(engine.instance, issued.client)
    _, issued = await engine.sign_ins.reset_password(caller, sign_in.id, OTHER_PASSWORD)
    assert await is_known(engine, user, issued.mark)
    assert not await is_known(engine, user, elsewhere)


async def test_signing_a_user_out_everywhere_makes_their_devices_strangers(
    engine: Engine, clock: FakeClock
) -> None:  # R-SES-05, R-LIM-03
    user = await person(engine)
    _, issued = await engine.sign_ins.create(visitor(engine), SignInInput(identifier=ADA, password=PASSWORD))
    clock.advance(hours=1)
    await engine.sessions.revoke_all_of_user(engine.instance, user.id, actor="test")
    current = await engine.accounts.get(engine.instance, user.id)
    for caller in (visitor(engine, issued.mark), Caller(engine.instance, issued.client)):
        assert await engine.sign_in_protection.devices.named(caller, current) is None
    assert await is_known(engine, user, await marked(engine, mark=issued.mark))


async def test_a_change_that_keeps_the_other_sessions_keeps_the_devices(engine: Engine, clock: FakeClock) -> None:
    user = await person(engine)
    mark = await marked(engine)
    clock.advance(hours=1)
    current = await engine.accounts.get(engine.instance, user.id)
    await engine.accounts.passwords.set(engine.instance, current, OTHER_PASSWORD, sign_out_others=False)
    assert await is_known(engine, user, mark)


async def test_who_acts_in_the_place_of_a_user_leaves_no_mark(engine: Engine) -> None:  # R-AUZ-06, R-LIM-03
    user = await person(engine)
    _, secret = await engine.tickets.create_actor_token(engine.instance, user.id, {"sub": "user_support"})
    given = SignInInput(strategy="ticket", ticket=secret.reveal())
    _, issued = await engine.sign_ins.create(visitor(engine), given)
    assert issued.mark is None
    assert await engine.sign_in_protection.devices.named(Caller(engine.instance, issued.client), user) is None


async def test_a_finished_sign_up_leaves_a_mark(engine: Engine, mailbox: Mailbox) -> None:
    given = SignUpInput(email_address=ADA, password=PASSWORD)
    sign_up, issued = await engine.sign_ups.create(visitor(engine), given)
    assert issued.mark is None
    caller = Caller(engine.instance, issued.client)
    await engine.sign_ups.prepare_verification(caller, sign_up.id, "email_code")
    await engine.outbox.deliver_due()
    code = mailbox.last().code
    _, issued = await engine.sign_ups.attempt_verification(caller, sign_up.id, "email_code", code)
    mark = issued.mark
    assert mark is not None
    await marked(engine, mark=mark)
    assert ("new_device", ADA) not in await notices(engine, mailbox)


async def test_a_native_app_is_known_by_its_client(engine: Engine) -> None:  # R-LIM-03
    await person(engine)
    _, issued = await engine.sign_ins.create(visitor(engine), SignInInput(identifier=ADA, password=PASSWORD))
    caller = Caller(engine.instance, issued.client)
    signed_out = await engine.sessions.end_all(caller)
    assert signed_out is not None
    await guess(engine, None, times=10)
    again = Caller(engine.instance, signed_out.client)
    await engine.sign_ins.create(again, SignInInput(identifier=ADA, password=PASSWORD))


async def test_a_known_device_has_a_hundred_wrong_codes_a_year_too(
    engine: Engine, mailbox: Mailbox, clock: FakeClock
) -> None:  # R-OTP-08: the mark stays in a browser that others may use
    await set_up(engine, {"protection": {"strict_enumeration": True}})
    user = await person(engine)
    mark = await marked(engine)
    device = await engine.sign_in_protection.devices.named(visitor(engine, mark), user)
    assert device is not None
    tries = engine.sign_ins.codes.device_tries
    for _ in range(MAX_WRONG_CODES // 10):
        for _ in range(10):
            await tries.spend(engine.instance, user, device, of_password=False)
        clock.advance(hours=1)
    with pytest.raises(WrongCode):
        await tries.spend(engine.instance, user, device, of_password=False)
    given = SignInInput(strategy="email_code", identifier=ADA)
    sign_in, issued = await engine.sign_ins.create(visitor(engine, mark), given)
    await engine.outbox.deliver_due()
    caller = Caller(engine.instance, issued.client, mark=mark)
    proof = Proof(strategy="email_code", code=mailbox.last().code)
    done, _ = await engine.sign_ins.attempt_first_factor(caller, sign_in.id, proof)  # counted as a stranger's
    assert done.status == "complete"
    clock.advance(days=366)
    assert await tries.has_codes_left(engine.store, engine.instance, user, device)
