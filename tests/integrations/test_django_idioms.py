"""What users of Django write and expect: its decorators and mixins, the admin, messages, `login()` and `logout()`."""

from collections.abc import Iterator
from typing import Any

import pytest

from sojourn.testing import FakeSojourn, SignedInBrowser

from ..contract.adapters.apps import PUBLIC
from ..contract.adapters.apps import django as app

PAGE = {"HTTP_ACCEPT": "text/html", "HTTP_SEC_FETCH_DEST": "document"}


@pytest.fixture
def client(sojourn: FakeSojourn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    _, undo = app.build(
        sojourn, tmp_path_factory.getbasetemp(), is_async=False, public=[*PUBLIC, "/admin/login/", "/accounts/(.*)"]
    )
    from django.contrib.auth.models import User
    from django.test import Client

    User.objects.all().delete()
    yield Client(headers={"host": "localhost:8000"})
    undo()


def _browser(somebody: SignedInBrowser) -> dict[str, str]:
    return {"HTTP_COOKIE": f"__session={somebody.token}", "HTTP_SEC_FETCH_SITE": "same-origin", **PAGE}


def _staff(client: Any, somebody: SignedInBrowser) -> Any:
    from django.contrib.auth.models import User

    client.get("/me", **_browser(somebody))
    row = User.objects.get(username=somebody.user.id)
    row.is_staff = row.is_superuser = True
    row.save()
    return row


@pytest.mark.parametrize("path", ["/open/login", "/open/mixed", "/open/users"])
def test_djangos_own_guards_send_strangers_to_sign_in_and_back(client: Any, path: str) -> None:  # R-WEB-05
    sent = client.get(path, **PAGE)
    assert sent["Location"] == f"/accounts/login/?next={path}"
    on = client.get(sent["Location"], **PAGE)
    assert on.status_code == 307
    assert on["Location"].startswith("http://localhost:8000/sign-in?redirect_url=")
    assert on["Location"].count(path.replace("/", "%252F")) == 1  # a page of this app, inside the handshake's address
    elsewhere = client.get("/accounts/login/?next=https://evil.example.com/", **PAGE)
    assert "evil.example" not in elsewhere["Location"]


def test_whoever_is_signed_in_and_may_not_is_told_so_and_not_sent_round(client: Any, sojourn: FakeSojourn) -> None:
    ada = sojourn.signed_in()
    assert client.get("/open/login", **_browser(ada)).json() == {"user": ada.user.id}
    assert client.get("/open/mixed", **_browser(ada)).json() == {"user": ada.user.id}
    sent = client.get("/open/users", **_browser(ada))
    assert client.get(sent["Location"], **_browser(ada)).status_code == 403
    _staff(client, ada)
    assert client.get("/open/users", **_browser(ada)).json() == {"user": ada.user.id}


@pytest.mark.parametrize("path", ["/open/editors", "/open/async-editors"])
def test_a_class_of_views_asks_for_what_its_mixin_says(client: Any, sojourn: FakeSojourn, path: str) -> None:
    assert client.get(path).status_code == 401
    assert client.get(path, **PAGE).status_code == 307
    assert client.get(path, **_browser(sojourn.signed_in())).status_code == 403
    editor = sojourn.signed_in(role="org:editor")
    assert client.get(path, **_browser(editor)).json() == {"user": editor.user.id}


def test_a_decorator_may_stand_bare(client: Any, sojourn: FakeSojourn) -> None:
    assert client.get("/open/bare").status_code == 401
    ada = sojourn.signed_in()
    assert client.get("/open/bare", **_browser(ada)).json() == {"user": ada.user.id}


def test_messages_are_kept_until_they_are_shown(client: Any, sojourn: FakeSojourn) -> None:
    ada = sojourn.signed_in()
    assert client.get("/open/noted", **_browser(ada)).json() == {"said": []}
    assert client.get("/open/noted", **_browser(ada)).json() == {"said": ["hello"]}
    assert client.get("/open/noted", **_browser(sojourn.signed_in())).json() == {"said": []}


def test_the_admin_is_for_staff_and_its_forms_work(client: Any, sojourn: FakeSojourn) -> None:
    from django.contrib.auth.models import Group

    ada = sojourn.signed_in()
    assert client.get("/admin/", **PAGE)["Location"].startswith("http://localhost:8000/sign-in?")
    assert client.get("/admin/", **_browser(ada)).status_code == 302  # to the admin's own page, which says who they are
    assert ada.user.id in client.get("/admin/login/", **_browser(ada)).content.decode()
    _staff(client, ada)
    assert client.get("/admin/auth/user/", **_browser(ada)).status_code == 200
    form = client.get("/admin/auth/group/add/", **_browser(ada))
    token = form.cookies["csrftoken"].value
    cookie = {**_browser(ada), "HTTP_COOKIE": f"__session={ada.token}; csrftoken={token}"}
    told = client.post("/admin/auth/group/add/", {"name": "writers", "csrfmiddlewaretoken": token}, **cookie)
    assert (told.status_code, Group.objects.get().name) == (302, "writers")
    Group.objects.all().delete()
    assert "was added successfully" in client.get(told["Location"], **_browser(ada)).content.decode()


def test_logging_out_of_the_admin_ends_the_session(client: Any, sojourn: FakeSojourn) -> None:
    ada = sojourn.signed_in()
    _staff(client, ada)
    client.cookies.clear()
    gone = client.post("/admin/logout/", **_browser(ada))
    assert gone.status_code == 200
    assert not sojourn.is_live_now(ada.session_id)
    assert gone.cookies["__session"].OutputString().startswith("__session=; Path=/; Max-Age=0")
    assert gone.cookies["__client_uat"].value == "0"
    signed_out = f"__session={ada.token}; __client_uat=0"
    assert client.get("/protected", HTTP_COOKIE=signed_out).status_code == 401


def test_djangos_own_sign_in_beside_it_gives_a_visitor_another_key(client: Any, sojourn: FakeSojourn) -> None:
    from django.contrib.auth.models import User
    from django.test import override_settings

    User.objects.create_superuser("root", "root@example.com", "correct horse")
    planted = client.get("/open/noted", **PAGE).cookies["sojourn_data"].value
    own = {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_COOKIE": f"sojourn_data={planted}"}
    backends = ["sojourn.integrations.django.backend.SojournBackend", "django.contrib.auth.backends.ModelBackend"]
    client.cookies.clear()
    with override_settings(AUTHENTICATION_BACKENDS=backends):
        signed_in = client.post("/admin/login/?next=/me", {"username": "root", "password": "correct horse"}, **own)
        assert signed_in.status_code == 302, signed_in.content
        given = signed_in.cookies["sojourn_data"].value
        assert given != planted
        client.cookies.clear()
        assert client.get("/open/login", HTTP_COOKIE=f"sojourn_data={given}").status_code == 200
        assert (
            client.get("/open/login", HTTP_COOKIE=f"sojourn_data={planted}").status_code == 302
        )  # whoever planted it is nobody
