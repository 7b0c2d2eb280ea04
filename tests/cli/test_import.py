"""`sojourn import` as somebody who moves here meets it, on a real file."""

import csv
import hashlib
import json
import os
import pty
import re
import signal
import sqlite3
import subprocess
import time
from base64 import b64encode
from contextlib import closing, suppress
from pathlib import Path

import bcrypt
import pytest

from ..firebase import exported, hash_config
from .running import SOJOURN, call, run

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
GRACE = {
    "id": "user_2def",
    "primary_email_address": "grace@example.com",
    "verified_email_addresses": "grace@example.com",
}


def _users(data: Path) -> list[dict[str, object]]:
    return json.loads(call("users", "list", "--json", data=data).stdout)


def _fits(data: Path, email: str, password: str = PASSWORD) -> bool:
    """Whether somebody can sign in with it, asked of the engine."""
    import asyncio

    from sojourn.cli.runtime import configured
    from sojourn.engine import Engine
    from sojourn.errors import SojournError
    from sojourn.sessions.caller import Caller
    from sojourn.sessions.session import Device
    from sojourn.sign_ins.attempt import SignInInput

    async def sign_in() -> bool:
        engine = await Engine.open(await configured(data, None).found())
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
    assert (done.returncode, done.stdout) == (0, "2 imported, 0 already present, 0 rejected\n"), done.stderr
    assert done.stderr == ""  # no bar where nobody watches
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
    assert call("import", "django", str(table), data=tmp_path).returncode == 0
    fields = {"username": "gracie", "password": f"bcrypt${BCRYPT}", "email": "grace@example.com", "is_active": True,
              "date_joined": "2020-01-02T03:04:05Z"}  # fmt: skip
    dump = tmp_path / "auth_user.json"
    dump.write_text(json.dumps([{"model": "auth.user", "pk": 9, "fields": fields}]))
    assert call("import", "django", str(dump), data=tmp_path).returncode == 0
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
    done = call("import", "auth0", str(file), "--json", data=tmp_path)
    counts = {"imported": 2, "skipped": 0, "refused": 0, "addresses_left_out": 0, "dry_run": False}
    fields: dict[str, dict[str, int]] = {"fields_left_out": {}, "fields_mended": {}, "fields_without_place": {}}
    assert json.loads(done.stdout) == counts | fields
    found = {each["external_id"]: each for each in _users(tmp_path)}
    assert set(found) == {"auth0|1", "auth0|5f"}
    # users write user_metadata themselves there, so it must not come where an app trusts it (R-INP-04)
    assert found["auth0|1"]["public_metadata"] == {}
    assert found["auth0|1"]["unsafe_metadata"] == {"plan": "gold"}
    assert _fits(tmp_path, "ada@example.com")


