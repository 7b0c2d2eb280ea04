"""Published attacks on JSON Web Tokens, each tried on the one parser."""

import base64
import hashlib
import hmac
import json
import logging
import socket

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from sojourn.errors import TokenRefused
from sojourn.testing.clock import FakeClock
from sojourn.tokens.jws import encoded
from sojourn.tokens.session_token import Verifier
from sojourn.tokens.signing_keys import SigningKeySet
from tests.tokens.keys import (
    NOW,
    ed_key,
    good_claims,
    good_header,
    good_token,
    other_rsa_key,
    refusal,
    rsa_key,
    signed,
    signed_bytes,
    signed_text,
)


def unsigned(header: dict[str, object], signature: bytes = b"x") -> str:
    return f"{encoded(json.dumps(header).encode())}.{encoded(msgspec.json.encode(good_claims()))}.{encoded(signature)}"


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", "", " none", "none\x00", None, 0, [], {}, ["RS256"]])
def test_a_token_without_a_signature_algorithm_is_refused(verifier: Verifier, name: object):  # R-JWT-03
    assert refusal(verifier, unsigned({"alg": name, "kid": rsa_key().kid})) == "token-invalid-algorithm"


def test_a_token_that_names_no_algorithm_is_refused(verifier: Verifier):  # R-JWT-03
    assert refusal(verifier, unsigned({"kid": rsa_key().kid})) == "token-invalid-algorithm"


def test_a_token_with_an_empty_signature_is_refused(verifier: Verifier):  # R-JWT-03, R-JWT-05
    head, body, _ = good_token().split(".")
    assert refusal(verifier, f"{head}.{body}.") == "token-invalid"


@pytest.mark.parametrize("name", ["HS256", "HS384", "HS512"])
@pytest.mark.parametrize("form", ["pem", "pem without its last line end", "der"])
def test_the_public_key_is_no_hmac_secret(
    verifier: Verifier, name: str, form: str
):  # R-JWT-02, R-JWT-03, CVE-2015-9235
    pem = rsa_key().public_pem
    body = "".join(pem.splitlines()[1:-1])
    secret = {"pem": pem.encode(), "der": base64.b64decode(body)}.get(form, pem.strip().encode())
    head = encoded(msgspec.json.encode(good_header() | {"alg": name}))
    message = f"{head}.{encoded(msgspec.json.encode(good_claims()))}"
    digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}[name]
    forged = f"{message}.{encoded(hmac.new(secret, message.encode(), digest).digest())}"
    assert refusal(verifier, forged) == "token-invalid-algorithm"


@pytest.mark.parametrize(
    "name", ["ES256", "PS256", "RS384", "RS512", "rs256", "RS256 ", "EDDSA", "Ed25519", "A128KW", "dir"]
)
def test_an_algorithm_that_no_key_has_is_refused(verifier: Verifier, name: str):  # R-JWT-03
    assert refusal(verifier, signed(header=good_header() | {"alg": name})) == "token-invalid-algorithm"


def test_a_key_is_used_with_its_own_algorithm_only(verifier: Verifier):  # R-JWT-03
    assert refusal(verifier, signed(header=good_header() | {"alg": "EdDSA"})) == "token-invalid-algorithm"
    crossed = signed(header=good_header(ed_key()) | {"alg": "RS256"}, key=ed_key())
    assert refusal(verifier, crossed) == "token-invalid-algorithm"


def test_an_unknown_algorithm_looks_up_no_key():  # R-JWT-03
    asked: list[str] = []
    assert (
        refusal(Verifier(lambda kid: asked.append(kid)), unsigned({"alg": "HS256", "kid": "k"}))
        == "token-invalid-algorithm"
    )
    assert asked == []


@pytest.mark.parametrize("r, s", [(0, 0), (0, 1), (1, 0)])
def test_a_psychic_signature_is_refused(verifier: Verifier, r: int, s: int):  # R-JWT-03, CVE-2022-21449
    generate_private_key(SECP256R1())
    for signature in (r.to_bytes(32, "big") + s.to_bytes(32, "big"), encode_dss_signature(r, s)):
        assert (
            refusal(verifier, unsigned({"alg": "ES256", "kid": rsa_key().kid}, signature)) == "token-invalid-algorithm"
        )
        for key in (rsa_key(), ed_key()):
            assert refusal(verifier, unsigned(dict(good_header(key)), signature)) == "token-invalid-signature"


