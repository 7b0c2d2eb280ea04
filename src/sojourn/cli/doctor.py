"""`sojourn doctor`: show the configuration and check that it works."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import TYPE_CHECKING

import typer

from sojourn.cli.events import waiting
from sojourn.cli.runtime import AsJson, Data, DatabaseUrl, configured, print_facts, print_json, with_engine
from sojourn.cli.tables import printable
from sojourn.config import Config
from sojourn.errors import Json, SojournError
from sojourn.secret import Secret
from sojourn.server.development import exposed_files
from sojourn.store.postgres_address import without_secrets

if TYPE_CHECKING:
    from sojourn.engine import Engine
    from sojourn.launch.checklist import LaunchCheck

_MARKS = {"ok": "ok", "warning": "warning", "problem": "PROBLEM", "by_hand": "by hand"}


def doctor(data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Print every setting with its meaning, then check the database, the keys, the mail server and the rest of the launch checklist."""
    target = configured(data, database_url)
    settings: dict[str, Json] = {
        f"SOJOURN_{setting.name.upper()}": f"{_shown(getattr(target.config, setting.name))}  ({setting.metadata['says']})"
        for setting in fields(Config)
        if "says" in setting.metadata
    }
    findings: dict[str, Json] = {}
    checks: Sequence[LaunchCheck] = ()
    try:
        findings, checks = with_engine(target, _examined)
    except SojournError as error:
        findings = {"problem": error.long_message}
    if as_json:
        print_json({"settings": settings, "findings": findings, "checklist": [asdict(check) for check in checks]})
    else:
        print_facts(settings)
        print()
        print_facts(findings)
        print("\nLaunch checklist")
        for check in checks:
            print(printable(f"{_MARKS[check.status]:<8} {check.title}: {check.found} {check.advice}".rstrip()))
    if "problem" in findings:
        raise typer.Exit(1)


async def _examined(engine: "Engine") -> "tuple[dict[str, Json], Sequence[LaunchCheck]]":
    from sojourn.cli.defaults import in_force
    from sojourn.instances.cookie_domain import cookie_domain
    from sojourn.launch.checklist import launch_checklist
    from sojourn.sessions.known_devices import LIFE
    from sojourn.store.interface import UserFilter

    users = await engine.accounts.count(engine.instance, UserFilter())
    key = await engine.key_store.signing_key(engine.instance)
    findings: dict[str, Json] = {
        "application": engine.instance.settings.application_name,
        "environment": engine.instance.environment.value,
        "address": engine.instance.public_url,
        "publishable key": engine.instance.publishable_key,
        "allowed origins": ", ".join(engine.instance.settings.allowed_origins) or "this origin only",
        "accepted token origins (azp)": _parties(engine),
        "cookies for apps": cookie_domain(engine.instance, engine.config.cookie_domain) or "this host only",
        "known devices": f"{LIFE.days} days after a sign-in, or until a password reset or the end of all of the user's sessions",
        "signing key": f"{key.kid} ({key.algorithm})",
        "users": users,
        "peppers in use": ", ".join(await engine.store.peppers_in_use()) or "none",
        "audit log": waiting(await engine.store.events.unchained(engine.instance.id)),
        "database": "connected, schema up to date",
        "files": "; ".join(exposed_files(engine.config)) or "readable by their owner only",
        **await in_force(engine),
    }
    return findings, await launch_checklist(engine, engine.instance)


def _parties(engine: "Engine") -> str:
    if engine.config.authorized_parties:
        return f"{', '.join(engine.config.authorized_parties)}; tokens without an origin are rejected"
    own = [engine.instance.public_url, *engine.instance.settings.allowed_origins]
    loopback = ", any loopback origin" if engine.config.is_development else ""
    return f"{', '.join(own)}{loopback} (default; set authorized_parties to narrow it)"


def _shown(value: object) -> str:
    if isinstance(value, str) and "://" in value:
        return without_secrets(value)
    if isinstance(value, Secret):
        return "set"
    if isinstance(value, tuple):
        return "none" if not value else ("set" if isinstance(value[0], Secret) else ", ".join(map(str, value)))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return "not set" if value in (None, "") else str(value)
