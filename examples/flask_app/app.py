"""A public page, a protected page with the user button, a protected API: `flask run --port 8000`, then open /."""

from flask import Flask, render_template, session

from sojourn import Sojourn
from sojourn.integrations.flask import SojournFlask, current_session, current_user, session_required

sojourn = Sojourn.from_environment(public_url="http://localhost:8000/auth")
app = Flask(__name__)
SojournFlask(app, sojourn, public=["/"])


@app.get("/")
def home() -> str:
    return render_template("page.html", title="Welcome")


@app.get("/protected")
def protected() -> str:
    session["looks"] = session.get("looks", 0) + 1
    return render_template("page.html", title="Your page", user=current_user, looks=session["looks"])


@app.get("/api/protected")
@session_required()
def api() -> dict[str, str]:
    return {"user_id": current_session.user_id, "session_id": current_session.session_id}
