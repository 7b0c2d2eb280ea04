"""The floor of refusals covers the dearest hash that is stored, and an import that would raise it is asked about."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import bcrypt
import pytest

from sojourn.engine import Engine
from sojourn.errors import FieldError
from sojourn.factors import hash_cost
from sojourn.factors.hash_cost import HashCosts
from sojourn.factors.password_costs import cost_of
from sojourn.factors.password_hashers import StoredPassword
from sojourn.factors.password_hashing import PasswordHashing
from sojourn.sign_ins.floor import Floor
from sojourn.users.importing.slow_hashes import SlowHashes, checked_floor

from ..people import PASSWORD, person, set_up, signed_in

CHEAP = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
DEARER = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(5)).decode()
ANYBODY = "ada@example.com"


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, float]]:
    """Seconds of a check by the name of its cost, in place of this machine's."""
    seconds = {"bcrypt 4": 0.2, "bcrypt 5": 0.5}
    monkeypatch.setattr(hash_cost, "_measured", lambda _, stored: seconds[cost_of(stored) or ""])
    yield seconds


def floor_of(engine: Engine) -> Floor:
    return Floor(engine.store, HashCosts(engine.hash_pool), timedelta(milliseconds=300))


async def given(engine: Engine, email: str, digest: str) -> Any:
    return await person(engine, email, password=None, password_digest=digest, password_hasher="bcrypt")


async def test_the_floor_is_a_fifth_above_the_dearest_check_and_falls_with_it(
    engine: Engine, measured: dict[str, float]
) -> None:  # R-ENU-02
    assert await floor_of(engine).now(engine.instance) == timedelta(milliseconds=300)
    await given(engine, "cheap@example.com", CHEAP)
    assert await floor_of(engine).now(engine.instance) == timedelta(milliseconds=300)
    await given(engine, ANYBODY, DEARER)
    assert await floor_of(engine).now(engine.instance) == timedelta(milliseconds=600)
    await signed_in(engine, ANYBODY)  # its hash is replaced by a current one
    assert await floor_of(engine).now(engine.instance) == timedelta(milliseconds=300)


async def test_a_password_with_two_spellings_waits_twice_as_long_whoever_it_is_for(
    engine: Engine, measured: dict[str, float]
) -> None:  # R-ENU-02, R-PWD-05
    await given(engine, ANYBODY, DEARER)
    assert await floor_of(engine).now(engine.instance, "pässword") == timedelta(milliseconds=600)
    assert await floor_of(engine).now(engine.instance, "pa\u0308ssword") == timedelta(milliseconds=1200)


async def test_a_server_may_not_raise_the_floor_unasked_where_time_could_tell(
    engine: Engine, measured: dict[str, float]
) -> None:  # R-ENU-02
    await set_up(engine, {"protection": {"strict_enumeration": True}})
    await given(engine, "cheap@example.com", CHEAP)
    with pytest.raises(FieldError, match="600 ms"):
        await given(engine, ANYBODY, DEARER)
    await set_up(engine, {"protection": {"strict_enumeration": False}})
    await given(engine, ANYBODY, DEARER)
    await set_up(engine, {"protection": {"strict_enumeration": True}})
    await given(engine, "another@example.com", DEARER)  # as dear as one that is here


async def test_slow_hashes_of_an_import_are_taken_by_name_only(
    engine: Engine, measured: dict[str, float]
) -> None:  # R-ENU-02
    costs, slow, quick = HashCosts(engine.hash_pool), StoredPassword("bcrypt", DEARER), StoredPassword("bcrypt", CHEAP)
    fast, damaged = StoredPassword("md5", "0" * 32), StoredPassword("bcrypt", "$2b$05$short")
    assert await checked_floor(costs, [quick, fast, damaged], []) is None
    with pytest.raises(SlowHashes, match="--accept-slow-hasher bcrypt"):
        await checked_floor(costs, [quick, slow], ["phpass"])
    assert await checked_floor(costs, [quick, slow], ["bcrypt"]) == timedelta(milliseconds=600)


@pytest.mark.parametrize(
    ("hasher", "digest", "cost"),
    [
        ("bcrypt", "$2b$12$" + "a" * 53, "bcrypt 12"),
        ("bcrypt", "$wp$2y$10$" + "a" * 53, "bcrypt 10"),
        ("bcrypt_sha256_django", "bcrypt_sha256$$2b$12$" + "a" * 53, "bcrypt_sha256_django 12"),
        ("pbkdf2_sha256", "pbkdf2_sha256$870000$salt$hash", "pbkdf2_sha256 870000"),
        ("pbkdf2_sha256", "pbkdf2_sha256$29013$salt$hash", "pbkdf2_sha256 30000"),
        ("argon2id", "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA", "argon2id m=66000,t=3,p=4"),
        ("scrypt_werkzeug", "scrypt:32768:8:1$salt$00", "scrypt_werkzeug 33000:8:1"),
        ("scrypt_firebase", "hash$salt$signer$Bw==$8$14", "scrypt_firebase 8$14"),
        ("phpass", "$P$Babcdefgh", "phpass B"),
        ("sha512_symfony", "sha512_symfony$5000$salt$hash", "sha512_symfony 5000"),
        ("ldap_ssha", "{SSHA}abc", "ldap_ssha"),
    ],
)
def test_what_a_check_costs_has_a_name(hasher: str, digest: str, cost: str) -> None:  # R-ENU-02
    assert cost_of(StoredPassword(hasher, digest)) == cost


def test_the_current_form_has_no_cost_of_its_own() -> None:
    assert cost_of(PasswordHashing().hash(PASSWORD)) is None
    assert cost_of(None) is None
