"""Dependencies for FastAPI: `session: CurrentSession` in a route's signature."""

from typing import Annotated

from fastapi import Depends, HTTPException, Request

from sojourn.tokens.claims import Claims


def current_session(request: Request) -> Claims:
    """The session that the middleware found; the guard repeated in the handler (R-WEB-08). Answers 401 without one."""
    session = getattr(request.state, "session", None)
    if not isinstance(session, Claims):
        raise HTTPException(401, "Not signed in", headers={"WWW-Authenticate": "Bearer"})
    return session


CurrentSession = Annotated[Claims, Depends(current_session)]