@pytest.mark.parametrize("length", [1, 63, 64, 65, 255, 256, 257, 512])
def test_a_signature_of_zeros_is_refused_whatever_its_length(verifier: Verifier, length: int):  # R-JWT-03
    for key in (rsa_key(), ed_key()):
        assert refusal(verifier, unsigned(dict(good_header(key)), bytes(length))) == "token-invalid-signature"


def test_a_changed_payload_is_refused(verifier: Verifier):  # R-JWT-03
    head, _, signature = good_token().split(".")
    body = encoded(msgspec.json.encode(good_claims() | {"sub": "user_mallory"}))
    assert refusal(verifier, f"{head}.{body}.{signature}") == "token-invalid-signature"


def test_a_changed_header_is_refused(verifier: Verifier):  # R-JWT-03
    _, body, signature = good_token().split(".")
    head = encoded(msgspec.json.encode(good_header() | {"cty": "x"}))
    assert refusal(verifier, f"{head}.{body}.{signature}") == "token-invalid-signature"


def test_another_servers_key_is_refused_under_our_key_id(verifier: Verifier):  # R-JWT-04
    assert refusal(verifier, signed(header=good_header(rsa_key()), key=other_rsa_key())) == "token-invalid-signature"


@pytest.mark.parametrize(
    "kid",
    [
        "../../../../dev/null", "..%2f..%2fdev%2fnull", "/etc/passwd", "file:///dev/null", "http://evil.example/key",
        "x' UNION SELECT 'secret' --", "key;id", "key|id", "", " ", "a b", "k\x00", "k\n", "ключ", "k" * 129, None, 1, True, [], {},
    ],
)  # fmt: skip
def test_a_key_id_is_a_name_and_never_a_path_address_or_query(kid: object):  # R-JWT-04
    asked: list[str] = []
    assert refusal(Verifier(lambda name: asked.append(name)), unsigned({"alg": "RS256", "kid": kid})) == "token-invalid"
    assert asked == []


def test_a_missing_key_id_is_refused(verifier: Verifier):  # R-JWT-04
    assert refusal(verifier, signed(header={"alg": "RS256", "typ": "JWT"})) == "token-invalid"


def test_an_unknown_key_id_is_refused(verifier: Verifier):  # R-JWT-04
    assert refusal(verifier, signed(header=good_header() | {"kid": "ins_unknown"})) == "jwk-kid-mismatch"


@pytest.mark.parametrize("member", ["jku", "x5u", "x5c", "jwk"])
def test_a_key_that_the_token_brings_along_is_never_used(
    verifier: Verifier, member: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):  # R-JWT-04, CVE-2018-0114
    def no_network(*_: object) -> None:
        raise AssertionError("a packet left the machine")

    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    brought = {
        "jku": "https://evil.example/jwks.json", "x5u": "https://evil.example/cert.pem", "x5c": ["MIIB"],
        "jwk": other_rsa_key().jwk() | {"kid": rsa_key().kid},
    }[member]  # fmt: skip
    header = good_header() | {member: brought}
    with caplog.at_level(logging.WARNING, logger="sojourn.tokens"):
        assert refusal(verifier, signed(header=header, key=other_rsa_key())) == "token-invalid-signature"
    assert member in caplog.text
    assert verifier.verify(signed(header=header)).user_id == "user_ada"


@pytest.mark.parametrize("member", ["crit", "b64", "zip"])
@pytest.mark.parametrize("value", [["exp"], [], False, True, "DEF", None])
def test_a_header_that_changes_how_to_read_the_token_is_refused(
    verifier: Verifier, member: str, value: object
):  # R-JWT-04
    assert refusal(verifier, signed(header=good_header() | {member: value})) == "token-invalid"  # type: ignore[dict-item]


