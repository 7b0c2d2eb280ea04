"""A person's own picture: uploaded, shown everywhere, taken away again."""

import json
from base64 import b64encode, urlsafe_b64decode
from typing import Any

import httpx
import pytest

from sojourn.engine import Engine
from sojourn.store.interface import Page

from ..pictures import BLUE, RED, is_close, opened, picture
from .browsing import SERVER, Answer, Browser

PATH = "/v1/me/profile_image"
RAW = {"Content-Type": "application/octet-stream"}


async def upload(browser: Browser, content: bytes, name: str = "me.png") -> httpx.Response:
    """As the components do: a form with the file."""
    params = {"__clerk_api_version": browser.version, "_method": "POST"}
    return await browser.http.post(PATH, params=params, files={"file": (name, content, "image/png")})


async def uploaded(browser: Browser, content: bytes) -> Answer:
    answer = await upload(browser, content)
    assert answer.status_code == 200, answer.text
    return answer.json()


def refusal(answer: httpx.Response) -> tuple[int, str, Any]:
    (error,) = answer.json()["errors"]
    return answer.status_code, error["code"], error["meta"].get("param_name")


async def test_an_uploaded_picture_is_shown_wherever_the_user_is(browser: Browser) -> None:  # R-HDR-04
    await browser.sign_up()
    done = await uploaded(browser, picture("JPEG", (1000, 800)))
    image = done["response"]
    assert image["object"] == "image"
    assert image["public_url"] == f"{SERVER}/v1/images/{image['id']}"
    session = done["client"]["sessions"][0]
    for shown in (session["user"], session["public_user_data"], (await browser.get("/v1/me"))["response"]):
        assert (shown["image_url"], shown["has_image"]) == (image["public_url"], True)


async def test_anybody_who_has_the_address_sees_the_picture_and_nothing_runs_there(
    browser: Browser,
) -> None:  # R-HDR-04
    await browser.sign_up()
    url = (await uploaded(browser, picture()))["response"]["public_url"]
    answer = await browser.http.get(url, headers={"Origin": "https://elsewhere.example"})
    assert is_close(opened(answer.content).getpixel((30, 20)), RED)
    headers = answer.headers
    assert headers["content-type"] == "image/webp"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert "set-cookie" not in headers
    assert "access-control-allow-credentials" not in headers


async def test_another_picture_replaces_the_first_and_a_removed_one_is_gone(browser: Browser, engine: Engine) -> None:
    await browser.sign_up()
    first = (await uploaded(browser, picture()))["response"]
    second = (await uploaded(browser, picture(colour=BLUE)))["response"]
    assert (await browser.send("GET", f"/v1/images/{first['id']}")).status_code == 404
    assert (await browser.send("GET", f"/v1/images/{second['id']}")).status_code == 200
    done = await browser.delete(PATH)
    assert done["response"] == {"object": "image", "id": second["id"], "deleted": True}
    user = done["client"]["sessions"][0]["user"]
    assert user["has_image"] is False
    assert "/v1/avatars/" in user["image_url"]
    assert (await browser.send("GET", f"/v1/images/{second['id']}")).status_code == 404
    assert await browser.refused("DELETE", PATH) == (404, "resource_not_found")
    kept = await engine.store.events.list(engine.instance.id, Page(3))
    assert [(event.kind, event.details) for event in kept] == [("user.updated", {"fields": ["profile_image"]})] * 3


@pytest.mark.parametrize("before", [b"", b"data:image/png;base64,"])
async def test_native_apps_send_the_file_by_itself_or_as_base64(browser: Browser, before: bytes) -> None:
    await browser.sign_up()
    for body in (picture(), before + b64encode(picture())):
        answer = await browser.http.post(PATH, content=body, headers=RAW)
        assert answer.status_code == 200, answer.text
        assert answer.json()["response"]["object"] == "image"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', 415, "avatar_file_type_invalid"),
        (b"just text", 415, "avatar_file_type_invalid"),
        (picture()[:60], 422, "form_param_value_invalid"),
        (picture("PNG", (6000, 5000)), 422, "form_param_value_invalid"),
        (b"", 422, "form_param_value_invalid"),
        (b"\xff\xd8\xff" + bytes(5 * 1024 * 1024), 413, "request_body_too_large"),
    ],
    ids=["svg", "text", "cut off", "unpacks to too much", "empty", "over five megabytes"],
)
async def test_what_is_no_good_picture_is_refused_and_the_one_there_stays(  # R-HDR-04, R-LIM-07
    browser: Browser, content: bytes, status: int, code: str
) -> None:
    await browser.sign_up()
    there = (await uploaded(browser, picture()))["response"]["public_url"]
    assert refusal(await upload(browser, content)) == (status, code, None)  # components show it nowhere beside a field
    assert (await browser.get("/v1/me"))["response"]["image_url"] == there


