"""A child verifies tokens, whatever a thread of its parent was doing when the process forked."""

from concurrent.futures import Future
from datetime import timedelta

import pytest

from sojourn.testing.clock import FakeClock
from sojourn.tokens import remote_keys
from sojourn.tokens.remote_keys import RemoteKeys
from sojourn.tokens.session_token import Verifier

from ..integrations.children import in_child
from .key_server import key_server
from .keys import good_token, rsa_key


def test_a_verifier_whose_cache_was_written_to_at_the_fork_verifies_in_the_child(verifier: Verifier) -> None:
    token = good_token()
    with verifier.token_cache._writing:
        theirs = in_child(lambda: verifier.verify(token).session_id)
    assert theirs == verifier.verify(token).session_id


def test_keys_that_were_being_fetched_at_the_fork_are_fetched_in_the_child(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_keys, "DEADLINE", 60.0)  # a busy machine may take long, and this is not about that
    with key_server(rsa_key()) as server:
        keys = RemoteKeys(server.url, clock=clock)
        keys._flight, keys._not_before = Future[None](), clock.now() + timedelta(minutes=1)

        def fetches() -> str:
            keys.refresh()
            return str(keys.is_fresh)

        with keys._lock:
            assert in_child(fetches) == "True"
