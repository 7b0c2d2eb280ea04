"""What owners type for pages is parsed, and rendered from the parsed value."""

import msgspec
import pytest

from sojourn.engine import Engine
from sojourn.errors import FieldError
from sojourn.instances.settings import PathSettings, ThemeSettings
from sojourn.instances.theme_values import Color, Fonts, Length, WebAddress

from ..people import set_up


@pytest.mark.parametrize(
    ("typed", "written"),
    [("#ABC", "#aabbcc"), ("#2f6f4f", "#2f6f4f"), ("rgb(1, 2,255)", "#0102ff"), ("rgb(0 0 0)", "#000000")],
)
def test_a_colour_has_one_spelling(typed: str, written: str) -> None:
    assert str(Color.parse(typed)) == written


@pytest.mark.parametrize(("typed", "written"), [("0", "0"), ("0.50rem", "0.5rem"), ("8PX", "8px"), ("12.5%", "12.5%")])
def test_a_length_has_one_spelling(typed: str, written: str) -> None:
    assert str(Length.parse(typed)) == written


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Georgia, serif", "Georgia, serif"),
        ("'Open Sans',sans-serif", '"Open Sans", sans-serif'),
        ("思源黑体", '"思源黑体"'),
    ],
)
def test_fonts_have_one_spelling(typed: str, written: str) -> None:
    assert str(Fonts.parse(typed)) == written


BAD = {
    "theme.color": ["red;}</style><script>alert(1)</script>", "url(//evil.test/x)", "#12", "rgb(256,0,0)", "var(--x)", ""],
    "theme.page_color": ["url(//evil.test/x)"],
    "theme.border_radius": ["1px;background:url(//evil)", "calc(1px)", "-1px", "1e9px", ""],
    "theme.font_family": ["x}</style><script>alert(1)</script>", "a\";b", "a{}", "", "a,,b", ",".join("abcdefghijk")],
    "theme.logo_url": ["javascript:alert(1)", "http://example.com/a.png", "//evil.test/x", "https://u:p@example.com/", "x.png",
                       "data:image/svg+xml,<svg/onload=alert(1)>", 'https://example.com/"onerror=', "\thttps://example.com"],
    "paths.home_url": ["javascript:alert(1)", "JavaScript:alert(1)", "java\tscript:alert(1)", "//evil.test", "/\\evil.test",
                       "http://app.example.com/", "vbscript:x", "data:text/html,x", "home", "https://[::1/"],
    "paths.after_sign_out_url": ["javascript:alert(1)"],
}  # fmt: skip


@pytest.mark.parametrize(("path", "value"), [(path, value) for path, values in BAD.items() for value in values])
async def test_what_cannot_be_parsed_is_refused_by_name(engine: Engine, path: str, value: str) -> None:  # R-ADV-01
    group, name = path.split(".")
    with pytest.raises(FieldError) as refused:
        await set_up(engine, {group: {name: value}})
    assert refused.value.param == path and path in refused.value.long_message


async def test_what_is_parsed_is_kept_in_its_one_spelling(engine: Engine) -> None:
    changed = await set_up(engine, {
        "theme": {"color": "#ABC", "logo_url": "https://cdn.example.com/logo.png"},
        "paths": {"home_url": "/home?x=1#top", "sign_in_url": "https://app.example.com/in", "user_profile_url": "http://localhost:3000/me"},
    })  # fmt: skip
    assert (changed.settings.theme.color, changed.settings.theme.logo_url) == (
        "#aabbcc",
        "https://cdn.example.com/logo.png",
    )
    assert changed.settings.paths.home_url == "/home?x=1#top"


def test_a_value_that_an_older_release_stored_and_cannot_be_parsed_is_the_default() -> None:  # R-ADV-01
    for path, values in BAD.items():
        group, name = path.split(".")
        kind = ThemeSettings if group == "theme" else PathSettings
        for value in values:
            stored = msgspec.json.decode(msgspec.json.encode({name: value}), type=kind)
            assert getattr(stored, name) == getattr(kind(), name), (path, value)


@pytest.mark.parametrize("text", ["https://example.com/a b", "https://", "https://@/", "ftp://example.com/x", "/a\nb"])
def test_an_address_that_two_readers_could_read_differently_is_refused(text: str) -> None:  # R-WEB-05
    with pytest.raises(ValueError, match="must be an address"):
        WebAddress.parse(text)
