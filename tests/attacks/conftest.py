import pytest

from sojourn.testing.clock import FakeClock
from sojourn.tokens.session_token import Verifier
from sojourn.tokens.signing_keys import SigningKeySet
from tests.tokens.keys import NOW, ed_key, rsa_key

from ..engines import mailbox, started
from ..wire.conftest import engine

__all__ = ["engine", "mailbox", "started"]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def verifier(clock: FakeClock) -> Verifier:
    return Verifier(SigningKeySet((rsa_key(), ed_key())).jwks(NOW), clock=clock)
