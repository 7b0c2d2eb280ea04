"""The published components as HTML for an app's own pages, with links for browsers without JavaScript."""

import json
from collections.abc import Mapping
from html import escape
from typing import Literal
from urllib.parse import urlencode

from sojourn.errors import Json
from sojourn.integrations.auth_context import AuthContext

Component = Literal["sign-in", "sign-up", "user-button", "user-profile"]

_LINKS: Mapping[Component, str] = {"sign-in": "Sign in", "sign-up": "Sign up", "user-profile": "Your account"}


def component(
    visit: AuthContext, name: Component, options: Mapping[str, Json] | None = None, *, home: str = "/", nonce: str = ""
) -> str:
    """`options` are the component's options, `home` is the page to which it redirects afterwards, `nonce` is that of
    the page's Content-Security-Policy, whose `script-src` must also list the server's origin.

    Without JavaScript, links lead to pages of the server that hold plain forms.
    """
    gate = visit.gate
    place = f'<div data-sojourn="{name}" data-options="{escape(json.dumps(dict(options or {})))}"></div>'
    nonced = f' nonce="{escape(nonce)}"' if nonce else ""
    script = (
        f'<script src="{escape(gate.frontend)}/static/components.js" data-server="{escape(gate.frontend)}"'
        f' data-key="{escape(gate.publishable_key)}" data-home="{escape(home)}"{nonced} defer></script>'
    )
    return f"{place}<noscript>{_plain(visit, name)}</noscript>{script}"


def _plain(visit: AuthContext, name: Component) -> str:
    gate = visit.gate
    if name == "user-button":
        back = urlencode({"redirect_url": gate.page(visit.asked())})
        return _link(f"{gate.frontend}/sign-out?{back}", "Sign out") if visit.session else ""
    if name == "sign-in":
        return _link(gate.sign_in_url(gate.page(visit.asked()), visit.guard.sign_in_url), _LINKS[name])
    return _link(f"{gate.frontend}/{'user' if name == 'user-profile' else name}", _LINKS[name])


def _link(address: str, text: str) -> str:
    return f'<a href="{escape(address)}">{text}</a>'
