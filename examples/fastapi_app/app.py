"""A public page, a protected page with the user button, a protected API: `uvicorn app:app --port 8000`, then open /."""

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from sojourn import Sojourn, SojournMiddleware
from sojourn.integrations.fastapi import CurrentSession

sojourn = Sojourn(public_url="http://localhost:8000/auth")
app = FastAPI(lifespan=sojourn.lifespan)
app.add_middleware(SojournMiddleware, sojourn=sojourn, public=["/"])
app.mount("/auth", sojourn)

PAGE = """<!doctype html><meta charset="utf-8"><title>My app</title>
<style>body {{ font: 16px/1.5 system-ui; max-width: 40rem; margin: 3rem auto; padding: 0 1rem }}</style>
<h1>{title}</h1>{body}"""

BUTTON = """<div id="user-button"></div>
<script src="/auth/npm/@clerk/clerk-js@6/dist/clerk.browser.js" data-clerk-publishable-key="{key}"
  data-clerk-proxy-url="http://localhost:8000/auth"></script>
<script src="/auth/npm/@clerk/ui@1/dist/ui.browser.js"></script>
<script>Clerk.load({{ ui: {{ ClerkUI: window.__internal_ClerkUICtor }}, afterSignOutUrl: "/", signInUrl: "/auth/sign-in" }})
  .then(() => Clerk.mountUserButton(document.getElementById("user-button")))</script>"""


@app.get("/", response_class=HTMLResponse)
async def home(request: Request) -> str:
    session = request.state.session
    link = '<a href="/protected">Your page</a>' if session else '<a href="/protected">Sign in</a>'
    return PAGE.format(title="Welcome", body=f"<p>Anybody can read this. {link}</p>")


@app.get("/protected", response_class=HTMLResponse)
async def protected(session: CurrentSession) -> str:
    user = await sojourn.user(session.user_id)
    key = (await sojourn.engine()).instance.publishable_key
    email = user["email_addresses"][0]["email_address"]
    return PAGE.format(title="Your page", body=f'<p id="email">{email}</p>' + BUTTON.format(key=key))


@app.get("/api/protected")
async def api(session: CurrentSession) -> dict[str, str]:
    return {"user_id": session.user_id, "session_id": session.session_id}
