"""What apps beside the server keep for their visitors, over HTTP."""

import pytest

from .calling import Caller

ANONYMOUS = "anon_" + "a" * 58
OF_NOBODY = f"/sojourn/app_data/{ANONYMOUS}"


async def test_data_is_kept_read_and_given_to_the_session_of_whoever_signs_in(api: Caller) -> None:
    session = await api.session((await api.user())["id"])
    where = f"/sojourn/app_data/{session['id']}"
    written = await api.ok("PUT", OF_NOBODY, {"data": {"cart": [1]}})
    assert written == {"object": "app_data", "key": ANONYMOUS, "data": {"cart": [1]}}
    assert (await api.ok("POST", f"{where}/adopt", {"anonymous": ANONYMOUS}))["data"] == {"cart": [1]}
    assert (await api.ok("GET", where))["data"] == {"cart": [1]}
    assert (await api.ok("GET", OF_NOBODY))["data"] is None
    await api.ok("PUT", where, {"data": {}})
    assert (await api.ok("GET", where))["data"] is None


@pytest.mark.parametrize("key", ["x", "anon_é", "user_1", "anon_" + "a" * 60])
async def test_a_key_that_cannot_be_is_refused(api: Caller, key: str) -> None:
    refused = await api.refused("PUT", f"/sojourn/app_data/{key}", {"data": {"a": 1}})
    assert refused == (422, "form_param_format_invalid")


async def test_a_session_that_has_ended_keeps_nothing_and_adopts_nothing(api: Caller) -> None:  # R-SES-10
    session = await api.session((await api.user())["id"])
    where = f"/sojourn/app_data/{session['id']}"
    await api.ok("PUT", OF_NOBODY, {"data": {"a": 1}})
    await api.ok("POST", f"/sessions/{session['id']}/revoke")
    assert (await api.refused("PUT", where, {"data": {"a": 1}}))[1] == "session_not_found"
    assert (await api.refused("POST", f"{where}/adopt", {"anonymous": ANONYMOUS}))[1] == "session_not_found"
    assert (await api.ok("GET", OF_NOBODY))["data"] == {"a": 1}


async def test_more_than_fits_is_refused_whole(api: Caller) -> None:  # R-LIM-07
    refused = await api.refused("PUT", OF_NOBODY, {"data": {"a": "x" * 32 * 1024}})
    assert refused == (422, "form_param_max_length_exceeded")
    assert (await api.ok("GET", OF_NOBODY))["data"] is None
