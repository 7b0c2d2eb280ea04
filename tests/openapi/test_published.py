"""Every answer of both APIs against the published OpenAPI documents, and the page that says what is implemented."""

import os
from collections.abc import Iterable

from sojourn.engine import Engine
from sojourn.messages.mailbox import Mailbox
from sojourn.web.app import litestar_app
from sojourn.web.backend_api.openapi import backend_document
from sojourn.web.openapi import frontend_document

from ..backend_api.calling import Caller
from .published import ROOT, VERBS, Document, backend, frontend, nameless
from .recording import Recorder, Seen
from .stories import a_day_at_the_backend_api, a_day_at_the_frontend_api

PAGE = ROOT / "docs" / "reference" / "operations.md"


async def test_every_answer_of_the_backend_api_is_as_published(engine: Engine, api: Caller, recorder: Recorder):
    document = backend()
    await a_day_at_the_backend_api(recorder, api, engine)
    seen = [each for each in recorder.seen if not each.path.startswith("/v1/client/")]
    assert _faults(document, seen) == []
    assert _unasked(document, seen, implemented(backend_document(litestar_app(), ""))) == []


async def test_every_answer_of_the_frontend_api_is_as_published(
    engine: Engine, api: Caller, recorder: Recorder, mailbox: Mailbox
):
    document = frontend()
    await a_day_at_the_frontend_api(recorder, engine, api, mailbox)
    seen = [each for each in recorder.seen if not each.path.startswith("/v1/jwt_templates")]
    assert _faults(document, seen) == []
    assert _unasked(document, seen, implemented(frontend_document(litestar_app(), ""))) == []


def test_every_published_filter_of_the_backend_api_is_understood():
    """None is left aside in silence: a filter that is not understood answers everybody."""
    own = backend_document(litestar_app(), "")["paths"]
    assert isinstance(own, dict)
    ours = {
        (verb.upper(), nameless(path)): {each["name"] for each in asked["parameters"] if each["in"] == "query"}
        for path, item in own.items()
        for verb, asked in item.items()
    }
    missing = {
        each.id: sorted(each.queries - ours[each.key])
        for each in backend().operations
        if each.key in ours and not each.queries <= ours[each.key]
    }
    assert missing == {}


def test_a_fault_would_be_found():
    operation = backend().find("GET", "/v1/users/count")
    assert operation is not None
    assert backend().faults(operation, 200, {"object": "total_count", "total_count": 1}) == []
    for wrong in (
        {"object": "total_count"},
        {"object": "count", "total_count": 1},
        {"object": "total_count", "total_count": None},
    ):
        assert backend().faults(operation, 200, wrong)
    assert backend().faults(operation, 422, {"error": "no envelope"})
    assert backend().faults(operation, 201, {})


def test_the_page_of_operations_is_up_to_date():
    page = _page()
    if os.environ.get("SOJOURN_WRITE_DOCS"):
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(page)
    assert PAGE.read_text() == page, "write it anew: SOJOURN_WRITE_DOCS=1 pytest tests/openapi/test_published.py"


def _faults(document: Document, seen: Iterable[Seen]) -> list[str]:
    """What is wrong with each answer, once."""
    found: dict[str, None] = {}
    for each in seen:
        operation = document.find(each.method, each.path)
        if operation is None or each.status == 307:
            continue
        paged = each.status == 200 and each.query.get("paginated") == ["true"]
        body = each.body["data"] if paged else each.body  # documents show the bare array only
        for fault in document.faults(operation, each.status, body):
            found[f"{operation.id} {each.status}: {fault}"] = None
    return list(found)


def _unasked(document: Document, seen: Iterable[Seen], ours: set[tuple[str, str]]) -> list[str]:
    """Implemented operations that no story was granted."""
    granted = {
        operation.key
        for each in seen
        if each.status < 400 and (operation := document.find(each.method, each.path)) is not None
    }
    return [each.id for each in document.operations if each.key in ours and each.key not in granted]


def implemented(document: dict[str, object]) -> set[tuple[str, str]]:
    paths = document["paths"]
    assert isinstance(paths, dict)
    return {(verb.upper(), nameless(path)) for path, item in paths.items() for verb in item if verb in VERBS}


def _page() -> str:
    app = litestar_app()
    parts = [
        "# Operations",
        "What this server implements of the published documents of API version 2026-05-12, what it does not, and what it",
        "has beside them. This page is written by `tests/openapi/test_published.py`, which asks each implemented operation",
        "and validates every answer against the published document.",
    ]
    for title, document, own in (
        ("Frontend API", frontend(), frontend_document(app, "")),
        ("Backend API", backend(), backend_document(app, "")),
    ):
        ours = implemented(own)
        known = {each.key for each in document.operations}
        there = [each for each in document.operations if each.key in ours]
        missing = [each for each in document.operations if each.key not in ours]
        beside = sorted(key for key in ours - known)
        parts += [f"\n## {title}", f"{len(there)} of {len(document.operations)} operations.", "\n### Implemented\n"]
        parts += ["| Operation | Address |", "|---|---|"]
        parts += [f"| {each.id} | `{each.method} {each.path}` |" for each in there]
        if beside:
            parts += ["\n### Beside the published document\n"]
            parts += [f"- `{method} {path.replace('{}', '{id}')}`" for method, path in beside]
        parts += ["\n### Not implemented\n", "| Operation | Address |", "|---|---|"]
        parts += [f"| {each.id} | `{each.method} {each.path}` |" for each in missing]
    return "\n".join(parts) + "\n"