def test_firebase_brings_people_with_the_projects_hash_parameters(tmp_path: Path) -> None:
    file = exported(tmp_path, "ada@example.com", PASSWORD)
    refused = call("import", "firebase", str(file), data=tmp_path)
    assert (refused.returncode, "--hash-config" in refused.stderr) == (2, True)
    done = call("import", "firebase", str(file), "--hash-config", str(hash_config(tmp_path)), data=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert _users(tmp_path)[0]["last_name"] == "Lovelace"
    assert _fits(tmp_path, "ada@example.com")


def test_a_dry_run_checks_everything_and_writes_nothing(tmp_path: Path) -> None:
    twin = {**GRACE, "id": "user_2twin", "primary_email_address": "Ada@example.com", "verified_email_addresses": ""}
    bad = {**GRACE, "id": "user_2bad", "primary_email_address": "bad@example.com", "verified_email_addresses": "",
           "password_digest": "x", "password_hasher": "rot13"}  # fmt: skip
    done = call("import", "clerk", str(clerk_file(tmp_path, ADA, GRACE, twin, bad)), "--dry-run", data=tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith("2 would be imported, 0 already present, 2 rejected\n")
    assert _users(tmp_path) == []


def test_it_goes_on_after_an_interruption_and_reports_who_was_refused(tmp_path: Path) -> None:
    call("import", "clerk", str(clerk_file(tmp_path, ADA)), data=tmp_path)
    taken = {**GRACE, "id": "user_2taken", "primary_email_address": "ada@example.com", "verified_email_addresses": ""}
    nobody = {"primary_email_address": "who@example.com"}
    report = tmp_path / "refused.jsonl"
    rows = clerk_file(tmp_path, ADA, taken, nobody, GRACE)
    done = call("import", "clerk", str(rows), "--report", str(report), data=tmp_path)
    assert (done.returncode, done.stdout.splitlines()[0]) == (1, "1 imported, 1 already present, 2 rejected")
    lines = [json.loads(line) for line in report.read_text().splitlines()]
    assert lines == [
        {"line": 3, "external_id": "user_2taken", "reason": "its e-mail address belongs to another user"},
        {"line": 4, "external_id": None, "reason": "it has no id"},
    ]
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
    parameters = tmp_path / "hash_config"
    parameters.write_text(f"base64_signer_key: {b64encode(bytes(32)).decode()}, rounds: 8, mem_cost: 14")
    options = ["--hash-config", str(parameters)] if source == "firebase" else []
    refused = call("import", source, str(file), *options, data=tmp_path / "data")
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1, refused.stderr
    assert str(file) in refused.stderr
    assert not (tmp_path / "data").exists()


def test_what_is_no_file_and_no_text_is_one_clear_line(tmp_path: Path) -> None:
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\x00id")
    for file, words in ((tmp_path / "missing.csv", "No such file"), (binary, "UTF-8")):
        refused = run("import", "clerk", str(file), data=tmp_path)
        assert refused.returncode == 2
        assert words in refused.stderr


def test_an_import_that_was_killed_goes_on_where_it_was(tmp_path: Path) -> None:  # R-REL-01
    total = 5_000
    everybody = [{"id": f"user_{n}", "primary_email_address": f"p{n}@example.com"} for n in range(total)]
    file = clerk_file(tmp_path, *everybody)
    assert _users(tmp_path) == []
    running = subprocess.Popen([str(SOJOURN), "import", "clerk", str(file), "--data", str(tmp_path)])
    while _count(tmp_path) == 0:
        assert running.poll() is None
        time.sleep(0.02)
    running.kill()
    running.wait()
    kept = _count(tmp_path)
    assert 0 < kept < total
    done = json.loads(call("import", "clerk", str(file), "--json", data=tmp_path).stdout)
    assert (done["imported"], done["skipped"], done["refused"]) == (total - kept, kept, 0)
    assert _count(tmp_path) == total


def test_an_import_that_is_interrupted_says_how_far_it_came(tmp_path: Path) -> None:
    everybody = [
        {"id": f"user_{n}", "primary_email_address": f"p{n}@example.com"} for n in range(30_000)
    ]  # many seconds of work
    file = clerk_file(tmp_path, *everybody)
    assert _users(tmp_path) == []
    command = [str(SOJOURN), "import", "clerk", str(file), "--data", str(tmp_path)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=_listen)
    while _count(tmp_path) == 0:
        assert running.poll() is None
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    stdout, stderr = running.communicate(timeout=60)
    assert (running.returncode, stdout) == (130, "")
    assert re.fullmatch(r"stopped after [\d,]+ records; run it again to continue\n", stderr)


def _listen() -> None:
    """Tests that run in the background of a shell are told to ignore interruptions, and so are their children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _count(data: Path) -> int:
    with closing(sqlite3.connect(f"file:{data}/sojourn.db?mode=ro", uri=True)) as database:
        return database.execute("SELECT count(*) FROM users").fetchone()[0]


def test_whatever_goes_wrong_no_hash_and_no_password_is_shown(tmp_path: Path) -> None:  # R-LOG-02
    canary, plain = "0123456789abcdef0123456789abcdef", "violet umbrella at the ferry"
    clerk = clerk_file(
        tmp_path,
        {**ADA, "id": "user_1", "password_digest": canary},
        {**ADA, "id": "user_2", "password_hasher": canary},
        {**ADA, "id": "user_3", "first_name": canary * 10, "password_digest": canary + "\0"},
        {
            **ADA,
            "id": "user_4",
            "primary_email_address": canary,
            "verified_email_addresses": "",
            "unverified_email_addresses": "",
        },
    )
    django = tmp_path / "auth_user.csv"
    django.write_text(f"id,password,username,email\n1,{plain},adalove,a@example.com\n2,{canary}x$1$2$3,bobby,\n")
    auth0 = tmp_path / "users.ndjson"
    auth0.write_text(json.dumps({"user_id": "a|1", "email": "a@example.com", "passwordHash": canary}))
    report = tmp_path / "refused.jsonl"
    for source, file in (("clerk", clerk), ("django", django), ("auth0", auth0)):
        for more in ([], ["--dry-run"], ["--json"]):
            done = call("import", source, str(file), "--report", str(report), *more, data=tmp_path)
            assert done.returncode == 1
            shown = done.stdout + done.stderr + report.read_text()
            assert canary not in shown and plain not in shown and plain[:8] not in shown
    assert _count(tmp_path) == 0


def test_an_id_cannot_speak_to_the_terminal(tmp_path: Path) -> None:
    done = call("import", "clerk", str(clerk_file(tmp_path, {**ADA, "id": "\x1b]0;owned\x07"})), data=tmp_path)
    assert done.returncode == 1
    assert "\x1b" not in done.stdout + done.stderr


def test_a_second_factor_is_left_behind_only_when_that_is_said(tmp_path: Path) -> None:
    file = clerk_file(tmp_path, {**ADA, "totp_secret": "JBSWY3DPEHPK3PXP"})
    assert call("import", "clerk", str(file), data=tmp_path).returncode == 1
    assert call("import", "clerk", str(file), "--without-second-factors", data=tmp_path).returncode == 0


def test_addresses_of_django_are_verified_when_whoever_imports_vouches_for_them(tmp_path: Path) -> None:
    file = tmp_path / "auth_user.csv"
    file.write_text(f"id,password,username,email\n1,{_django_digest(PASSWORD)},ada,ada@example.com\n")
    assert call("import", "django", str(file), data=tmp_path).returncode == 1  # three letters are no user name here
    options = ["--verified-emails", "--without-usernames"]
    assert call("import", "django", str(file), *options, data=tmp_path).returncode == 0
    (ada,) = _users(tmp_path)
    assert ada["email_addresses"][0]["verification"]["status"] == "verified"  # type: ignore[index]
    assert _fits(tmp_path, "ada@example.com")


def test_the_report_never_replaces_the_file_that_is_read(tmp_path: Path) -> None:
    file = clerk_file(tmp_path, ADA)
    before = file.read_bytes()
    refused = call("import", "clerk", str(file), "--report", str(file), data=tmp_path)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "words",
    [["clerk", "--hash-config", "x"], ["clerk", "--verified-emails"], ["firebase"], ["clerk", "--report", "/no/x"]],
)
def test_an_option_that_cannot_be_followed_is_one_clear_line(tmp_path: Path, words: list[str]) -> None:
    source, *options = words
    refused = call("import", source, str(clerk_file(tmp_path, ADA)), *options, data=tmp_path)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)


def test_somebody_at_a_terminal_sees_how_far_it_is(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [str(SOJOURN), "import", "clerk", str(clerk_file(tmp_path, ADA, GRACE)), "--data", str(tmp_path)]
    with subprocess.Popen(command, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = _until_the_end(ours)
    assert process.returncode == 0
    assert "2/2" in shown and "2 imported" in shown


def _until_the_end(terminal: int) -> str:
    """Everything shown, read while it is: a terminal nobody reads from stops its writer."""
    shown = b""
    with suppress(OSError):  # the other end is closed
        while part := os.read(terminal, 65_536):
            shown += part
    os.close(terminal)
    return shown.decode()


def test_a_file_of_another_source_is_named_with_the_command_that_takes_it(tmp_path: Path) -> None:
    clerk = clerk_file(tmp_path, ADA)
    done = run("import", "auth0", str(clerk), data=tmp_path)
    assert done.returncode == 2
    assert "this is Clerk's export: sojourn import clerk takes it" in done.stderr and "user_id" in done.stderr
    strange = tmp_path / "people.csv"
    strange.write_text("name,age\nAda,36\n")
    told = call("import", "clerk", str(strange), data=tmp_path)
    assert told.returncode == 2 and "has no column id. clerk wants the CSV file of the dashboard" in told.stderr


def test_what_did_not_come_along_is_counted_and_listed_and_refuses_nobody(tmp_path: Path) -> None:
    people = [
        {"user_id": "a|1", "email": "ada@example.com", "email_verified": True, "given_name": "Anna\tMaria", "picture": "x",
         "phone_number": "12", "created_at": "soon"},
        {"user_id": "a|2", "email": "mailto:bob@example.com", "email_verified": True, "picture": "y"},
    ]  # fmt: skip
    file, left_out, report = tmp_path / "users.ndjson", tmp_path / "left.jsonl", tmp_path / "refused.jsonl"
    file.write_text("\n".join(map(json.dumps, people)))
    files = ["--left-out", str(left_out), "--report", str(report)]
    done = call("import", "auth0", str(file), *files, "--json", "--dry-run", data=tmp_path)
    counts = json.loads(done.stdout)
    assert (done.returncode, counts["imported"], report.read_text()) == (0, 2, "")
    assert counts["fields_left_out"] == {"created_at": 1, "phone_number": 1}
    assert counts["fields_mended"] == {"first_name": 1, "email_address": 1}
    assert counts["fields_without_place"] == {"picture": 2}
    listed = [json.loads(line) for line in left_out.read_text().splitlines()]
    assert [(each["line"], each["external_id"], each["left_out"]) for each in listed] == [
        (1, "a|1", "created_at"),
        (1, "a|1", "phone_number"),
    ]
    told = call("import", "auth0", str(file), data=tmp_path).stdout
    assert "phone_number (1)" in told and "picture (2)" in told and "first_name (1)" in told
