"""The short way of a request: a header that was believed before, and everything that shuts it."""

import pytest

from sojourn.testing.clock import FakeClock
from sojourn.tokens.session_token import Verifier
from sojourn.tokens.token_recall import Always, recalling

from .keys import NOW, good_token, refusal


def test_a_header_that_differs_anywhere_from_a_remembered_one_is_read_anew(verifier: Verifier):  # R-JWT-01
    token = good_token()
    recall, recall_header = recalling(verifier, Always())
    assert recall_header(f"Bearer {token}") is None
    claims = verifier.verify(token)
    assert recall_header(f"Bearer {token}") is recall([(b"authorization", f"Bearer {token}".encode())]) is claims

    head, payload, signature = token.split(".")
    changed = f"{head}.{payload[:-8]}{payload[-8:].swapcase()}.{signature}"
    for sent in (
        f"Bearer {changed}",
        f"bearer {token}",
        f"Bearer  {token}",
        token,
        f"Basic {token}",
        f"x, Bearer {token}",
    ):
        assert recall_header(sent) is None
        assert recall([(b"authorization", sent.encode())]) is None
    assert recall([(b"authorization", f"Bearer {token}".encode())] * 2) is None
    assert refusal(verifier, changed) == "token-invalid-signature"
    verifier.clear_cache()
    assert recall_header(f"Bearer {token}") is None


def test_the_short_way_is_shut_while_the_clock_is_behind_what_it_has_shown(
    verifier: Verifier, clock: FakeClock
):  # R-REL-04
    token = good_token()
    recall, recall_header = recalling(verifier, Always())
    claims = verifier.verify(token)
    sent = f"Bearer {token}"
    assert recall_header(sent) is recall([(b"authorization", sent.encode())]) is claims
    clock.advance(minutes=-10)
    assert recall_header(sent) is recall([(b"authorization", sent.encode())]) is None
    assert refusal(verifier, token) == "token-not-active-yet"
    clock.advance(minutes=10)
    assert recall_header(sent) is recall([(b"authorization", sent.encode())]) is claims


def test_the_short_way_is_shut_while_keys_are_stale(verifier: Verifier, clock: FakeClock):  # R-JWT-09
    class Keys:
        stale_at = NOW.seconds + 30.0

    keys, token = Keys(), good_token()
    recall, recall_header = recalling(verifier, keys)
    claims = verifier.verify(token)
    sent = f"Bearer {token}"
    assert recall_header(sent) is recall([(b"authorization", sent.encode())]) is claims
    clock.advance(seconds=30)
    assert recall_header(sent) is recall([(b"authorization", sent.encode())]) is None
    keys.stale_at += 60
    assert recall_header(sent) is recall([(b"authorization", sent.encode())]) is claims


def test_the_short_way_ends_with_the_token(verifier: Verifier, clock: FakeClock):  # R-JWT-06
    token = good_token()
    recall, recall_header = recalling(verifier, Always())
    verifier.verify(token)
    sent = f"Bearer {token}"
    clock.advance(seconds=64)  # its minute, and the five seconds that clocks may differ
    assert recall_header(sent) is not None
    clock.advance(seconds=1)
    assert recall_header(sent) is recall([(b"authorization", sent.encode())]) is None
    assert not verifier.token_cache.by_header
    assert not verifier.token_cache.by_header_bytes


def test_the_former_name_of_clear_cache_works_and_says_so(verifier: Verifier) -> None:
    with pytest.warns(DeprecationWarning, match="Verifier.clear_cache"):
        verifier.forget()