async def test_a_body_that_grows_beyond_five_megabytes_is_refused_while_it_comes(browser: Browser) -> None:  # R-LIM-07
    async def chunks():  # type: ignore[no-untyped-def]
        for _ in range(90):
            yield bytes(65536)

    await browser.sign_up()
    answer = await browser.http.post(PATH, content=chunks(), headers=RAW)
    assert refusal(answer) == (413, "request_body_too_large", None)


@pytest.mark.parametrize(
    ("kind", "body", "status", "code"),
    [
        ("application/json", b"{}", 415, "unsupported_media_type"),
        ("image/png", picture(), 415, "unsupported_media_type"),
        ("", picture(), 415, "unsupported_media_type"),
        ("multipart/form-data", b"--x--", 400, "request_body_invalid"),
        ("multipart/form-data; boundary=x", b"", 400, "request_body_invalid"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\nhalf", 400, "request_body_invalid"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=other\r\n\r\n1\r\n--x--", 422, "form_param_missing"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\n1\r\n" * 2 + b"--x--", 400, "request_body_invalid"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n" * 20 + b"--x--", 400, "request_body_invalid"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=file\r\nContent-Type: text/plain; charset=no\r\n\r\n1\r\n--x--", 415, "avatar_file_type_invalid"),
    ],
)  # fmt: skip
async def test_a_request_without_one_readable_file_is_refused(  # R-INP-06
    browser: Browser, kind: str, body: bytes, status: int, code: str
) -> None:
    await browser.sign_up()
    headers = {"Content-Type": kind} if kind else {}
    about = None if code == "avatar_file_type_invalid" else "file"
    assert refusal(await browser.http.post(PATH, content=body, headers=headers)) == (status, code, about)


async def test_strangers_have_no_picture_to_change(browser: Browser) -> None:  # R-AUZ-01
    assert (await upload(browser, picture())).status_code == 401
    assert await browser.refused("DELETE", PATH) == (401, "authentication_invalid")


async def test_pictures_of_other_applications_and_made_up_ones_do_not_exist(browser: Browser) -> None:  # R-AUZ-02
    for id in ("img_" + "0" * 27, "user_1", "x" * 500):
        answer = await browser.send("GET", f"/v1/images/{id}")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/json"


async def test_ten_pictures_a_minute_are_enough(browser: Browser) -> None:  # R-LIM-01
    await browser.sign_up()
    for _ in range(10):
        assert (await upload(browser, b"no picture")).status_code == 415
    assert (await upload(browser, picture())).status_code == 429


async def test_a_deleted_user_leaves_no_picture(browser: Browser) -> None:
    await browser.sign_up()
    url = (await uploaded(browser, picture()))["response"]["public_url"]
    await browser.delete("/v1/me")
    assert (await browser.http.get(url)).status_code == 404


async def test_claims_can_name_the_picture(browser: Browser, engine: Engine) -> None:
    claims = {"picture": "{{user.image_url}}", "has": "{{user.has_image}}"}
    engine.instance = await engine.instances.update_settings(engine.instance, {"sessions": {"claims": claims}})  # type: ignore[dict-item]
    await browser.sign_up()
    done = await uploaded(browser, picture())
    token = done["client"]["sessions"][0]["last_active_token"]["jwt"]
    told = json.loads(urlsafe_b64decode(token.split(".")[1] + "=="))
    assert (told["picture"], told["has"]) == (done["response"]["public_url"], True)
