"""Processes forked from the tests' own, as gunicorn's `--preload` and `multiprocessing` make them."""

import multiprocessing
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection

_FORKING = multiprocessing.get_context("fork")


def in_child(work: Callable[[], str]) -> str:
    """The answer of `work` in a process forked from this one. Raises: AssertionError with the child's traceback."""

    def answer() -> None:
        try:
            there.send((True, work()))
        except BaseException:
            there.send((False, traceback.format_exc()))

    here, there = _FORKING.Pipe(duplex=False)
    child = _FORKING.Process(target=answer, daemon=True)
    child.start()
    there.close()
    assert here.poll(60), "the child hangs"
    worked, said = _received(here)
    child.join(60)
    assert worked, f"the child failed: {said}"
    assert child.exitcode == 0
    return said


def _received(here: Connection) -> tuple[bool, str]:
    try:
        return here.recv()
    except EOFError:
        return False, "it ended without a word"
