"""The launch checklist: whether a server is ready for production. `sojourn doctor` and the dashboard show the same."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sojourn.engine import Engine
from sojourn.errors import NotFound
from sojourn.instances.cookie_domain import cookie_domain
from sojourn.instances.instance import Instance
from sojourn.launch.mail_check import mail_check
from sojourn.store.interface import Page
from sojourn.store.private_files import exposed_files

_BEHIND = timedelta(minutes=1)
_AHEAD = timedelta(seconds=5)
_OLD_KEY = timedelta(days=365)
_UNUSED_KEY = timedelta(days=90)
_TODAY = timedelta(days=1)


class Status(StrEnum):
    """`WARNING` works but is not as it should be, `BY_HAND` is what the server cannot see and its operator confirms."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class LaunchCheck:
    """`found` says how it is, `advice` what to do, empty where all is well; `guide` is a page below the documentation."""

    id: str
    title: str
    status: Status
    found: str
    advice: str = ""
    guide: str = "guide/production.md"


async def launch_checklist(engine: Engine, instance: Instance) -> Sequence[LaunchCheck]:
    """Every check, in the order in which one sets a server up. No check raises for what it examines. Raises: Overloaded."""
    checks: tuple[Callable[[Engine, Instance], Awaitable[LaunchCheck]], ...] = (
        _environment, _https, _proxy, _mail, _root_keys, _signing_key, _secret_keys, _cookies, _files, _backups, _clock, _workers,
    )  # fmt: skip
    return [await check(engine, instance) for check in checks]


async def _environment(engine: Engine, instance: Instance) -> LaunchCheck:
    title = "Production environment"
    if not instance.is_development:
        return LaunchCheck("environment", title, Status.OK, "This is a production application.")
    advice = "Start a server with SOJOURN_ENVIRONMENT=production and a database of its own; users are not taken over."
    return LaunchCheck("environment", title, Status.PROBLEM, "This is a development application.", advice)


async def _https(engine: Engine, instance: Instance) -> LaunchCheck:
    url = instance.public_url
    if url.startswith("https://"):
        return LaunchCheck("https", "HTTPS", Status.OK, f"Browsers reach this server at {url}.")
    advice = "Put a proxy that terminates TLS in front, and set SOJOURN_PUBLIC_URL to its https:// address."
    return LaunchCheck("https", "HTTPS", Status.PROBLEM, f"{url} is not encrypted.", advice)


async def _proxy(engine: Engine, instance: Instance) -> LaunchCheck:
    title, guide = "Proxy headers", "guide/production.md#the-reverse-proxy"
    proxies = engine.config.trusted_proxies
    if proxies:
        found = f"X-Forwarded-For is taken from {', '.join(map(str, proxies))} only."
        return LaunchCheck("proxy", title, Status.OK, found, guide=guide)
    found = "No proxy is trusted, so behind one all visitors have the proxy's address."
    advice = "Set SOJOURN_TRUSTED_PROXIES to the address of your proxy: rate limits count by address."
    return LaunchCheck("proxy", title, Status.WARNING, found, advice, guide)


async def _mail(engine: Engine, instance: Instance) -> LaunchCheck:
    is_fine, found, advice = await mail_check(engine.mailer, engine.config.mail_from)
    status = Status.OK if is_fine else Status.WARNING if instance.is_development else Status.PROBLEM
    return LaunchCheck("mail", "Mail server", status, found, advice)


async def _root_keys(engine: Engine, instance: Instance) -> LaunchCheck:
    title = "Root key"
    number = len(engine.config.root_keys)
    if number > 1:
        found = f"{number} root keys are set: the first encrypts, all decrypt."
        return LaunchCheck("root_keys", title, Status.OK, found)
    found = "One root key encrypts the signing keys."
    advice = "Keep a copy apart from the database's backup: without it nobody can sign in."
    return LaunchCheck("root_keys", title, Status.BY_HAND, found, advice)


