"""For Jinja templates of any framework: `{{ sign_in() }}`, `{{ user_button() }}` …, `{% signed_in %} … {% endsigned_in %}`.

    templates.env.add_extension("sojourn.integrations.jinja.SojournExtension")      # Starlette, FastAPI, Litestar
    app.jinja_env.add_extension("sojourn.integrations.jinja.SojournExtension")      # Flask, Quart

They read the request from the template's context, where every framework puts it.
"""

from collections.abc import Callable
from typing import Any

from jinja2 import Environment, nodes, pass_context
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.runtime import Context
from markupsafe import Markup

from sojourn.integrations import asgi, wsgi
from sojourn.integrations.auth_context import AuthContext
from sojourn.integrations.component_markup import Component, component
from sojourn.integrations.requirement import ASKED_FOR

__all__ = ["SojournExtension"]


class SojournExtension(Extension):
    """`{% signed_in role="org:admin" %}` shows its block only to users with that role; both tags support `{% else %}`."""

    tags = {"signed_in", "signed_out"}

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.globals.update(  # pyright: ignore[reportUnknownMemberType]
            sign_in=_shown("sign-in"), sign_up=_shown("sign-up"),
            user_button=_shown("user-button"), user_profile=_shown("user-profile"),
        )  # fmt: skip

    def parse(self, parser: Parser) -> nodes.Node:
        tag = next(parser.stream)
        wanted: list[nodes.Keyword] = []
        while parser.stream.current.type != "block_end":
            name = parser.stream.expect("name").value
            if tag.value == "signed_out" or name not in ASKED_FOR:
                parser.fail(f"{tag.value} knows no {name}")
            parser.stream.expect("assign")
            wanted.append(nodes.Keyword(name, parser.parse_expression()))
        body = parser.parse_statements((f"name:end{tag.value}", "name:else"))
        otherwise: list[nodes.Node] = []
        if next(parser.stream).value == "else":
            otherwise = parser.parse_statements((f"name:end{tag.value}",), drop_needle=True)
        test = self.call_method(f"_{tag.value}", [nodes.ContextReference()], wanted)
        return nodes.If(test, body, [], otherwise).set_lineno(tag.lineno)

    def _signed_in(self, context: Context, **wanted: Any) -> bool:
        return visit_of(context).has(wanted)

    def _signed_out(self, context: Context) -> bool:
        return visit_of(context).session is None


def visit_of(context: Context) -> AuthContext:
    """Raises: KeyError if the template is rendered without a request, RuntimeError if the middleware is missing."""
    request: Any = context["request"]
    if isinstance(seen := getattr(request, "sojourn", None), AuthContext):
        return seen  # Django
    scope = getattr(request, "scope", None)
    return asgi.visit(scope) if scope is not None else wsgi.visit(request.environ)


def _shown(name: Component) -> Callable[..., Markup]:
    @pass_context
    def shown(context: Context, *, home: str = "/", nonce: str = "", **options: Any) -> Markup:
        return Markup(component(visit_of(context), name, options, home=home, nonce=nonce))  # noqa: S704 - escaped where it is made

    return shown
