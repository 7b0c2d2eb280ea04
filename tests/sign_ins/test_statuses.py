"""The status machine of a sign-in: every status x every move."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from sojourn.errors import VerificationExpired, WrongStep
from sojourn.factors.strategy import Level
from sojourn.ids import SessionId, UserId, VerificationId, client_id, instance_id
from sojourn.instant import Instant
from sojourn.sign_ins.sign_in import (
    LIFE,
    SignIn,
    SignInStatus,
    Step,
    after_first_factor,
    after_identifier,
    after_new_password,
    after_second_factor,
    begun,
    challenge_of,
    owed_after,
    waiting_for,
    with_challenge,
    with_session,
)

NOW = Instant(1_800_000_000_000)
LATER = NOW + timedelta(seconds=5)
USER = UserId("user_1")
SESSION = SessionId("sess_1")
VERIFICATION = VerificationId("ver_1")

Move = Callable[[SignIn, tuple[Step, ...], Instant], SignIn]
MOVES: dict[SignInStatus, Move] = {
    SignInStatus.NEEDS_FIRST_FACTOR: after_first_factor,
    SignInStatus.NEEDS_SECOND_FACTOR: after_second_factor,
    SignInStatus.NEEDS_NEW_PASSWORD: after_new_password,
}
"""Each move, by the one status that it starts from."""

OWED: list[tuple[Step, ...]] = [owed for length in range(3) for owed in permutations(Step, length)]


def at(status: SignInStatus) -> SignIn:
    return replace(begun(instance_id(), client_id(), NOW, identifier="ada@example.com", user_id=USER), status=status)


@pytest.mark.parametrize("owed", OWED, ids=str)
@pytest.mark.parametrize("start", MOVES)
@pytest.mark.parametrize("status", SignInStatus)
def test_a_step_moves_only_the_sign_in_that_waits_for_it(
    status: SignInStatus, start: SignInStatus, owed: tuple[Step, ...]
) -> None:  # R-FLOW-02, R-FLOW-05
    sign_in = at(status)
    if status is not start or start in [step.status for step in owed]:
        with pytest.raises(VerificationExpired if status is SignInStatus.ABANDONED else WrongStep):
            MOVES[start](sign_in, owed, LATER)
        return
    reached = owed[0].status if owed else SignInStatus.COMPLETE
    assert MOVES[start](sign_in, owed, LATER) == replace(sign_in, status=reached, updated_at=LATER)


@pytest.mark.parametrize("status", SignInStatus)
def test_an_identifier_is_taken_once(status: SignInStatus) -> None:
    if status is SignInStatus.NEEDS_IDENTIFIER:
        moved = after_identifier(at(status), "eve@example.com", None, LATER)
        assert (moved.status, moved.identifier) == (SignInStatus.NEEDS_FIRST_FACTOR, "eve@example.com")
    else:
        with pytest.raises((WrongStep, VerificationExpired)):
            after_identifier(at(status), "eve@example.com", None, LATER)


@pytest.mark.parametrize("identifies", [False, True])
@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("status", SignInStatus)
def test_something_is_sent_only_where_its_answer_is_waited_for(
    status: SignInStatus, level: Level, identifies: bool
) -> None:  # R-FLOW-03
    awaited = SignInStatus.NEEDS_IDENTIFIER if identifies else waiting_for(level)
    if status is awaited:
        moved = with_challenge(at(status), level, "email_code", VERIFICATION, LATER, identifies=identifies)
        assert (moved.status, challenge_of(moved, level)) == (status, ("email_code", VERIFICATION))
    else:
        with pytest.raises((WrongStep, VerificationExpired)):
            with_challenge(at(status), level, "email_code", VERIFICATION, LATER, identifies=identifies)


@pytest.mark.parametrize("status", SignInStatus)
def test_only_a_complete_sign_in_gets_a_session_and_only_one(status: SignInStatus) -> None:  # R-FLOW-02
    if status is SignInStatus.COMPLETE:
        done = with_session(at(status), SESSION)
        assert done.created_session_id == SESSION
        with pytest.raises(WrongStep):
            with_session(done, SESSION)
    else:
        with pytest.raises(WrongStep):
            with_session(at(status), SESSION)


@pytest.mark.parametrize("status", [each for each in SignInStatus if each is not SignInStatus.COMPLETE])
def test_every_unfinished_sign_in_is_abandoned_after_ten_minutes(status: SignInStatus) -> None:  # R-FLOW-03
    over = NOW + LIFE
    assert timedelta(minutes=10) == LIFE
    assert at(status).status_at(over) is SignInStatus.ABANDONED
    for move in MOVES.values():
        with pytest.raises(VerificationExpired):
            move(at(status), (), over)
    with pytest.raises(VerificationExpired):
        after_identifier(at(status), "ada@example.com", USER, over)


def test_a_complete_sign_in_stays_complete_and_makes_no_further_move() -> None:  # R-FLOW-03
    over = NOW + LIFE
    assert at(SignInStatus.COMPLETE).status_at(over) is SignInStatus.COMPLETE
    for move in MOVES.values():
        with pytest.raises(WrongStep):
            move(at(SignInStatus.COMPLETE), (), over)


@pytest.mark.parametrize(
    ("reset", "second", "compromised", "owed"),
    [
        (False, False, False, ()),
        (False, False, True, (Step.NEW_PASSWORD,)),
        (False, True, False, (Step.SECOND_FACTOR,)),
        (False, True, True, (Step.SECOND_FACTOR, Step.NEW_PASSWORD)),
        (True, False, False, (Step.NEW_PASSWORD,)),
        (True, False, True, (Step.NEW_PASSWORD,)),
        (True, True, False, (Step.NEW_PASSWORD, Step.SECOND_FACTOR)),
        (True, True, True, (Step.NEW_PASSWORD, Step.SECOND_FACTOR)),
    ],
)
def test_a_new_password_comes_first_after_a_reset_and_last_when_the_old_one_is_compromised(
    reset: bool, second: bool, compromised: bool, owed: tuple[Step, ...]
) -> None:  # R-FLOW-02
    assert owed_after(by_reset_code=reset, has_second_factor=second, is_compromised=compromised) == owed


@pytest.mark.parametrize("owed", OWED, ids=str)
def test_a_sign_in_is_complete_once_every_owed_step_is_done_in_its_order(owed: tuple[Step, ...]) -> None:  # R-FLOW-05
    sign_in = after_first_factor(at(SignInStatus.NEEDS_FIRST_FACTOR), owed, LATER)
    for number, step in enumerate(owed):
        assert sign_in.status is step.status
        sign_in = MOVES[step.status](sign_in, owed[number + 1 :], LATER)
    assert sign_in.status is SignInStatus.COMPLETE


def test_a_new_sign_in_waits_for_what_it_was_not_given() -> None:
    nobody = begun(instance_id(), client_id(), NOW, identifier=None, user_id=None)
    assert (nobody.status, nobody.abandon_at) == (SignInStatus.NEEDS_IDENTIFIER, NOW + LIFE)
    decoy = begun(instance_id(), client_id(), NOW, identifier="nobody@example.com", user_id=None)
    assert decoy.status is SignInStatus.NEEDS_FIRST_FACTOR
