"""A machine whose clock is off refuses every token: page and log say by how much."""

import logging
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sojourn import Sojourn
from sojourn.instant import SystemClock
from sojourn.tokens.remote_keys import RemoteKeys, clock_off
from sojourn.tokens.session_token import TokenClaims, mint

from ..tokens.key_server import key_server
from ..tokens.keys import rsa_key
from .test_gate import PAGE, _kept, client, sojourn

__all__ = ["client", "sojourn"]


@pytest.mark.parametrize(("off", "words"), [(300, "ahead of"), (-300, "behind")])
async def test_the_page_that_ends_the_redirects_says_by_how_much_the_clock_is_off(
    sojourn: Sojourn, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, off: int, words: str
) -> None:  # R-JWT-06
    engine = await sojourn.engine()
    key = await engine.key_store.signing_key(engine.instance)
    there = SystemClock().now().before(timedelta(seconds=off))
    token = mint(TokenClaims(engine.instance.public_url, "user_1", "sess_1"), key, there, life=timedelta(minutes=1))
    cookies = f"__client_uat={there.seconds}; __session={token}"
    begun = await client.get("/protected", headers={**PAGE, "cookie": cookies})
    redirect = parse_qs(urlsplit(begun.headers["location"]).query)["__sojourn_redirect"][0]
    back = f"/protected?__sojourn_redirect={redirect}&__clerk_handshake=a.b.c"
    counted = _kept(await client.get(back, headers={**PAGE, "cookie": f"{cookies}; {_kept(begun)}"}))
    with caplog.at_level(logging.ERROR, "sojourn.integrations"):
        stuck = await client.get("/protected", headers={**PAGE, "cookie": f"{cookies}; {counted}"})
    assert stuck.status_code == 401
    told = re.search(
        r"clock is off by (\d+) s, it is \d+ s (ahead of|behind) the server", stuck.text.replace("&#x27;", "'")
    )
    assert told is not None and 240 <= int(told[1]) <= 360 and told[2] == words
    assert any(each.getMessage().startswith("clock.off seconds=") for each in caplog.records)


@pytest.mark.parametrize(
    ("date", "off"),
    [("Sat, 28 Nov 2026 16:26:12 GMT", 0), ("Sat, 28 Nov 2026 16:21:12 GMT", 300), ("Sat, 28 Nov 2026 16:31:12 GMT", -300),
     ("", 0), ("soon", 0), ("Sat, 99 Nov 2026 16:21:12 GMT", 0)],
)  # fmt: skip
def test_the_date_of_an_answer_tells_how_far_the_clock_is_off(date: str, off: int) -> None:  # RFC 9110 6.6.1
    assert clock_off(date, 1_795_883_172) == off


def test_fetching_keys_says_nothing_where_the_clocks_agree(caplog: pytest.LogCaptureFixture) -> None:
    with key_server(rsa_key()) as server:
        RemoteKeys(server.url).refresh()
    assert not [each for each in caplog.records if "clock.off" in each.getMessage()]
