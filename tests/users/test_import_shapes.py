"""Exports as the tools of the sources write them: read, or refused with the file they are and the one that is wanted."""

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sojourn.instant import Instant
from sojourn.users.importing import auth0, clerk, django, firebase
from sojourn.users.importing.format_detection import WANTED, check_source, with_wanted
from sojourn.users.importing.record import ImportedUser, LeftOut, RejectedRecord, UnusableFile

from .test_importing import only

_BCRYPT = "$2b$04$" + "a" * 53
_DJANGO = "id,password,last_login,is_superuser,username,first_name,last_name,email,is_staff,is_active,date_joined\n"
_OBJECT = {"model": "auth.user", "fields": {"password": "", "username": "ada_l", "email": "ada@example.com"}}
_SIGNER = "c2lnbmVyLWtleS1vZi1hLXByb2plY3Qtb2YtZmlyZWJhc2U="
_PARAMETERS = firebase.HashParameters(_SIGNER, "Bw==", "8", "14")


def text(given: Any) -> io.StringIO:
    return io.StringIO(given if isinstance(given, str) else json.dumps(given), newline="")


@pytest.mark.parametrize("mark", [";", "\t"])
def test_a_file_that_a_spreadsheet_saved_again_is_read(mark: str) -> None:
    rows = [
        "id,first_name,primary_email_address,verified_email_addresses",
        "user_1,Ada,ada@example.com,ada@example.com",
    ]
    user = only(clerk.read(text("\n".join(rows).replace(",", mark) + "\n")))
    assert (user.external_id, user.first_name, user.emails[0].verified) == ("user_1", "Ada", True)


@pytest.mark.parametrize("nothing", ["\\N", "NULL", "None", "(null)"])
def test_a_missing_value_of_a_database_is_nobodys_name(nothing: str) -> None:
    row = f"1,bcrypt${_BCRYPT},{nothing},0,ada_l,{nothing},{nothing},ada@example.com,0,1,2020-01-02 03:04:05.000000\n"
    user = only(django.read(text(_DJANGO + row)))
    assert (user.first_name, user.last_name, user.unused) == (None, None, ())


def test_a_name_that_looks_like_a_missing_value_is_kept_where_it_is_written_as_names_are() -> None:
    user = only(django.read(text(_DJANGO + "1,,,0,jen_n,Jennifer,Null,jen@example.com,0,1,\n")))
    assert user.last_name == "Null"


def test_whether_somebody_is_active_is_never_guessed() -> None:
    (told,) = django.read(text(_DJANGO + "1,,,0,ada_l,Ada,,ada@example.com,0,WAHR,\n"))
    assert isinstance(told, RejectedRecord) and "is_active" in told.reason


def test_lines_of_djangos_dump_are_read() -> None:
    first, second = django.read(text("\n".join(json.dumps(_OBJECT | {"pk": n}) for n in (1, 2)) + "\n"))
    assert isinstance(first, ImportedUser) and isinstance(second, ImportedUser) and second.external_id == "2"


def test_a_dump_without_keys_says_how_to_write_one_with_them() -> None:
    (told,) = django.read(text([_OBJECT]))
    assert isinstance(told, RejectedRecord) and "--natural-primary" in told.reason


@pytest.mark.parametrize("date", [{"$numberLong": "1601998471123"}, 1601998471123, "2020-10-06T15:34:31.123Z"])
def test_dates_are_read_as_extended_json_writes_them(date: Any) -> None:
    user = only(auth0.read(text({"_id": {"$oid": "5f"}, "email": "a@example.com", "created_at": {"$date": date}})))
    assert user.created_at == Instant(1601998471123)


def test_a_date_that_is_none_is_left_out_and_told() -> None:
    told = [LeftOut("created_at", "it is not a date")]
    fields = {"password": "", "username": "ada_l", "date_joined": "yesterday"}
    of_django = only(django.read(text([{"model": "auth.user", "pk": 1, "fields": fields}])))
    of_auth0 = only(auth0.read(text({"user_id": "a|1", "created_at": "soon"})))
    assert list(of_django.left_out) == list(of_auth0.left_out) == told


def test_custom_claims_of_firebase_come_along_as_public_metadata() -> None:  # R-INP-04
    account = {
        "localId": "u1",
        "email": "ada@example.com",
        "customAttributes": '{"role": "admin"}',
        "photoUrl": "https://x/y.png",
    }
    user = only(firebase.read(text({"users": [account]}), _PARAMETERS))
    assert (user.public_metadata, user.private_metadata) == ({"role": "admin"}, {})
    assert user.unused == ("photoUrl",)


