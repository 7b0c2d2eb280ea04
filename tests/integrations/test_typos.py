"""Guards that could never do what they seem to are refused where they are written, with a hint."""

from datetime import timedelta
from typing import Any

import pytest

from sojourn.errors import ConfigError
from sojourn.integrations.django.decorators import SessionRequiredMixin
from sojourn.integrations.django.decorators import session_required as django
from sojourn.integrations.fastapi import requires as fastapi
from sojourn.integrations.flask import session_required as flask
from sojourn.integrations.litestar import requires as litestar
from sojourn.integrations.path_patterns import Matcher
from sojourn.integrations.quart import session_required as quart
from sojourn.integrations.requirement import Requirement

TYPOS = {
    "/blog/*": r"/blog/\(\.\*\)", "/blog/**": r"\(\.\*\)", "about": "'/about'", "https://example.com/about": "slash", "/posts/{id}": ":id",
    "/posts/<int:id>": ":id", "/posts/<id>": ":id", "/search?q=1": "query", "/page#top": "fragment", "/about ": "white space", "/blog(.*": "cannot be read",
    "": "slash",
}  # fmt: skip


@pytest.mark.parametrize("pattern", TYPOS)
def test_a_pattern_with_a_typo_is_refused_at_start_with_a_hint(pattern: str) -> None:  # R-AUZ-01
    for given in ({"public": [pattern]}, {"protected": [pattern]}):
        with pytest.raises(ConfigError, match=TYPOS[pattern]):
            Matcher(**given)


def test_one_text_is_no_list_of_patterns() -> None:
    with pytest.raises(ConfigError, match=r"\['/about'\]"):
        Matcher(public="/about")


@pytest.mark.parametrize(
    "pattern",
    [
        "/",
        "/about",
        "/blog(.*)",
        "(.*)",
        "/posts/:id",
        "/posts/:id/edit",
        "/v[12]/x",
        "/a{2}",
        "/(?P<name>x|y)",
        "/a.b",
        "^/x$",
    ],
)
def test_patterns_as_people_write_them_are_taken(pattern: str) -> None:
    assert Matcher(public=[pattern], protected=[pattern])


@pytest.mark.parametrize(
    "wanted",
    [{"role": "admin, editor"}, {"role": "admin "}, {"role": ["admin"]}, {"permission": "org:*:write"}, {"max_age": 600},
     {"max_age": timedelta(0)}, {"role": None}, {"role": ""}, {"permission": ""}, {"permission": None}, {"max_age": None},
     {"organization": None}, {"organization": ""}],
)  # fmt: skip
def test_a_requirement_that_no_session_meets_is_refused_where_it_is_written(wanted: dict[str, Any]) -> None:  # R-AUZ-03
    for written in (Requirement, flask, quart, django, fastapi, litestar, _mixin):
        with pytest.raises(ConfigError, match=next(iter(wanted))):
            written(**wanted)


def _mixin(**wanted: Any) -> type:
    return type("View", (SessionRequiredMixin,), {f"required_{name}": value for name, value in wanted.items()})


def test_a_role_without_its_name_is_no_view() -> None:  # R-AUZ-03
    with pytest.raises(ConfigError, match="role='admin'"):
        flask("admin")  # type: ignore[arg-type]
