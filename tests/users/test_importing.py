"""Exports of other systems, read: what is taken from them, and what is refused with its place."""

import hashlib
import io
import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import bcrypt
import pytest
from argon2.low_level import Type, hash_secret

from sojourn.factors.password_hashers import StoredPassword
from sojourn.factors.password_hashing import PasswordHashing
from sojourn.instant import Instant
from sojourn.users.importing import auth0, clerk, django, firebase
from sojourn.users.importing.csv_rows import MAX_FIELD_LENGTH
from sojourn.users.importing.record import ImportedAddress, ImportedUser, RecordPosition, RejectedRecord, UnusableFile

_BCRYPT = "$2b$04$" + "a" * 53

_CLERK = (
    "id,first_name,last_name,username,primary_email_address,primary_phone_number,verified_email_addresses,"
    "unverified_email_addresses,verified_phone_numbers,unverified_phone_numbers,totp_secret,password_digest,password_hasher"
)


def row(
    id: str = "user_1", email: str = "ada@example.com", verified: str = "", unverified: str = "", **more: str
) -> str:
    cells = {"id": id, "primary_email_address": email, "verified_email_addresses": verified}
    cells |= {"unverified_email_addresses": unverified, **more}
    return ",".join(cells.get(name, "") for name in _CLERK.split(","))


def clerk_file(*rows: str, header: str = _CLERK) -> io.StringIO:
    return io.StringIO("\n".join([header, *rows]) + "\n", newline="")


def only(read: Iterator[ImportedUser | RejectedRecord]) -> ImportedUser:
    (found,) = read
    assert isinstance(found, ImportedUser), found
    return found


def refused(read: Iterator[ImportedUser | RejectedRecord]) -> RejectedRecord:
    (found,) = read
    assert isinstance(found, RejectedRecord), found
    return found


# -- clerk


def test_a_row_of_clerks_becomes_a_user() -> None:
    cells = row(
        verified="ada@example.com", first_name="Ada", last_name="Lovelace", username="ada_l",
        primary_phone_number="+12025550142", verified_phone_numbers="+12025550142",
        password_digest=_BCRYPT, password_hasher="bcrypt",
    )  # fmt: skip
    user = only(clerk.read(clerk_file(cells)))
    assert (user.external_id, user.first_name, user.last_name, user.username) == ("user_1", "Ada", "Lovelace", "ada_l")
    assert list(user.emails) == [ImportedAddress("ada@example.com", verified=True)]
    assert list(user.phones) == [ImportedAddress("+12025550142", verified=True)]
    assert user.password == StoredPassword("bcrypt", _BCRYPT)


@pytest.mark.parametrize("mark", ["|", '","', " | "])
def test_lists_of_clerks_are_taken_apart_and_the_primary_address_is_first(mark: str) -> None:
    many = f'"{mark.strip(chr(34)).join(["b@example.com", "Ada@Example.com"])}"'
    user = only(clerk.read(clerk_file(row(verified=many, unverified="c@example.com"))))
    proven = {each.value: each.verified for each in user.emails}
    assert {name.lower(): is_proven for name, is_proven in proven.items()} == {
        "ada@example.com": True,
        "b@example.com": True,
        "c@example.com": False,
    }
    assert user.emails[0].value.lower() == "ada@example.com"


@pytest.mark.parametrize("unverified", ["ada@example.com", ""])
def test_an_address_that_clerk_does_not_list_as_verified_is_not(unverified: str) -> None:
    user = only(clerk.read(clerk_file(row(unverified=unverified))))
    assert list(user.emails) == [ImportedAddress("ada@example.com", verified=False)]


def test_unknown_columns_are_passed_over_and_a_plain_password_is_one_of_them() -> None:
    file = clerk_file(row() + ",hunter2 hunter2,?", header=_CLERK + ",password,loyalty_points")
    user = only(clerk.read(file))
    assert user.password is None
    assert "hunter2" not in repr(user)


