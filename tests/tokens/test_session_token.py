"""Minting and verifying."""

import threading
from datetime import timedelta

import msgspec
import pytest

from sojourn.errors import ConfigError, Json
from sojourn.instant import Instant
from sojourn.testing.clock import FakeClock
from sojourn.tokens.jws import Algorithm, encoded
from sojourn.tokens.organization_claims import TokenOrganization, organization_claims
from sojourn.tokens.session_token import Verifier, mint
from sojourn.tokens.signing_keys import SigningKey, SigningKeySet
from sojourn.tokens.templates import RESERVED_IN_SESSIONS

from .keys import (
    APP,
    ISSUER,
    MINUTE,
    NOW,
    ed_key,
    good_claims,
    good_token,
    grant,
    other_rsa_key,
    refusal,
    rsa_key,
    signed,
)


def parts(token: str) -> tuple[dict[str, object], dict[str, object]]:
    from base64 import urlsafe_b64decode

    head, body, _ = token.split(".")
    header, claims = (msgspec.json.decode(urlsafe_b64decode(part + "==")) for part in (head, body))
    return header, claims


def given_keys() -> dict[str, Json]:
    return SigningKeySet((rsa_key(), ed_key())).jwks(NOW)  # type: ignore[return-value]


# -- what is minted


def test_a_token_lives_a_minute_and_says_who_which_session_and_for_which_page():  # R-JWT-01
    header, claims = parts(good_token())
    assert header == {"alg": "RS256", "cat": "cl_B7d4PD111AAA", "kid": rsa_key().kid, "typ": "JWT"}
    assert claims.pop("jti")
    assert claims == {
        "azp": APP, "exp": NOW.seconds + 60, "fva": [0, -1], "iat": NOW.seconds, "iss": ISSUER, "nbf": NOW.seconds - 10,
        "sid": "sess_one", "sub": "user_ada", "sts": "active", "v": 2,
    }  # fmt: skip


def test_no_two_tokens_have_the_same_id():  # R-JWT-01
    assert len({parts(good_token(ed_key()))[1]["jti"] for _ in range(100)}) == 100


def test_older_sdks_get_version_1_claims():  # R-JWT-01
    claims = parts(mint(grant(), rsa_key(), NOW, life=MINUTE, version=1))[1]
    assert "v" not in claims
    assert "sts" not in claims


def test_a_pending_session_says_so_in_both_versions(verifier: Verifier):
    for version in (1, 2):
        assert (
            verifier.verify(mint(grant(status="pending"), rsa_key(), NOW, life=MINUTE, version=version)).status
            == "pending"
        )


@pytest.mark.parametrize("status", [None, 1, True, ["active"], {"sts": "active"}])
def test_a_status_that_is_not_text_is_refused_rather_than_read_as_active(verifier: Verifier, status: Json):  # R-FLOW-02
    assert refusal(verifier, signed(good_claims() | {"sts": status})) == "token-invalid"


@pytest.mark.parametrize("version", [None, "2", True, 2.0, [2]])
def test_a_version_that_is_not_a_whole_number_is_refused(verifier: Verifier, version: Json):
    assert refusal(verifier, signed(good_claims() | {"v": version})) == "token-invalid"


def test_a_version_of_later_is_read_and_changes_no_decision(verifier: Verifier):  # R-VER-01
    claims = verifier.verify(signed(good_claims() | {"v": 3, "sts": "pending"}))
    assert (claims.version, claims.status) == (3, "pending")


def test_seconds_are_rounded_down():  # R-JWT-01
    assert parts(good_token(now=Instant(NOW.millis + 999)))[1]["iat"] == NOW.seconds


@pytest.mark.parametrize(
    "life, seconds", [(timedelta(0), 1), (timedelta(seconds=-5), 1), (timedelta(days=2), 86400), (MINUTE, 60)]
)
def test_no_token_lives_longer_than_verifiers_allow(verifier: Verifier, life: timedelta, seconds: int):  # R-JWT-06
    claims = verifier.verify(mint(grant(), rsa_key(), NOW, life=life))
    assert claims.expires_at.since(claims.issued_at) == timedelta(seconds=seconds)


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("name", sorted(RESERVED_IN_SESSIONS))
def test_custom_claims_never_stand_in_for_registered_ones(name: str, version: int):  # R-JWT-01
    plain = mint(grant(authorized_party=None), ed_key(), NOW, life=MINUTE, version=version)
    custom = mint(grant(authorized_party=None, custom={name: "forged"}), ed_key(), NOW, life=MINUTE, version=version)
    assert parts(custom)[1] | {"jti": ""} == parts(plain)[1] | {"jti": ""}