@pytest.mark.parametrize(
    "text",
    [
        "", ".", "..", "...", "a", "a.b", "a.b.c.d", "a..c", ".b.c", "a.b.", "..c", "a.b.c.d.e", "null", "undefined", "{}",
        "Bearer a.b.c", "a.b.c\n", "\na.b.c", " a.b.c", "a.b.c ", "a .b.c", "а.b.c", "a.b.c\x00", "\ud800.b.c", "🔑.b.c", "a=.b.c", "a+.b.c", "a/.b.c",
    ],
)  # fmt: skip
def test_what_is_not_three_parts_is_refused(verifier: Verifier, text: str):  # R-JWT-05
    assert refusal(verifier, text) == "token-invalid"


@pytest.mark.parametrize("part", [0, 1, 2])
@pytest.mark.parametrize("addition", ["=", "==", "\n", " ", "\r\n", "%3D", "+", "/", "\x00"])
def test_padding_and_white_space_are_refused_in_every_part(verifier: Verifier, part: int, addition: str):  # R-JWT-05
    parts = good_token().split(".")
    parts[part] += addition
    assert refusal(verifier, ".".join(parts)) == "token-invalid"


def test_padding_under_the_signature_is_refused(verifier: Verifier):  # R-JWT-05
    head = encoded(msgspec.json.encode(good_header())) + "="
    assert refusal(verifier, signed_text(head, encoded(msgspec.json.encode(good_claims())))) == "token-invalid"


def test_standard_base64_is_refused(verifier: Verifier):  # R-JWT-05
    claims = json.dumps(good_claims() | {"note": "??>>~~??>>~~"}, ensure_ascii=False).encode()
    body = base64.b64encode(claims).decode().rstrip("=")
    assert "+" in body or "/" in body
    assert refusal(verifier, signed_text(encoded(msgspec.json.encode(good_header())), body)) == "token-invalid"


