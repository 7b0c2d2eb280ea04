"""Errors say what published components and custom flows show: `message` and `long_message` as the published list of errors has them."""

from datetime import timedelta
from typing import Any

import pytest

from sojourn.errors import (
    AlreadyVerified,
    CodeNotSent,
    IdentifierAlreadySignedIn,
    NotAllowedAccess,
    SessionExists,
    SignUpRestricted,
    SojournError,
    StrategyNotPossible,
    TooManyRequests,
    UserBanned,
    UserLocked,
    VerificationExpired,
    VerificationFailed,
)
from sojourn.web.errors import envelope, status_of

SUPPORT = "For more information, please contact support."
WORDS = {
    AlreadyVerified(): (400, "already verified", "This verification has already been verified."),
    CodeNotSent(): (400, "not sent", "You need to send a verification code before attempting to verify."),
    IdentifierAlreadySignedIn(): (400, "You're already signed in", "You're already signed in"),
    NotAllowedAccess(): (403, "Access not allowed.", "This identifier is not allowed to access this application."),
    SessionExists(): (400, "Session already exists", "You're already signed in."),
    SignUpRestricted(): (403, "Sign-ups restricted", "New sign-ups are currently restricted."),
    StrategyNotPossible(): (
        422,
        "Invalid verification strategy",
        "The verification strategy is not valid for this account",
    ),
    TooManyRequests(timedelta(seconds=1)): (429, "Too many requests", "Too many requests, retry later"),
    UserBanned(): (
        403,
        "User banned",
        "You have been banned. If you think this was by mistake, please contact support.",
    ),
    UserLocked(None): (403, "Account locked", f"Your account is locked. {SUPPORT}"),
    VerificationExpired(): (400, "expired", "This verification has expired. You must create a new one."),
    VerificationFailed(): (
        422,
        "failed",
        "Too many failed attempts. You have to try again with the same or another method.",
    ),
}


@pytest.mark.parametrize("error", WORDS, ids=lambda error: type(error).__name__)
def test_an_error_says_what_the_published_list_says(error: SojournError) -> None:
    errors: Any = envelope(error, "trace")["errors"]
    told = errors[0]
    assert (status_of(error), told["message"], told["long_message"]) == WORDS[error]


@pytest.mark.parametrize(
    ("left", "words"),
    [(1, "1 minute"), (60, "1 minute"), (61, "2 minutes"), (3600, "60 minutes"), (7200, "2 hours"), (7201, "3 hours")],
)
def test_a_locked_account_names_the_time_that_is_left_and_never_a_shorter_one(left: int, words: str) -> None:
    error = UserLocked(timedelta(seconds=left))
    assert error.long_message == f"Your account is locked. You will be able to try again in {words}. {SUPPORT}"
    assert error.meta == {"lockout_expires_in_seconds": left}
