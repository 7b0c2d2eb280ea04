"""Our own OpenAPI documents, thrown at a running server: whatever is sent, no answer is a failure of ours (R-DEP-02)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from sojourn.engine import Engine
from sojourn.ids import UserId
from sojourn.sessions.caller import Caller
from sojourn.sign_ins.attempt import SignInInput
from sojourn.store.interface import UserFilter
from sojourn.users.accounts import NewUser
from sojourn.users.user import IdentifierKind
from sojourn.web.app import litestar_app
from sojourn.web.backend_api.openapi import backend_document
from sojourn.web.openapi import frontend_document

from .serving import Served, served

BACKEND_DOCUMENT = backend_document(litestar_app(), "http://localhost")
del BACKEND_DOCUMENT["security"]  # or keys would be made up; `test_secret_key.py` does that

BACKEND = schemathesis.openapi.from_dict(BACKEND_DOCUMENT)
FRONTEND = schemathesis.openapi.from_dict(frontend_document(litestar_app(), "http://localhost"))

FEW = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _direct() -> requests.Session:
    """It looks for no proxy: there is none on the way to this machine, and looking took a tenth of the time."""
    session = requests.Session()
    session.trust_env = False
    return session


@dataclass
class Target:
    """A server and things on it whose ids stand in for generated ones every other time."""

    server: Served
    http: requests.Session = field(default_factory=_direct)
    asked: int = 0
    known: Mapping[str, str] = field(default_factory=dict[str, str])

    def renew(self) -> None:
        self.known = self.server.run(_things)

    def send(self, case: schemathesis.Case, **given: object) -> requests.Response:
        self.asked += 1
        if self.asked % 2:
            case.path_parameters = {
                name: self.known.get(name, value) for name, value in (case.path_parameters or {}).items()
            }
        return case.call(base_url=self.server.url, session=self.http, timeout=30, **given)  # type: ignore[arg-type, return-value]


async def _things(engine: Engine) -> Mapping[str, str]:
    number = await engine.accounts.count(engine.instance, UserFilter())
    new = NewUser(email_addresses=[f"user{number}@example.com"], skip_password_requirement=True)
    user = await engine.accounts.create(engine.instance, new)
    phone = await engine.addresses.create(
        engine.instance, user.id, IdentifierKind.PHONE_NUMBER, f"+1500555{number % 10_000:04}", verified=True
    )
    session = await engine.sessions.create_for(engine.instance, user)
    ticket, _ = await engine.tickets.create_sign_in_token(engine.instance, user.id)
    return {
        "user_id": user.id,
        "session_id": session.id,
        "client_id": session.client_id,
        "email_address_id": user.email_addresses[0].id,
        "phone_number_id": phone.id,
        "sign_in_token_id": ticket.id,
    }


async def _signed_in(engine: Engine, user_id: str) -> str:
    """The client secret of a browser on which the user has just signed in."""
    _, ticket = await engine.tickets.create_sign_in_token(engine.instance, UserId(user_id))
    given = SignInInput(strategy="ticket", ticket=ticket.reveal())
    _, issued = await engine.sign_ins.create(Caller(engine.instance, None), given)
    assert issued.secret is not None
    return issued.secret.reveal()


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with served(tmp_path_factory.mktemp("generated")) as server:
        yield Target(server)


@pytest.fixture
def own_target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """For an operation that may change how every other answers."""
    with served(tmp_path_factory.mktemp("settings")) as server:
        yield Target(server)


@BACKEND.exclude(operation_id="UpdateSettings").parametrize()
@FEW
def test_the_backend_api_never_fails(case: schemathesis.Case, target: Target):  # R-DEP-02
    if target.asked % 10 == 0:
        target.renew()
    headers = {"Authorization": f"Bearer {target.server.secret_key}"}
    _check(target.send(case, headers=headers))


@FRONTEND.parametrize()
@FEW
def test_the_frontend_api_never_fails(case: schemathesis.Case, target: Target):  # R-DEP-02
    if target.asked % 10 == 0:
        target.renew()
        target.http.cookies.clear()
        target.http.cookies.set(
            "__client", target.server.run(lambda engine: _signed_in(engine, target.known["user_id"]))
        )
    _check(target.send(case, headers={"Origin": target.server.url}, allow_redirects=False))


@BACKEND.include(operation_id="UpdateSettings").parametrize()
@FEW
def test_no_settings_make_the_server_fail(case: schemathesis.Case, own_target: Target):  # R-DEP-02
    headers = {"Authorization": f"Bearer {own_target.server.secret_key}"}
    _check(own_target.send(case, headers=headers))
    for path in ("/v1/environment", "/v1/client"):
        _check(requests.get(f"{own_target.server.url}{path}", timeout=30))


def _check(response: requests.Response) -> None:
    said = f"{response.request.method} {response.request.url}: {response.status_code} {response.text[:500]}"
    assert response.status_code < 500, f"{said} after {str(response.request.body)[:1000]}"
    if response.status_code >= 400:
        assert response.headers["content-type"] in ("application/json", ["application/json"]), said
        assert response.json()["errors"][0]["long_message"], said
        assert response.json()["clerk_trace_id"], said