async def _signing_key(engine: Engine, instance: Instance) -> LaunchCheck:
    title, now = "Signing key", engine.clock.now()
    try:
        key = await engine.key_store.signing_key(instance)
    except NotFound as error:
        advice = "Set the clock of this machine right, or run `sojourn keys rotate --emergency`."
        return LaunchCheck("signing_key", title, Status.PROBLEM, error.long_message, advice)
    age = now.since(key.active_from)
    if age < _OLD_KEY:
        return LaunchCheck("signing_key", title, Status.OK, f"{key.kid} ({key.algorithm}) is {age.days} days old.")
    advice = "`sojourn keys rotate` makes the next one; nobody is signed out."
    return LaunchCheck("signing_key", title, Status.WARNING, f"{key.kid} has signed for {age.days} days.", advice)


async def _secret_keys(engine: Engine, instance: Instance) -> LaunchCheck:
    title, now = "Secret keys", engine.clock.now()
    keys = await engine.instances.list_secret_keys(instance)
    if not keys:
        advice = "`sojourn keys create-secret` makes one for your app's server."
        return LaunchCheck(
            "secret_keys", title, Status.WARNING, "There is none, so no app can call the Backend API.", advice
        )
    unused = [key.id for key in keys if now.since(key.last_used_at or key.created_at) > _UNUSED_KEY]
    if unused:
        found = f"{', '.join(unused)} unused for {_UNUSED_KEY.days} days."
        return LaunchCheck("secret_keys", title, Status.WARNING, found, "`sojourn keys revoke-secret` takes them away.")
    noun = "key is" if len(keys) == 1 else "keys are"
    return LaunchCheck("secret_keys", title, Status.OK, f"{len(keys)} {noun} active.")


async def _cookies(engine: Engine, instance: Instance) -> LaunchCheck:
    title = "Domain of cookies"
    domain = cookie_domain(instance, engine.config.cookie_domain)
    if domain:
        return LaunchCheck("cookies", title, Status.OK, f"This server and the apps share cookies of {domain}.")
    found = "Cookies are of this server's host only."
    if not instance.settings.allowed_origins:
        return LaunchCheck("cookies", title, Status.OK, f"{found} No other origin is allowed, so none needs them.")
    advice = "Apps at another site sign in by redirects. Put them below one domain with this server, or set SOJOURN_COOKIE_DOMAIN."
    return LaunchCheck("cookies", title, Status.WARNING, found, advice)


async def _files(engine: Engine, instance: Instance) -> LaunchCheck:
    config = engine.config
    told = exposed_files(config.database_url, config.data, config.data / "keys.json")
    if not told:
        return LaunchCheck("files", "Files", Status.OK, "Files with keys and users are readable by their owner only.")
    return LaunchCheck("files", "Files", Status.PROBLEM, "; ".join(told), "Take the rights of others away with chmod.")


async def _backups(engine: Engine, instance: Instance) -> LaunchCheck:
    found = "This server cannot see whether its database is backed up."
    advice = "Back it up regularly, restore a copy once to try it, and keep the root key elsewhere."
    return LaunchCheck("backups", "Backups", Status.BY_HAND, found, advice)


async def _clock(engine: Engine, instance: Instance) -> LaunchCheck:
    now = engine.clock.now()
    newest = await engine.store.events.list(instance.id, Page(1))
    ahead = newest[0].at.since(now) if newest else timedelta(0)
    if ahead > _AHEAD:
        found = (
            f"The newest entry of the audit log is {ahead.total_seconds():.0f} s in the future of this machine's clock."
        )
        advice = "Synchronize the clocks of all machines (`timedatectl`): apps refuse tokens of a wrong clock."
        return LaunchCheck("clock", "Clock", Status.PROBLEM, found, advice)
    found = "This machine's clock is not behind anything that the database holds."
    return LaunchCheck("clock", "Clock", Status.OK, found, "Have it synchronized (`timedatectl`).")


async def _workers(engine: Engine, instance: Instance) -> LaunchCheck:
    now, title = engine.clock.now(), "Background work"
    oldest = (await engine.store.events.unchained(instance.id)).oldest_at
    if oldest is None or now.since(oldest) <= _BEHIND:
        return LaunchCheck("workers", title, Status.OK, "The audit log is chained; a server does its background work.")
    waits = now.since(oldest)
    since = f"{waits.days} days" if waits >= _TODAY else f"{waits.total_seconds() / 60:.0f} minutes"
    advice = (
        "Start the server: it also sends mail, cleans up and follows key changes. If it runs, its log says what fails."
    )
    return LaunchCheck("workers", title, Status.PROBLEM, f"An entry of the audit log waits for {since}.", advice)