def test_custom_claims_are_read_back_as_extra(verifier: Verifier):
    claims = verifier.verify(good_token(custom={"plan": "pro", "limits": {"seats": 3}, "aud": "api"}))
    assert claims.extra == {"plan": "pro", "limits": {"seats": 3}}
    assert claims.raw["aud"] == "api"


def test_an_impersonated_session_names_who_acts(verifier: Verifier):  # R-AUZ-06
    assert verifier.verify(good_token(actor={"sub": "user_support"})).actor == {"sub": "user_support"}
    assert verifier.verify(good_token()).actor is None


ACME = TokenOrganization(
    "org_acme", "acme", "org:admin",
    frozenset({"org:invoices:read", "org:invoices:write", "org:teams:read", "org:teams:manage"}),
)  # fmt: skip


@pytest.mark.parametrize("version", [1, 2])
def test_both_versions_say_the_same_of_an_organization(verifier: Verifier, version: int):
    claims = verifier.verify(mint(grant(organization=ACME), rsa_key(), NOW, life=MINUTE, version=version))
    assert claims.organization == ACME
    assert claims.version == version
    assert (claims.organization_id, claims.organization_slug) == ("org_acme", "acme")
    assert claims.organization_role == "org:admin"
    assert "org:teams:manage" in claims.organization_permissions


def test_version_2_packs_permissions_into_masks():
    assert organization_claims(ACME, 2) == {
        "o": {"id": "org_acme", "rol": "admin", "slg": "acme", "per": "manage,read,write", "fpm": "6,3"},
        "fea": "o:invoices,o:teams",
    }


def test_system_permissions_are_not_in_tokens():
    only_system = TokenOrganization("org_acme", None, "org:member", frozenset({"org:sys_memberships:manage"}))
    assert organization_claims(only_system, 2) == {"o": {"id": "org_acme", "rol": "member"}}
    assert organization_claims(only_system, 1)["org_permissions"] == []


def test_features_of_users_take_no_mask(verifier: Verifier):
    packed = {
        "o": {"id": "org_a", "rol": "admin", "per": "read,manage", "fpm": "3,2"},
        "fea": "o:dashboard,u:beta,o:teams",
    }
    assert verifier.verify(signed(good_claims() | packed)).organization_permissions == {  # type: ignore[arg-type]
        "org:dashboard:read", "org:dashboard:manage", "org:teams:manage",
    }  # fmt: skip


# -- who is let in


def test_a_fresh_token_verifies_with_either_algorithm(verifier: Verifier):  # R-JWT-02
    for key in (rsa_key(), ed_key()):
        claims = verifier.verify(good_token(key))
        assert (claims.user_id, claims.session_id, claims.issuer, claims.authorized_party) == (
            "user_ada",
            "sess_one",
            ISSUER,
            APP,
        )
        assert (claims.issued_at, claims.expires_at) == (NOW, NOW + MINUTE)
        assert claims.factor_ages == (0, -1)
        assert claims.token_id == claims.raw["jti"]


@pytest.mark.parametrize("remembered", [True, False])
def test_a_token_is_good_until_5_seconds_after_its_end_and_not_a_moment_longer(
    verifier: Verifier, clock: FakeClock, remembered: bool
):  # R-JWT-06
    token = good_token()
    if remembered:
        verifier.verify(token)
    clock.advance(seconds=64.999)
    assert verifier.verify(token).session_id == "sess_one"
    clock.advance(seconds=0.001)
    assert refusal(verifier, token) == "token-expired"
    assert refusal(verifier, token) == "token-expired"


@pytest.mark.parametrize("remembered", [True, False])
def test_a_token_is_good_from_5_seconds_before_its_start(
    verifier: Verifier, clock: FakeClock, remembered: bool
):  # R-JWT-06
    token = signed(good_claims() | {"nbf": NOW.seconds + 30})
    clock.advance(seconds=25)
    assert verifier.verify(token)
    if not remembered:
        verifier.clear_cache()
    clock.advance(seconds=-0.001)
    assert refusal(verifier, token) == "token-not-active-yet"


def test_a_token_from_the_future_is_refused(verifier: Verifier, clock: FakeClock):  # R-JWT-06
    token = signed(good_claims() | {"nbf": NOW.seconds - 100})
    clock.advance(seconds=-5)
    assert verifier.verify(token)
    clock.advance(seconds=-0.001)
    verifier.clear_cache()
    assert refusal(verifier, token) == "token-iat-in-the-future"


