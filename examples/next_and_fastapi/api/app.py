"""The API behind a Next.js app: it verifies the same token. `uvicorn app:app --port 8080`."""

import os

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from sojourn import Sojourn, SojournMiddleware
from sojourn.integrations.fastapi import CurrentSession

sojourn = Sojourn.remote(os.environ["SOJOURN_URL"], os.environ["SOJOURN_PUBLISHABLE_KEY"])
app = FastAPI(lifespan=sojourn.lifespan)
app.add_middleware(SojournMiddleware, sojourn=sojourn)
# added last, so that it stands outside: a preflight carries no token
app.add_middleware(CORSMiddleware, allow_origins=["http://localhost:3000"], allow_headers=["Authorization"])


@app.get("/api/protected")
async def protected(session: CurrentSession) -> dict[str, str]:
    return {"user_id": session.user_id}
