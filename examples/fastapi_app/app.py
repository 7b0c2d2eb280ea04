"""A public page, a protected page with the user button, a protected API: `uvicorn app:app --port 8000`, then open /."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.templating import Jinja2Templates

from sojourn import Sojourn, SojournMiddleware
from sojourn.integrations.fastapi import CurrentSession, CurrentUser

sojourn = Sojourn.from_environment(public_url="http://localhost:8000/auth")
app = FastAPI(lifespan=sojourn.lifespan)
app.add_middleware(SojournMiddleware, sojourn=sojourn, public=["/"], session_data=True)

templates = Jinja2Templates(Path(__file__).parent / "templates")
templates.env.add_extension("sojourn.integrations.jinja.SojournExtension")


@app.get("/", response_class=HTMLResponse)
async def home(request: Request) -> Response:
    return templates.TemplateResponse(request, "page.html", {"title": "Welcome"})


@app.get("/protected", response_class=HTMLResponse)
async def protected(request: Request, user: CurrentUser) -> Response:
    looks = request.session["looks"] = request.session.get("looks", 0) + 1
    return templates.TemplateResponse(request, "page.html", {"title": "Your page", "user": user, "looks": looks})


@app.get("/api/protected")
async def api(session: CurrentSession) -> dict[str, str]:
    return {"user_id": session.user_id, "session_id": session.session_id}
