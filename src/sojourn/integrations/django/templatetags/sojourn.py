"""`{% load sojourn %}`: `{% sign_in %}`, `{% sign_up %}`, `{% user_button %}`, `{% user_profile %}`, `{% signed_in %}`
and `{% signed_out %}` with `{% else %}`. The template must be rendered with a request.
"""

from collections.abc import Callable
from typing import Any, cast

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

from sojourn.integrations.component_markup import Component, component
from sojourn.integrations.django.requests import visit
from sojourn.integrations.requirement import ASKED_FOR

register = template.Library()


def _tag(name: Component) -> Callable[..., SafeString]:
    def shown(context: Context, *, home: str = "/", nonce: str = "", **options: Any) -> SafeString:
        made = component(visit(context["request"]), name, options, home=home, nonce=nonce)
        return mark_safe(made)  # noqa: S308 - escaped where it is made

    return shown


for _name in ("sign-in", "sign-up", "user-button", "user-profile"):
    register.simple_tag(_tag(_name), takes_context=True, name=_name.replace("-", "_"))


class _Part(template.Node):
    def __init__(
        self, is_for: Callable[[Any, dict[str, Any]], bool], wanted: Any, body: NodeList, otherwise: NodeList
    ) -> None:
        self._is_for = is_for
        self._wanted: dict[str, FilterExpression] = wanted
        self.nodelist = body
        self._otherwise = otherwise

    def render(self, context: Context) -> SafeString:
        wanted = {name: expression.resolve(cast("Any", context)) for name, expression in self._wanted.items()}
        shown = self._is_for(visit(context["request"]), wanted)
        return (self.nodelist if shown else self._otherwise).render(context)


def _has(seen: Any, wanted: dict[str, Any]) -> bool:
    return seen.has(wanted)


def _has_not(seen: Any, _: dict[str, Any]) -> bool:
    return seen.session is None


def _part(parser: Parser, token: Token, is_for: Callable[[Any, dict[str, Any]], bool]) -> _Part:
    name, *words = token.split_contents()
    wanted: Any = token_kwargs(words, parser)
    if words:
        raise template.TemplateSyntaxError(f"{name} takes name=value, not {words[0]!r}")
    if unknown := [argument for argument in wanted if name == "signed_out" or argument not in ASKED_FOR]:
        raise template.TemplateSyntaxError(f"{name} knows no {unknown[0]}")
    body = parser.parse(("else", f"end{name}"))
    otherwise = NodeList()
    if parser.next_token().contents == "else":
        otherwise = parser.parse((f"end{name}",))
        parser.delete_first_token()
    return _Part(is_for, wanted, body, otherwise)


@register.tag
def signed_in(parser: Parser, token: Token) -> _Part:
    return _part(parser, token, _has)


@register.tag
def signed_out(parser: Parser, token: Token) -> _Part:
    return _part(parser, token, _has_not)
