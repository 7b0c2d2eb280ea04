"""A Litestar app whose lifespan never ran is guarded all the same."""

import httpx

from sojourn.testing import FakeSojourn

from ..contract.adapters.apps import litestar


async def test_every_route_is_guarded_before_the_app_has_started(sojourn: FakeSojourn) -> None:  # R-WEB-08
    app = litestar.build(sojourn)
    ada = sojourn.signed_in()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:8000") as client:
        for path in ("/protected", "/me", "/stream", "/open/guarded"):
            assert (await client.get(path)).status_code == 401, path
            assert (await client.get(path, headers=ada.headers)).status_code == 200, path
        assert (await client.get("/")).json() == {"user": None}
