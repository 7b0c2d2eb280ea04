"""Keys, snippets of environment files and the launch checklist, as the admin API shows them. No answer but that of a creation holds a secret."""

from typing import Any

import msgspec

from sojourn.instances.secret_keys import Scope
from sojourn.launch.checklist import LaunchCheck
from sojourn.store.interface import SecretKey
from sojourn.tokens.signing_keys import KeyCoverage


class ShownSecretKey(msgspec.Struct, kw_only=True):
    """`last_used_at` is accurate to about a minute."""

    id: str
    scope: Scope
    created_at: int
    last_used_at: int | None


class SecretKeyList(msgspec.Struct, kw_only=True):
    data: list[ShownSecretKey]


class MadeSecretKey(msgspec.Struct, kw_only=True):
    """`secret_key` is shown only here."""

    key: ShownSecretKey
    secret_key: str


class ShownSigningKey(msgspec.Struct, kw_only=True):
    """`state` is `next`, `signing` or `retired`. Session tokens need the key until `tokens_until`; verifiers are given it until
    `published_until`. Ends are null while none is known.
    """

    kid: str
    algorithm: str
    state: str
    created_at: int
    signs_from: int
    signs_until: int | None
    tokens_until: int | None
    published_until: int | None


class SigningKeyList(msgspec.Struct, kw_only=True):
    """`jwks` is what `jwks_url` answers."""

    data: list[ShownSigningKey]
    jwks_url: str
    jwks: dict[str, Any]


class EnvironmentSnippet(msgspec.Struct, kw_only=True):
    """Lines of an app's environment file. The secret key is not among them: set `secret_variable`, where there is one, to a key of yours."""

    sdk: str
    lines: list[str]
    secret_variable: str | None
    hint: str


class EnvironmentSnippets(msgspec.Struct, kw_only=True):
    data: list[EnvironmentSnippet]


class ShownCheck(msgspec.Struct, kw_only=True):
    """`status` is `ok`, `warning`, `problem` or `by_hand`, which the server cannot see; `guide` a page below the documentation."""

    id: str
    title: str
    status: str
    found: str
    advice: str
    guide: str


class Checklist(msgspec.Struct, kw_only=True):
    data: list[ShownCheck]


def shown_secret_key(key: SecretKey) -> ShownSecretKey:
    return ShownSecretKey(
        id=key.id,
        scope=key.scope,
        created_at=key.created_at.millis,
        last_used_at=None if key.last_used_at is None else key.last_used_at.millis,
    )


def shown_signing_key(coverage: KeyCoverage) -> ShownSigningKey:
    signs, tokens, published = (
        None if each is None else each.millis
        for each in (coverage.signs_until, coverage.tokens_until, coverage.published_until)
    )
    return ShownSigningKey(
        kid=coverage.key.kid,
        algorithm=coverage.key.algorithm.value,
        state=coverage.state,
        created_at=coverage.key.created_at.millis,
        signs_from=coverage.key.active_from.millis,
        signs_until=signs,
        tokens_until=tokens,
        published_until=published,
    )


def shown_check(check: LaunchCheck) -> ShownCheck:
    return ShownCheck(
        id=check.id,
        title=check.title,
        status=check.status.value,
        found=check.found,
        advice=check.advice,
        guide=check.guide,
    )
