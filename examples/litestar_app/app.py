"""A public page, a protected page with the user button, a protected API: `litestar run --port 8000`, then open /."""

from pathlib import Path
from typing import Any

from litestar import Litestar, Request, get
from litestar.contrib.jinja import JinjaTemplateEngine
from litestar.di import NamedDependency
from litestar.response import Template
from litestar.template.config import TemplateConfig

from sojourn import Sojourn
from sojourn.backend.user import User
from sojourn.integrations.litestar import SojournPlugin
from sojourn.tokens.claims import Claims

sojourn = Sojourn.from_environment(public_url="http://localhost:8000/auth")
templates = TemplateConfig(directory=Path(__file__).parent / "templates", engine=JinjaTemplateEngine)
templates.engine_instance.engine.add_extension("sojourn.integrations.jinja.SojournExtension")


@get("/")
async def home() -> Template:
    return Template("page.html", context={"title": "Welcome"})


@get("/protected")
async def protected(request: Request[Any, Any, Any], user: NamedDependency[User]) -> Template:
    looks = request.session["looks"] = request.session.get("looks", 0) + 1
    return Template("page.html", context={"title": "Your page", "user": user, "looks": looks})


@get("/api/protected")
async def api(session: NamedDependency[Claims]) -> dict[str, str]:
    return {"user_id": session.user_id, "session_id": session.session_id}


app = Litestar(
    [home, protected, api],
    plugins=[SojournPlugin(sojourn, public=["/"], session_data=True)],
    template_config=templates,
)
