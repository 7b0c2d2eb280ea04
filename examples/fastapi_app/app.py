"""A public page, a protected page with the user button, a protected API: `uvicorn app:app --port 8000`, then open /."""

import os
from html import escape

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from sojourn import Sojourn, SojournMiddleware
from sojourn.integrations.fastapi import CurrentSession

if "SOJOURN_URL" in os.environ:  # a server that runs elsewhere; `sojourn env fastapi` prints these three variables
    sojourn = Sojourn.remote(
        os.environ["SOJOURN_URL"], os.environ["SOJOURN_PUBLISHABLE_KEY"], os.environ["SOJOURN_SECRET_KEY"]
    )
else:  # inside this process
    sojourn = Sojourn(public_url="http://localhost:8000/auth")
app = FastAPI(lifespan=sojourn.lifespan)
app.add_middleware(SojournMiddleware, sojourn=sojourn, public=["/"])
if sojourn.mount_path:
    app.mount(sojourn.mount_path, sojourn)

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
body {{ margin: 0; font: 16px/1.5 system-ui, sans-serif; background: #f4f5f2; color: #1c211e }}
header {{ display: flex; align-items: center; gap: 1.5rem; padding: .75rem 1.5rem; background: #fff; min-height: 2.5rem }}
header strong {{ margin-right: auto }}
main {{ max-width: 40rem; margin: 3rem auto; padding: 0 1.5rem }}
a {{ color: #2f6f4f }}
</style>
</head>
<body>
<header><strong>My app</strong> <a href="/">Home</a> <a href="/protected">Your page</a> <div id="user-button"></div></header>
<main><h1>{title}</h1>{body}</main>
{button}
</body>
</html>"""

BUTTON = """<script src="{server}/npm/@clerk/clerk-js@6/dist/clerk.browser.js" data-clerk-publishable-key="{key}"
  data-clerk-proxy-url="{server}"></script>
<script src="{server}/npm/@clerk/ui@1/dist/ui.browser.js"></script>
<script>
Clerk.load({{ ui: {{ ClerkUI: window.__internal_ClerkUICtor }}, afterSignOutUrl: "/", signInUrl: "{server}/sign-in" }})
  .then(() => Clerk.mountUserButton(document.getElementById("user-button")))
</script>"""


async def page(title: str, body: str, *, is_signed_in: bool) -> str:
    gate = await sojourn.ready()
    button = BUTTON.format(server=gate.frontend, key=gate.publishable_key) if is_signed_in else ""
    return PAGE.format(title=title, body=body, button=button)


@app.get("/", response_class=HTMLResponse)
async def home(request: Request) -> str:
    session = request.state.session
    link = '<a href="/protected">Go to your page</a>.' if session else '<a href="/protected">Sign in</a> to see your page.'
    return await page("Welcome", f"<p>Anybody can read this. {link}</p>", is_signed_in=session is not None)


@app.get("/protected", response_class=HTMLResponse)
async def protected(session: CurrentSession) -> str:
    user = await sojourn.user(session.user_id)
    email = escape(user.email or "somebody without an e-mail address")
    body = (
        f'<p>You are <strong id="email">{email}</strong>. The button at the top right opens your profile, lists your devices '
        'and signs you out.</p><p>A protected API answers at <a href="/api/protected">/api/protected</a>.</p>'
    )
    return await page("Your page", body, is_signed_in=True)


@app.get("/api/protected")
async def api(session: CurrentSession) -> dict[str, str]:
    return {"user_id": session.user_id, "session_id": session.session_id}
