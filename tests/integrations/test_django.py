"""Sojourn's users as rows of Django's own: made just in time, never somebody else's, and Django's permissions hold."""

from collections.abc import Iterator

import pytest

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
    assert (row.username, row.first_name, row.last_name, row.has_usable_password()) == (ada.id, "Ada", "Lovelace", False)
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
