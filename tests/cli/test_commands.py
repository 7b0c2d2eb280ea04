"""The command line as an operator meets it."""

import json
import re
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import pytest

from sojourn.secret import Secret

from .running import SOJOURN, call, run


@pytest.fixture
def person(tmp_path: Path) -> dict[str, str]:
    made = run("users", "create", "--email", "ada@example.com", data=tmp_path, stdin="correct horse battery staple\n")
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)


def test_env_prints_only_key_value_lines_that_the_sdk_reads(tmp_path: Path) -> None:
    lines = run("env", "nextjs", "--sdk-major", "4", "--port", "8123", data=tmp_path).stdout.splitlines()
    assert all(re.fullmatch(r"[A-Z_0-9]+=\S+", line) for line in lines)
    values = dict(line.split("=", 1) for line in lines)
    assert values["NEXT_PUBLIC_CLERK_JS"] == "http://localhost:8123/npm/@clerk/clerk-js@4/dist/clerk.browser.js"
    assert values["CLERK_SECRET_KEY"].startswith("sk_test_")


NODE_SDKS = {
    "nextjs": ("NEXT_PUBLIC_CLERK_", "CLERK_"),
    "nuxt": ("NUXT_PUBLIC_CLERK_", "NUXT_CLERK_"),
    "astro": ("PUBLIC_CLERK_", "CLERK_"),
    "react-router": ("VITE_CLERK_", "CLERK_"),
    "tanstack-start": ("VITE_CLERK_", "CLERK_"),
    "express": ("CLERK_", "CLERK_"),
    "fastify": ("CLERK_", "CLERK_"),
    "hono": ("CLERK_", "CLERK_"),
}


@pytest.mark.parametrize("name", [*NODE_SDKS, "react", "vue"])
def test_env_prints_the_names_that_each_sdk_reads(tmp_path: Path, name: str) -> None:
    printed = call("env", name, "--port", "8123", data=tmp_path).stdout.splitlines()
    assert all(re.fullmatch(r"[A-Z_0-9]+=\S+", line) for line in printed)
    values = dict(line.split("=", 1) for line in printed)
    url = "http://localhost:8123"
    public, private = NODE_SDKS.get(name, ("VITE_CLERK_", ""))
    assert values[f"{public}PUBLISHABLE_KEY"].startswith("pk_test_")
    assert values[f"{public}PROXY_URL"] == url
    if not private:
        assert not [key for key in values if "SECRET" in key or not key.startswith(public)]
        return
    assert values[f"{private}SECRET_KEY"].startswith("sk_test_")
    assert values[f"{private}API_URL"] == values["CLERK_FAPI_URL"] == url
    assert (f"{private}JWT_KEY" in values) == (name == "fastify")


def test_env_names_the_servers_own_pages_until_the_app_has_some(tmp_path: Path) -> None:
    def pages(*words: str) -> tuple[set[str], str]:
        printed = call("env", "nextjs", *words, data=tmp_path)
        return {line for line in printed.stdout.splitlines() if "_SIGN_" in line}, printed.stderr

    lines, said = pages()
    names = ("NEXT_PUBLIC_CLERK_SIGN_IN_URL", "NEXT_PUBLIC_CLERK_SIGN_UP_URL")
    assert lines == {f"{names[0]}=http://localhost:8000/sign-in", f"{names[1]}=http://localhost:8000/sign-up"}
    assert f"{names[0]}=/sign-in" in said and "--own-pages" in said
    lines, said = pages("--own-pages")
    assert lines == {f"{names[0]}=/sign-in", f"{names[1]}=/sign-up"}
    assert said == ""


def test_env_refuses_a_key_that_the_published_sdks_cannot_use(tmp_path: Path) -> None:
    run("settings", "set", "sessions.token_algorithm=EdDSA", data=tmp_path)
    refused = call("env", "fastify", data=tmp_path)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "sessions.token_algorithm=RS256" in refused.stderr


