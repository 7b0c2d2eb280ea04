"""Secret keys: how they are written, what they may do, when they were last used."""

import re
import string
from dataclasses import replace

import pytest

from sojourn.engine import Engine
from sojourn.errors import BadSecretKey
from sojourn.instances.instance import Environment
from sojourn.instances.secret_keys import Scope, fresh_secret_key, is_damaged
from sojourn.secret import Secret
from sojourn.store.interface import SecretKey
from sojourn.testing.clock import FakeClock


def test_a_key_is_256_random_bits_and_a_checksum_behind_a_word_that_scanners_know() -> None:  # R-AUZ-08
    keys = {environment: fresh_secret_key(environment) for environment in Environment}
    for environment, word in ((Environment.PRODUCTION, "sk_live_"), (Environment.DEVELOPMENT, "sk_test_")):
        assert re.fullmatch(word + r"[A-Za-z0-9_-]{43}[A-Za-z0-9]{6}", keys[environment].reveal())
        assert not is_damaged(keys[environment])


def test_the_checksum_of_a_key_never_changes() -> None:  # R-AUZ-08: or every key there is would be refused
    assert not is_damaged(Secret("sk_test_" + "A" * 43 + "1AUt6i"))


def test_one_wrong_letter_is_noticed_wherever_it_stands() -> None:  # R-AUZ-08
    text = fresh_secret_key(Environment.DEVELOPMENT).reveal()
    for place in range(len("sk_test_"), len(text)):
        other = next(letter for letter in string.ascii_letters if letter != text[place])
        assert is_damaged(Secret(text[:place] + other + text[place + 1 :]))


def test_a_key_of_before_has_no_checksum_to_be_wrong() -> None:
    assert not is_damaged(Secret.random("sk_test_"))


async def test_a_mistyped_key_is_told_so_without_a_look_at_the_database(  # R-AUZ-08
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (await engine.instances.new_secret_key(engine.instance)).reveal()
    monkeypatch.delattr(type(engine.store.instances), "find_secret_key")
    with pytest.raises(BadSecretKey, match="mistyped"):
        await engine.instances.by_secret_key(Secret(text[:-1] + ("a" if text[-1] != "a" else "b")))


async def test_a_key_of_before_the_checksum_goes_on_working(engine: Engine) -> None:  # R-AUZ-08
    old = Secret.random("sk_test_")
    await engine.instances.keep_secret_key(engine.instance, old)
    instance, key = await engine.instances.secret_key(old)
    assert (instance, key.scope) == (engine.instance, Scope.FULL)


@pytest.mark.parametrize(("scope", "method", "may"), [
    (Scope.FULL, "GET", True), (Scope.FULL, "POST", True), (Scope.FULL, "DELETE", True),
    (Scope.READ, "GET", True), (Scope.READ, "POST", False), (Scope.READ, "DELETE", False), (Scope.READ, "HEAD", False),
    (Scope.READ, "get", False),
])  # fmt: skip
def test_a_reading_key_asks_and_changes_nothing(scope: Scope, method: str, may: bool) -> None:  # R-AUZ-08
    assert scope.allows(method) is may


async def _the_key(engine: Engine) -> SecretKey:
    (key,) = await engine.store.instances.secret_keys(engine.instance.id)
    return key


async def test_the_last_use_is_written_at_most_once_a_minute(engine: Engine, clock: FakeClock) -> None:  # R-AUZ-08
    await engine.instances.new_secret_key(engine.instance)
    read_before = await _the_key(engine)
    assert read_before.last_used_at is None
    first = clock.now()
    for _ in range(3):
        engine.key_use.note(read_before, clock.now())
        await engine.key_use.flush()
        clock.advance(seconds=15)
    assert (await _the_key(engine)).last_used_at == first
    clock.advance(seconds=15)
    engine.key_use.note(read_before, clock.now())
    engine.key_use.note(replace(read_before, last_used_at=first), clock.now())
    await engine.key_use.flush()
    assert (await _the_key(engine)).last_used_at == clock.now()


async def test_a_use_that_could_not_be_written_is_written_later(  # R-REL-02
    engine: Engine, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(used_at: object) -> None:
        raise ConnectionError

    await engine.instances.new_secret_key(engine.instance)
    engine.key_use.note(await _the_key(engine), clock.now())
    with monkeypatch.context() as outage:
        outage.setattr(engine.store.instances, "note_secret_key_use", away)
        with pytest.raises(ConnectionError):
            await engine.key_use.flush()
    await engine.key_use.flush()
    assert (await _the_key(engine)).last_used_at == clock.now()
