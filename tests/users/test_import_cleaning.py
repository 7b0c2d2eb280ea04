"""Names, addresses and numbers as other systems hold them: cleaned, or left out and told, and never the end of a person."""

from typing import Any

import pytest

from sojourn.engine import Engine
from sojourn.instant import Instant
from sojourn.users.importing.cleaning import cleaned
from sojourn.users.importing.record import ImportedAddress, ImportedUser, LeftOut, RecordPosition, RejectedRecord
from sojourn.users.importing.run import Imported, Importing
from sojourn.users.importing.survey import Survey

NOW = Instant(1_800_000_000_000)
ADA = ImportedAddress("ada@example.com", verified=True)


def record(*emails: ImportedAddress, phones: Any = (), **more: Any) -> ImportedUser:
    return ImportedUser(place=RecordPosition("line", 2), external_id="1", emails=emails, phones=phones, **more)


def fit(given: ImportedUser) -> ImportedUser:
    found = cleaned(given, NOW)
    assert isinstance(found, ImportedUser), found
    return found


def left(given: ImportedUser) -> list[str]:
    return [each.what for each in fit(given).left_out]


NAMES = {
    "Anna\u200e": "Anna",
    "Anna\u00adMaria": "AnnaMaria",
    "Anna\tMaria": "Anna Maria",
    "An\ufeffna": "Anna",
    "Anna\u00a0Maria\r\n": "Anna Maria",
    "A\u202eda": "Ada",
    "An\x00na": "An na",
    "علی\u200cرضا": "علی\u200cرضا",
    "👩🏽\u200d⚕️": "👩🏽\u200d⚕️",
}


@pytest.mark.parametrize(("given", "name"), NAMES.items())
def test_a_name_is_cleaned_and_keeps_what_its_script_needs(given: str, name: str) -> None:  # R-INP-01
    found = fit(record(ADA, first_name=given, last_name="Lovelace"))
    assert (found.first_name, found.last_name) == (name, "Lovelace")
    assert list(found.mended) == (["first_name"] if given.strip() != name else [])


EMAILS = [
    "Ada@Example.com", "eda@example.com\u200b", "\ufeffada@example.com", "mailto:ada@example.com?subject=hi", "<ada@example.com>",
    "Ada Lovelace <ada@example.com>", '"Lovelace, Ada" <ada@example.com>', "ada@example.com.", "ada@example.com; ", "'ada@example.com'",
    "ada@example.com\u00a0",
]  # fmt: skip


@pytest.mark.parametrize("given", EMAILS)
def test_an_address_is_taken_out_of_what_stands_around_it_and_stays_proven(given: str) -> None:  # R-INP-01, R-INP-03
    (found,) = fit(record(ImportedAddress(given, verified=True))).emails
    assert found.value.lower() in ("ada@example.com", "eda@example.com") and found.verified


def test_an_address_with_an_invisible_character_inside_was_never_proven() -> None:  # R-INP-02
    (found,) = fit(record(ImportedAddress("a\u200bda@example.com", verified=True))).emails
    assert found == ImportedAddress("ada@example.com", verified=False)


def test_one_address_in_two_spellings_is_one_and_proven_when_either_is() -> None:  # R-INP-01
    spellings = [
        ImportedAddress("ADA@example.com", verified=False),
        ImportedAddress("mailto:ada@example.com", verified=True),
    ]
    assert list(fit(record(*spellings)).emails) == [ImportedAddress("ADA@example.com", verified=True)]


@pytest.mark.parametrize(
    "number", ["+5215512345678", "tel:+12025550143", "\u202a+1 202 555 0143\u202c", "+1-202-555-0143."]
)
def test_a_number_is_taken_as_contacts_and_old_exports_write_it(number: str) -> None:
    given = record(ADA, phones=[ImportedAddress(number, verified=True)])
    assert [each.value for each in fit(given).phones] in (["+525512345678"], ["+12025550143"])
    assert left(given) == []


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"phones": [ImportedAddress("12", verified=False)]}, "phone_number"),
        ({"phones": [ImportedAddress("ask my wife", verified=True)]}, "phone_number"),
        ({"first_name": "x" * 50_000}, "first_name"),
        ({"created_at": Instant(2**62)}, "created_at"),
        ({"unsafe_metadata": {"x": "y" * 9000}}, "unsafe_metadata"),
        ({"unsafe_metadata": {"x": "a\0b"}}, "unsafe_metadata"),
    ],
)
async def test_a_field_that_decides_nothing_is_left_out_and_the_person_comes(
    engine: Engine, more: Any, what: str
) -> None:
    given = record(ADA, **more)
    outcomes: list[Any] = []
    parts = engine.store, engine.clock, engine.audit, engine.hash_pool
    await Importing(*parts, Survey.of([given])).run(engine.instance, [given], outcomes.append)
    (outcome,) = outcomes
    assert isinstance(outcome, Imported) and outcome.record is not None
    assert [each.what for each in outcome.record.left_out] == [what]
    assert all("x" * 99 not in each.why and "wife" not in each.why for each in outcome.record.left_out)  # R-LOG-02


def test_addresses_beyond_the_fiftieth_are_left_out_the_unproven_first() -> None:  # R-LIM-07
    many = [
        ImportedAddress("new@example.com", verified=False),
        *(ImportedAddress(f"p{n}@example.com", verified=True) for n in range(50)),
    ]
    assert left(record(*many)) == ["email_address"]
    assert all(each.verified for each in fit(record(*many)).emails)


def test_somebody_whose_only_names_cannot_be_used_is_refused_with_the_reason() -> None:  # R-INP-03
    nobody = cleaned(
        record(ImportedAddress("not an address", verified=True), phones=[ImportedAddress("12", verified=False)]), NOW
    )
    assert isinstance(nobody, RejectedRecord) and nobody.reason.startswith("email_address: ")
    assert left(record(ImportedAddress("not an address", verified=True), username="ada_l")) == ["email_address"]


def test_what_a_reader_left_out_is_still_told() -> None:
    told = [LeftOut("created_at", "it is not a date")]
    assert list(fit(record(ADA, left_out=told)).left_out) == told
