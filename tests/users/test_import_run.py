"""Records of another system, brought in: who is taken, who is skipped, and who is refused and why."""

import hashlib
from base64 import b64encode
from typing import Any

import bcrypt
import pytest

from sojourn.engine import Engine
from sojourn.factors.password_hashers import StoredPassword
from sojourn.instant import Instant
from sojourn.store.interface import UserFilter
from sojourn.users.importing.record import ImportedAddress, ImportedUser, RecordPosition, RejectedRecord
from sojourn.users.importing.run import Imported, Importing, Leaving, Outcome, Skipped
from sojourn.users.importing.survey import Survey
from sojourn.users.user import IdentifierKind, User

from ..people import events


async def brought(
    engine: Engine, *records: ImportedUser | RejectedRecord, dry_run: bool = False, leaving: Leaving = Leaving()
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    parts = engine.store, engine.clock, engine.audit, engine.hash_pool
    importing = Importing(*parts, Survey.of(records), leaving, dry_run)
    await importing.run(engine.instance, records, outcomes.append)
    return outcomes


def record(id: str, *emails: ImportedAddress, line: int = 2, **more: Any) -> ImportedUser:
    return ImportedUser(place=RecordPosition("line", line), external_id=id, emails=emails, **more)


def proven(value: str) -> ImportedAddress:
    return ImportedAddress(value, verified=True)


def unproven(value: str) -> ImportedAddress:
    return ImportedAddress(value, verified=False)


def reasons(outcomes: list[Outcome]) -> list[str | None]:
    return [each.reason if isinstance(each, RejectedRecord) else None for each in outcomes]


async def owner(engine: Engine, email: str) -> User | None:
    return await engine.store.users.find_by_identifier(engine.instance.id, IdentifierKind.EMAIL_ADDRESS, email)


async def test_a_user_comes_with_id_date_ban_and_the_password_they_had(engine: Engine) -> None:  # R-PWD-04
    digest = bcrypt.hashpw(b"violet ferry at dawn", bcrypt.gensalt(4)).decode()
    ada = record(
        "src-1", proven("Ada@Example.com"), password=StoredPassword("bcrypt", digest), created_at=Instant(1000)
    )
    assert await brought(engine, ada, record("src-2", proven("b@example.com"), banned=True)) == [Imported(), Imported()]
    user = await owner(engine, "ada@example.com")
    assert user is not None and (user.external_id, user.created_at) == ("src-1", Instant(1000))
    await engine.accounts.verify_password(engine.instance, user.id, "violet ferry at dawn")
    banned = await owner(engine, "b@example.com")
    assert banned is not None and banned.banned and banned.password is None
    assert await events(engine, banned) == ["user.created"]
    await engine.store.chain_events(max_rows=1000)
    assert (await engine.store.events.unchained(engine.instance.id)).count == 0
    assert await engine.store.events.is_whole(engine.instance.id)


async def test_what_was_not_proven_there_is_not_proven_here(engine: Engine) -> None:
    await brought(
        engine,
        record("src-1", unproven("ada@example.com")),
        record("src-2", unproven("late@example.com"), proven("b@example.com"), unproven("c@example.com")),
    )
    alone, mixed = await owner(engine, "ada@example.com"), await owner(engine, "b@example.com")
    assert alone is not None and mixed is not None
    assert [(each.is_verified, each.reserved) for each in alone.email_addresses] == [(False, True)]
    assert {each.canonical: (each.is_verified, each.reserved) for each in mixed.email_addresses} == {
        "b@example.com": (True, False),
        "late@example.com": (False, False),
        "c@example.com": (False, False),
    }
    assert mixed.primary_email_address is not None and mixed.primary_email_address.canonical == "b@example.com"


async def test_an_address_of_somebody_else_is_refused_and_never_merged(engine: Engine) -> None:  # R-INP-01
    outcomes = await brought(
        engine,
        record("src-1", proven("ada@example.com"), username="ada_l"),
        record("src-2", proven("ADA@example.com")),
        record("src-3", proven("c@example.com"), username="ADA_L"),
        record("src-4", proven("d@example.com"), phones=[proven("+12025550142")]),
        record("src-5", proven("e@example.com"), phones=[proven("+12025550142")]),
    )
    assert reasons(outcomes) == [
        None,
        "its e-mail address belongs to another user",
        "its user name belongs to another user",
        None,
        "its phone number belongs to another user",
    ]
    assert await engine.accounts.count(engine.instance, UserFilter()) == 2
    await engine.store.chain_events(max_rows=1000)
    assert (await engine.store.events.unchained(engine.instance.id)).count == 0
    assert await engine.store.events.is_whole(engine.instance.id)


@pytest.mark.parametrize("dry_run", [False, True])
async def test_an_address_nobody_proved_does_not_keep_out_the_one_who_did(engine: Engine, dry_run: bool) -> None:
    hostile = record("src-1", proven("mallory@example.com"), unproven("Ada@example.com"))
    rightful = record("src-2", proven("ada@example.com"))
    assert await brought(engine, hostile, rightful, dry_run=dry_run) == [Imported(left_out=1), Imported()]
    late = record("src-3", proven("eve@example.com"), unproven("mallory@example.com"), unproven("bob@example.com"))
    if not dry_run:
        assert await brought(engine, late) == [Imported(left_out=1)]
        found = await owner(engine, "ada@example.com")
        assert found is not None and found.external_id == "src-2"


async def test_a_dry_run_finds_what_the_run_would_and_writes_nothing(engine: Engine) -> None:
    records = [
        record("src-1", proven("ada@example.com"), username="ada_l"),
        record("src-2", proven("ADA@example.com")),
        record("src-3", proven("not an address")),
        record("src-4", proven("d@example.com"), username="ADA_L"),
        record("src-1", proven("e@example.com")),
        record("src-6", proven("f@example.com"), password=StoredPassword("bcrypt", "$2b$99$")),
        record("src-7"),
    ]
    tried = await brought(engine, *records, dry_run=True)
    assert await engine.accounts.count(engine.instance, UserFilter()) == 0
    assert await events(engine) == []
    assert await brought(engine, *records) == tried
    assert sum(isinstance(each, Imported) for each in tried) == 1


async def test_a_second_run_skips_who_is_there_and_takes_the_rest(engine: Engine) -> None:
    people = [
        record(f"{sign}src-{n}", proven(f"p{sign}{n}@example.com")) for n in range(120) for sign in ("", "-", "+")
    ]
    await brought(engine, *people[:150])
    outcomes = await brought(engine, *people)
    assert outcomes == [Skipped()] * 150 + [Imported()] * 210
    assert await engine.accounts.count(engine.instance, UserFilter()) == 360


async def test_one_id_of_two_people_is_refused_and_not_skipped(engine: Engine) -> None:
    await brought(engine, record("1", proven("ada@example.com")))
    (told,) = reasons(await brought(engine, record("1", proven("bob@example.com"))))
    assert told is not None and "has its id" in told


async def test_an_id_that_stands_twice_in_the_file_is_refused(engine: Engine) -> None:
    twice = record("1", proven("ada@example.com")), record("1", proven("ada@example.com"))
    assert reasons(await brought(engine, *twice)) == [None, "its id stands in the file twice"]


async def test_a_second_factor_is_not_dropped_unless_that_is_said(engine: Engine) -> None:
    ada = record("1", proven("ada@example.com"), has_second_factor=True)
    (told,) = reasons(await brought(engine, ada))
    assert told is not None and "second factor" in told
    assert await brought(engine, ada, leaving=Leaving(second_factors=True)) == [Imported()]


async def test_user_names_can_be_left_behind(engine: Engine) -> None:
    bob = record("1", proven("bob@example.com"), username="bob")
    (told,) = reasons(await brought(engine, bob))
    assert told is not None and told.startswith("username: ")
    assert await brought(engine, bob, leaving=Leaving(usernames=True)) == [Imported()]
    assert await brought(engine, bob, leaving=Leaving(usernames=True)) == [Skipped()]


DIGESTS = [
    ("bcrypt", "$2b$31$" + "a" * 53),
    ("0123456789abcdef0123456789abcdef", "$2b$04$" + "a" * 53),
    ("awscognito", "anything"),
    ("pbkdf2_sha256_django", "pbkdf2_sha256$1000$sa\0lt$" + b64encode(bytes(32)).decode()),
    ("md5_salted", "\ud800$0123456789abcdef0123456789abcdef"),
    ("bcrypt", "x" * 100_000),
]


@pytest.mark.parametrize(("hasher", "digest"), DIGESTS)
async def test_a_hash_that_cannot_be_taken_is_refused_and_not_repeated(
    engine: Engine, hasher: str, digest: str
) -> None:  # R-PWD-04, R-LOG-02
    (told,) = reasons(
        await brought(engine, record("1", proven("a@example.com"), password=StoredPassword(hasher, digest)))
    )
    assert told is not None and "password hash" in told
    assert digest not in told and hasher not in told.replace("password hash", "")


async def test_a_fast_hash_is_wrapped_as_it_comes_in(engine: Engine) -> None:  # R-PWD-04
    digest = hashlib.md5(b"violet ferry at dawn").hexdigest()
    await brought(engine, record("1", proven("ada@example.com"), password=StoredPassword("md5", digest)))
    user = await owner(engine, "ada@example.com")
    assert user is not None and user.password is not None and digest not in user.password.digest
    await engine.accounts.verify_password(engine.instance, user.id, "violet ferry at dawn")


HOSTILE = [
    record("x" * 300, proven("a@example.com")),
    record("a\0b", proven("a@example.com")),
    record("1", proven("=HYPERLINK(1)")),
    record("1", proven("a@example.com\0")),
    record("1", phones=[proven("12")]),
]


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_a_field_that_no_user_may_have_refuses_its_record_and_no_other(
    engine: Engine, hostile: ImportedUser
) -> None:  # R-INP-01, R-INP-03
    bad, good = await brought(engine, hostile, record("2", proven("b@example.com")))
    assert isinstance(bad, RejectedRecord) and good == Imported()
