"""`sojourn import` as somebody who moves here meets it: each a process of its own, on a real file."""

import csv
import hashlib
import json
from base64 import b64encode, urlsafe_b64encode
from pathlib import Path

import bcrypt
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from .test_commands import run

PASSWORD = "correct horse battery staple"
BCRYPT = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()


def _django_digest(password: str) -> str:
    made = hashlib.pbkdf2_hmac("sha256", password.encode(), b"salty", 1000)
    return f"pbkdf2_sha256$1000$salty${b64encode(made).decode()}"


def clerk_file(folder: Path, *rows: dict[str, str]) -> Path:
    names = ["id", "first_name", "last_name", "username", "primary_email_address", "primary_phone_number",
             "verified_email_addresses", "unverified_email_addresses", "verified_phone_numbers",
             "unverified_phone_numbers", "totp_secret", "password_digest", "password_hasher"]  # fmt: skip
    file = folder / "clerk.csv"
    with file.open("w", newline="") as opened:
        writer = csv.DictWriter(opened, names)
        writer.writeheader()
        writer.writerows(rows)
    return file


ADA = {
    "id": "user_2abc", "first_name": "Ada", "last_name": "Lovelace", "primary_email_address": "ada@example.com",
    "verified_email_addresses": "ada@example.com|countess@example.com", "unverified_email_addresses": "new@example.com",
    "password_digest": BCRYPT, "password_hasher": "bcrypt",
}  # fmt: skip
GRACE = {"id": "user_2def", "primary_email_address": "grace@example.com", "verified_email_addresses": "grace@example.com"}


def _users(data: Path) -> list[dict[str, object]]:
    return json.loads(run("users", "list", "--json", data=data).stdout)


def _fits(data: Path, email: str, password: str = PASSWORD) -> bool:
    """Whether somebody can sign in with it, asked of the engine."""
    import asyncio

    from sojourn.cli.opened import configured
    from sojourn.engine import Sojourn
    from sojourn.errors import SojournError
    from sojourn.sessions.caller import Caller
    from sojourn.sessions.session import Device
    from sojourn.sign_ins.attempt import SignInInput

    async def sign_in() -> bool:
        engine = await Sojourn.open(configured(data, None))
        try:
            caller = Caller(engine.instance, None, Device())
            await engine.sign_ins.create(caller, SignInInput(identifier=email, password=password))
        except SojournError:
            return False
        finally:
            await engine.close()
        return True

    return asyncio.run(sign_in())


def test_clerks_export_brings_people_with_their_addresses_and_passwords(tmp_path: Path) -> None:  # R-PWD-04
    done = run("import", "clerk", str(clerk_file(tmp_path, ADA, GRACE)), data=tmp_path)
    assert (done.returncode, done.stdout) == (0, "2 imported, 0 here already, 0 refused\n"), done.stderr
    ada = next(each for each in _users(tmp_path) if each["external_id"] == "user_2abc")
    states = {each["email_address"]: (each["verification"] or {}).get("status") for each in ada["email_addresses"]}  # type: ignore[union-attr]
    assert states["ada@example.com"] == states["countess@example.com"] == "verified"
    assert states["new@example.com"] != "verified"
    assert _fits(tmp_path, "ada@example.com")
    assert not _fits(tmp_path, "ada@example.com", "another password")


def test_django_brings_people_from_csv_and_json(tmp_path: Path) -> None:  # R-PWD-04
    digest = _django_digest(PASSWORD)
    table = tmp_path / "auth_user.csv"
    table.write_text(
        "id,password,last_login,is_superuser,username,first_name,last_name,email,is_staff,is_active,date_joined\n"
        f"7,{digest},,f,adalove,Ada,L,ada@example.com,t,t,2020-01-02 03:04:05+00\n"
        "8,!unusable,,f,bobby,,,bob@example.com,f,f,2020-01-02 03:04:05+00\n"
    )
    assert run("import", "django", str(table), data=tmp_path).returncode == 0
    fields = {"username": "gracie", "password": f"bcrypt$${BCRYPT[1:]}", "email": "grace@example.com", "is_active": True,
              "date_joined": "2020-01-02T03:04:05Z"}  # fmt: skip
    dump = tmp_path / "auth_user.json"
    dump.write_text(json.dumps([{"model": "auth.user", "pk": 9, "fields": fields}]))
    assert run("import", "django", str(dump), data=tmp_path).returncode == 0
    found = {each["username"]: each for each in _users(tmp_path)}
    assert found["bobby"]["banned"] is True
    assert found["bobby"]["password_enabled"] is False
    assert found["adalove"]["created_at"] == 1577934245000
    assert _fits(tmp_path, "adalove")
    assert _fits(tmp_path, "gracie")


