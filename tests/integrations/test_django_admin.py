"""Django's admin behind Sojourn's sign-in, asked with Django's own test client."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from sojourn.backend.user import User
from sojourn.testing import FakeSojourn

from ..contract.adapters.apps import django as app
from ..contract.adapters.site import PAGE

SITES = ["/staff", "/open/staff"]
"""Guarded by the middleware too, and by the admin alone."""


@pytest.fixture
def client(sojourn: FakeSojourn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    _, undo = app.build(sojourn, tmp_path_factory.getbasetemp(), is_async=False)
    from django.contrib.auth.models import User as Row
    from django.test import Client

    Row.objects.all().delete()
    yield Client(headers={"host": "localhost:8000", **PAGE})
    undo()


def staff(client: Any, sojourn: FakeSojourn, **names: Any) -> dict[str, str]:
    """Somebody who came once and was made staff, as `manage.py` or another of the staff does it."""
    user = sojourn.add_user("ada@example.com", **names)
    headers = sojourn.signed_in(user).headers
    client.get("/me", headers=headers)
    _row(user).update(is_staff=True, is_superuser=True)
    return headers


def _row(user: User) -> Any:
    from django.contrib.auth.models import User as Row

    return Row.objects.filter(sojourn_link__sojourn_id=user.id)


def _sign_in_of(answer: Any) -> tuple[str, str]:
    """The page that people are sent to, and the one that they come back to."""
    assert answer.status_code == 307
    there = urlsplit(answer["Location"])
    back = parse_qs(urlsplit(parse_qs(there.query)["redirect_url"][0]).query)["redirect_url"][0]
    return f"{there.scheme}://{there.netloc}{there.path}", unquote(back).partition("&")[0].partition("?__")[0]


@pytest.mark.parametrize("site", SITES)
def test_staff_are_sent_to_sign_in_and_come_back_to_their_page(client: Any, sojourn: FakeSojourn, site: str) -> None:
    answer = client.get(f"{site}/?a=b", follow=False)
    if answer.status_code == 302:  # by the admin itself
        answer = client.get(answer["Location"])
    sign_in, back = _sign_in_of(answer)
    assert sign_in == "http://localhost:8000/sign-in"
    assert back.startswith(f"http://localhost:8000{site}/?a=b")


@pytest.mark.parametrize(
    ("wanted", "back"),
    [("", "/open/staff/"), ("?next=/open/staff/x/", "/open/staff/x/"), ("?next=https://evil.example/", "/open/staff/")],
)
def test_the_login_page_leads_back_into_this_admin_alone(client: Any, wanted: str, back: str) -> None:  # R-WEB-05
    assert _sign_in_of(client.get(f"/open/staff/login/{wanted}"))[1].startswith(f"http://localhost:8000{back}")


@pytest.mark.parametrize("site", SITES)
def test_staff_who_are_there_go_on_at_once_and_never_round(client: Any, sojourn: FakeSojourn, site: str) -> None:
    headers = staff(client, sojourn)
    for wanted, there in (
        ("", f"{site}/"), (f"?next={site}/x/", f"{site}/x/"), (f"?next={site}/login/", f"{site}/"),
        (f"?next={site}/login/%3Fnext%3D{site}/login/", f"{site}/"), ("?next=//evil.example/", f"{site}/"),
    ):  # fmt: skip
        answer = client.get(f"{site}/login/{wanted}", headers=headers)
        assert (answer.status_code, answer["Location"]) == (302, there)


@pytest.mark.parametrize("site", SITES)
def test_somebody_signed_in_who_is_not_staff_reads_so(client: Any, sojourn: FakeSojourn, site: str) -> None:
    headers = sojourn.signed_in().headers
    answer = client.get(f"{site}/login/?next={site}/", headers=headers)
    assert (answer.status_code, "Location" in answer) == (403, False)


def test_the_admin_takes_no_password(client: Any) -> None:
    from django.contrib.auth.models import User as Row

    Row.objects.create_superuser("root", "root@example.com", "correct horse")
    assert client.post("/open/staff/login/", {"username": "root", "password": "correct horse"}).status_code == 405


@pytest.mark.parametrize(
    ("names", "greeting"),
    [
        ({"first_name": "Ada", "last_name": "Lovelace"}, "Ada"),
        ({}, "ada@example.com"),
        ({"first_name": "<b>"}, "&lt;b&gt;"),
    ],
)
def test_staff_are_greeted_by_name_and_never_by_an_id(
    client: Any, sojourn: FakeSojourn, names: dict[str, str], greeting: str
) -> None:
    headers = staff(client, sojourn, **names)
    for page in ("/staff/", "/open/staff/"):
        shown = client.get(page, headers=headers).content.decode()
        assert f"<strong>{greeting}</strong>" in shown
        assert "<strong>user_" not in shown


def test_somebody_of_the_apps_own_is_greeted_as_before(client: Any, sojourn: FakeSojourn) -> None:
    headers = staff(client, sojourn)
    from django.contrib.auth.models import User as Row

    Row.objects.update(username="root", email="")
    assert "<strong>root</strong>" in client.get("/open/staff/", headers=headers).content.decode()


def test_one_line_of_the_settings_makes_it_the_admin_of_an_app(tmp_path: Path) -> None:
    code = (
        "import django; from django.conf import settings\n"
        "settings.configure(INSTALLED_APPS=['sojourn.integrations.django.admin.SojournAdminConfig', 'django.contrib.auth',"
        " 'django.contrib.contenttypes', 'django.contrib.messages', 'sojourn.integrations.django'])\n"
        "django.setup(); from django.contrib import admin\n"
        "print(type(admin.site._wrapped or admin.site).__name__, admin.site.name, len(admin.site._registry))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert run.stdout.split() == ["SojournAdminSite", "admin", "2"], run.stderr
