"""What template tags write, in Jinja and in Django."""

import json
import re
from collections.abc import Callable
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import Environment

from sojourn.integrations.auth_context import AuthContext, Guard
from sojourn.integrations.wsgi import read
from sojourn.testing import FakeSojourn, SignedInBrowser

from ..contract.adapters.apps import django

Render = Callable[..., str]

PARTS = (
    "[{% signed_in %}in{% else %}not in{% endsigned_in %}]"
    "[{% signed_in role='admin' %}admin{% endsigned_in %}]"
    "[{% signed_out %}out{% endsigned_out %}]"
)


@pytest.fixture(params=["jinja", "django"])
def render(request: pytest.FixtureRequest, sojourn: FakeSojourn, tmp_path_factory: pytest.TempPathFactory) -> Render:
    def rendered(source: str, somebody: SignedInBrowser | None = None, **context: Any) -> str:
        gate = sojourn.ready_now()
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": '/a"><b>', "HTTP_HOST": "localhost:3000"}
        claims = gate.verify(somebody.token) if somebody else None
        asked = SimpleNamespace(sojourn=AuthContext(Guard(sojourn), claims, lambda: read(environ)))
        if request.param == "jinja":
            environment = Environment(autoescape=True, extensions=["sojourn.integrations.jinja.SojournExtension"])
            called = re.sub(r"{% (sign_in|sign_up|user_button|user_profile)((?: \w+=\S+)*) %}", _as_call, source)
            return environment.from_string(called).render(request=asked, **context)
        from django.template import Context, Engine

        engine = Engine(libraries={"sojourn": "sojourn.integrations.django.templatetags.sojourn"}, builtins=[])
        return engine.from_string("{% load sojourn %}" + source).render(Context({"request": asked, **context}))

    django.configure(tmp_path_factory.getbasetemp())
    return rendered


def _as_call(found: re.Match[str]) -> str:
    return "{{ " + found[1] + "(" + ", ".join(found[2].split()) + ") }}"


def test_parts_are_for_whom_they_say(render: Render, sojourn: FakeSojourn) -> None:
    assert render(PARTS) == "[not in][][out]"
    assert render(PARTS, sojourn.signed_in()) == "[in][][]"
    assert render(PARTS, sojourn.signed_in(role="org:admin")) == "[in][admin][]"


@pytest.mark.parametrize("wanted", ["role=x", "permission=x", "organization=x", "max_age=x", "role=x organization=y"])
@pytest.mark.parametrize("value", [{}, {"x": ""}, {"x": None}, {"x": []}, {"x": "a b"}], ids=str)
def test_a_part_that_asks_for_nothing_that_can_be_read_is_shown_to_nobody(  # R-AUZ-03
    render: Render, sojourn: FakeSojourn, wanted: str, value: dict[str, Any]
) -> None:
    shown = render(
        "[{% signed_in " + wanted + " %}secret{% else %}less{% endsigned_in %}]",
        sojourn.signed_in(role="org:admin"),
        **value,
    )
    assert shown == "[less]"


@pytest.mark.parametrize(
    "source", ["{% signed_in rol='admin' %}{% endsigned_in %}", "{% signed_out role='admin' %}{% endsigned_out %}"]
)
def test_a_part_that_asks_for_what_nobody_knows_is_no_template(render: Render, source: str) -> None:
    with pytest.raises(Exception, match="knows no rol"):
        render(source)


def test_a_component_carries_its_options_and_the_keys_of_the_server(render: Render, sojourn: FakeSojourn) -> None:
    shown = render("{% sign_in path='/in' home='/home' nonce=n %}", n='a"b')
    options = re.search(r'data-options="([^"]*)"', shown)
    assert options is not None
    assert json.loads(unescape(options[1])) == {"path": "/in"}
    gate = sojourn.ready_now()
    assert f'src="{gate.frontend}/static/components.js"' in shown
    assert f'data-key="{gate.publishable_key}"' in shown
    assert 'data-home="/home"' in shown
    assert 'nonce="a&quot;b"' in shown


def test_without_scripts_links_lead_on_and_nothing_breaks_out(render: Render, sojourn: FakeSojourn) -> None:
    for name in ("sign_in", "sign_up", "user_button", "user_profile"):
        shown = render("{% " + name + " %}")
        assert "<b>" not in shown
    link = re.search(r'<noscript><a href="([^"]+)">Sign in</a>', render("{% sign_in %}"))
    assert link is not None
    assert unescape(link[1]).startswith("http://localhost:8000/sign-in?redirect_url=")
    assert "Sign out" not in render("{% user_button %}")
    assert ">Sign out</a></noscript>" in render("{% user_button %}", sojourn.signed_in())