def test_a_digest_is_not_in_the_repr_of_a_record() -> None:  # R-LOG-02
    user = only(clerk.read(clerk_file(row(password_digest=_BCRYPT, password_hasher="bcrypt"))))
    assert _BCRYPT not in repr(user)


def test_a_digest_without_its_hasher_is_refused() -> None:
    told = refused(clerk.read(clerk_file(row(password_digest=_BCRYPT))))
    assert (told.external_id, told.place) == ("user_1", RecordPosition("line", 2))
    assert _BCRYPT not in told.reason


def test_a_cell_that_looks_like_a_formula_stays_text() -> None:
    user = only(clerk.read(clerk_file(row(first_name="=1+1", last_name="@SUM(A1)"))))
    assert (user.first_name, user.last_name) == ("=1+1", "@SUM(A1)")


# -- CSV that is not in order


def _clerk_bytes(*rows: bytes) -> io.TextIOWrapper:
    """As the command opens a file."""
    data = b"\n".join([_CLERK.encode(), *rows]) + b"\n"
    return io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", errors="surrogateescape", newline="")


GOOD = row(id="user_good", verified="ada@example.com")

BAD_ROWS = [
    (b"user_1,too,few", "fields"),
    (b"x," * 40, "fields"),
    (row(first_name="A\0da").encode(), "NUL"),
    (row(first_name="Jos\u00e9").encode("latin-1"), "UTF-8"),
    (row(first_name='"A"da').encode(), "CSV"),
    (row(first_name="x" * (MAX_FIELD_LENGTH + 1)).encode(), "longer"),
    (row(first_name="x" * 3_000_000).encode(), "longer"),
    (row(id="").encode(), "no id"),
]


@pytest.mark.parametrize(("bad", "reason"), BAD_ROWS)
def test_a_row_that_cannot_be_read_is_refused_with_its_line_and_the_others_are_read(bad: bytes, reason: str) -> None:
    first, second, third = clerk.read(_clerk_bytes(GOOD.encode(), bad, GOOD.encode()))
    assert isinstance(first, ImportedUser) and isinstance(third, ImportedUser)
    assert isinstance(second, RejectedRecord)
    assert (first.place.number, second.place.number, third.place.number) == (2, 3, 4)
    assert reason in second.reason


def test_a_name_over_two_lines_keeps_the_count_of_lines_right() -> None:
    first, second = clerk.read(clerk_file(row(first_name='"A\nda"'), "", GOOD))
    assert isinstance(first, ImportedUser) and isinstance(second, ImportedUser)
    assert (first.place.number, second.place.number) == (2, 5)


def test_a_quote_that_is_never_closed_names_every_line_it_swallowed() -> None:
    told = refused(clerk.read(clerk_file(row(first_name='"Ada'), GOOD, GOOD)))
    assert "lines 2 to 4" in told.reason


UNUSABLE = [
    (clerk.read, "", "empty"),
    (clerk.read, "\n", "empty"),
    (clerk.read, "id,name\n1,Ada\n", "primary_email_address"),
    (clerk.read, '[{"email": "ada@example.com"}]', "header"),
    (clerk.read, "id,primary_email_address,id\n", "twice"),
    (clerk.read, "\udcff\udcfei\0d\0", "UTF-8"),
    (django.read, "id,username\n1,ada\n", "password"),
    (django.read, "[]", "auth.user"),
    (django.read, '[{"model": "blog.post", "pk": 1, "fields": {}}]', "auth.user"),
    (django.read, '[{"model": "auth.user", "pk": 1, "fields": {', "JSON"),
    (auth0.read, "", "no record"),
    (auth0.read, "id,email\n1,ada@example.com\n", "JSON"),
    (auth0.read, "[" * 100_000, "JSON"),
]


@pytest.mark.parametrize(("read", "text", "reason"), UNUSABLE)
def test_a_file_of_another_kind_is_refused_whole(
    read: Callable[[io.StringIO], Iterator[Any]], text: str, reason: str
) -> None:
    with pytest.raises(UnusableFile) as told:
        list(read(io.StringIO(text, newline="")))
    assert reason in told.value.long_message