def test_auth0_brings_people_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "users.ndjson"
    people = [
        {"user_id": "auth0|1", "email": "ada@example.com", "email_verified": True, "passwordHash": BCRYPT,
         "given_name": "Ada", "created_at": "2020-01-02T03:04:05.000Z", "user_metadata": {"plan": "gold"}},
        {"_id": {"$oid": "5f"}, "email": "bob@example.com", "email_verified": False},
    ]  # fmt: skip
    file.write_text("\n".join(json.dumps(each) for each in people) + "\n\n")
    done = run("import", "auth0", str(file), "--json", data=tmp_path)
    assert json.loads(done.stdout) == {"imported": 2, "skipped": 0, "refused": 0, "dry_run": False}
    found = {each["external_id"]: each for each in _users(tmp_path)}
    assert found["auth0|1"]["public_metadata"] == {"plan": "gold"}
    assert _fits(tmp_path, "ada@example.com")


def test_firebase_brings_people_with_the_projects_hash_parameters(tmp_path: Path) -> None:
    signer, separator, salt = b"s" * 32, b"\xfb\xff", b"\xfa\xf0salt"
    key = hashlib.scrypt(PASSWORD.encode(), salt=salt + separator, n=1 << 14, r=8, p=1, maxmem=1 << 26, dklen=32)
    encryptor = Cipher(algorithms.AES(key), modes.CTR(b"\0" * 16)).encryptor()
    hashed = urlsafe_b64encode(encryptor.update(signer) + encryptor.finalize()).decode()
    person = {"localId": "fb1", "email": "ada@example.com", "emailVerified": True, "displayName": "Ada Lovelace",
              "passwordHash": hashed, "salt": urlsafe_b64encode(salt).decode(), "createdAt": "1577934245000"}  # fmt: skip
    file = tmp_path / "users.json"
    file.write_text(json.dumps({"users": [person]}))
    refused = run("import", "firebase", str(file), data=tmp_path)
    assert (refused.returncode, "--signer-key" in refused.stdout) == (1, True)
    parameters = ["--signer-key", b64encode(signer).decode(), "--salt-separator", b64encode(separator).decode()]
    done = run("import", "firebase", str(file), *parameters, data=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert _users(tmp_path)[0]["last_name"] == "Lovelace"
    assert _fits(tmp_path, "ada@example.com")


def test_a_dry_run_checks_everything_and_writes_nothing(tmp_path: Path) -> None:
    twin = {**GRACE, "id": "user_2twin", "primary_email_address": "Ada@example.com", "verified_email_addresses": ""}
    bad = {**GRACE, "id": "user_2bad", "primary_email_address": "bad@example.com", "verified_email_addresses": "",
           "password_digest": "x", "password_hasher": "rot13"}  # fmt: skip
    done = run("import", "clerk", str(clerk_file(tmp_path, ADA, GRACE, twin, bad)), "--dry-run", data=tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith("2 would be imported, 0 here already, 2 refused\n")
    assert _users(tmp_path) == []


def test_it_goes_on_after_an_interruption_and_reports_who_was_refused(tmp_path: Path) -> None:
    run("import", "clerk", str(clerk_file(tmp_path, ADA)), data=tmp_path)
    taken = {**GRACE, "id": "user_2taken", "primary_email_address": "ada@example.com", "verified_email_addresses": ""}
    nobody = {"primary_email_address": "who@example.com"}
    report = tmp_path / "refused.jsonl"
    rows = clerk_file(tmp_path, ADA, taken, nobody, GRACE)
    done = run("import", "clerk", str(rows), "--report", str(report), data=tmp_path)
    assert (done.returncode, done.stdout.splitlines()[0]) == (1, "1 imported, 1 here already, 2 refused")
    lines = [json.loads(line) for line in report.read_text().splitlines()]
    assert [(each["number"], each["id"]) for each in lines] == [(2, "user_2taken"), (3, "")]
    assert "email_address" in lines[0]["reason"]
    assert BCRYPT not in done.stdout + done.stderr + report.read_text()  # R-LOG-02


@pytest.mark.parametrize(
    ("source", "content"),
    [
        ("clerk", "name,mail\nx,y\n"), ("clerk", ""), ("django", "a,b\n1,2\n"), ("django", "[1, 2]"), ("django", "[{"),
        ("auth0", "hello\n"), ("auth0", "[]\n"), ("auth0", '{"email": "x"}\n'), ("firebase", "{}"), ("firebase", "x"),
    ],
)  # fmt: skip
def test_a_file_of_another_kind_is_one_clear_line_and_nothing_is_written(
    tmp_path: Path, source: str, content: str
) -> None:
    file = tmp_path / "users"
    file.write_text(content)
    refused = run("import", source, str(file), data=tmp_path)
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1, refused.stderr
    assert str(file) in refused.stderr


def test_what_is_no_file_and_no_text_is_one_clear_line(tmp_path: Path) -> None:
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\x00id")
    for file, words in ((tmp_path / "missing.csv", "No such file"), (binary, "UTF-8")):
        refused = run("import", "clerk", str(file), data=tmp_path)
        assert refused.returncode == 2
        assert words in refused.stderr
