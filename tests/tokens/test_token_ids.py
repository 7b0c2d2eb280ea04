"""Ids of tokens come from the system's randomness, some at a time, and no two processes hand out the same (R-JWT-01)."""

import json
import os

from sojourn.ids import token_id


def test_no_two_tokens_have_one_id() -> None:
    drawn = [token_id() for _ in range(2000)]
    assert len(set(drawn)) == 2000
    assert all(len(bytes.fromhex(each)) == 10 for each in drawn)


def test_a_forked_process_draws_ids_of_its_own() -> None:
    token_id()  # the store holds what comes next
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, json.dumps([token_id() for _ in range(100)]).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        theirs = json.loads(told.read())
    os.waitpid(child, 0)
    assert not set(theirs) & {token_id() for _ in range(500)}
