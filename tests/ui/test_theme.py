"""Colours of hosted pages and components: whatever the owner chooses, text can be read in both schemes."""

from itertools import product

import pytest

from sojourn.instances.settings import ThemeSettings
from sojourn.ui.pages import theme_css
from sojourn.ui.theme import contrast, look, palette, scheme_of

OWNERS = ["#2f6f4f", "#000000", "#ffffff", "#7a1f5c", "#ffd400", "#0af", "#808080"]


@pytest.mark.parametrize("color", OWNERS)
def test_text_is_read_on_every_ground_of_both_schemes(color: str) -> None:
    theme = ThemeSettings(color=color)
    for scheme in ("light", "dark"):
        colors = palette(theme, scheme)
        for ink, ground in product((colors.ink, colors.muted, colors.danger), (colors.card, colors.field)):
            assert contrast(ink, ground) >= 4.5, (scheme, ink, ground)
        assert contrast(colors.ink, colors.page) >= 4.5
        assert contrast(colors.link, colors.card) >= 4.5
        assert contrast(colors.on_accent, colors.accent) >= 4.5


def test_the_owners_colours_are_those_of_the_light_scheme_as_they_are() -> None:
    colors = palette(ThemeSettings(color="#7a1f5c", background_color="#fffdf5", page_color="#eeeeee"), "light")
    assert (colors.accent, colors.card, colors.page) == ("#7a1f5c", "#fffdf5", "#eeeeee")
    assert palette(ThemeSettings(color="no colour"), "light") == palette(
        ThemeSettings(), "light"
    )  # stored by another release


def test_the_scheme_is_the_devices_unless_the_owner_names_one() -> None:
    assert look(ThemeSettings())["scheme"] == "system"
    assert scheme_of(ThemeSettings(scheme="light")) == "light"
    assert scheme_of(ThemeSettings(scheme="light", dark=True)) == "dark"


def test_pages_of_apps_take_the_owners_colours_as_a_style_sheet() -> None:
    css = theme_css(ThemeSettings(page_color="#eeeeee"))
    assert (
        css.index("--page: #eeeeee") < css.index("@media (prefers-color-scheme: dark)") < css.index("--page: #0e0f12")
    )
    assert "@media" not in theme_css(ThemeSettings(scheme="light"))
