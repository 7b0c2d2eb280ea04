"""Names, addresses and numbers in their one spelling, however they were typed or pasted."""

import pytest

from sojourn.engine import Engine
from sojourn.errors import FieldFormat
from sojourn.store.interface import Page, UserFilter
from sojourn.users.accounts import NewUser
from sojourn.users.identifiers import normal_email, normal_name, normal_phone, normal_username, stored_part

from ..people import PASSWORD

NEEDED = {
    "Persian": "علی\u200cرضا",
    "Persian with a vowel mark": "عَلِی\u200cرضا",
    "Sinhala": "ශ්\u200dරී",
    "Hindi": "क्\u200dष",
    "Malayalam, at the end": "അനില്\u200d",
    "a family": "👨\u200d👩\u200d👧",
    "a skin tone": "👩🏽\u200d⚕️",
}
HIDDEN = [
    "Ad\u200ca",
    "Ad\u200da",
    "Ad\u200eam",
    "A\u202eda",
    "Ad\u00ada",
    "Ad\ufeffa",
    "Ad\u200ba",
    "علی\u200c\u200cرضا",
    "A\tda",
]
ADDED = ["ada@example.com\u200b", "\u200eada@example.com\u200e", "\ufeffada@example.com", "ada@example.com\u00a0\n"]


@pytest.mark.parametrize("name", NEEDED.values(), ids=NEEDED)
def test_a_name_keeps_the_joiners_that_its_script_needs(name: str) -> None:  # R-INP-01, RFC 5892 appendix A
    assert normal_name(f" \u200e{name}\u200f\ufeff ", param="first_name") == name


@pytest.mark.parametrize("name", HIDDEN)
def test_a_name_with_other_invisible_characters_inside_is_refused(name: str) -> None:  # R-INP-01
    with pytest.raises(FieldFormat):
        normal_name(name, param="first_name")


@pytest.mark.parametrize("typed", ADDED)
def test_what_keyboards_and_chats_add_around_an_address_is_trimmed(typed: str) -> None:  # R-INP-01
    assert normal_email(typed, param="email_address").canonical == "ada@example.com"
    assert normal_username(typed.replace("@example.com", "_l"), param="username").name == "ada_l"


@pytest.mark.parametrize(
    "typed", ["a\u200bda@example.com", "ada@exam\u200dple.com", "ada@example.com\0", "a\u202eda@example.com"]
)
def test_an_invisible_character_inside_an_address_is_refused(typed: str) -> None:  # R-INP-01, R-INP-03
    with pytest.raises(FieldFormat):
        normal_email(typed, param="email_address")


def test_a_number_of_mexico_is_taken_as_it_was_dialled_until_2019() -> None:
    assert normal_phone("+52 1 55 1234 5678", param="phone_number").number == "+525512345678"
    assert normal_phone("\u202a+1 202 555 0143\u202c", param="phone_number").number == "+12025550143"


def test_a_part_of_an_international_address_is_looked_for_as_it_is_stored() -> None:
    assert stored_part("hans@MÜLLER.de") == "hans@xn--mller-kva.de"
    assert stored_part("mu\u0308ller") == "xn--mller-kva"
    assert stored_part("hans@example.com") is None and stored_part("ünsal@example") is None


@pytest.mark.parametrize(
    "query", ["müller", "MÜLLER.de", "hans@müller.de", "hans@mu\u0308ller.de", "xn--mller", "\ufeffhans@müller.de"]
)
async def test_somebody_of_an_international_domain_is_found_however_it_is_written(engine: Engine, query: str) -> None:
    hans = await engine.accounts.create(engine.instance, NewUser(email_addresses=["hans@müller.de"], password=PASSWORD))
    await engine.accounts.create(engine.instance, NewUser(email_addresses=["eve@example.com"], password=PASSWORD))
    for where in (UserFilter(query=query), UserFilter(email_address_query=query)):
        assert [each.id for each in await engine.accounts.list(engine.instance, where, Page())] == [hans.id]
        assert await engine.accounts.count(engine.instance, where) == 1
