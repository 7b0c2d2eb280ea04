"""Origins that an app names itself, and those that it asks a server about (R-JWT-07)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sojourn import Sojourn
from sojourn.errors import ConfigError, TokenRefused
from sojourn.integrations.authenticator import Authenticator
from sojourn.integrations.authorized_parties import RemoteParties, named_parties
from sojourn.testing.clock import FakeClock
from sojourn.users.accounts import NewUser

SPA = "https://spa.example.com"


@pytest.fixture
async def sojourn(tmp_path: Path) -> AsyncIterator[Sojourn]:
    handle = Sojourn(data=tmp_path, authorized_parties=[SPA + "/"])
    yield handle
    await handle.close()


async def token(sojourn: Sojourn, origin: str | None) -> str:
    engine = await sojourn.engine()
    new = NewUser(email_addresses=[f"{hash(origin)}@example.com"], skip_password_requirement=True)
    user = await engine.accounts.create(engine.instance, new)
    session = await engine.sessions.create_for(engine.instance, user)
    return await engine.tokens.for_session(engine.instance, session, user, origin=origin)


async def test_named_parties_are_all_there_are_and_an_absent_claim_is_refused(sojourn: Sojourn) -> None:  # R-JWT-07
    gate: Authenticator = await sojourn.ready()
    assert gate.verify(await token(sojourn, SPA)).raw["azp"] == SPA
    for origin in (None, "http://localhost:8000", "https://spa.example.com.evil.example"):
        with pytest.raises(TokenRefused) as refused:
            gate.verify(await token(sojourn, origin))
        assert refused.value.reason == "token-invalid-authorized-parties"


async def test_parties_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOJOURN_AUTHORIZED_PARTIES", SPA)
    handle = Sojourn(data=tmp_path)
    gate = await handle.ready()
    assert gate.verify(await token(handle, SPA)).raw["azp"] == SPA
    with pytest.raises(TokenRefused):
        gate.verify(await token(handle, "http://localhost:8000"))
    await handle.close()


@pytest.mark.parametrize(
    "wrong", ["spa.example.com", "https://spa.example.com/app", "https://*.example.com", "", "localhost:3000"]
)
def test_what_is_no_origin_is_refused_at_start(wrong: str) -> None:
    with pytest.raises(ConfigError, match=r"https://app\.example\.com"):
        named_parties([wrong])
    with pytest.raises(ConfigError, match="authorized_parties"):
        Sojourn.remote("https://auth.example.com", "pk_live_YXV0aC5leGFtcGxlLmNvbSQ", authorized_parties=[wrong])


class Asked:
    """A server that is asked about origins, and may be away."""

    def __init__(self) -> None:
        self.questions: list[str] = []
        self.is_away = False

    def __call__(self, origin: str) -> bool:
        self.questions.append(origin)
        if self.is_away:
            raise OSError
        return origin == SPA


def test_a_server_is_asked_once_about_each_origin_and_again_later() -> None:
    server, clock = Asked(), FakeClock()
    parties = RemoteParties("https://auth.example.com", server, clock, is_development=False)
    assert parties.is_party("https://auth.example.com")
    assert not parties.is_party("http://localhost:3000"), "loopback is for development"
    for _ in range(3):
        assert not parties.is_party("https://evil.example")
        parties.is_party(SPA)
        parties.ask()
        assert parties.is_party(SPA)
    assert sorted(server.questions) == sorted(["http://localhost:3000", "https://evil.example", SPA])
    clock.advance(minutes=11)
    server.is_away = True
    assert not parties.is_party(SPA)
    parties.ask()
    assert parties.is_party(SPA), "a server that is away leaves its last answer"
    assert not parties.is_party("https://new.example.com")
    parties.ask()
    assert not parties.is_party("https://new.example.com"), "and nothing it never said"
