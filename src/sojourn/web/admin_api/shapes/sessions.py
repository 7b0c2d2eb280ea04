"""Sessions and batches of ended sessions, as the admin API shows them."""

from typing import cast

import msgspec

from sojourn.instant import Instant
from sojourn.sessions.batch import SessionBatch
from sojourn.sessions.batches import BatchPreview
from sojourn.sessions.ending import EndStory
from sojourn.sessions.session import LIVE, Session
from sojourn.users.user import User

Filters = dict[str, str | int | list[str]]
"""The conditions by name."""


class SessionUser(msgspec.Struct, kw_only=True):
    id: str
    email_address: str | None
    username: str | None
    first_name: str | None
    last_name: str | None


class ShownSession(msgspec.Struct, kw_only=True):
    """`status` is that at the current time. A live session ends at `ends_at` unless it is used before, and at `expire_at` in any
    case. `strategy` is how it was signed in. Of an ended one `end_rule` is the setting that ended it, with its value, and
    `ended_by` who or what ended it. `user` is null if the account has been deleted. Times are milliseconds since 1970.
    """

    id: str
    status: str
    is_live: bool
    user_id: str
    user: SessionUser | None
    client_id: str
    device_type: str | None
    is_mobile: bool
    browser_name: str | None
    browser_version: str | None
    ip_address: str | None
    city: str | None
    country: str | None
    strategy: str | None
    has_second_factor: bool
    impersonated_by: str | None
    created_at: int
    last_active_at: int
    expire_at: int
    ends_at: int | None
    ended_at: int | None
    end_cause: str | None
    end_told: str | None
    ended_by: str | None
    end_rule: str | None
    batch_id: str | None


class SessionPage(msgspec.Struct, kw_only=True):
    data: list[ShownSession]
    next_cursor: str | None


class SessionCount(msgspec.Struct, kw_only=True):
    total_count: int
    is_exact: bool


class EndedSessions(msgspec.Struct, kw_only=True):
    """`ended` sessions; apps that verify offline accept their tokens until `last_token_dies_at`."""

    ended: int
    last_token_dies_at: int


class ShownSessionBatch(msgspec.Struct, kw_only=True):
    """`status` is `preview`, `running` or `finished`; `total` sessions match or matched, `done` of them are ended. A preview has no `id`.
    Apps that verify offline accept tokens of the sessions until `last_token_dies_at`.
    """

    id: str | None
    status: str
    total: int
    done: int
    filters: Filters
    actor: str
    cause: str
    created_at: int
    finished_at: int | None
    last_token_dies_at: int


class SessionBatchList(msgspec.Struct, kw_only=True):
    data: list[ShownSessionBatch]


def shown_session(session: Session, user: User | None, end: EndStory | None, now: Instant) -> ShownSession:
    device, is_live = session.device, session.status_at(now) in LIVE
    impersonator = session.actor.get("sub") if session.actor else None
    return ShownSession(
        id=session.id,
        status=session.status_at(now).value,
        is_live=is_live,
        user_id=session.user_id,
        user=None if user is None else _user(user),
        client_id=session.client_id,
        device_type=device.device_type,
        is_mobile=device.is_mobile,
        browser_name=device.browser_name,
        browser_version=device.browser_version,
        ip_address=device.ip_address,
        city=device.city,
        country=device.country,
        strategy=session.strategy,
        has_second_factor=session.second_factor_at is not None,
        impersonated_by=impersonator if isinstance(impersonator, str) else None,
        created_at=session.created_at.millis,
        last_active_at=session.last_active_at.millis,
        expire_at=session.expire_at.millis,
        ends_at=min(session.expire_at, session.abandon_at).millis if is_live else None,
        ended_at=None if is_live or session.ended_at is None else session.ended_at.millis,
        end_cause=None if session.end_cause is None else session.end_cause.value,
        end_told=None if end is None else end.told,
        ended_by=session.ended_by,
        end_rule=session.end_rule,
        batch_id=session.batch_id,
    )


def shown_batch(batch: SessionBatch, life_milliseconds: int) -> ShownSessionBatch:
    last = batch.finished_at or batch.updated_at
    return ShownSessionBatch(
        id=batch.id,
        status=batch.status.value,
        total=batch.total,
        done=batch.done,
        filters=cast("Filters", dict(batch.which)),
        actor=batch.actor,
        cause=batch.cause.value,
        created_at=batch.created_at.millis,
        finished_at=None if batch.finished_at is None else batch.finished_at.millis,
        last_token_dies_at=last.millis + life_milliseconds,
    )


def shown_preview(preview: BatchPreview, filters: Filters, actor: str, cause: str, now: Instant) -> ShownSessionBatch:
    return ShownSessionBatch(
        id=None,
        status="preview",
        total=preview.total,
        done=0,
        filters=filters,
        actor=actor,
        cause=cause,
        created_at=now.millis,
        finished_at=None,
        last_token_dies_at=preview.last_token_dies_at.millis,
    )


def _user(user: User) -> SessionUser:
    email = user.primary_email_address
    return SessionUser(
        id=user.id,
        email_address=None if email is None else email.value,
        username=user.username,
        first_name=user.first_name,
        last_name=user.last_name,
    )
