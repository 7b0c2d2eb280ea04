"""Custom claims, their previews, and JWT templates, as the admin API shows them."""

from collections.abc import Sequence
from typing import Any

import msgspec

from sojourn.instances.instance import Instance
from sojourn.instances.jwt_templates import JwtTemplate
from sojourn.sessions.payloads import Meter, Preview, Rollout, TokenPreview
from sojourn.tokens.cookie_size import LARGEST_COOKIE


class ShownShortcode(msgspec.Struct, kw_only=True):
    """Written `{{path}}`. `is_open`: any path below it is allowed."""

    path: str
    says: str
    is_open: bool


class ShortcodeList(msgspec.Struct, kw_only=True):
    """`reserved` claims cannot be set in session tokens, `reserved_in_templates` not in JWT templates."""

    data: list[ShownShortcode]
    reserved: list[str]
    reserved_in_templates: list[str]


class ClaimsProblem(msgspec.Struct, kw_only=True):
    """`path` leads to the value inside the claims; `start` and `end` are positions in its text, both 0 for the whole value."""

    path: list[str | int]
    message: str
    start: int
    end: int


class ClaimsOfUser(msgspec.Struct, kw_only=True):
    """The custom claims now (`before`) and as planned (`after`), the whole decoded token, and its size in bytes."""

    user_id: str
    name: str | None
    before: Any
    after: Any
    token: dict[str, Any]
    size: int


class ClaimsMeter(msgspec.Struct, kw_only=True):
    """Sizes in bytes. `fixed` is a token without custom claims, `largest` the largest token of the `sampled` users, `most` what
    fits beside the cookie's name in `cookie`; `claims` is what each claim takes in the largest token.
    """

    fixed: int
    largest: int
    largest_user_id: str | None
    sampled: int
    most: int
    cookie: int
    claims: dict[str, int]
    is_too_large: bool


class ClaimsPreview(msgspec.Struct, kw_only=True):
    """Nothing is rendered while there are problems. `meter` is null for a JWT template, whose token is no cookie.
    If saved now, every new token has the claims within `applies_within_ms`, which is when the last older one has expired.
    """

    problems: list[ClaimsProblem]
    chosen: ClaimsOfUser | None
    users: list[ClaimsOfUser]
    meter: ClaimsMeter | None
    applies_within_ms: int


class ClaimsRollout(msgspec.Struct, kw_only=True):
    """When live sessions have the saved claims: tokens minted since `new_from` have them, older ones have expired at `old_until`."""

    changed_at: int | None
    new_from: int | None
    old_until: int | None
    is_complete: bool


class ShownJwtTemplate(msgspec.Struct, kw_only=True):
    """`lifetime` and `allowed_clock_skew` in seconds; an own key is never shown."""

    id: str
    name: str
    claims: dict[str, Any]
    lifetime: int
    allowed_clock_skew: int
    custom_signing_key: bool
    signing_algorithm: str
    created_at: int
    updated_at: int


class JwtTemplateList(msgspec.Struct, kw_only=True):
    data: list[ShownJwtTemplate]
    next_cursor: str | None


def shown_preview(preview: Preview, applies_within_ms: int) -> ClaimsPreview:
    return ClaimsPreview(
        problems=[
            ClaimsProblem(path=[*each.path], message=each.message, start=each.start, end=each.end)
            for each in preview.problems
        ],
        chosen=None if preview.chosen is None else _of_user(preview.chosen),
        users=[_of_user(each) for each in preview.users],
        meter=None if preview.meter is None else _meter(preview.meter),
        applies_within_ms=applies_within_ms,
    )


def shown_rollout(rollout: Rollout, now_ms: int) -> ClaimsRollout:
    changed_at, new_from, old_until = (
        None if each is None else each.millis for each in (rollout.changed_at, rollout.new_from, rollout.old_until)
    )
    return ClaimsRollout(
        changed_at=changed_at,
        new_from=new_from,
        old_until=old_until,
        is_complete=old_until is None or now_ms >= old_until,
    )


def shown_template(template: JwtTemplate, instance: Instance) -> ShownJwtTemplate:
    own = template.signing
    return ShownJwtTemplate(
        id=template.id,
        name=template.name,
        claims=dict(template.claims),
        lifetime=template.lifetime,
        allowed_clock_skew=template.allowed_clock_skew,
        custom_signing_key=own is not None,
        signing_algorithm=instance.settings.sessions.token_algorithm if own is None else own.algorithm.value,
        created_at=template.created_at.millis,
        updated_at=template.updated_at.millis,
    )


def shown_templates(templates: Sequence[JwtTemplate], instance: Instance, next_cursor: str | None) -> JwtTemplateList:
    return JwtTemplateList(data=[shown_template(each, instance) for each in templates], next_cursor=next_cursor)


def _of_user(preview: TokenPreview) -> ClaimsOfUser:
    user, email = preview.user, preview.user.primary_email_address
    names = " ".join(filter(None, (user.first_name, user.last_name)))
    return ClaimsOfUser(
        user_id=user.id,
        name=names or user.username or (email.value if email else None),
        before=preview.before,
        after=preview.after,
        token=dict(preview.token),
        size=preview.size,
    )


def _meter(meter: Meter) -> ClaimsMeter:
    return ClaimsMeter(
        fixed=meter.fixed,
        largest=meter.largest,
        largest_user_id=meter.largest_user,
        sampled=meter.sampled,
        most=meter.most,
        cookie=LARGEST_COOKIE,
        claims=dict(meter.claims),
        is_too_large=meter.is_too_large,
    )
