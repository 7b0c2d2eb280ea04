"""A public page, a protected page with the user button, a protected API: `uvicorn app:app --port 8000`, then open /."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from sojourn import Sojourn, SojournMiddleware
from sojourn.integrations.starlette import session_of, session_required, user_of

sojourn = Sojourn.from_environment(public_url="http://localhost:8000/auth")
templates = Jinja2Templates(Path(__file__).parent / "templates")
templates.env.add_extension("sojourn.integrations.jinja.SojournExtension")


async def home(request: Request) -> Response:
    return templates.TemplateResponse(request, "page.html", {"title": "Welcome"})


async def protected(request: Request) -> Response:
    looks = request.session["looks"] = request.session.get("looks", 0) + 1
    found = {"title": "Your page", "user": await user_of(request), "looks": looks}
    return templates.TemplateResponse(request, "page.html", found)


@session_required()
async def api(request: Request) -> JSONResponse:
    session = session_of(request)
    assert session is not None
    return JSONResponse({"user_id": session.user_id, "session_id": session.session_id})


app = Starlette(
    routes=[
        Route("/", home),
        Route("/protected", protected),
        Route("/api/protected", api),
    ],
    middleware=[Middleware(SojournMiddleware, sojourn=sojourn, public=["/"], session_data=True)],
    lifespan=sojourn.lifespan,
)
