"""Sojourn's users as rows of Django's own: made just in time, never somebody else's, and Django's permissions hold."""

from collections.abc import Iterator

import pytest
from django.test import override_settings
from msgspec.structs import replace

from sojourn.backend.user import AddressVerification, User
from sojourn.testing import FakeSojourn

from ..contract.adapters.apps import django as app


@pytest.fixture
def client(sojourn: FakeSojourn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    _, undo = app.build(sojourn, tmp_path_factory.getbasetemp(), is_async=False)
    from django.contrib.auth.models import User
    from django.test import Client

    User.objects.all().delete()
    yield Client(headers={"host": "localhost"})
    undo()


def _get(client, path, somebody):  # type: ignore[no-untyped-def]
    return client.get(path, HTTP_AUTHORIZATION=somebody.headers["Authorization"], HTTP_HOST="localhost:8000")


def test_a_row_is_made_when_somebody_first_comes_and_found_afterwards(client, sojourn: FakeSojourn) -> None:  # type: ignore[no-untyped-def]
    from django.contrib.auth.models import User

    ada = sojourn.add_user("ada@example.com", first_name="Ada", last_name="Lovelace")
    for _ in range(2):
        assert _get(client, "/me", sojourn.signed_in(ada)).json() == {"email": "ada@example.com"}
    row = User.objects.get()
    assert (row.username, row.first_name, row.last_name, row.has_usable_password()) == (
        ada.id,
        "Ada",
        "Lovelace",
        False,
    )
    assert not row.is_staff and not row.is_superuser


def test_names_and_verified_addresses_are_taken_over_at_the_next_sign_in(client, sojourn: FakeSojourn) -> None:  # type: ignore[no-untyped-def]
    from django.contrib.auth.models import User

    ada = sojourn.add_user("ada@example.com", first_name="Ada")
    session = sojourn.signed_in(ada)
    _get(client, "/me", session)
    sojourn.add_user("countess@example.com", id=ada.id, first_name="Countess")
    _get(client, "/me", session)
    assert User.objects.get().first_name == "Ada"  # the same session: nothing is asked
    _get(client, "/me", sojourn.signed_in(sojourn.memory.users[ada.id]))
    assert (User.objects.get().first_name, User.objects.get().email) == ("Countess", "countess@example.com")


def _linking(client, sojourn):  # type: ignore[no-untyped-def]
    from django.test import override_settings

    return override_settings(SOJOURN={"SOJOURN": sojourn, "PUBLIC": app.PUBLIC, "LINK_BY_EMAIL": True})


def _unproven(sojourn: FakeSojourn, email: str, **fields: object) -> User:
    made = sojourn.add_user(email, **fields)
    address = replace(made.email_addresses[0], verification=AddressVerification("unverified", "email_code"))
    changed = replace(made, email_addresses=(address,))
    sojourn.memory.users[made.id] = changed
    return changed


def test_an_unproven_address_makes_no_row_beside_the_one_it_may_lead_to(client, sojourn: FakeSojourn) -> None:  # type: ignore[no-untyped-def]
    from django.contrib.auth.models import User as Row

    old = Row.objects.create_user("old", "ada@example.com", "x")
    with _linking(client, sojourn):
        ada = _unproven(sojourn, "Ada@example.com")
        session = sojourn.signed_in(ada)
        assert _get(client, "/me", session).status_code == 403
        assert Row.objects.count() == 1
        sojourn.add_user("ada@example.com", id=ada.id)  # she proves it, in the same session
        assert _get(client, "/me", session).json() == {"email": "ada@example.com"}
    assert (Row.objects.get().pk, Row.objects.get().sojourn_link.sojourn_id) == (old.pk, ada.id)  # type: ignore[attr-defined]


def test_a_link_is_revised_when_an_address_is_proven_unless_the_row_is_in_use(client, sojourn: FakeSojourn) -> None:  # type: ignore[no-untyped-def]
    from django.contrib.auth.models import Group
    from django.contrib.auth.models import User as Row

    with _linking(client, sojourn):
        for name, is_used in (("ada", False), ("bob", True)):
            somebody = _unproven(sojourn, f"{name}@example.com")
            _get(client, "/me", sojourn.signed_in(somebody))
            own = Row.objects.get(username=somebody.id)
            if is_used:
                own.groups.add(Group.objects.get_or_create(name="rowers")[0])
            old = Row.objects.create_user(name, f"{name}@example.com", "x")
            sojourn.add_user(f"{name}@example.com", id=somebody.id)
            _get(client, "/me", sojourn.signed_in(sojourn.memory.users[somebody.id]))
            assert Row.objects.get(sojourn_link__sojourn_id=somebody.id).pk == (own.pk if is_used else old.pk)
            assert Row.objects.filter(pk=own.pk).exists() is is_used
    Group.objects.all().delete()


@pytest.mark.parametrize("idiom", ["force_login", "login"])
def test_djangos_test_client_says_what_to_write_instead(client, idiom: str) -> None:  # type: ignore[no-untyped-def]
    from django.contrib.auth.models import User as Row

    row = Row.objects.create_user("ada", "ada@example.com", "x")
    backend = "django.contrib.auth.backends.ModelBackend"
    with override_settings(AUTHENTICATION_BACKENDS=[backend]), pytest.raises(RuntimeError, match="FakeSojourn"):
        client.force_login(row, backend=backend) if idiom == "force_login" else client.login(
            username="ada", password="x"
        )


def test_djangos_test_client_signs_out_a_token_in_its_cookies(client, sojourn: FakeSojourn) -> None:  # type: ignore[no-untyped-def]
    client.cookies["__session"] = sojourn.signed_in().token
    assert client.get("/protected", HTTP_HOST="localhost:8000").status_code == 200
    client.logout()
    assert client.get("/protected", HTTP_HOST="localhost:8000").status_code == 401


def test_an_address_alone_makes_nobody_somebody_else(client, sojourn: FakeSojourn) -> None:  # type: ignore[no-untyped-def]
    from django.contrib.auth.models import User

    admin = User.objects.create_superuser("root", "root@example.com", "x")
    somebody = sojourn.signed_in(sojourn.add_user("root@example.com"))
    _get(client, "/me", somebody)
    assert User.objects.count() == 2
    assert User.objects.get(username=somebody.user.id).pk != admin.pk


def test_permissions_groups_and_the_admin_are_djangos_own(client, sojourn: FakeSojourn) -> None:  # type: ignore[no-untyped-def]
    from django.contrib.auth.models import Permission, User

    from sojourn.integrations.django.backend import SojournBackend
    from sojourn.integrations.django.models import SojournLink

    ada = sojourn.signed_in()
    _get(client, "/me", ada)
    row = User.objects.get()
    assert not row.has_perm("auth.view_user")
    row.user_permissions.add(Permission.objects.get(codename="view_user"))
    assert User.objects.get().has_perm("auth.view_user")
    claims = sojourn.ready_now().verify(ada.token)
    assert SojournBackend().authenticate(None, session=claims) == row
    assert SojournLink.objects.get().sojourn_id == ada.user.id
    row.is_active = False
    row.save()
    assert SojournBackend().authenticate(None, session=claims) is None


def test_a_user_who_is_gone_is_nobody(client, sojourn: FakeSojourn) -> None:  # type: ignore[no-untyped-def]
    from django.contrib.auth.models import User

    ada = sojourn.signed_in()
    del sojourn.memory.users[ada.user.id]
    assert _get(client, "/me", ada).status_code == 401
    assert not User.objects.exists()
