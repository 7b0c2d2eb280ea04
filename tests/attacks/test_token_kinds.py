"""Each kind of token is good for its own use only."""

from datetime import timedelta

import pytest

from sojourn.errors import TokenRefused
from sojourn.secret import Secret
from sojourn.tokens.handshake import mint_handshake, read_handshake
from sojourn.tokens.session_token import Verifier, mint_template
from sojourn.tokens.signing_keys import SigningKeySet
from tests.tokens.keys import APP, ISSUER, MINUTE, NOW, good_claims, good_header, good_token, rsa_key, signed

LINES = ["__session=a.b.c; Path=/"]
SECRETS = ("client_", "dvb_", "ticket_", "state_", "whsec_", "hsn_", "sk_live_")


def template_token() -> str:
    claims = {"sid": "sess_one", "handshake": LINES, "sts": "active", "v": 2, "act": {"sub": "x"}, "plan": "pro"}
    return mint_template(
        claims, rsa_key(), NOW, issuer=ISSUER, subject="user_ada", authorized_party=APP, life=MINUTE, skew=timedelta(0)
    )  # fmt: skip


def everything() -> dict[str, str]:
    return {
        "session": good_token(custom={"handshake": list(LINES)}),
        "template": template_token(),
        "handshake": mint_handshake(LINES, rsa_key(), NOW),
        "machine": signed(header=good_header() | {"cat": "cl_B7d4PD333AAA"}),
        "other category": signed(header=good_header() | {"cat": ""}),
        "other type": signed(header=good_header() | {"typ": "at+jwt"}),
        "no type": signed(header=good_header() | {"typ": None}),
        "both": signed({**good_claims(), "handshake": [*LINES]}, header=good_header() | {"cat": "cl_B7d4PD222AAA"}),
    } | {prefix: Secret.random(prefix).reveal() for prefix in SECRETS}


@pytest.mark.parametrize("kind", sorted(everything()))
def test_only_a_session_token_passes_as_one(verifier: Verifier, kind: str):  # R-JWT-08
    token = everything()[kind]
    if kind == "session":
        assert verifier.verify(token).session_id == "sess_one"
        return
    with pytest.raises(TokenRefused) as refused:
        verifier.verify(token)
    assert refused.value.reason == "token-invalid"


@pytest.mark.parametrize("kind", sorted(everything()))
def test_only_a_handshake_token_passes_as_one(kind: str):  # R-JWT-08
    token, ring = everything()[kind], SigningKeySet((rsa_key(),))
    assert ring.signing_key(NOW) == rsa_key()
    find = {rsa_key().kid: rsa_key().verification_key}.get
    if kind == "handshake":
        assert read_handshake(token, find, NOW).lines == LINES
        return
    with pytest.raises(TokenRefused) as refused:
        read_handshake(token, find, NOW)
    assert refused.value.reason == "token-invalid"


def test_an_owners_claim_cannot_make_a_session_token_a_handshake():  # R-JWT-08
    for token in (good_token(custom={"handshake": list(LINES)}), template_token()):
        with pytest.raises(TokenRefused):
            read_handshake(token, lambda kid: rsa_key().verification_key, NOW)