# -- django

_SALT = "aBcDeF123456"


def django_password(kind: str, password: bytes) -> str:
    """As Django's hashers make them (django.contrib.auth.hashers)."""
    match kind:
        case "pbkdf2_sha256" | "pbkdf2_sha1":
            made = hashlib.pbkdf2_hmac(kind.removeprefix("pbkdf2_"), password, _SALT.encode(), 1000)
            return f"{kind}$1000${_SALT}${b64encode(made).decode()}"
        case "argon2id" | "argon2i":
            type = Type.ID if kind == "argon2id" else Type.I
            return "argon2" + hash_secret(password, _SALT.encode(), 2, 1024, 8, 32, type).decode()
        case "bcrypt":
            return "bcrypt$" + bcrypt.hashpw(password, bcrypt.gensalt(4)).decode()
        case "bcrypt_sha256":
            hexed = hashlib.sha256(password).hexdigest().encode()
            return "bcrypt_sha256$" + bcrypt.hashpw(hexed, bcrypt.gensalt(4)).decode()
        case "scrypt":
            made = hashlib.scrypt(password, salt=_SALT.encode(), n=1 << 10, r=8, p=5, maxmem=64 << 20, dklen=64)
            return f"scrypt$1024${_SALT}$8$5${b64encode(made).decode()}"
        case "md5":
            return f"md5${_SALT}${hashlib.md5(_SALT.encode() + password).hexdigest()}"
        case _:
            return hashlib.md5(password).hexdigest()


