"""The clients of the Backend API against a real server, in both colours."""

import asyncio
import inspect
import logging
from collections.abc import Iterator

import pytest

from sojourn.backend import AsyncBackend, Backend, BackendRefused
from sojourn.backend.async_api import AsyncBackendGroups
from sojourn.backend.sync_api import BackendGroups
from sojourn.errors import BadSecretKey, ConfigError, NotFound, SessionEnded
from tools import backend_client

from ..openapi.serving import Served, served
from ..pictures import picture

PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def backend(server: Served) -> Iterator[Backend]:
    with Backend(server.url, server.secret_key) as opened:
        yield opened


def test_the_clients_are_what_the_server_s_document_says() -> None:
    written = backend_client.sources()
    for file, text in written.items():
        assert file.read_text() == text, "write it anew: python -m tools.backend_client"
    packages = {file.parent for file in written}
    assert {file for package in packages for file in package.glob("*.py")} == written.keys()


def test_every_operation_has_a_method_in_both() -> None:
    def methods(groups: object) -> set[str]:
        return {
            f"{group}.{name}"
            for group, each in vars(groups).items()
            for name, _ in inspect.getmembers(each, inspect.ismethod)
        }

    wanted = {f"{each.group}.{each.name}" for each in backend_client.operations()}
    for groups in (BackendGroups(None), AsyncBackendGroups(None)):  # type: ignore[arg-type]
        assert wanted <= {name for name in methods(groups) if not name.endswith("__init__")}


def test_a_user_is_made_changed_found_and_deleted(server: Served, backend: Backend) -> None:
    ada = backend.users.create(email_address=["ada@example.com"], password=PASSWORD, first_name="Ada", last_name="L")
    assert (ada.email, ada.name, ada.password_enabled) == ("ada@example.com", "Ada L", True)
    changed = backend.users.update(ada.id, first_name=None, public_metadata={"plan": "gold"})
    assert (changed.first_name, changed.last_name, changed.public_metadata) == (
        None,
        "L",
        {"plan": "gold"},
    )  # unset is not null
    assert backend.users.get(ada.id) == changed
    assert [each.id for each in backend.users.list(email_address=["ada@example.com"])] == [ada.id]
    assert backend.users.count(query="ada@").total_count == 1
    assert backend.users.verify_password(ada.id, password=PASSWORD) == {"verified": True}
    assert backend.users.ban(ada.id).banned
    drawn = backend.users.set_profile_image(ada.id, file=picture())
    assert (drawn.has_image, drawn.image_url.partition("/v1/images/img_")[0]) == (True, server.url)
    assert not backend.users.delete_profile_image(ada.id).has_image
    address = backend.email_addresses.create(user_id=ada.id, email_address="second@example.com", verified=True)
    assert backend.email_addresses.delete(address.id).deleted
    assert backend.users.delete(ada.id).deleted
    with pytest.raises(NotFound):
        backend.users.get(ada.id)


def test_sessions_tokens_and_what_they_keep(backend: Backend) -> None:
    user = backend.users.create(email_address=["eve@example.com"], skip_password_requirement=True)
    session = backend.sessions.create(user_id=user.id)
    assert session.is_live
    assert backend.sessions.token(session.id).jwt.count(".") == 2
    assert "jwt" not in repr(backend.sessions.token(session.id)).lower()
    assert backend.sessions.update_data(session.id, private={"seen": 1}).private == {"seen": 1}
    assert backend.sessions.read_data(session.id).private == {"seen": 1}
    assert [each.id for each in backend.sessions.iterate(user_id=user.id)] == [session.id]
    assert backend.clients.get(session.client_id).id == session.client_id
    assert not backend.sessions.revoke(session.id).is_live
    with pytest.raises(SessionEnded):
        backend.sessions.token(session.id)


def test_what_an_owner_configures(backend: Backend) -> None:
    template = backend.jwt_templates.create(name="api", claims={"aud": "api"})
    assert backend.jwt_templates.get(template.id).claims == {"aud": "api"}
    assert backend.jwt_templates.update(template.id, name="api2", claims={"aud": "b"}).name == "api2"
    assert [each.id for each in backend.jwt_templates.list()] == [template.id]
    assert backend.jwt_templates.delete(template.id).deleted
    url = backend.redirect_urls.create(url="https://app.example.com/back")
    assert [each.url for each in backend.redirect_urls.iterate()] == [url.url]
    entry = backend.allowlist.create(identifier="*@example.com")
    assert backend.allowlist.delete(entry.id).deleted
    ticket = backend.sign_in_tokens.create(
        user_id=backend.users.create(username="grace", skip_password_requirement=True).id
    )
    assert ticket.token
    assert ticket.token not in repr(ticket)
    assert backend.sign_in_tokens.revoke(ticket.id).status == "revoked"
    assert backend.settings.update(application_name="Acme")["application_name"] == "Acme"
    assert backend.settings.read()["application_name"] == "Acme"
    backend.instance.update(support_email="help@example.com")
    assert backend.jwks.get()["keys"]


def test_pages_hold_everybody_once_though_people_come_meanwhile(backend: Backend) -> None:
    for number in range(230):
        backend.users.create(username=f"page{number:03}", skip_password_requirement=True)
    seen: list[str] = []
    for user in backend.users.iterate(query="page"):
        seen.append(str(user.username))
        if len(seen) == 150:
            backend.users.create(username="page-late", skip_password_requirement=True)
    assert sorted(set(seen)) == sorted(seen)
    assert {f"page{number:03}" for number in range(230)} <= set(seen)


async def test_the_async_client_says_the_same(server: Served, backend: Backend) -> None:
    async with AsyncBackend(server.url, server.secret_key) as waiting:
        made = [waiting.users.create(username=f"async{number}", skip_password_requirement=True) for number in range(5)]
        people = await asyncio.gather(*made)
        assert [each async for each in waiting.users.iterate(query="async")] == list(
            backend.users.iterate(query="async")
        )
        assert await waiting.users.get(people[0].id) == backend.users.get(people[0].id)
        with pytest.raises(NotFound):
            await waiting.users.get("user_nobody")


def test_a_refusal_says_which_field_and_what_to_do(backend: Backend) -> None:
    with pytest.raises(BackendRefused) as refused:
        backend.users.create(email_address=["no address"], skip_password_requirement=True)
    error = refused.value
    assert (error.status, error.code, error.param) == (422, "form_param_format_invalid", "email_address")
    assert error.long_message
    assert error.trace_id


def test_the_secret_key_is_in_no_text(  # R-LOG-02
    server: Served, backend: Backend, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    backend.users.count()
    with Backend(server.url, "sk_test_wrong") as wrong, pytest.raises(BadSecretKey) as refused:
        wrong.users.count()
    texts = (repr(backend), repr(vars(backend)), str(refused.value), caplog.text, repr(backend._asking._manner))  # type: ignore[attr-defined]
    assert not any(server.secret_key in text or "sk_test_wrong" in text for text in texts)


@pytest.mark.parametrize("url", ["http://auth.example.com", "auth.example.com", "ftp://localhost", ""])
def test_a_key_is_not_sent_in_the_clear(url: str) -> None:
    with pytest.raises(ConfigError):
        Backend(url, "sk_test_x")
    with pytest.raises(ConfigError):
        Backend("http://localhost:1", "")
