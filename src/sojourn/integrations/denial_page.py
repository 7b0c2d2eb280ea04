"""The HTML page of a denial, in the server's theme, or a default theme while the server is unreachable."""

import base64
from dataclasses import dataclass
from hashlib import sha256
from html import escape

from sojourn.origin import origin_of

Headers = list[tuple[bytes, bytes]]

_STYLE = (
    ":root{color-scheme:light dark;--page:#f4f5f2;--card:#fff;--ink:#1c211e;--muted:#55605a}"
    "@media (prefers-color-scheme:dark){:root{--page:#0e0f12;--card:#1b1e24;--ink:#f2f4f3;--muted:#a9b1ac}}"
    "body{margin:0;min-height:100vh;display:grid;grid-template-columns:minmax(0,1fr);place-items:center;background:var(--page);color:var(--ink);"
    "font:16px/1.5 system-ui,sans-serif}"
    "main{box-sizing:border-box;width:24rem;max-width:calc(100% - 2rem);margin:2rem 1rem;padding:2rem;border-radius:.75rem;"
    "background:var(--card);box-shadow:0 2px 12px rgb(0 0 0/.08);text-align:center;overflow-wrap:anywhere}"
    "h1{margin:0 0 .75rem;font-size:1.25rem}p{margin:0;color:var(--muted)}p+p{margin-top:1rem}a{color:var(--link,inherit)}"
)
_OWN = f"'sha256-{base64.b64encode(sha256(_STYLE.encode()).digest()).decode()}'"
_NONE = "'none'"


@dataclass(frozen=True, slots=True)
class Link:
    """The next step offered on the page. An empty `url` reloads the page."""

    label: str
    url: str = ""


def refusal_page(title: str, text: str, frontend: str = "", next_step: Link | None = None) -> tuple[bytes, Headers]:
    """The page and its headers. `frontend` is the address at which browsers reach the server; its style sheet has the
    instance's colours. Without it, such as while the server is unreachable, the page has the default colours.
    """
    server = origin_of(frontend) or ""
    links = ""
    if server:
        links = (
            f'<link rel="icon" href="{escape(frontend)}/static/favicon.svg" type="image/svg+xml">'
            f'<link rel="stylesheet" href="{escape(frontend)}/static/theme.css">'
        )
    step = f'<p><a href="{escape(next_step.url)}">{escape(next_step.label)}</a></p>' if next_step else ""
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style>{links}</head>"
        f"<body><main><h1>{escape(title)}</h1><p>{escape(text)}</p>{step}</main></body></html>"
    )
    policy = f"default-src 'none'; style-src {' '.join((_OWN, server)).strip()}; img-src {server or _NONE}; frame-ancestors 'none'"
    return page.encode(), [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-security-policy", policy.encode()),
    ]
