"""Rotation and publication."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from sojourn.errors import NotFound, TokenRefused
from sojourn.testing.clock import FakeClock
from sojourn.tokens.session_token import Verifier
from sojourn.tokens.signing_keys import PUBLISHED_AFTER_RETIREMENT, SigningKey, SigningKeySet

from .keys import NOW, ed_key, good_token, other_rsa_key, rsa_key

SOON = NOW + timedelta(minutes=10)


def rotating() -> SigningKeySet:
    """A key that signs, and its successor ten minutes from now."""
    return SigningKeySet((replace(rsa_key(), retired_at=SOON), replace(other_rsa_key(), active_from=SOON)))


def kids(ring: SigningKeySet, now: object = NOW) -> list[str]:
    return [key.kid for key in ring.published(now)]  # type: ignore[arg-type]


def test_the_next_key_is_published_before_it_signs():  # R-KEY-03
    ring = rotating()
    assert ring.signing_key(NOW).kid == rsa_key().kid
    assert ring.signing_key(SOON.before(timedelta(milliseconds=1))).kid == rsa_key().kid
    assert ring.signing_key(SOON).kid == other_rsa_key().kid
    assert kids(ring) == [rsa_key().kid, other_rsa_key().kid]


def test_a_planned_rotation_refuses_no_valid_token():  # R-KEY-03
    ring = rotating()
    early = ring.jwks(NOW)  # what a verifier fetched just before the successor signs
    for minute in range(30):
        clock = FakeClock(NOW + timedelta(minutes=minute))
        token = good_token(ring.signing_key(clock.now()), now=clock.now())
        for known in (early, ring.jwks(clock.now())):
            assert Verifier(known, clock=clock).verify(token)


def test_a_retired_key_stays_published_until_its_last_token_is_dead():  # R-KEY-03
    ring = rotating()
    end = SOON + PUBLISHED_AFTER_RETIREMENT
    assert timedelta(hours=24, minutes=5) < PUBLISHED_AFTER_RETIREMENT
    assert rsa_key().kid in kids(ring, end.before(timedelta(milliseconds=1)))
    assert kids(ring, end) == [other_rsa_key().kid]


def test_an_emergency_drops_the_old_key_at_once():  # R-KEY-03
    token = good_token(rsa_key())
    after = SigningKeySet((other_rsa_key(),))
    with pytest.raises(TokenRefused) as refused:
        Verifier(after.jwks(NOW), clock=FakeClock(NOW)).verify(token)
    assert refused.value.reason == "jwk-kid-mismatch"


def test_a_successor_that_was_retired_before_its_time_never_signs():
    ring = SigningKeySet((replace(rsa_key(), active_from=SOON, retired_at=NOW), ed_key()))
    assert ring.signing_key(SOON).kid == ed_key().kid


def test_a_ring_without_an_active_key_says_so():
    for ring in (
        SigningKeySet(()),
        SigningKeySet((replace(rsa_key(), active_from=SOON),)),
        SigningKeySet((replace(rsa_key(), retired_at=NOW),)),
    ):
        with pytest.raises(NotFound):
            ring.signing_key(NOW)


def test_the_key_set_shows_public_members_only():  # R-KEY-04
    shown = SigningKeySet((rsa_key(), ed_key())).jwks(NOW)
    rsa, okp = shown["keys"]  # type: ignore[misc]
    assert set(rsa) == {"kty", "use", "alg", "kid", "n", "e"}  # type: ignore[call-overload]
    assert set(okp) == {"kty", "use", "alg", "kid", "crv", "x"}  # type: ignore[call-overload]
    assert rsa["e"] == "AQAB"  # type: ignore[index, call-overload]


def test_the_key_set_is_the_same_text_until_a_key_comes_or_goes():  # R-KEY-04
    ring = rotating()
    texts = {msgspec.json.encode(ring.jwks(NOW + timedelta(hours=hours))) for hours in range(24)}
    assert len(texts) == 1


def test_a_key_read_from_its_pem_is_the_key_that_was_made():
    made = rsa_key()
    read = SigningKey(made.kid, made.algorithm, made.private_pem, made.public_pem, made.created_at, made.active_from)
    assert read == made
    assert read.jwk() == made.jwk()
    assert SigningKeySet((read,)).pem(NOW) == made.public_pem


def test_no_private_key_is_shown():  # R-KEY-04
    for key in (rsa_key(), ed_key()):
        assert "PRIVATE" not in f"{key!r}{key}{SigningKeySet((key,))!r}{key.private_pem!r}"
        assert key.kid.startswith("ins_")
