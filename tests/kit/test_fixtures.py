"""What the testing kit promises, in every framework."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from sojourn import Sojourn
from sojourn.errors import NotFound, ServerUnreachable, SojournError
from sojourn.integrations.sojourn_client import SojournClient
from sojourn.testing import FakeClock, FakeSojourn, Mailbox, SignedInBrowser
from sojourn.users.new_user import NewUser

from .conftest import App

SignedInState = Callable[..., SignedInBrowser]


def test_strangers_are_refused_and_the_signed_in_are_let_in(app: App, signed_in: SignedInState) -> None:
    assert app.get("/protected").status_code == 401
    ada = signed_in()
    assert app.get("/protected", ada.headers).json() == {"user": ada.user.id}
    assert app.get("/protected", ada.browser).json() == {"user": ada.user.id}
    assert app.post("/form", ada.browser).json() == {"done": True}


def test_roles_fresh_proofs_and_time_are_what_the_test_says(
    app: App, signed_in: SignedInState, sojourn: FakeSojourn, sojourn_clock: FakeClock
) -> None:
    assert app.get("/open/admin", signed_in().headers).status_code == 403
    assert app.get("/open/admin", signed_in(role="org:admin").headers).status_code == 200
    assert app.get("/open/may", signed_in(claims={"permissions": ["invoices:write"]}).headers).status_code == 200
    assert app.get("/open/fresh", signed_in(verified=timedelta(minutes=11)).headers).status_code == 403
    assert app.get("/open/fresh", signed_in(verified=None).headers).status_code == 403
    ada = signed_in()
    sojourn_clock.advance(minutes=2)
    assert app.get("/protected", ada.headers).status_code == 401


def test_users_and_data_are_there_without_a_server(app: App, signed_in: SignedInState, sojourn: FakeSojourn) -> None:
    ada = signed_in(sojourn.add_user("ada@example.com", first_name="Ada"))
    assert app.get("/me", ada.headers).json() == {"email": "ada@example.com"}
    assert app.post("/data?name=x", ada.browser).json() == {"name": "x"}
    assert app.get("/data", ada.headers).json() == {"name": "x"}
    assert sojourn.memory.data[ada.session_id] == {"name": "x"}


def test_a_session_that_the_test_ends_is_over(signed_in: SignedInState, sojourn: FakeSojourn) -> None:
    ada = signed_in()
    assert sojourn.is_live_now(ada.session_id)
    sojourn.end_session_now(ada.session_id)
    assert not sojourn.is_live_now(ada.session_id)
    with pytest.raises(NotFound):
        sojourn.user_now("user_nobody")


def test_a_server_that_does_not_answer_is_503_and_nobody_is_let_in(  # R-REL-03
    app: App, signed_in: SignedInState, sojourn: FakeSojourn, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = signed_in()

    async def silent(*_: object) -> None:
        raise ServerUnreachable()

    for name in ("user", "read_data", "write_data", "adopt_data"):
        monkeypatch.setattr(type(sojourn.memory), name, silent)
    for answer in (app.get("/me", ada.headers), app.get("/data", ada.headers), app.post("/data?name=x", ada.browser)):
        assert answer.status_code == 503, answer.text
        assert answer.headers["retry-after"] == "5"


async def test_afterwards_the_real_one_is_back(sojourn_handle: SojournClient, request: pytest.FixtureRequest) -> None:
    from sojourn.testing import standing_in

    with standing_in(sojourn_handle, FakeSojourn()) as fake:
        ada = fake.signed_in()
        assert await sojourn_handle.user(ada.user.id) == ada.user
    with pytest.raises(SojournError):
        await sojourn_handle.user(ada.user.id)


def test_a_whole_server_signs_people_up_and_its_mail_can_be_read(sojourn_server: Sojourn, mailbox: Mailbox) -> None:
    async def notify() -> str:
        engine = await sojourn_server.engine()
        user = await engine.accounts.create(
            engine.instance, NewUser(email_addresses=["ada@example.com"], password="correct horse battery staple")
        )
        return user.id

    made = sojourn_server.served()[1].run(notify())
    assert sojourn_server.user_now(made).email == "ada@example.com"
