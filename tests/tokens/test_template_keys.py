"""Keys of an owner's own: one algorithm each, strong enough, and good for nothing here."""

from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from sojourn.errors import FieldError, TokenRefused
from sojourn.tokens.session_token import Verifier, mint_template
from sojourn.tokens.template_keys import TemplateKey

from .keys import APP, ISSUER, MINUTE, NOW, good_token, pem, public_pem

RSA = rsa.generate_private_key(65537, 2048)
P256 = ec.generate_private_key(ec.SECP256R1())
ED25519 = ed25519.Ed25519PrivateKey.generate()
OURS: list[tuple[str, PrivateKeyTypes]] = [("RS256", RSA), ("ES256", P256), ("EdDSA", ED25519)]


def minted(key: TemplateKey) -> str:
    claims = {"sid": "sess_one", "plan": "pro"}
    return mint_template(
        claims, key, NOW, issuer=ISSUER, subject="user_ada", authorized_party=APP, life=MINUTE, skew=timedelta(0)
    )  # fmt: skip


@pytest.mark.parametrize(("algorithm", "key"), OURS)
def test_another_library_verifies_what_the_key_signs(algorithm: str, key: PrivateKeyTypes) -> None:
    read = TemplateKey.read(algorithm, pem(key))
    token = minted(read)
    options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    claims = jwt.decode(token, public_pem(key), algorithms=[algorithm], options=options)  # type: ignore[arg-type]
    assert (claims["sub"], claims["plan"]) == ("user_ada", "pro")
    assert jwt.get_unverified_header(token)["alg"] == algorithm
    assert repr(read) == f"TemplateKey(algorithm=<TemplateAlgorithm.{algorithm.upper()}: '{algorithm}'>)"


def test_two_keys_have_two_names_and_one_has_one() -> None:
    def name(key: PrivateKeyTypes) -> str:
        return jwt.get_unverified_header(minted(TemplateKey.read("ES256", pem(key))))["kid"]

    assert name(P256) == name(P256) != name(ec.generate_private_key(ec.SECP256R1()))


@pytest.mark.parametrize(("algorithm", "key"), OURS)
def test_nothing_here_accepts_what_the_key_signs(  # R-JWT-03, R-JWT-08
    verifier: Verifier, algorithm: str, key: PrivateKeyTypes
) -> None:
    with pytest.raises(TokenRefused):
        verifier.verify(minted(TemplateKey.read(algorithm, pem(key))))
    assert verifier.verify(good_token()).user_id == "user_ada"


@pytest.mark.parametrize("encoding", [PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8])
def test_both_usual_spellings_are_read(encoding: PrivateFormat) -> None:
    spelled = RSA.private_bytes(Encoding.PEM, encoding, NoEncryption()).decode()
    read, plain = TemplateKey.read("RS256", f"\n{spelled}\n\n"), TemplateKey.read("RS256", pem(RSA))
    assert read.private_pem.reveal() == plain.private_pem.reveal()


@pytest.mark.parametrize("algorithm", ["HS256", "HS512", "none", "RS512", "PS256", "rs256", ""])
def test_no_other_algorithm_is_taken(algorithm: str) -> None:  # R-JWT-02
    with pytest.raises(FieldError) as refused:
        TemplateKey.read(algorithm, pem(RSA))
    assert refused.value.param == "signing_algorithm"
    assert ("shared secret" in refused.value.long_message) == algorithm.startswith("HS")


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("RS256", rsa.generate_private_key(65537, 1024)),
        ("RS256", rsa.generate_private_key(3, 2048)),
        ("RS256", P256),
        ("RS256", ED25519),
        ("ES256", RSA),
        ("ES256", ec.generate_private_key(ec.SECP384R1())),
        ("ES256", ec.generate_private_key(ec.SECP256K1())),
        ("EdDSA", P256),
        ("EdDSA", ed448.Ed448PrivateKey.generate()),
        ("RS256", dsa.generate_private_key(2048)),
    ],
)
def test_a_weak_key_or_one_of_another_type_is_refused(algorithm: str, key: PrivateKeyTypes) -> None:  # R-JWT-03
    with pytest.raises(FieldError) as refused:
        TemplateKey.read(algorithm, pem(key))
    assert refused.value.param == "signing_key"
    assert algorithm in refused.value.long_message


@pytest.mark.parametrize(
    "text",
    [
        "secret",
        "",
        "\ud800",
        public_pem(RSA),
        pem(RSA)[:800],
        RSA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")).decode(),
    ],
)
def test_what_is_no_readable_private_key_is_refused_and_not_repeated(text: str) -> None:  # R-LOG-02
    with pytest.raises(FieldError) as refused:
        TemplateKey.read("RS256", text)
    assert refused.value.long_message == "signing_key must be a private key in PEM, without a passphrase."