def test_env_of_production_holds_no_key_of_development_and_says_where_the_secret_one_is(tmp_path: Path) -> None:
    production = {"SOJOURN_ENVIRONMENT": "production", "SOJOURN_PUBLIC_URL": "https://auth.example.com"}
    production |= {"SOJOURN_ROOT_KEYS": Secret.random().reveal(), "SOJOURN_SMTP_HOST": "smtp.example.com"}
    for name in ("nextjs", "express", "fastapi"):
        printed = call("env", name, data=tmp_path, **production)
        assert "pk_live_" in printed.stdout
        assert "SECRET_KEY" not in printed.stdout
        assert "sojourn keys create-secret" in printed.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_fresh_data_folder_has_nobody_in_it_and_secrets_of_its_own(tmp_path: Path) -> None:  # R-FLOW-06
    secrets: list[str] = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        printed = call("env", "express", data=folder).stdout
        values = dict(line.split("=", 1) for line in printed.splitlines())
        secrets.append(values["CLERK_SECRET_KEY"])
        assert json.loads(call("users", "list", "--json", data=folder).stdout) == []
        with closing(sqlite3.connect(folder / "sojourn.db")) as database:
            for table in ("users", "identifiers", "sessions", "tickets"):
                assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
            secrets += [pem for (pem,) in database.execute("SELECT public_pem FROM signing_keys")]
        files = [path for path in folder.iterdir() if "sojourn.db" not in path.name and path.name != ".gitignore"]
        secrets += [path.read_text() for path in files]
    assert len(secrets) >= 6
    assert len(set(secrets)) == len(secrets)


def test_env_names_the_apps_it_knows(tmp_path: Path) -> None:
    refused = call("env", "cobol", data=tmp_path)
    assert refused.returncode == 1
    assert "nextjs" in refused.stderr and refused.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "name", ["python", "asgi", "starlette", "fastapi", "litestar", "flask", "django", "quart", "wsgi"]
)
def test_env_prints_the_address_and_keys_that_a_python_app_reads(tmp_path: Path, name: str) -> None:
    printed = call("env", name, "--port", "8123", data=tmp_path).stdout.splitlines()
    names = ["SOJOURN_URL", "SOJOURN_PUBLISHABLE_KEY", "SOJOURN_SECRET_KEY"]
    assert [line.partition("=")[0] for line in printed] == names
    assert printed[0] == "SOJOURN_URL=http://localhost:8123"


def test_env_below_the_folder_of_a_server_refuses_and_names_it(tmp_path: Path) -> None:
    call("env", "nextjs", data=tmp_path / ".sojourn")
    below = tmp_path / "my-app"
    below.mkdir()
    refused = subprocess.run([SOJOURN, "env", "nextjs"], cwd=below, capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert f"use --data {tmp_path / '.sojourn'}" in refused.stderr
    assert not (below / ".sojourn").exists()


def test_env_in_a_folder_where_no_server_has_run_says_so_beside_the_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first, second = call("env", "nextjs"), call("env", "nextjs")
    assert first.stdout == second.stdout
    once = first.stderr.removesuffix(second.stderr)
    assert once.count("\n") == 1 and "--data" in once
    assert "--data" not in second.stderr


def test_the_version_is_told() -> None:
    assert run("--version").stdout == f"sojourn {version('sojourn')}\n"


def test_the_words_of_a_command_are_read_before_a_database_is_loaded() -> None:
    """A third of the time to the first word of a command that needs none."""
    code = "import sys, sojourn.cli.commands; print({'sojourn.engine', 'sqlalchemy', 'litestar'} & {*sys.modules})"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout == "set()\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["dev", "--port", "abc"], "--port"),
        (["dev", "--port", "99999999"], "--port"),
        (["serve", "--port", "-1"], "--port"),
        (["dev", "--bogus"], "No such option: --bogus"),
        (["users", "show"], "Missing argument 'USER'"),
        (["import", "foo", "x"], "'foo' is not one of 'clerk', 'django', 'auth0', 'firebase'"),
        (["import"], "Choose from: clerk, django, auth0, firebase"),
    ],
    ids=" ".join,
)
def test_a_wrong_word_is_one_clear_line(words: list[str], said: str) -> None:
    refused = call(*words)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.count("\n") == 1 and said in refused.stderr and "--help" in refused.stderr


