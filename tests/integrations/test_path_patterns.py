"""How patterns are read: public ones exactly, protected ones with mercy."""

import pytest

from sojourn.integrations.path_patterns import Matcher


@pytest.mark.parametrize("path", ["/", "/favicon.ico", "/blog", "/blog/2026/a.html", "/posts/7", "/raw/a"])
def test_what_a_public_pattern_says_is_public(path: str) -> None:
    patterns = ["/", "/favicon.ico", "/blog(.*)", "/posts/:id", "/raw/.*"]
    assert not Matcher(public=patterns).is_protected(path)


@pytest.mark.parametrize(
    "path", ["", "about", "/faviconxico", "/Blog", "/posts/", "/posts/7/", "/posts/7/edit", "/blog\n", "/blog/\x7f"]
)
def test_nothing_like_it_is(path: str) -> None:  # R-WEB-08
    assert Matcher(public=["/favicon.ico", "/about", "/blog", "/posts/:id"]).is_protected(path)


@pytest.mark.parametrize(
    "path",
    [
        "/account",
        "/account/",
        "/ACCOUNT",
        "/account\n",
        "/account/x\n",
        "account",
        "//account",
        "/team",
        "/x/../account",
    ],
)
def test_a_protected_pattern_holds_however_a_router_reads_the_path(path: str) -> None:  # R-WEB-08
    matcher = Matcher(protected=["/account", "/team/"])
    assert matcher.is_protected(path)
    assert not matcher.is_protected("/elsewhere")
