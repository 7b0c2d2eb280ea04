"""Matches path and method to one route and its declared operation.

Built from the framework router's routes with its order of preference: a route without parameters first, then a fixed
segment before a parameter, without backtracking. The router gets the same path, and `same_reading` denies a request for
which it chose another handler (R-WEB-08).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from sojourn.errors import NotFound
from sojourn.web.operation import Api, Operation, declared

ROUTE = "sojourn_route"
"""Key of the matched `Route` in the request's state."""


@dataclass(frozen=True, slots=True)
class Route:
    handler: HTTPRouteHandler
    operation: Operation


@dataclass(frozen=True, slots=True)
class Place:
    """The routes of one path, by method. `api` is that of all of them."""

    api: Api
    routes: Mapping[str, Route] = field(default_factory=dict[str, Route])

    def route(self, method: str) -> Route | None:
        """The route of a method; HEAD is GET without the body (RFC 9110 section 9.3.2)."""
        return self.routes.get("GET" if method == "HEAD" else method)

    @property
    def methods(self) -> Sequence[str]:
        """The accepted methods, for `Allow`."""
        heads = ("HEAD",) if "GET" in self.routes else ()
        return sorted((*self.routes, *heads))


NOWHERE = Place(Api.FRONTEND)
"""The place of an unknown path."""


@dataclass(slots=True)
class _Node:
    place: Place | None = None
    fixed: dict[str, "_Node"] = field(default_factory=dict[str, "_Node"])
    parameter: "_Node | None" = None
    takes_rest: bool = False


class Routes:
    """Raises: TypeError at start, for a route without an operation or with an ambiguous kind of parameter."""

    def __init__(self, app: Litestar) -> None:
        self._plain: dict[str, Place] = {}
        self._root = _Node()
        for route in app.routes:
            if not isinstance(route, HTTPRoute):
                raise TypeError(f"{route.path} is not an HTTP route")
            self._add(route)

    def _add(self, route: HTTPRoute) -> None:
        place = _place(route)
        if not route.path_parameters:
            self._plain[route.path] = place
            return
        node = self._root
        for component in route.path_components:
            if isinstance(component, str):
                node = node.fixed.setdefault(component, _Node())
                continue
            if component.type not in (str, Path):
                raise TypeError(f"{route.path}: a path parameter must be a str or the rest of the path")
            node.parameter = node.parameter or _Node()
            node = node.parameter
            node.takes_rest = component.type is Path
        node.place = place

    def find(self, path: str) -> tuple[Place, Sequence[str]]:
        """The place of a normalized path, and its parameters; `NOWHERE` if no route matches."""
        plain = self._plain.get(path)
        if plain is not None:
            return plain, ()
        node, values = self._root, list[str]()
        segments = path.split("/")[1:] if path != "/" else []
        for at, segment in enumerate(segments):
            known = node.fixed.get(segment)
            if known is not None:
                node = known
                continue
            if node.parameter is None:
                return NOWHERE, ()
            node = node.parameter
            if node.takes_rest:
                values.append("/" + "/".join(segments[at:]))
                break
            values.append(segment)
        return (NOWHERE, ()) if node.place is None else (node.place, values)


def _place(route: HTTPRoute) -> Place:
    found: dict[str, Route] = {}
    for handler in route.route_handlers:
        if handler.http_methods == {"OPTIONS"}:
            continue  # added by the router itself; preflights are handled before routing
        operation = declared(handler.opt)
        if operation is None:
            raise TypeError(f"{handler.handler_name} at {route.path} declares no operation: see web/operation.py")
        found |= {method: Route(handler, operation) for method in handler.http_methods}
    apis = {found_route.operation.api for found_route in found.values()}
    if len(apis) != 1:
        raise TypeError(f"{route.path} belongs to more than one API")
    return Place(apis.pop(), found)


def same_reading(request: Request[object, object, State]) -> None:
    """The router's last step before a handler. Raises: NotFound when it read the path differently from `Routes`."""
    route: Route = request.scope["state"][ROUTE]
    if route.handler is not request.scope["route_handler"]:
        raise NotFound()
