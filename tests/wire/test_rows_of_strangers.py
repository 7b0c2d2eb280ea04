"""What somebody who never signs in may leave behind: only so much from one address, and nothing for ever."""

import pytest

from sojourn.engine import Engine

from .browsing import Browser


@pytest.mark.parametrize(
    ("limit", "method", "path"),
    [
        ("create_client", "POST", "/v1/client"),
        ("create_client", "PUT", "/v1/client"),
        ("handshakes", "GET", "/v1/client/handshake"),
    ],
)
async def test_one_address_makes_only_so_many_rows(
    engine: Engine, browser: Browser, limit: str, method: str, path: str
) -> None:  # R-SES-13
    await engine.instances.update_settings(engine.instance, {"protection": {"rate_limits": {limit: [2, 60]}}})
    statuses: list[int] = []
    for _ in range(3):
        browser.http.cookies.clear()
        statuses.append((await browser.send(method, path)).status_code)
    assert [status == 429 for status in statuses] == [False, False, True]