def test_a_token_without_a_start_starts_when_it_was_issued(verifier: Verifier):  # R-JWT-06
    claims = good_claims()
    del claims["nbf"]
    assert verifier.verify(signed(claims)).not_before == NOW


@pytest.mark.parametrize("life", [24 * 3600 + 1, 0, -1, 10 * 365 * 86400])
def test_a_life_that_no_token_has_is_refused(verifier: Verifier, life: int):  # R-JWT-06
    assert refusal(verifier, signed(good_claims() | {"exp": NOW.seconds + life})) == "token-invalid"


@pytest.mark.parametrize(
    "skew, allowed",
    [(0, 0), (30, 30), (31, 5), (-1, 5), (5.5, 5), (True, 5), (None, 5), ("10", 5), (10**9, 5), (float("nan"), 5)],
)
def test_a_clock_skew_out_of_bounds_is_the_default(skew: object, allowed: int):  # R-JWT-06
    clock = FakeClock(NOW)
    verifier = Verifier(given_keys(), clock=clock, clock_skew=skew)  # type: ignore[arg-type]
    token = good_token()
    clock.advance(seconds=60 + allowed - 0.001)
    assert verifier.verify(token)
    clock.advance(seconds=0.001)
    assert refusal(verifier, token) == "token-expired"


@pytest.mark.parametrize("name", ["exp", "iat", "iss", "sub", "sid"])
@pytest.mark.parametrize("value", ["absent", "", None, 5.5, [], {}])
def test_a_token_that_lacks_what_every_session_token_says_is_refused(
    verifier: Verifier, name: str, value: object
):  # R-JWT-06, R-JWT-07
    claims = good_claims()
    claims[name] = value  # type: ignore[assignment]
    if value == "absent":
        del claims[name]
    assert refusal(verifier, signed(claims)) == "token-invalid"


def test_the_issuer_must_be_the_same_text():  # R-JWT-07
    verifier = Verifier(given_keys(), clock=FakeClock(NOW), issuer=ISSUER)
    assert verifier.verify(good_token()).issuer == ISSUER
    for other in (ISSUER + "/", ISSUER.upper(), "http://auth.example.com", ISSUER + ".evil.example"):
        assert refusal(verifier, good_token(issuer=other)) == "token-invalid-issuer"


def test_the_page_must_be_one_of_the_apps_when_it_names_any():  # R-JWT-07
    for parties in ([APP, "https://other.example.com"], {APP}, APP):
        verifier = Verifier(given_keys(), clock=FakeClock(NOW), authorized_parties=parties)
        assert verifier.verify(good_token()).authorized_party == APP
        for other in (None, "", "https://evil.example", APP + "/", "h"):
            assert refusal(verifier, good_token(authorized_party=other)) == "token-invalid-authorized-parties"


@pytest.mark.parametrize("party", [1, True, [APP], {"azp": APP}])
def test_a_page_that_is_no_text_is_refused(verifier: Verifier, party: object):  # R-JWT-07
    assert refusal(verifier, signed(good_claims() | {"azp": party})) == "token-invalid"  # type: ignore[dict-item]


def test_the_audience_must_be_named_when_one_is_expected():  # R-JWT-07
    verifier = Verifier(given_keys(), clock=FakeClock(NOW), audience="api")
    assert verifier.verify(good_token(custom={"aud": "api"}))
    assert verifier.verify(good_token(custom={"aud": ["web", "api"]}))
    for other in ("API", "api2", ["web"], [], None, {"api": 1}, 1):
        assert refusal(verifier, good_token(custom={"aud": other})) == "token-invalid-audience"
    assert refusal(verifier, good_token()) == "token-invalid-audience"


# -- keys


def test_one_pem_is_enough_to_verify():
    for key in (rsa_key(), ed_key()):
        for pem in (
            key.public_pem,
            key.public_pem.replace("\n", "\\n"),
            key.public_pem.replace("\n", " "),
            key.public_pem.replace("\n", ""),
        ):
            assert Verifier(pem, clock=FakeClock(NOW)).verify(good_token(key))
    assert (
        refusal(Verifier(other_rsa_key().public_pem, clock=FakeClock(NOW)), good_token()) == "token-invalid-signature"
    )


@pytest.mark.parametrize("pem", ["", "hello", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "ключ"])
def test_a_pem_that_is_no_public_key_is_refused_at_start(pem: str):
    with pytest.raises(ConfigError):
        Verifier(pem)


