"""Writes the clients of the Backend API from our own OpenAPI document, so that neither can drift from the server.

`python -m tools.backend_client` writes them; a test compares.
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sojourn.web.app import litestar_app
from sojourn.web.backend_api.openapi import backend_document

FOLDER = Path(__file__).parents[1] / "src" / "sojourn" / "backend"
PACKAGES = {"sync_api": False, "async_api": True}
"""One file for each group of operations, and in `__init__.py` all of them."""

OBJECT = "dict[str, Any]"
NAMES = """
jwks.get GetJWKS
testing_tokens.create CreateTestingToken TestingToken
users.create CreateUser User
users.list GetUserList list[User]
users.count GetUsersCount Total
users.get GetUser User
users.update UpdateUser User
users.delete DeleteUser Deleted
users.set_profile_image SetUserProfileImage User
users.delete_profile_image DeleteUserProfileImage User
users.replace_metadata ReplaceUserMetadata User
users.update_metadata UpdateUserMetadata User
users.verify_password VerifyPassword
users.remove_password RemoveUserPassword User
users.set_password_compromised SetUserPasswordCompromised User
users.unset_password_compromised UnsetUserPasswordCompromised User
users.ban BanUser User
users.unban UnbanUser User
users.lock LockUser User
users.unlock UnlockUser User
users.ban_all UsersBan list[User]
users.unban_all UsersUnban list[User]
users.organization_memberships UsersGetOrganizationMemberships
users.organization_invitations UsersGetOrganizationInvitations
email_addresses.create CreateEmailAddress EmailAddress
email_addresses.get GetEmailAddress EmailAddress
email_addresses.update UpdateEmailAddress EmailAddress
email_addresses.delete DeleteEmailAddress Deleted
email_addresses.replace ReplaceUserEmailAddress EmailAddress
email_addresses.prepare_verification PrepareEmailAddressVerification
email_addresses.attempt_verification AttemptEmailAddressVerification
phone_numbers.create CreatePhoneNumber PhoneNumber
phone_numbers.get GetPhoneNumber PhoneNumber
phone_numbers.update UpdatePhoneNumber PhoneNumber
phone_numbers.delete DeletePhoneNumber Deleted
phone_numbers.replace ReplaceUserPhoneNumber PhoneNumber
sessions.create createSession Session
sessions.list GetSessionList list[Session]
sessions.get GetSession Session
sessions.revoke RevokeSession Session
sessions.token CreateSessionToken Token
sessions.token_from_template CreateSessionTokenFromTemplate Token
sessions.verify VerifySession Session
sessions.refresh RefreshSession
sessions.read_data ReadSessionData SessionData
sessions.update_data UpdateSessionData SessionData
clients.list GetClientList list[Client]
clients.get GetClient Client
clients.verify VerifyClient Client
clients.handshake_payload GetHandshakePayload
sign_ups.get GetSignUp
sign_ups.update UpdateSignUp
sign_in_tokens.create CreateSignInToken Ticket
sign_in_tokens.revoke RevokeSignInToken Ticket
actor_tokens.create CreateActorToken Ticket
actor_tokens.revoke RevokeActorToken Ticket
jwt_templates.create CreateJWTTemplate JwtTemplate
jwt_templates.list ListJWTTemplates list[JwtTemplate]
jwt_templates.get GetJWTTemplate JwtTemplate
jwt_templates.update UpdateJWTTemplate JwtTemplate
jwt_templates.delete DeleteJWTTemplate Deleted
redirect_urls.create CreateRedirectURL RedirectUrl
redirect_urls.list ListRedirectURLs list[RedirectUrl]
redirect_urls.get GetRedirectURL RedirectUrl
redirect_urls.delete DeleteRedirectURL Deleted
allowlist.create CreateAllowlistIdentifier ListedIdentifier
allowlist.list ListAllowlistIdentifiers list[ListedIdentifier]
allowlist.delete DeleteAllowlistIdentifier Deleted
blocklist.create CreateBlocklistIdentifier ListedIdentifier
blocklist.list ListBlocklistIdentifiers
blocklist.delete DeleteBlocklistIdentifier Deleted
instance.get GetInstance
instance.update UpdateInstance Nothing
instance.update_restrictions UpdateInstanceRestrictions
instance.update_auth_config UpdateInstanceAuthConfig
instance.update_organization_settings UpdateInstanceOrganizationSettings
instance.organization_settings GetInstanceOrganizationSettings
instance.update_protect UpdateInstanceProtect
instance.protect GetInstanceProtect
instance.update_communication UpdateInstanceCommunication
instance.communication GetInstanceCommunication
instance.domains ListDomains
settings.read ReadSettings
settings.update UpdateSettings
signing_keys.rotate RotateSigningKey
app_data.read ReadAppData
app_data.write WriteAppData
app_data.adopt AdoptAppData
"""
"""Group and method, operation, and what it answers where that has a type of its own."""

_TYPES = {"string": "str", "integer": "int", "boolean": "bool", "number": "float", "object": "Given"}


@dataclass(frozen=True)
class Parameter:
    name: str
    type: str
    required: bool


@dataclass(frozen=True)
class Operation:
    group: str
    name: str
    id: str
    result: str
    verb: str
    path: str
    in_path: list[str]
    query: list[Parameter]
    body: list[Parameter] | None
    is_upload: bool


def operations() -> list[Operation]:
    """Every operation of the document, in the order of `NAMES`. Raises: AssertionError when the two differ."""
    document: Any = backend_document(litestar_app(), "http://localhost:8000")
    schemas = document["components"]["schemas"]
    found = {
        asked["operationId"]: (verb.upper(), path, asked)
        for path, item in document["paths"].items()
        for verb, asked in item.items()
    }
    named = [str(line).split() for line in NAMES.split("\n") if line]
    assert {words[1] for words in named} == found.keys(), {words[1] for words in named} ^ found.keys()
    return [_operation(words, *found[words[1]], schemas) for words in named]


def _operation(words: Sequence[str], verb: str, path: str, asked: Any, schemas: Any) -> Operation:
    group, _, name = words[0].partition(".")
    content = asked.get("requestBody", {}).get("content", {})
    schema = next(iter(content.values()))["schema"] if content else None
    if schema is not None and "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    return Operation(
        group,
        name,
        words[1],
        words[2] if len(words) > 2 else OBJECT,
        verb,
        path,
        [parameter["name"] for parameter in asked["parameters"] if parameter["in"] == "path"],
        [
            Parameter(parameter["name"], _type(parameter["schema"], schemas), False)
            for parameter in asked["parameters"]
            if parameter["in"] == "query"
        ],
        None if schema is None else list(_fields(schema, schemas)),
        "multipart/form-data" in content,
    )


def _fields(schema: Any, schemas: Any) -> Iterator[Parameter]:
    required = schema.get("required", [])
    for name, field_schema in sorted(schema["properties"].items(), key=lambda item: item[0] not in required):
        yield Parameter(name, _type(field_schema, schemas), name in required)


def _type(schema: Mapping[str, Any], schemas: Any) -> str:
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(option, schemas) for option in schema["anyOf"]))
    if "$ref" in schema:
        return _type(schemas.get(schema["$ref"].rpartition("/")[2], {}), schemas)
    if schema.get("format") == "binary":
        return "bytes"
    if "enum" in schema:
        return "str"
    if schema.get("type") == "null":
        return "None"
    if schema.get("type") == "array":
        return f"Sequence[{_type(schema.get('items', {}), schemas)}]"
    return _TYPES.get(str(schema.get("type")), "Json")


def sources() -> dict[Path, str]:
    """The text of every file of both clients."""
    known = operations()
    groups = list(dict.fromkeys(operation.group for operation in known))
    found: dict[Path, str] = {}
    for package, is_async in PACKAGES.items():
        folder = FOLDER / package
        found[folder / "__init__.py"] = _whole(groups, package, is_async=is_async)
        for group in groups:
            of_group = [operation for operation in known if operation.group == group]
            found[folder / f"{group}.py"] = _file(group, of_group, is_async=is_async)
    return found


def _beginning(about: str) -> str:
    return f'"""{about} Written by `python -m tools.backend_client`; change that, and not this."""\n'


def _file(group: str, known: list[Operation], *, is_async: bool) -> str:
    colour, http_client = ("Async", "AsyncHttpClient") if is_async else ("", "HttpClient")
    words = group.replace("_", " ")
    parts = [
        _beginning(f"The Backend API's {words}{', asynchronous' if is_async else ''}."),
        f"from collections.abc import {'AsyncIterator' if is_async else 'Iterator'}, Sequence",
        "from typing import Any",
        "from urllib.parse import quote\n",
        "from msgspec import UNSET, UnsetType\n",
        f"from sojourn.backend.http_client import {http_client}",
        "from sojourn.backend.models import Client, Deleted, JwtTemplate, ListedIdentifier, RedirectUrl, Session, SessionData,"
        " TestingToken, Ticket, Token, Total",
        "from sojourn.backend.transport import BackendCall, Given",
        "from sojourn.backend.user import EmailAddress, PhoneNumber, User",
        "",
        *_group(group, known, colour, http_client, is_async=is_async),
    ]
    return _formatted("\n".join(parts) + "\n")


def _formatted(text: str) -> str:
    """Formatted, with the imports that it uses."""
    fixed = _ruff(["check", "--select", "F401,I", "--fix", "--quiet"], text)
    return _ruff(["format"], fixed)


def _ruff(words: list[str], text: str) -> str:
    command = [sys.executable, "-m", "ruff", *words, "--stdin-filename", str(FOLDER / "client.py"), "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def _group(group: str, known: list[Operation], colour: str, http_client: str, *, is_async: bool) -> Iterator[str]:
    yield f"class {colour}{_class(group)}:"
    yield f"    def __init__(self, http_client: {http_client}) -> None:"
    yield "        self._http = http_client"
    # `list` is last: after it the word no longer means the type
    for operation in sorted(known, key=lambda operation: operation.name == "list"):
        yield ""
        yield from _method(operation, is_async=is_async)
    yield "\n"


def _method(operation: Operation, *, is_async: bool) -> Iterator[str]:
    result = "None" if operation.result == "Nothing" else operation.result
    verb, wait = ("async def", "await ") if is_async else ("def", "")
    if result.startswith("list[") and any(parameter.name == "limit" for parameter in operation.query):
        yield from _iterator(operation, result, is_async=is_async)
        yield ""
    query = [parameter for parameter in operation.query if parameter.name != "paginated"]
    yield f"    {verb} {operation.name}(self{_signature(operation, query)}) -> {result}:"
    yield f'        """`{operation.verb} {operation.path}` ({operation.id})."""'
    kind = OBJECT if result == "None" else result
    yield f"        {'' if result == 'None' else 'return '}{wait}self._http.send({_call(operation, query)}, {kind})"


def _iterator(operation: Operation, result: str, *, is_async: bool) -> Iterator[str]:
    """By the last that was seen where the server can, or people who come meanwhile would shift the pages."""
    item = result.removeprefix("list[").removesuffix("]")
    steady = any(parameter.name == "starting_after" for parameter in operation.query)
    taken = [
        parameter
        for parameter in operation.query
        if parameter.name not in ("limit", "offset", "paginated", "starting_after")
    ]
    generator, wait = ("AsyncIterator", "async ") if is_async else ("Iterator", "")
    yield f"    def iterate(self{_signature(operation, taken)}) -> {generator}[{item}]:"
    yield '        """Every one of them, page by page, asked for as they are needed."""'
    yield ""
    yield f"        {wait}def page(seen: int, last: {item} | None) -> {result}:"
    where = '"starting_after": last.id if last else None' if steady else '"offset": seen'
    given = "".join(f', "{parameter.name}": {parameter.name}' for parameter in taken)
    yield f'            call = BackendCall("{operation.verb}", "{operation.path}", {{"limit": 100, {where}{given}}})'
    yield f"            return {'await ' if is_async else ''}self._http.send(call, {result})"
    yield ""
    yield "        return self._http.pages(page)"


def _signature(operation: Operation, query: list[Parameter]) -> str:
    named = [*query, *(operation.body or [])]
    words = [f"{name}: str" for name in operation.in_path]
    optional = [f"{p.name}: {p.type}" if p.required else f"{p.name}: {p.type} | UnsetType = UNSET" for p in named]
    return "".join(f", {word}" for word in [*words, *(["*", *optional] if optional else [])])


def _call(operation: Operation, query: list[Parameter]) -> str:
    path = re.sub(r"\{(\w+)\}", r"{quote(\1, safe='')}", operation.path)
    parts = [f'"{operation.verb}"', f'f"{path}"' if operation.in_path else f'"{path}"']
    if query:
        parts.append("{" + ", ".join(f'"{p.name}": {p.name}' for p in query) + "}")
    if operation.body is not None:
        parts.append(
            f"{'files' if operation.is_upload else 'body'}={{"
            + ", ".join(f'"{p.name}": {p.name}' for p in operation.body)
            + "}"
        )
    return f"BackendCall({', '.join(parts)})"


def _whole(groups: list[str], package: str, *, is_async: bool) -> str:
    colour, http_client = ("Async", "AsyncHttpClient") if is_async else ("", "HttpClient")
    about = "The Backend API, while other tasks go on." if is_async else "The Backend API, one call after the other."
    imports = [f"from sojourn.backend.{package}.{group} import {colour}{_class(group)}" for group in groups]
    parts = [
        _beginning(about),
        f"from sojourn.backend.http_client import {http_client}",
        *imports,
        "",
        f"class {colour}BackendGroups:",
        f"    def __init__(self, http_client: {http_client}) -> None:",
        *[f"        self.{group} = {colour}{_class(group)}(http_client)" for group in groups],
    ]
    return _formatted("\n".join(parts) + "\n")


def _class(group: str) -> str:
    return "".join(word.capitalize() for word in group.split("_"))


def main() -> None:
    for file, text in sources().items():
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)


if __name__ == "__main__":
    main()