def test_a_shell_sees_the_status_of_a_wrong_word() -> None:
    refused = run("nonsense")
    assert (refused.returncode, refused.stdout) == (2, "")


def test_no_word_at_all_shows_the_commands() -> None:
    for words in ([], ["users"], ["keys"]):
        shown = call(*words)
        assert "Commands" in shown.stdout + shown.stderr and "Traceback" not in shown.stderr


def test_users_are_created_listed_banned_and_deleted(tmp_path: Path, person: dict[str, str]) -> None:
    listed = json.loads(call("users", "list", "--json", data=tmp_path).stdout)
    assert [each["id"] for each in listed] == [person["id"]]
    assert json.loads(call("users", "ban", person["id"], data=tmp_path).stdout)["banned"] is True
    assert call("users", "delete", person["id"], "--yes", data=tmp_path).returncode == 0
    assert json.loads(call("users", "list", "--json", data=tmp_path).stdout) == []


def test_a_user_is_named_by_id_or_by_an_address_that_is_theirs(
    tmp_path: Path, person: dict[str, str]
) -> None:  # R-LOG-01
    for address in ("ada@example.com", "ADA@Example.com"):
        assert json.loads(call("users", "show", address, data=tmp_path).stdout)["id"] == person["id"]
        assert person["id"] in call("inspect", address, data=tmp_path).stdout
    for words in (["users", "show", "eve@example.com"], ["events", "--user", "eve@example.com"]):
        refused = call(*words, data=tmp_path)
        assert (refused.returncode, refused.stderr) == (1, "sojourn: No user has the e-mail address eve@example.com.\n")
    unknown = call("inspect", "eve@example.com", data=tmp_path)
    assert unknown.returncode == 1 and unknown.stdout.startswith("No user with this e-mail address exists here")
    for word in ("ban", "unban", "unlock"):
        assert call("users", word, "ada@example.com", data=tmp_path).returncode == 0
    assert call("sessions", "revoke", "--user", "ada@example.com", data=tmp_path).stdout == "0 sessions revoked.\n"
    told = json.loads(call("events", "--json", "--user", "ada@example.com", data=tmp_path).stdout)
    assert {each["kind"] for each in told} == {"user.created", "user.banned", "user.unbanned", "user.unlocked"}
    assert {each["actor"] for each in told} == {"operator"}
    assert call("users", "delete", "ada@example.com", "--yes", data=tmp_path).returncode == 0
    assert call("users", "show", person["id"], data=tmp_path).returncode == 1


def test_an_address_that_somebody_only_claims_names_nobody(tmp_path: Path, person: dict[str, str]) -> None:
    with closing(sqlite3.connect(tmp_path / "sojourn.db")) as database, database:
        database.execute("UPDATE identifiers SET verified_at = NULL")
    assert call("users", "delete", "ada@example.com", "--yes", data=tmp_path).returncode == 1
    assert call("users", "show", person["id"], data=tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("words", "meant"),
    [(["user", "list"], "users"), (["setings"], "settings"), (["users", "lst"], "list"),
     (["settings", "set", "sessions.lifetime=30d"], "sessions.lifetime_seconds"),
     (["settings", "set", "sesions.token_seconds=30"], "sessions")],
)  # fmt: skip
def test_a_name_with_a_typo_is_refused_with_the_one_that_is_meant(tmp_path: Path, words: list[str], meant: str) -> None:
    refused = call(*words, data=tmp_path if "settings" in words else None)
    assert refused.returncode != 0 and refused.stderr.count("\n") == 1
    assert f"Did you mean {meant}?" in refused.stderr.replace("'", "")


