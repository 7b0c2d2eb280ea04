"""What an app's cookies are told."""

import pytest

from sojourn.errors import TokenRefused
from sojourn.instant import Instant
from sojourn.tokens.handshake import BrowserState, cookie_suffix, directives, mint_handshake, read_handshake

from .keys import NOW, good_token, rsa_key

SUFFIX = cookie_suffix("pk_test_c29qb3Vybi5sb2NhbGhvc3Q6ODAwMCQ")


def names_and_values(lines: list[str]) -> dict[str, str]:
    return dict(line.partition(";")[0].split("=", 1) for line in lines)  # type: ignore[misc]


def find(kid: str, /):
    return rsa_key().verification_key if kid == rsa_key().kid else None


def test_the_suffix_is_eight_characters_of_the_keys_hash():
    assert cookie_suffix("pk_live_Y2xlcmsuY2xlcmsuZGV2JA") == "1Z8AzTQD"
    assert cookie_suffix("pk_test_Y2xlcmsuY2xlcmsuZGV2JA") == "QvfNY2dr"
    assert len(SUFFIX) == 8


def test_a_signed_in_browser_gets_both_sets_with_the_same_values():
    token = good_token()
    lines = directives(BrowserState(token, NOW.seconds), SUFFIX, secure=True)
    assert names_and_values(lines) == {
        "__session": token, f"__session_{SUFFIX}": token,
        "__client_uat": str(NOW.seconds), f"__client_uat_{SUFFIX}": str(NOW.seconds),
    }  # fmt: skip
    assert all("; Path=/; " in line and "SameSite=Lax" in line and "Secure" in line for line in lines)
    assert not any("Domain" in line or "HttpOnly" in line for line in lines)


def test_a_signed_out_browser_loses_its_tokens_and_keeps_a_zero():
    lines = directives(BrowserState(None, 0), SUFFIX, secure=True)
    values = names_and_values(lines)
    assert values["__session"] == values[f"__session_{SUFFIX}"] == ""
    assert values["__client_uat"] == values[f"__client_uat_{SUFFIX}"] == "0"
    assert all("Max-Age=0" in line for line in lines if line.startswith(("__session", "__refresh")))
    assert all("Max-Age=0" not in line for line in lines if line.startswith("__client_uat"))


def test_a_development_browser_is_named_in_both_sets():
    values = names_and_values(directives(BrowserState(None, 0, dev_browser="dvb_one"), SUFFIX, secure=False))
    assert values["__clerk_db_jwt"] == values[f"__clerk_db_jwt_{SUFFIX}"] == "dvb_one"


def test_plain_http_sets_no_secure_cookies():
    assert not any(
        "Secure" in line for line in directives(BrowserState(good_token(), 1, "dvb_one"), SUFFIX, secure=False)
    )


def test_only_the_time_of_sign_in_is_shared_with_the_parent_domain():
    lines = directives(BrowserState(good_token(), 1), SUFFIX, secure=True, domain="example.com")
    assert [line.partition("=")[0] for line in lines if "Domain=example.com" in line] == [
        "__client_uat",
        f"__client_uat_{SUFFIX}",
    ]


def test_a_refresh_token_has_the_suffixed_name_only_and_no_script_reads_it():
    line = directives(BrowserState(good_token(), 1, refresh="rt_one"), SUFFIX, secure=True)[-1]
    assert line.startswith(f"__refresh_{SUFFIX}=rt_one; ")
    assert line.endswith("; HttpOnly")


@pytest.mark.parametrize("value", ["a;b", "a=b", "a b", "a\r\nSet-Cookie: x", "a,b", 'a"b', "é"])
def test_no_value_can_end_its_cookie(value: str):
    for state in (
        BrowserState(value, 1),
        BrowserState(None, 0, dev_browser=value),
        BrowserState("t", 1, refresh=value),
    ):
        with pytest.raises(ValueError, match="cookie value"):
            directives(state, SUFFIX, secure=True)


def test_a_handshake_is_read_for_a_minute():  # R-ID-05
    lines = directives(BrowserState(good_token(), 1), SUFFIX, secure=True)
    token = mint_handshake(lines, rsa_key(), NOW)
    for seconds in (-5, 0, 64):
        assert read_handshake(token, find, Instant(NOW.millis + seconds * 1000)).lines == lines
    for seconds, reason in ((65, "token-expired"), (-6, "token-iat-in-the-future")):
        with pytest.raises(TokenRefused) as refused:
            read_handshake(token, find, Instant(NOW.millis + seconds * 1000))
        assert refused.value.reason == reason


@pytest.mark.parametrize("line", ["__session=a\r\nLocation: https://evil.example", "a=b\n", "a=\x00"])
def test_a_directive_with_a_line_end_is_refused(line: str):
    with pytest.raises(TokenRefused):
        read_handshake(mint_handshake([line], rsa_key(), NOW), find, NOW)