KINDS = ["pbkdf2_sha256", "pbkdf2_sha1", "argon2id", "argon2i", "bcrypt", "bcrypt_sha256", "scrypt", "md5", "unsalted"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_hash_of_djangos_is_verified_here(kind: str) -> None:  # R-PWD-04
    fields = {"username": "ada_l", "email": "ada@example.com", "password": django_password(kind, b"violet ferry")}
    user = only(django.read(dump({"model": "auth.user", "pk": 1, "fields": fields})))
    assert user.password is not None
    hashing = PasswordHashing()
    stored = hashing.import_digest(user.password.hasher, user.password.digest)
    assert hashing.verify(stored, "violet ferry").ok
    assert not hashing.verify(stored, "violet ferries").ok


def test_a_salt_that_looks_like_hexadecimal_is_still_text(monkeypatch: pytest.MonkeyPatch) -> None:  # R-PWD-04
    monkeypatch.setattr(f"{__name__}._SALT", "abcdef123456")
    test_every_hash_of_djangos_is_verified_here("pbkdf2_sha1")


def dump(*objects: Any) -> io.StringIO:
    return io.StringIO(json.dumps(objects))


_COPY = (
    "id,password,last_login,is_superuser,username,first_name,last_name,email,is_staff,is_active,date_joined\n"
    "7,{password},,f,ada_l,Ada,Lovelace,ada@example.com,f,{active},2021-03-04 05:06:07.89+00\n"
)


def test_djangos_table_is_read_as_postgresql_copies_it() -> None:
    user = only(django.read(io.StringIO(_COPY.format(password="!unusable", active="f"), newline="")))
    assert (user.external_id, user.username, user.first_name, user.last_name) == ("7", "ada_l", "Ada", "Lovelace")
    assert user.password is None and user.banned
    assert user.created_at == Instant(1614834367890)


def test_djangos_addresses_are_unverified_unless_the_one_who_imports_says_otherwise() -> None:
    text = _COPY.format(password="", active="t")
    assert [each.verified for each in only(django.read(io.StringIO(text, newline=""))).emails] == [False]
    trusted = only(django.read(io.StringIO(text, newline=""), verified=True))
    assert [each.verified for each in trusted.emails] == [True]


def test_other_models_of_a_dump_are_passed_over_and_users_of_the_projects_own_are_not() -> None:
    post = {"model": "blog.post", "pk": 1, "fields": {"title": "x"}}
    user = {"model": "accounts.User", "pk": "3f2b", "fields": {"password": "", "email": "ada@example.com"}}
    found = only(django.read(dump(post, user)))
    assert (found.external_id, found.place) == ("3f2b", RecordPosition("record", 2))


def test_a_user_name_that_is_an_address_is_one() -> None:
    user = only(
        django.read(dump({"model": "auth.user", "pk": 1, "fields": {"password": "", "username": "a@b.example"}}))
    )
    assert user.username is None
    assert [each.value for each in user.emails] == ["a@b.example"]


@pytest.mark.parametrize(
    "password", ["correct horse battery staple", "sha1$salt$aabb", "scrypt$1$2", "pbkdf2_sha1$1$s$!"]
)
def test_what_is_not_a_hash_is_refused_and_not_repeated(password: str) -> None:  # R-LOG-02
    told = refused(django.read(dump({"model": "auth.user", "pk": 1, "fields": {"password": password}})))
    assert told.external_id == "1"
    assert password not in told.reason


@pytest.mark.parametrize("fields", [{"password": 5}, {"password": "", "is_active": "perhaps"}, {}, []])
def test_a_record_of_another_shape_is_refused_alone(fields: Any) -> None:
    good = {"model": "auth.user", "pk": 2, "fields": {"password": "", "username": "ada_l"}}
    first, second = django.read(dump({"model": "auth.user", "pk": 1, "fields": fields}, good))
    assert isinstance(first, RejectedRecord) and first.external_id == "1"
    assert isinstance(second, ImportedUser)


# -- auth0


def lines(*records: Any) -> io.StringIO:
    return io.StringIO(
        "".join((each if isinstance(each, str) else json.dumps(each)) + "\n" for each in records), newline=""
    )


def test_a_record_of_auth0s_becomes_a_user() -> None:
    record = {
        "user_id": "auth0|5f7c8ec7c33c6c004bbafe82", "email": "ada@example.com", "email_verified": True,
        "given_name": "Ada", "family_name": "Lovelace", "nickname": "ada", "name": "ada@example.com",
        "passwordHash": _BCRYPT, "created_at": "2020-10-06T15:34:31.123Z", "tenant": "x", "blocked": True,
        "user_metadata": {"plan": "gold"}, "app_metadata": {"role": "admin"},
    }  # fmt: skip
    user = only(auth0.read(lines(record)))
    assert user.external_id == "auth0|5f7c8ec7c33c6c004bbafe82"
    assert (user.first_name, user.last_name, user.banned) == ("Ada", "Lovelace", True)
    assert list(user.emails) == [ImportedAddress("ada@example.com", verified=True)]
    assert user.password == StoredPassword("bcrypt", _BCRYPT)
    assert user.created_at == Instant(1601998471123)
    assert (user.unsafe_metadata, user.private_metadata) == ({"plan": "gold"}, {"role": "admin"})  # R-INP-04


def test_the_file_with_hashes_names_its_users_by_their_object_id() -> None:
    record = {"_id": {"$oid": "60425dc43519d90068f82973"}, "email": "a@example.com", "email_verified": False}
    user = only(auth0.read(lines({**record, "created_at": {"$date": "2020-10-06T15:34:31Z"}})))
    assert user.external_id == "auth0|60425dc43519d90068f82973"
    assert list(user.emails) == [ImportedAddress("a@example.com", verified=False)]


def test_a_list_of_auth0s_is_read_as_well_as_lines() -> None:
    user = only(auth0.read(io.StringIO('[{"user_id": "a|1", "email": "a@example.com", "name": "Ada King Noel"}]')))
    assert (user.first_name, user.last_name, user.place) == ("Ada", "King Noel", RecordPosition("record", 1))


@pytest.mark.parametrize(
    "bad",
    ["{", "null", '{"user_id": "x", "email_verified": "yes"}', '{"email": "a@example.com"}', '"\udcff"', "[" * 50_000,
     "x" * 3_000_000],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_refused_alone(bad: str) -> None:
    good = {"user_id": "a|1", "email": "a@example.com"}
    first, second, third = auth0.read(lines(good, bad, good))
    assert isinstance(first, ImportedUser) and isinstance(third, ImportedUser)
    assert isinstance(second, RejectedRecord)
    assert second.place == RecordPosition("line", 2)


def test_a_name_cut_in_the_middle_of_an_emoji_ends_neither_record_nor_file() -> None:
    user = only(auth0.read(lines(r'{"user_id": "a|1", "email": "a@example.com", "given_name": "A \ud83d"}')))
    assert user.first_name == "A \ufffd"
    whole = only(auth0.read(lines(r'{"user_id": "a|1", "given_name": "\ud83d\ude00 \\ud83d \udc00"}')))
    assert whole.first_name == "\U0001f600 \\ud83d \ufffd"


# -- firebase

_SIGNER = "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA=="
_FIREBASE = "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ=="
_CONSOLE = f"""hash_config {{
  algorithm: SCRYPT,
  base64_signer_key: {_SIGNER},
  base64_salt_separator: Bw==,
  rounds: 8,
  mem_cost: 14,
}}"""
_AS_JSON = json.dumps(
    {"base64_signer_key": _SIGNER, "base64_salt_separator": "Bw==", "rounds": 8, "mem_cost": 14}, indent=2
)


def export(**account: Any) -> io.StringIO:
    return io.StringIO(json.dumps({"users": [{"localId": "fb1", **account}]}))


@pytest.mark.parametrize("parameters", [_CONSOLE, _AS_JSON])
@pytest.mark.parametrize("alphabet", ["+/", "-_"])
def test_a_hash_of_firebases_is_verified_here(parameters: str, alphabet: str) -> None:  # R-PWD-04
    spelling = str.maketrans("+/", alphabet)
    digest, salt = _FIREBASE.translate(spelling), "42xEC+ixf3L2lw==".translate(spelling)
    file = export(passwordHash=digest, salt=salt, createdAt="1601998471123")
    user = only(firebase.read(file, firebase.HashParameters.read(parameters)))
    assert user.password is not None and user.created_at == Instant(1601998471123)
    hashing = PasswordHashing()
    stored = hashing.import_digest(user.password.hasher, user.password.digest)
    assert hashing.verify(stored, "user1password").ok


def test_an_account_of_firebases_becomes_a_user() -> None:
    file = export(email="ada@example.com", emailVerified=False, displayName="Ada Lovelace", phoneNumber="+12025550142",
                  disabled=True, providerUserInfo=[])  # fmt: skip
    user = only(firebase.read(file, firebase.HashParameters.read(_CONSOLE)))
    assert (user.external_id, user.first_name, user.last_name, user.banned) == ("fb1", "Ada", "Lovelace", True)
    assert list(user.emails) == [ImportedAddress("ada@example.com", verified=False)]
    assert list(user.phones) == [ImportedAddress("+12025550142", verified=True)]


DAMAGED = [
    ("", "base64_signer_key"),
    ("rounds: 8, mem_cost: 14", "base64_signer_key"),
    (_CONSOLE.replace("SCRYPT", "BCRYPT"), "SCRYPT"),
    (_CONSOLE.replace("mem_cost: 14", "mem_cost: 40"), "too much"),
    (_CONSOLE.replace("rounds: 8", "rounds: eight"), "damaged"),
]


@pytest.mark.parametrize(("text", "reason"), DAMAGED)
def test_hash_parameters_that_cannot_be_right_are_refused_before_anything_is_read(text: str, reason: str) -> None:
    with pytest.raises(UnusableFile) as told:
        firebase.HashParameters.read(text)
    assert reason in told.value.long_message
    assert _SIGNER not in told.value.long_message


def test_the_signer_key_is_not_in_the_repr_of_its_parameters() -> None:  # R-LOG-02
    assert _SIGNER not in repr(firebase.HashParameters.read(_CONSOLE))