def test_locks_since_a_moment_are_ended_by_one_command(tmp_path: Path, person: dict[str, str]) -> None:  # R-LIM-03
    with closing(sqlite3.connect(tmp_path / "sojourn.db")) as database, database:
        database.execute("UPDATE users SET failed_tries = 10, locked_at = 1785578400000, locked_until = 9999999999999")
    assert run("users", "unlock", "--all-since", "2026-08-01T10:00:01", data=tmp_path).stdout == "0 users unlocked.\n"
    assert run("users", "unlock", "--all-since", "last Tuesday", data=tmp_path).returncode != 0
    assert run("users", "unlock", "--all-since", "2026-08-01T10:00:00Z", data=tmp_path).stdout == "1 user unlocked.\n"
    assert json.loads(run("users", "show", person["id"], data=tmp_path).stdout)["locked"] is False
    assert run("users", "unlock", data=tmp_path).returncode != 0


def test_every_setting_is_described_with_what_it_takes(tmp_path: Path) -> None:
    described = json.loads(run("settings", "describe", "--json").stdout)
    shown = json.loads(run("settings", "show", "--json", data=tmp_path).stdout)
    for each in described:
        value = shown
        for name in each["name"].split("."):
            value = value[name]
        assert value == each["default"]
    told = run("settings", "describe", "sessions.token_seconds").stdout
    assert "2 to 3,600" in told
    refused = call("settings", "describe", "sesions")
    assert refused.returncode == 1
    assert "sessions" in refused.stderr


def test_settings_are_changed_all_or_none(tmp_path: Path) -> None:
    refused = call("settings", "set", "sessions.token_seconds=30", "sessions.lifetime_seconds=1", data=tmp_path)
    assert refused.returncode == 1
    assert "sessions.lifetime_seconds" in refused.stderr
    assert json.loads(call("settings", "show", "--json", data=tmp_path).stdout)["sessions"]["token_seconds"] == 60
    for assignment in ("sessions.token_seconds=long", "sessions.token=30", "=30", "token_seconds"):
        refused = call("settings", "set", assignment, data=tmp_path)
        assert refused.returncode == 1 and refused.stderr.count("\n") == 1
        assert assignment.partition("=")[0] in refused.stderr and "`" not in refused.stderr
    assert run("settings", "set", "sessions.token_seconds=30", data=tmp_path).returncode == 0
    assert json.loads(call("settings", "show", "--json", data=tmp_path).stdout)["sessions"]["token_seconds"] == 30


def test_keys_rotate_keeps_the_old_key_published(tmp_path: Path) -> None:  # R-KEY-03
    before = json.loads(call("keys", "list", data=tmp_path).stdout)["keys"]
    rotated = json.loads(run("keys", "rotate", "--json", data=tmp_path).stdout)
    after = json.loads(call("keys", "list", data=tmp_path).stdout)["keys"]
    assert {each["kid"] for each in after} == {before[0]["kid"], rotated["kid"]}


def test_inspect_says_why_a_token_is_refused(tmp_path: Path) -> None:
    told = run("inspect", "not.a.token", "--json", data=tmp_path)
    assert told.returncode == 1
    assert [each["cause"] for each in json.loads(told.stdout)["problems"]] == ["token_malformed"]


def test_doctor_shows_every_setting_and_no_secret(tmp_path: Path) -> None:  # R-LOG-02
    root = Secret.random().reveal()
    told = run("doctor", data=tmp_path, SOJOURN_ROOT_KEYS=root, SOJOURN_SMTP_PASSWORD="hunter2-hunter2")
    assert told.returncode == 0, told.stderr
    assert "SOJOURN_DATABASE_URL" in told.stdout
    assert root not in told.stdout and "hunter2" not in told.stdout


def test_serve_says_in_one_line_all_that_is_missing() -> None:  # R-KEY-02
    refused = run("serve")
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    for name in ("SOJOURN_PUBLIC_URL", "SOJOURN_ROOT_KEYS", "SOJOURN_SMTP_HOST"):
        assert name in refused.stderr
    refused = call("serve", "--public-url", "https://auth.example.com", SOJOURN_SMTP_HOST="localhost")
    assert "SOJOURN_ROOT_KEYS" in refused.stderr and "SOJOURN_SMTP_HOST" not in refused.stderr


