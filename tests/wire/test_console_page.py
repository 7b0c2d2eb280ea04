"""The dashboard's page and files as the server gives them: a nonce in each response, addresses below any mount, files for a year."""

import gzip
import re

import pytest

from sojourn.web.console_page import console_page, dashboard_file

BASE = "https://auth.example.test/prefix/dashboard"


def test_every_response_has_a_nonce_of_its_own_which_all_scripts_and_styles_carry() -> None:  # R-HDR-01
    pages = [console_page(BASE) for _ in range(2)]
    policies = [dict(headers)[b"content-security-policy"] for _, headers in pages]
    nonces = {found for policy in policies for found in re.findall(rb"script-src 'nonce-([^']+)'", policy)}
    assert len(nonces) == 2
    body, headers = pages[0]
    nonce = re.search(r"nonce-([^']+)'", dict(headers)[b"content-security-policy"].decode())
    assert nonce is not None
    loaded = re.findall(r"<(?:script|link rel=\"stylesheet\")[^>]*>", body.decode())
    assert loaded
    assert all(f'nonce="{nonce[1]}"' in element for element in loaded)
    assert b"__" not in body


def test_the_policy_allows_nothing_inline_and_no_text_as_script() -> None:  # R-HDR-01
    policy = dict(console_page(BASE)[1])[b"content-security-policy"].decode()
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; ")
    assert {
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "require-trusted-types-for 'script'",
    } <= set(policy.split("; "))


@pytest.mark.parametrize("base", [BASE, f"{BASE}/"])
def test_the_page_finds_its_files_below_any_mount(base: str) -> None:
    body, _ = console_page(base)
    text = body.decode()
    assert f'<meta name="sojourn-base" content="{BASE}/"' in text
    files = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert files
    for address in files:
        name = address.removeprefix(f"{BASE}/assets/")
        assert dashboard_file(name) is not None


def test_an_address_cannot_break_out_of_its_place() -> None:
    body, _ = console_page('https://x.example/"><script>alert(1)</script>')
    assert b"<script>alert" not in body


def test_files_are_kept_for_a_year_and_compressed_for_those_who_say_so() -> None:
    script = re.search(r'src="[^"]+/assets/([^"]+\.js)"', console_page(BASE)[0].decode())
    assert script is not None
    file = dashboard_file(script[1])
    assert file is not None
    plain, headers = file.answer("br;q=1, gzip;q=0")
    assert (b"content-type", b"text/javascript") in headers
    assert b"immutable" in dict(headers)[b"cache-control"]
    packed, packed_headers = file.answer("br, gzip")
    assert dict(packed_headers)[b"content-encoding"] == b"gzip"
    assert gzip.decompress(packed) == plain
    assert len(packed) < len(plain) / 2


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../index.html",
        "../manifest.json",
        "..%2findex.html",
        "/etc/passwd.js",
        "absent.js",
        "a.map",
        "index.js\n",
    ],
)
def test_only_files_of_the_build_are_given(name: str) -> None:
    assert dashboard_file(name) is None
