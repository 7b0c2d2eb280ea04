"""An API on a port of its own, which a single-page app asks with its token or with its cookies."""

import os

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from sojourn import Sojourn, SojournMiddleware
from sojourn.integrations.fastapi import CurrentSession

sojourn = Sojourn.remote(os.environ["SOJOURN_URL"], os.environ["SOJOURN_PUBLISHABLE_KEY"])
app = FastAPI(lifespan=sojourn.lifespan)
app.add_middleware(SojournMiddleware, sojourn=sojourn)
app.add_middleware(
    CORSMiddleware, allow_origins=[os.environ["APP_URL"]], allow_credentials=True, allow_headers=["Authorization"]
)


@app.get("/api/protected")
async def protected(session: CurrentSession) -> dict[str, str]:
    return {"userId": session.user_id}
