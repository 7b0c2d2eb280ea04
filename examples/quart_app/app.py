"""A public page, a protected page with the user button, a protected API: `quart run --port 8000`, then open /."""

from quart import Quart, render_template, session

from sojourn import Sojourn
from sojourn.integrations.quart import SojournQuart, current_session, current_user, session_required

sojourn = Sojourn.from_environment(public_url="http://localhost:8000/auth")
app = Quart(__name__)
SojournQuart(app, sojourn, public=["/"])


@app.get("/")
async def home() -> str:
    return await render_template("page.html", title="Welcome")


@app.get("/protected")
async def protected() -> str:
    session["looks"] = session.get("looks", 0) + 1
    return await render_template("page.html", title="Your page", user=await current_user(), looks=session["looks"])


@app.get("/api/protected")
@session_required()
async def api() -> dict[str, str]:
    return {"user_id": current_session.user_id, "session_id": current_session.session_id}
