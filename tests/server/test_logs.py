"""What stands in a line of the log, whoever wrote the text that is logged."""

import json
from collections.abc import Iterator

import pytest
import structlog

from sojourn.server.logs import configure_logs

FORGED = 'Mozilla/5.0\r\n2026-01-01T00:00:00Z {"event":"session.revoked"}\x1b[2K\x1b[1A\u2028\u0085'


@pytest.fixture(autouse=True)
def afterwards() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize("as_json", [True, False])
def test_a_field_cannot_begin_a_line_or_move_the_cursor(  # R-LOG-03
    as_json: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs("info", as_json=as_json)
    structlog.get_logger().info("sign_in.refused", user_agent=FORGED, path=FORGED)
    written = capsys.readouterr().out
    assert len(written.splitlines()) == 1
    assert written.removesuffix("\n").isprintable()
    if as_json:
        assert json.loads(written)["event"] == "sign_in.refused"


def test_an_event_that_somebody_made_up_is_one_line_too(capsys: pytest.CaptureFixture[str]) -> None:  # R-LOG-03
    configure_logs("info", as_json=True)
    structlog.get_logger().warning(FORGED)
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["level"] == "warning"
