"""The status machine of a sign-up: every status x every move."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from sojourn.errors import VerificationExpired, WrongStep
from sojourn.factors.password_hashers import StoredPassword
from sojourn.ids import SessionId, UserId, client_id, instance_id
from sojourn.instances.settings import SignUpSettings
from sojourn.instant import Instant
from sojourn.sign_ups.sign_up import LIFE, SignUp, SignUpStatus, after_code, begun, completed

NOW = Instant(1_800_000_000_000)
LATER = NOW + timedelta(seconds=5)
RULES = SignUpSettings()
PASSWORD = StoredPassword("argon2id", "$argon2id$…")


def at(status: SignUpStatus) -> SignUp:
    """With everything that a user needs."""
    new = begun(instance_id(), client_id(), NOW)
    email = {"email_address": "Ada@example.com", "email_canonical": "ada@example.com", "email_verified_at": NOW}
    return replace(new, status=status, password=PASSWORD, **email)


def done(sign_up: SignUp, now: Instant) -> SignUp:
    return completed(sign_up, RULES, now, user_id=UserId("user_1"), session_id=SessionId("sess_1"))


MOVES: list[Callable[[SignUp, Instant], SignUp]] = [after_code, done]


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("status", SignUpStatus)
def test_only_an_open_sign_up_moves(
    status: SignUpStatus, move: Callable[[SignUp, Instant], SignUp]
) -> None:  # R-FLOW-02
    if status is not SignUpStatus.MISSING_REQUIREMENTS:
        with pytest.raises((WrongStep, VerificationExpired)):
            move(at(status), LATER)
        return
    moved = move(at(status), LATER)
    assert moved.updated_at == LATER
    assert moved.status is (SignUpStatus.COMPLETE if move is done else SignUpStatus.MISSING_REQUIREMENTS)


@pytest.mark.parametrize("missing", ["email_address", "password", "email_verified_at"])
def test_a_sign_up_that_misses_something_is_never_complete(missing: str) -> None:  # R-FLOW-02
    with pytest.raises(WrongStep):
        done(replace(at(SignUpStatus.MISSING_REQUIREMENTS), **{missing: None}), LATER)


def test_a_complete_sign_up_keeps_no_password_and_names_what_it_made() -> None:
    sign_up = done(at(SignUpStatus.MISSING_REQUIREMENTS), LATER)
    assert (sign_up.password, sign_up.created_user_id, sign_up.created_session_id) == (None, "user_1", "sess_1")


def test_a_code_proves_an_address_that_is_there() -> None:
    with pytest.raises(WrongStep):
        after_code(begun(instance_id(), client_id(), NOW), LATER)
    unproven = replace(at(SignUpStatus.MISSING_REQUIREMENTS), email_verified_at=None)
    assert after_code(unproven, LATER).email_verified_at == LATER


def test_a_sign_up_is_abandoned_after_a_day_unless_it_is_complete() -> None:  # R-FLOW-03
    over = NOW + LIFE
    assert timedelta(days=1) == LIFE
    assert at(SignUpStatus.MISSING_REQUIREMENTS).status_at(over) is SignUpStatus.ABANDONED
    assert at(SignUpStatus.COMPLETE).status_at(over) is SignUpStatus.COMPLETE
    for move in MOVES:
        with pytest.raises(VerificationExpired):
            move(at(SignUpStatus.MISSING_REQUIREMENTS), over)
        with pytest.raises(WrongStep):
            move(at(SignUpStatus.COMPLETE), over)
