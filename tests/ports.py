"""Ports for the servers that tests start."""

import random
import socket

_OURS = range(20_000, 30_000, 2)
"""Below those that systems give to whoever names none: nobody takes a port before its server starts, or while it starts again."""

_signs: list[socket.socket] = []


def free_port() -> int:
    """A port that nothing uses and no other test is given, in this part of the gate or in one beside it.

    The sign of that is the odd port above it, which is held until this process ends.
    """
    for port in random.sample(_OURS, len(_OURS)):
        sign = socket.socket()
        try:
            sign.bind(("127.0.0.1", port + 1))
            with socket.socket() as asked:
                asked.bind(("", port))
        except OSError:
            sign.close()
            continue
        _signs.append(sign)
        return port
    raise LookupError("every port is taken")