def test_weak_and_foreign_keys_of_a_set_are_left_aside():  # R-JWT-02, R-JWT-04
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

    weak = generate_private_key(65537, 1024).public_key().public_numbers()
    n, e = encoded(weak.n.to_bytes(128, "big")), "AQAB"
    listed = [
        {"kty": "RSA", "kid": "weak", "n": n, "e": e},
        {"kty": "RSA", "kid": "exponent", "n": rsa_key().jwk()["n"], "e": "AQ"},
        {"kty": "RSA", "kid": "pss", "alg": "PS256", "n": rsa_key().jwk()["n"], "e": e},
        {"kty": "RSA", "kid": "encryption", "use": "enc", "n": rsa_key().jwk()["n"], "e": e},
        {"kty": "oct", "kid": "hmac", "k": "c2VjcmV0"},
        {"kty": "OKP", "kid": "curve", "crv": "X25519", "x": ed_key().jwk()["x"]},
        {"kty": "OKP", "kid": "short", "crv": "Ed25519", "x": "AAAA"},
        {"kty": "RSA", "kid": "empty"}, {"kty": "RSA", "n": n, "e": e}, {}, None, 1, "key",
    ]  # fmt: skip
    verifier = Verifier({"keys": listed}, clock=FakeClock(NOW))  # type: ignore[dict-item]
    for name in ("weak", "exponent", "pss", "encryption", "hmac", "curve", "short", "empty"):
        token = signed(header={"alg": "RS256", "kid": name, "typ": "JWT"})
        assert refusal(verifier, token) == "jwk-kid-mismatch"
    for nothing in ({}, {"keys": None}, {"keys": {}}):
        assert refusal(Verifier(nothing, clock=FakeClock(NOW)), good_token()) == "jwk-kid-mismatch"  # type: ignore[arg-type]


# -- what is remembered


def test_a_remembered_token_is_not_verified_again():
    asked: list[str] = []

    def find(kid: str, /):
        asked.append(kid)
        return rsa_key().verification_key

    verifier, token = Verifier(find, clock=FakeClock(NOW)), good_token()
    assert verifier.verify(token) is verifier.verify(token)
    assert asked == [rsa_key().kid]
    verifier.clear_cache()
    verifier.verify(token)
    assert len(asked) == 2


def test_a_revocation_is_seen_on_the_next_request():  # R-JWT-10
    revoked: set[str] = set()
    verifier, token = Verifier(given_keys(), clock=FakeClock(NOW), is_revoked=revoked.__contains__), good_token()
    assert verifier.verify(token)
    revoked.add("sess_one")
    assert refusal(verifier, token) == "session-revoked"


def test_no_more_tokens_are_remembered_than_told():
    verifier = Verifier(given_keys(), clock=FakeClock(NOW), remembered=10)
    tokens = [good_token(ed_key(), session_id=f"sess_{number}") for number in range(35)]
    for token in tokens:
        verifier.verify(token)
        remembered = verifier.token_cache
        assert len(remembered.by_header) == len(remembered.by_header_bytes) <= 10
    assert all(verifier.verify(token).session_id == f"sess_{number}" for number, token in enumerate(tokens))


def test_a_refused_token_is_never_remembered(verifier: Verifier, clock: FakeClock):
    clock.advance(seconds=120)
    for token in (good_token(), good_token(key=other_rsa_key())):
        refusal(verifier, token)
    assert not verifier.token_cache.by_header
    assert not verifier.token_cache.by_header_bytes


def test_threads_may_share_a_verifier():
    verifier = Verifier(given_keys(), clock=FakeClock(NOW), remembered=8)
    tokens = [good_token(ed_key(), session_id=f"sess_{number}") for number in range(40)]
    wrong: list[object] = []

    def use() -> None:
        for _ in range(20):
            for number, token in enumerate(tokens):
                try:
                    if verifier.verify(token).session_id != f"sess_{number}":
                        wrong.append(token)
                except BaseException as error:
                    wrong.append(error)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_generated_key_is_what_the_published_sdks_can_read():  # R-JWT-02
    numbers = rsa_key().private.public_key().public_numbers()  # type: ignore[union-attr]
    assert (numbers.n.bit_length(), numbers.e) == (2048, 65537)
    assert rsa_key().public_pem.startswith("-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A")
    assert isinstance(SigningKey.generate(Algorithm.EDDSA, NOW).jwk()["x"], str)