def test_a_part_has_one_spelling_only(verifier: Verifier):  # R-JWT-05
    """Bits beyond the last byte must be zero; otherwise one signature would have several texts."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    token = good_token()
    for last in alphabet:
        respelled = token[:-1] + last
        if respelled != token:
            assert refusal(verifier, respelled) in ("token-invalid", "token-invalid-signature")
    bits = {0: 0, 2: 15, 3: 3}[len(token.rsplit(".", 1)[1]) % 4]
    same_bytes = token[:-1] + alphabet[alphabet.index(token[-1]) | bits]
    assert bits == 0 or refusal(verifier, same_bytes) == "token-invalid"


def test_an_impossible_length_of_base64_is_refused(verifier: Verifier):  # R-JWT-05
    assert refusal(verifier, "AAAAA.AAAA.AAAA") == "token-invalid"


def test_a_token_longer_than_8_kib_is_refused_before_it_is_read(verifier: Verifier):  # R-JWT-05
    assert refusal(verifier, good_token(custom={"note": "x" * 6200})) == "token-invalid"
    assert refusal(verifier, "a" * 50_000_000) == "token-invalid"


DOUBLED = [
    b'{"sub":"user_ada","sub":"user_mallory"}',
    b'{"sub":"user_ada","s\\u0075b":"user_mallory"}',
    b'{"\\u0073ub":"user_ada","sub":"user_mallory"}',
    b'{"a":{"b":1,"b":2}}',
    b'{"a":[{"b":1},{"b":1,"b":2}]}',
    b'{"a":{"b":1,"\\u0062":2}}',
    b'{"a":"\\":","sub":1,"sub":2}',
    b'{"a" :1,"a"\n:2}',
    b'{"":1,"":2}',
]


@pytest.mark.parametrize("doubled", DOUBLED)
def test_a_member_given_twice_is_refused(verifier: Verifier, doubled: bytes):  # R-JWT-05, RFC 8725 section 2.4
    good = msgspec.json.encode(good_claims() | {"rest": 0}).replace(b'"rest":0', b'"rest":' + doubled)
    assert refusal(verifier, signed_bytes(good)) == "token-invalid"
    assert refusal(verifier, signed_bytes(doubled)) == "token-invalid"


@pytest.mark.parametrize("name", [b'"alg":"none"', b'"kid":"other"', b'"typ":"JWT"', b'"\\u0061lg":"none"'])
def test_a_header_member_given_twice_is_refused(verifier: Verifier, name: bytes):  # R-JWT-05
    header = msgspec.json.encode(good_header())[:-1] + b"," + name + b"}"
    assert refusal(verifier, signed_bytes(msgspec.json.encode(good_claims()), header)) == "token-invalid"


def test_names_that_repeat_at_different_places_are_no_doubles(verifier: Verifier):  # R-JWT-05
    custom = {"a": {"sub": 1}, "b": [{"sub": 1}, {"sub": 2, "x": '":"'}], "c": 'say "x":'}
    assert verifier.verify(good_token(custom=custom)).extra == custom


@pytest.mark.parametrize("opening, closing", [(b"[", b"]"), (b'{"a":', b"}")])
@pytest.mark.parametrize("depth", [17, 500, 1200])
def test_deep_nesting_is_refused(verifier: Verifier, opening: bytes, closing: bytes, depth: int):  # R-JWT-05, CWE-674
    nested = opening * depth + b"1" + closing * depth
    good = msgspec.json.encode(good_claims() | {"rest": 0}).replace(b'"rest":0', b'"rest":' + nested)
    assert refusal(verifier, signed_bytes(good)) == "token-invalid"
    assert refusal(verifier, signed_bytes(b'{"alg":"RS256"}', b'{"a":' + nested + b"}")) == "token-invalid"


def test_nesting_to_a_depth_of_16_is_read(verifier: Verifier):  # R-JWT-05
    value: object = []
    for _ in range(14):
        value = [value]
    assert verifier.verify(signed(good_claims() | {"deep": value})).user_id == "user_ada"  # type: ignore[dict-item]
    assert refusal(verifier, signed(good_claims() | {"deep": [value]})) == "token-invalid"  # type: ignore[dict-item]


@pytest.mark.parametrize("time", [b"1e9", b"1770000060.0", b'"1770000060"', b"true", b"null", b"[1770000060]", b"{}", b"-1",
                                  b"99999999999999", b"9" * 300, b"9" * 4400, b"1e400"])  # fmt: skip
@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
def test_times_are_whole_seconds_and_nothing_else(verifier: Verifier, name: str, time: bytes):  # R-JWT-05, R-JWT-06
    before = msgspec.json.encode(good_claims())
    written = f'"{name}":{good_claims()[name]}'.encode()
    assert written in before
    assert refusal(verifier, signed_bytes(before.replace(written, f'"{name}":'.encode() + time))) == "token-invalid"


@pytest.mark.parametrize(
    "number", [b"NaN", b"Infinity", b"-Infinity", b"nan", b"1e999", b"01", b"+1", b"0x10", b"1_000"]
)
def test_what_json_has_no_number_for_is_refused(verifier: Verifier, number: bytes):  # R-JWT-05
    good = msgspec.json.encode(good_claims() | {"rest": 0}).replace(b'"rest":0', b'"rest":' + number)
    assert refusal(verifier, signed_bytes(good)) == "token-invalid"


@pytest.mark.parametrize("text", [b'"\xff"', b'"\xc0\xaf"', b'"\xed\xa0\x80"', b'"\xf8\x88\x80\x80\x80"', b'"\\ud800"', b'"\\udc00\\ud800"',
                                  b'"\x00"', b'"\n"', b'"\\x41"', b"'a'"])  # fmt: skip
def test_text_that_is_not_utf_8_is_refused(verifier: Verifier, text: bytes):  # R-JWT-05
    for good in (b'"rest":' + text, b'"rest":{' + text + b":1}"):
        payload = msgspec.json.encode(good_claims() | {"rest": 0}).replace(b'"rest":0', good)
        assert refusal(verifier, signed_bytes(payload)) == "token-invalid"


@pytest.mark.parametrize("payload", [b"", b"null", b"[]", b"1", b'"a"', b"{", b"{}}", b"{}{}", b"\xef\xbb\xbf{}", b"{'a':1}", b"{a:1}",
                                     b'{"a":1,}', b"{/**/}", b"\x00", "{}".encode("utf-16"), "{}".encode("utf-32")])  # fmt: skip
def test_a_part_that_is_no_json_object_is_refused(verifier: Verifier, payload: bytes):  # R-JWT-05
    assert refusal(verifier, signed_bytes(payload)) == "token-invalid"
    assert refusal(verifier, signed_bytes(msgspec.json.encode(good_claims()), payload)) == "token-invalid"


def test_an_encrypted_token_is_refused(verifier: Verifier):  # R-JWT-05
    head = encoded(b'{"alg":"RSA-OAEP","enc":"A256GCM"}')
    assert refusal(verifier, f"{head}.AAAA.AAAA.AAAA.AAAA") == "token-invalid"


def test_the_json_form_of_a_jws_is_refused(verifier: Verifier):  # R-JWT-05, CVE-2022-39227
    head, body, signature = good_token().split(".")
    mixed = json.dumps({"protected": head, "payload": body, "signature": signature})
    assert refusal(verifier, mixed) == "token-invalid"
    assert refusal(verifier, f'{{"  {head}.{body}.{signature}":""}}') == "token-invalid"


def test_a_revoked_sessions_token_stays_refused_however_it_is_written():  # R-JWT-10
    revoked = {"sess_one"}
    verifier = Verifier(SigningKeySet((rsa_key(),)).jwks(NOW), clock=FakeClock(NOW), is_revoked=revoked.__contains__)
    for token in (
        good_token(),
        good_token(),
        signed(dict(reversed(good_claims().items()))),
        signed(header={"kid": rsa_key().kid, "alg": "RS256"}),
    ):
        assert refusal(verifier, token) == "session-revoked"
    assert verifier.verify(good_token(session_id="sess_two")).session_id == "sess_two"


_VERIFIER = Verifier(SigningKeySet((rsa_key(), ed_key())).jwks(NOW), clock=FakeClock(NOW))
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def outcome(token: str) -> str:
    try:
        return _VERIFIER.verify(token).user_id
    except TokenRefused as refused:
        return refused.reason


@given(st.text() | st.text(alphabet="abAB01-_.={}\"'", max_size=60))
def test_any_text_is_refused_and_nothing_else_happens(text: str):  # R-JWT-05
    assert outcome(text).startswith(("token-", "jwk-"))


@given(st.binary(max_size=200), st.binary(max_size=200), st.binary(max_size=80))
def test_any_three_parts_are_refused_and_nothing_else_happens(head: bytes, body: bytes, signature: bytes):  # R-JWT-05
    assert outcome(f"{encoded(head)}.{encoded(body)}.{encoded(signature)}").startswith("token-")


@given(
    st.dictionaries(
        st.sampled_from(["alg", "kid", "typ", "cat", "crit", "jwk", "x"]),
        _json | st.sampled_from(["RS256", "EdDSA", rsa_key().kid]),
    )
)
def test_any_header_is_refused_and_nothing_else_happens(header: dict[str, object]):  # R-JWT-03, R-JWT-05
    token = f"{encoded(json.dumps(header).encode())}.{encoded(msgspec.json.encode(good_claims()))}.AAAA"
    assert outcome(token).startswith(("token-", "jwk-"))


@given(st.dictionaries(st.sampled_from([*good_claims(), "o", "org_id", "aud", "fea", "act", "x"]), _json))
def test_any_signed_claims_are_accepted_or_refused_and_nothing_else_happens(changed: dict[str, object]):  # R-JWT-05
    payload = json.dumps(good_claims() | changed, allow_nan=True).encode("utf-8", "surrogatepass")
    head = encoded(msgspec.json.encode(good_header(ed_key())))
    message = f"{head}.{encoded(payload)}"
    private = ed_key().private
    verdict = outcome(f"{message}.{encoded(private.sign(message.encode()))}")  # type: ignore[call-arg]
    assert verdict.startswith("token-") or verdict == good_claims()["sub"] or "sub" in changed


@given(st.integers(min_value=0), st.sampled_from("ABCDwxyz0189-_.=\n é"))
def test_any_one_changed_character_is_refused(position: int, character: str):  # R-JWT-03, R-JWT-05
    token = good_token(ed_key(), custom={"k": "v"})
    at = position % len(token)
    changed = token[:at] + character + token[at + 1 :]
    assert changed == token or outcome(changed).startswith(("token-", "jwk-"))
