"""What a running server says of itself: nothing."""

import re
from pathlib import Path

import httpx

from tests.ports import free_port
from tests.sdk.processes import server

PORT = free_port()
_SOFTWARE = re.compile(r"granian|litestar|python|uvicorn|starlette|sqlite|sojourn/|\d+\.\d+\.\d+", re.IGNORECASE)


def test_answers_name_no_software_and_no_version(tmp_path: Path) -> None:  # R-HDR-05
    running = server(PORT, tmp_path)
    running.start()
    try:
        with httpx.Client(base_url=f"http://localhost:{PORT}", timeout=60) as client:
            for path in (
                "/health",
                "/sign-in",
                "/v1/client",
                "/v1/environment",
                "/nowhere",
                "/v1/users",
                "/v1/sessions/x",
            ):
                answer = client.get(path)
                shown = {name: value for name, value in answer.headers.items() if name != "content-security-policy"}
                assert not _SOFTWARE.search(" ".join(shown.values())), (path, shown)
                if answer.status_code >= 400:
                    assert not _SOFTWARE.search(answer.text), (path, answer.text)
            assert client.get("/health").json() == {"status": "healthy"}
            assert client.get("/schema").status_code == client.get("/metrics").status_code == 404
    finally:
        running.stop()
