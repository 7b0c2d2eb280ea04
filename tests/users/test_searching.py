"""Users are found however somebody spells what they look for; docs/guide/backend-client.md says what is found and what not."""

import unicodedata
from dataclasses import replace

import pytest

from sojourn.engine import Engine
from sojourn.store.interface import Page, UserFilter
from sojourn.users.accounts import NewUser

PHONE = "+491511234567"
MAIL = "ada@b\u00fccher.example.com"
DECOMPOSED = unicodedata.normalize("NFD", "M\u00fcller")


@pytest.fixture(autouse=True)
async def people(engine: Engine) -> None:
    first = NewUser(
        email_addresses=[MAIL], phone_numbers=[PHONE], username="ada_l", first_name="Ada", last_name="M\u00fcller"
    )
    second = NewUser(email_addresses=["strasse@example.com"], first_name="Bob", last_name="Stra\u00dfe")
    for each in (first, second):
        await engine.accounts.create(engine.instance, replace(each, skip_password_requirement=True))


async def _found(engine: Engine, where: UserFilter) -> list[str]:
    users = await engine.accounts.list(engine.instance, where, Page())
    assert await engine.accounts.count(engine.instance, where) == len(users)
    return sorted(user.first_name or "" for user in users)


@pytest.mark.parametrize(
    "text",
    [
        "m\u00fcll", "M\u00dcLL", DECOMPOSED, " M\u00fcller ", "\u200bm\u00fcller", "ada m\u00fcl", "b\u00fccher", "B\u00dcCHER.example", "@b\u00fccher",
        MAIL, f" {MAIL}\n", "xn--bcher-kva", "bcher-kva", PHONE, "+49 151 1234567", "(151) 123-45", "151/123", "\uff41da_l",
    ],
)  # fmt: skip
async def test_what_people_type_and_paste_finds_them(engine: Engine, text: str) -> None:
    if text == "\uff41da_l":  # user names alone have one spelling for full-width letters
        assert await _found(engine, UserFilter(username_query=text)) == ["Ada"]
    else:
        assert await _found(engine, UserFilter(query=text)) == ["Ada"]


@pytest.mark.parametrize(
    "where",
    [
        UserFilter(email_addresses=[" ADA@B\u00dcCHER.example.com"]),
        UserFilter(email_address_query="ada@b\u00fccher"),
        UserFilter(phone_numbers=["+49 151 1234567"]),
        UserFilter(phone_number_query="1511 23"),
        UserFilter(usernames=[" \uff21da_L "]),
        UserFilter(name_query=DECOMPOSED),
    ],
)
async def test_every_filter_takes_the_spelling_that_people_use(engine: Engine, where: UserFilter) -> None:
    assert await _found(engine, where) == ["Ada"]


@pytest.mark.parametrize("text", ["mull", "mueller", "b\u00fcch", "0151 1234567", "muller"])
async def test_what_is_written_otherwise_is_not_found(engine: Engine, text: str) -> None:
    """Accents count, and of an international label the whole is found; the guide says so."""
    assert await _found(engine, UserFilter(query=text)) == []


async def test_case_is_lower_case_and_no_more(engine: Engine) -> None:
    assert await _found(engine, UserFilter(name_query="STRASSE")) == []
    assert await _found(engine, UserFilter(name_query="stra\u00dfe")) == ["Bob"]
    assert await _found(engine, UserFilter(query="  ")) == ["Ada", "Bob"]
