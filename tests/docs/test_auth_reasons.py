"""Every reason that the code gives for a denial is explained, and the page of reasons shows them all."""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

from sojourn.integrations.redirects import MAX_IN_A_ROW
from sojourn.tokens.auth_reasons import REASONS, explained

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "auth-reasons.md"
SOURCE = ROOT / "src" / "sojourn"
BEGINNING = """\
# Reasons of a denial

The header `x-clerk-auth-reason` of a denied request, and `__clerk_hs_reason` in the URL of a handshake, say why the app did not accept the request as it
came. `sojourn inspect REASON` prints the same text. The adapters of Sojourn and the published SDKs share these reasons; some are sent by one of them only.

A reason that ends in `-after-3-redirects` means that the app saw the same again after so many redirects: the browser does not keep the cookies that it gets.

| Reason | Meaning | What to do |
|---|---|---|
"""


def test_every_reason_in_the_code_is_explained() -> None:
    found = set(_reasons())
    assert {"signed-out", "token-expired", "keys-wrong", "handshake-used"} <= found
    assert [reason for reason in sorted(found) if explained(reason) is None] == []


def test_the_page_shows_every_reason() -> None:
    lines = [f"| `{name}` | {reason.meaning} | {reason.advice} |" for name, reason in sorted(REASONS.items())]
    page = BEGINNING + "\n".join(lines) + "\n"
    if os.environ.get("SOJOURN_WRITE_DOCS"):
        PAGE.write_text(page)
    assert PAGE.read_text() == page, "write it anew: SOJOURN_WRITE_DOCS=1 pytest tests/docs/test_auth_reasons.py"


def test_a_loop_is_explained_by_what_caused_it() -> None:
    looped = explained(f"token-expired-after-{MAX_IN_A_ROW}-redirects")
    assert looped is not None and "lifetime" in looped.meaning and "cookies" in looped.advice
    assert explained("unknown-after-3-redirects") is None
    assert explained("session-token-expired-refresh-non-eligible-no-refresh-cookie") is not None


def _reasons() -> Iterator[str]:
    """The first arguments of what refuses, and the constants that they name."""
    for folder in ("tokens", "integrations", "sessions", "web"):
        for path in sorted((SOURCE / folder).rglob("*.py")):
            tree = ast.parse(path.read_text())
            named = dict(_constants(tree))
            for node in ast.walk(tree):
                if (
                    isinstance(node, ast.Call)
                    and _name(node) in ("TokenRefused", "_refuse", "SignedOutState")
                    and node.args
                ):
                    given = node.args[0]
                    value = named.get(given.id) if isinstance(given, ast.Name) else given
                    if isinstance(value, ast.Constant) and re.fullmatch(r"[a-z-]+", str(value.value)):
                        yield str(value.value)


def _constants(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Names and what they are assigned, several in one line too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            values = value.elts if isinstance(value, ast.Tuple) else [value]
            yield from (
                (name.id, given) for name, given in zip(names, values, strict=False) if isinstance(name, ast.Name)
            )


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
