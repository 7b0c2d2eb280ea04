"""Which shortcodes a template of claims names."""

import pytest

from sojourn.errors import Json
from sojourn.tokens.templates import mentions

PATH = "user.two_factor_enabled"


@pytest.mark.parametrize(
    ("template", "named"),
    [
        ("{{user.two_factor_enabled}}", True),
        ("{{ user.two_factor_enabled }}", True),
        ("is {{user.username || user.two_factor_enabled}}.", True),
        ({"all": "{{user}}"}, True),
        ({"deep": [{"er": ["{{user.id}}", "{{user.two_factor_enabled}}"]}]}, True),
        ("user.two_factor_enabled", False),
        ("{{'user.two_factor_enabled'}}", False),
        ("{{user.two_factor}} {{org}}", False),
        ({"user.two_factor_enabled": 1}, False),
        ([], False),
        (None, False),
    ],
)
def test_a_template_names_a_path_in_a_shortcode_or_with_its_root(template: Json, named: bool) -> None:
    assert mentions(template, PATH) is named