def test_custom_claims_that_cannot_be_read_are_not_dropped_silently() -> None:
    (told,) = firebase.read(text({"users": [{"localId": "u1", "customAttributes": "admin"}]}), _PARAMETERS)
    assert isinstance(told, RejectedRecord) and "customAttributes" in told.reason


def test_fields_that_have_no_place_here_are_named_and_empty_ones_are_not() -> None:
    record = {
        "user_id": "a|1",
        "picture": "https://x/y.png",
        "nickname": "",
        "logins_count": 0,
        "identities": [],
        "$2b$": 1,
    }
    assert only(auth0.read(text(record))).unused == ("picture", "other")
    assert only(django.read(text(_DJANGO + "1,,,1,ada_l,,,,f,t,\n"))).unused == ("is_superuser",)


Reader = Callable[[io.StringIO], Iterator[Any]]

FILES = {
    "dump": [_OBJECT | {"pk": 1}],
    "dump in lines": json.dumps(_OBJECT) + "\n",
    "table of Django's": _DJANGO,
    "Clerk's": "id,first_name,primary_email_address\n",
    "Auth0's": '{"user_id": "auth0|1", "email": "ada@example.com"}\n',
    "Firebase's": {"users": [{"localId": "u1"}]},
    "Firebase's CSV": "uid1,ada@example.com,true,,,Ada" + "," * 18 + "1704067200000,1704153600000,,,,\n",
    "Admin SDK's": {"users": [{"uid": "u1", "metadata": {"creationTime": "x"}, "providerData": []}]},
    "extension's": '{"Id": "auth0|1", "Given Name": "Ada", "Email": "ada@example.com"}\n',
    "Backend API's": [{"id": "user_1", "object": "user"}],
    "zip": "PK\x03\x04\x14",
    "gzip": "\x1f\udc8b\x08",
    "UTF-16": "\udcff\udcfei\0d\0",
    "web page": "<!doctype html><title>Sign in</title>",
    "database": "SQLite format 3\0",
    "SQL": "--\n-- PostgreSQL database dump\n--\n",
    "INSERT": "INSERT INTO `auth_user` VALUES (1,'x');\n",
}
OTHERS = [
    ("dump", "clerk", "sojourn import django"),
    ("dump in lines", "auth0", "sojourn import django"),
    ("table of Django's", "clerk", "sojourn import django"),
    ("Clerk's", "django", "sojourn import clerk"),
    ("Auth0's", "firebase", "sojourn import auth0"),
    ("Firebase's", "auth0", "sojourn import firebase"),
    ("Firebase's CSV", "firebase", "--format=json"),
    ("Admin SDK's", "firebase", "auth:export"),
    ("extension's", "auth0", "bulk export"),
    ("Backend API's", "clerk", "User exports"),
    ("zip", "clerk", "Unpack"),
    ("gzip", "auth0", "gunzip"),
    ("UTF-16", "django", "UTF-8"),
    ("web page", "clerk", "sign-in"),
    ("database", "django", "CSV"),
    ("SQL", "django", "CSV"),
    ("INSERT", "django", "CSV"),
]


@pytest.mark.parametrize(("file", "source", "way"), OTHERS, ids=[f"{source}: {file}" for file, source, _ in OTHERS])
def test_a_file_of_something_else_is_named_with_the_way_out(file: str, source: str, way: str) -> None:
    with pytest.raises(UnusableFile) as told:
        check_source(text(FILES[file]), source)
    assert told.value.long_message.startswith("this is ") and way in told.value.long_message
    assert "ada@example.com" not in told.value.long_message.replace(WANTED["auth0"], "")  # R-LOG-02


@pytest.mark.parametrize(
    ("file", "source"),
    [("dump", "django"), ("dump in lines", "django"), ("table of Django's", "django"), ("Clerk's", "clerk"), ("Auth0's", "auth0"), ("Firebase's", "firebase")],
)  # fmt: skip
def test_the_right_file_is_let_through_and_read_from_its_start(file: str, source: str) -> None:
    opened = text(FILES[file])
    check_source(opened, source)
    assert opened.tell() == 0


@pytest.mark.parametrize("source", WANTED)
def test_a_file_that_nobody_knows_is_refused_with_the_one_that_is_wanted(source: str) -> None:
    opened = text("name,age\nAda,36\n")
    check_source(opened, source)
    assert WANTED[source] in with_wanted(UnusableFile("the header has no column id"), source).long_message
