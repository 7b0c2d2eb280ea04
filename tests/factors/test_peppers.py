"""Peppers: keys beside the database that stored passwords need, changed one after the other."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.errors import ConfigError
from sojourn.factors.password_hashers import StoredPassword
from sojourn.factors.password_hashing import PasswordHashing
from sojourn.factors.peppers import Peppers
from sojourn.secret import Secret

from ..people import person, signed_in

TEXT = "correct horse battery staple"
OLD, NEW = Secret.random(), Secret.random()
ROOT = Secret.random()


@asynccontextmanager
async def running(folder: Path, *peppers: Secret) -> AsyncGenerator[Engine]:
    config = Config(
        database_url=f"sqlite:///{folder}/sojourn.db", data=folder, root_keys=(ROOT,), password_peppers=peppers
    )
    engine = await Engine.open(config)
    try:
        yield engine
    finally:
        await engine.close()


async def stored(engine: Engine, user_id: str) -> StoredPassword:
    password = (await engine.accounts.get(engine.instance, user_id)).password
    assert password is not None
    return password


def test_a_peppered_hash_fits_with_its_key_only() -> None:  # R-PWD-02
    peppered = PasswordHashing(Peppers([NEW])).hash(TEXT)
    assert PasswordHashing(Peppers([NEW])).verify(peppered, TEXT).ok
    assert not PasswordHashing(Peppers([NEW])).verify(peppered, TEXT + " ").ok
    assert not PasswordHashing(Peppers([OLD])).verify(peppered, TEXT).ok
    without_its_key = StoredPassword(peppered.hasher, peppered.digest)
    assert not PasswordHashing().verify(without_its_key, TEXT).ok


def test_the_tag_of_the_hash_itself_is_not_at_rest() -> None:  # R-PWD-02
    finished = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$" + "A" * 43
    applied = Peppers([NEW]).applied(finished, Peppers([NEW]).newest)
    assert applied.rpartition("$")[0] == finished.rpartition("$")[0]
    assert applied.rpartition("$")[2] != finished.rpartition("$")[2]
    assert len(applied) == len(finished)


def test_several_keys_work_side_by_side_and_the_first_is_used_next() -> None:  # R-PWD-02, R-PWD-03
    by_old = PasswordHashing(Peppers([OLD])).hash(TEXT)
    both = PasswordHashing(Peppers([NEW, OLD]))
    verified = both.verify(by_old, TEXT)
    assert verified.ok and verified.upgraded is not None
    assert verified.upgraded.pepper == Peppers([NEW]).newest
    assert PasswordHashing(Peppers([NEW])).verify(verified.upgraded, TEXT).ok
    assert both.verify(verified.upgraded, TEXT).upgraded is None


def test_peppers_can_come_and_go_without_a_new_password() -> None:  # R-PWD-02
    plain = PasswordHashing().hash(TEXT)
    peppered = PasswordHashing(Peppers([NEW])).verify(plain, TEXT).upgraded
    assert peppered is not None and peppered.pepper is not None


def test_an_import_that_must_be_wrapped_is_peppered_too() -> None:  # R-PWD-02, R-PWD-04
    hashing = PasswordHashing(Peppers([NEW]))
    wrapped = hashing.import_digest("md5", "9cc2ae8a1ba7a93da39b46fc1019c481")  # md5 of "correct horse battery staple"
    assert wrapped.pepper == Peppers([NEW]).newest
    assert hashing.verify(wrapped, TEXT).ok
    assert not hashing.verify(wrapped, TEXT + "!").ok


@pytest.mark.parametrize("weak", ["short", "A" * 43, "correct horse battery staple correct horse"])
def test_a_guessable_pepper_is_refused(weak: str) -> None:
    with pytest.raises(ConfigError, match="SOJOURN_PASSWORD_PEPPERS"):
        Peppers([Secret(weak)])


async def test_a_sign_in_moves_the_row_to_the_newest_key(tmp_path: Path) -> None:  # R-PWD-02, R-PWD-03
    async with running(tmp_path, OLD) as engine:
        user = await person(engine, password=TEXT)
        assert (await stored(engine, user.id)).pepper == Peppers([OLD]).newest
    async with running(tmp_path, NEW, OLD) as engine:
        await signed_in(engine, password=TEXT)
        assert (await stored(engine, user.id)).pepper == Peppers([NEW]).newest
    async with running(tmp_path, NEW) as engine:
        await signed_in(engine, password=TEXT)


async def test_a_key_that_passwords_need_cannot_be_taken_away(tmp_path: Path) -> None:  # R-PWD-02
    async with running(tmp_path, NEW, OLD) as engine:
        await person(engine, password=TEXT)
    for left in [(OLD,), ()]:
        with pytest.raises(ConfigError, match="SOJOURN_PASSWORD_PEPPERS") as refused:
            async with running(tmp_path, *left):
                pass
        assert "\n" not in refused.value.long_message
        assert NEW.reveal() not in refused.value.long_message
    async with running(tmp_path, NEW):
        pass