def test_serve_refuses_a_sample_root_key(tmp_path: Path) -> None:  # R-KEY-02
    refused = run(
        "serve", "--public-url", "https://auth.example.com", "--database-url", f"sqlite:///{tmp_path}/x.db",
        "--port", "0", SOJOURN_ROOT_KEYS="A" * 43, SOJOURN_SMTP_HOST="localhost",
    )  # fmt: skip
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1 and "SOJOURN_ROOT_KEYS" in refused.stderr


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = run("dev", "--port", str(port), data=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1 and f"port {port} is taken" in refused.stderr
    free = re.search(r"--port (\d+) is free", refused.stderr)
    assert free is not None and int(free[1]) > port


def test_a_data_folder_that_cannot_be_used_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    refused = run("dev", "--port", "0", data=tmp_path / "file")
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1 and "--data" in refused.stderr


def test_a_database_newer_than_the_code_is_one_clear_line(tmp_path: Path) -> None:
    assert run("migrate", data=tmp_path).returncode == 0
    with sqlite3.connect(tmp_path / "sojourn.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    refused = call("migrate", data=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1 and "newer" in refused.stderr


def test_another_root_key_is_one_clear_line(tmp_path: Path) -> None:  # R-KEY-01
    assert call("keys", "list", data=tmp_path).returncode == 0
    refused = call("keys", "list", data=tmp_path, SOJOURN_ROOT_KEYS=Secret.random().reveal())
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1 and "SOJOURN_ROOT_KEYS" in refused.stderr


def test_sessions_of_one_user_or_of_all_are_revoked(tmp_path: Path, person: dict[str, str]) -> None:  # R-SES-05
    for words in ([], ["sess_1", "--all"], ["--user", person["id"], "--all"]):
        refused = call("sessions", "revoke", *words, data=tmp_path)
        assert refused.returncode == 1
        assert "give a session ID, --user or --all" in refused.stderr
    assert call("sessions", "revoke", "--user", person["id"], data=tmp_path).stdout == "0 sessions revoked.\n"
    assert call("sessions", "revoke", "--user", "user_unknown", data=tmp_path).returncode == 1
    assert run("sessions", "revoke", "--all", data=tmp_path, stdin="n\n").returncode == 1
    assert "0 sessions revoked." in call("sessions", "revoke", "--all", "--yes", data=tmp_path).stdout


def test_secret_keys_are_listed_and_revoked_but_the_last(tmp_path: Path) -> None:  # R-AUZ-08
    assert run("keys", "create-secret", data=tmp_path).stdout.startswith("sk_test_")
    (first,) = json.loads(call("keys", "secrets", "--json", data=tmp_path).stdout)
    kept = call("keys", "revoke-secret", first["id"], data=tmp_path)
    assert kept.returncode == 1
    assert "the only secret key" in kept.stderr and kept.stderr.count("\n") == 1
    call("keys", "create-secret", "--scope", "read", data=tmp_path)
    assert call("keys", "revoke-secret", first["id"], data=tmp_path).returncode == 0
    (second,) = json.loads(call("keys", "secrets", "--json", data=tmp_path).stdout)
    assert second["id"] != first["id"]
    assert [(each["scope"], each["last_used_at"]) for each in (first, second)] == [("full", None), ("read", None)]
    assert call("keys", "create-secret", "--scope", "write", data=tmp_path).returncode != 0


def test_settings_warn_of_a_value_that_hurts_and_save_it(tmp_path: Path) -> None:
    saved = run("settings", "set", "sessions.token_seconds=5", data=tmp_path)
    assert (saved.returncode, saved.stdout) == (0, "Saved.\n")
    assert saved.stderr.startswith("Warning: sessions.token_seconds: every open tab fetches such a short token")
    assert call("settings", "set", "sessions.token_seconds=60", data=tmp_path).stderr == ""


def test_a_user_is_created_by_an_address_alone(tmp_path: Path) -> None:
    made = run("users", "create", "ada@example.com", data=tmp_path)
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["email_addresses"][0]["email_address"] == "ada@example.com"
    for words in ([], ["bob@example.com", "--email", "ada@example.com"]):
        refused = call("users", "create", *words, data=tmp_path)
        assert refused.returncode == 1
        assert "users create ADDRESS" in refused.stderr
