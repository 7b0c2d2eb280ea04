"""The picture of a user, as the published typed client sets and removes it."""

from typing import Any

import pytest
from clerk_backend_api import Clerk
from clerk_backend_api.models import ClerkBaseError

from ..pictures import RED, is_close, opened, picture
from .calling import Caller


def a_file(content: bytes) -> Any:
    return {"file_name": "ada.png", "content": content, "content_type": "image/png"}


async def test_a_server_sets_and_removes_the_picture(clerk: Clerk, api: Caller):  # R-HDR-04
    ada = await api.user()
    drawn = await clerk.users.set_profile_image_async(user_id=ada["id"], file=a_file(picture("PNG", (800, 900))))
    assert drawn.has_image
    seen = await api.http.get(str(drawn.image_url), headers={"Authorization": ""})
    assert is_close(opened(seen.content).getpixel((30, 20)), RED)
    assert opened(seen.content).size == (455, 512)
    removed = await clerk.users.delete_profile_image_async(user_id=ada["id"])
    assert not removed.has_image
    assert (await api.http.get(str(drawn.image_url), headers={"Authorization": ""})).status_code == 404


async def test_what_is_no_picture_changes_nothing(clerk: Clerk, api: Caller):  # R-HDR-04
    ada = await api.user()
    with pytest.raises(ClerkBaseError) as refused:
        await clerk.users.set_profile_image_async(user_id=ada["id"], file=a_file(b"<svg/>"))
    assert refused.value.status_code == 415
    assert "avatar_file_type_invalid" in refused.value.body
    assert await api.ok("GET", f"/users/{ada['id']}") == ada


async def test_nobody_s_picture_is_not_found(clerk: Clerk, api: Caller):
    ada = await api.user()
    with pytest.raises(ClerkBaseError) as refused:
        await clerk.users.set_profile_image_async(user_id="user_nobody", file=a_file(picture()))
    assert refused.value.status_code == 404
    assert await api.refused("DELETE", f"/users/{ada['id']}/profile_image") == (404, "resource_not_found")


async def test_only_the_address_of_a_picture_takes_more_than_64_kib(api: Caller):  # R-LIM-07
    ada = await api.user()
    for path, status in ((f"/users/{ada['id']}/profile_image", 415), (f"/users/{ada['id']}/metadata", 413)):
        assert (await api.http.post(f"/v1{path}", files={"file": bytes(100_000)})).status_code == status
