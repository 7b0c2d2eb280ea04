"""Redirect URLs of native apps."""

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath

from sojourn.resources import deleted
from sojourn.resources.redirect_urls import redirect_url
from sojourn.web.backend_api.context import Context
from sojourn.web.operation import backend
from sojourn.web.parsing.field_types import Paging


class UrlInput(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    url: str


@get("/v1/redirect_urls", operation_id="ListRedirectURLs", opt=backend(query=Paging))
async def list_urls(context: Context) -> Response[bytes]:
    query = context.query(Paging)
    shown = [redirect_url(url) for url in await context.engine.redirect_urls.list(context.instance, query.page())]
    return context.listing(shown, await context.total("redirect_url", query), query)


@post("/v1/redirect_urls", operation_id="CreateRedirectURL", status_code=200, opt=backend(json=UrlInput))
async def create_url(context: Context) -> Response[bytes]:
    given = await context.json_body(UrlInput)
    return context.json(redirect_url(await context.engine.redirect_urls.add(context.instance, given.url)))


@get("/v1/redirect_urls/{url_id:str}", operation_id="GetRedirectURL", opt=backend())
async def read_url(context: Context, url_id: FromPath[str]) -> Response[bytes]:
    return context.json(redirect_url(await context.engine.redirect_urls.get(context.instance, url_id)))


@delete("/v1/redirect_urls/{url_id:str}", operation_id="DeleteRedirectURL", status_code=200, opt=backend())
async def delete_url(context: Context, url_id: FromPath[str]) -> Response[bytes]:
    removed = await context.engine.redirect_urls.delete(context.instance, url_id)
    return context.json(deleted("redirect_url", removed.id))


HANDLERS = [list_urls, create_url, read_url, delete_url]
