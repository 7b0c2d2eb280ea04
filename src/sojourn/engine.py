"""The one Sojourn object: built here from its parts. Wiring, no decisions."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

from sojourn.config import Config
from sojourn.events.audit_log import AuditLog
from sojourn.events.outbox import Outbox
from sojourn.factors.email_code import EmailCodes
from sojourn.factors.hash_cost import HashCosts
from sojourn.factors.hash_pool import HashPool
from sojourn.factors.password_hashing import PasswordHashing
from sojourn.factors.peppers import Peppers
from sojourn.instances.instance import Instance
from sojourn.instances.key_use import KeyUse
from sojourn.instances.keyring import Keyring
from sojourn.instances.records import Records
from sojourn.instances.registry import Registry
from sojourn.instant import Clock, SystemClock
from sojourn.limits.budgets import Budgets
from sojourn.limits.rate_limit import RateLimiter
from sojourn.messages.mailbox import Mailbox
from sojourn.messages.mailer import Mailer
from sojourn.messages.smtp import SmtpMailer
from sojourn.sessions.activity import Activity
from sojourn.sessions.app_data import AppData
from sojourn.sessions.clients import Clients
from sojourn.sessions.dev_browsers import DevBrowsers
from sojourn.sessions.known_devices import KnownDevices
from sojourn.sessions.lifecycle import Sessions
from sojourn.sessions.minting import Minting
from sojourn.sessions.refreshing import Refreshing
from sojourn.sign_ins.attempt import SignIns
from sojourn.sign_ins.codes import SignInCodes
from sojourn.sign_ins.completion import Completion
from sojourn.sign_ins.floor import Floor
from sojourn.sign_ins.guarding import Guarding
from sojourn.sign_ins.identifying import Identifying
from sojourn.sign_ins.tickets import Tickets
from sojourn.sign_ups.attempt import SignUps
from sojourn.store.interface import Store
from sojourn.store.opening import open_store
from sojourn.tokens.envelope import Envelope
from sojourn.tokens.forms import FormTokens
from sojourn.users.accounts import Accounts
from sojourn.users.addresses import Addresses
from sojourn.users.challenges import Challenges
from sojourn.users.code_tries import CodeTries
from sojourn.users.device_tries import DeviceTries
from sojourn.users.hard_stop import HardStop
from sojourn.users.lockout import Lockout
from sojourn.users.passwords import Passwords
from sojourn.users.profile import Profile
from sojourn.users.profile_images import ProfileImages


@dataclass(slots=True)
class Sojourn:
    """Everything a server or an app calls. Make one with `await Sojourn.open(config)`, and `await engine.close()` it."""

    config: Config
    clock: Clock
    store: Store
    hash_pool: HashPool
    hash_costs: HashCosts
    limiter: RateLimiter
    mailer: Mailer
    registry: Registry
    key_use: KeyUse
    keyring: Keyring
    audit: AuditLog
    outbox: Outbox
    activity: Activity
    clients: Clients
    dev_browsers: DevBrowsers
    sessions: Sessions
    app_data: AppData
    tokens: Minting
    refreshing: Refreshing
    forms: FormTokens
    codes: EmailCodes
    records: Records
    tickets: Tickets
    accounts: Accounts
    addresses: Addresses
    challenges: Challenges
    profile_images: ProfileImages
    profile: Profile
    guarding: Guarding
    sign_ins: SignIns
    sign_ups: SignUps
    instance: Instance = field(init=False)

    @classmethod
    async def open(
        cls, config: Config, *, clock: Clock | None = None, mailer: Mailer | None = None, store: Store | None = None
    ) -> Self:
        """Open the store, bring its schema up to date, load instances and keys. Raises: ConfigError."""
        store = store or open_store(config.database_url)
        await store.migrate()
        peppers = Peppers(config.password_peppers)
        peppers.check(await store.peppers_in_use())
        parts = _wire(config, clock or SystemClock(), mailer or _mailer(config), store, peppers)
        engine = cls(**parts)  # pyright: ignore[reportArgumentType]
        engine.instance = await engine.registry.open(config.environment, config.public_url)
        await engine.keyring.ring(engine.instance)
        return engine

    async def close(self) -> None:
        """Write what is waiting and let go of everything."""
        await self.activity.flush()
        await self.key_use.flush()
        self.hash_pool.close()
        await self.store.close()


def _mailer(config: Config) -> Mailer:
    if not config.smtp_host:
        return Mailbox()
    return SmtpMailer(
        config.smtp_host,
        config.smtp_port,
        config.mail_from,
        config.smtp_security,
        config.smtp_username,
        config.smtp_password,
    )


def _wire(config: Config, clock: Clock, mailer: Mailer, store: Store, peppers: Peppers) -> dict[str, object]:
    """Every part by the name of its field, each made once."""
    envelope = Envelope(config.root_keys)
    limiter = RateLimiter(clock, store.shared_counts)
    hash_pool = HashPool(PasswordHashing(peppers), limiter, config.hash_threads)
    hash_costs = HashCosts(hash_pool)
    registry = Registry(store, clock)
    keyring = Keyring(store, clock, envelope)
    audit = AuditLog(clock)
    outbox = Outbox(store, clock, envelope, mailer, registry)
    activity = Activity(store)
    records = Records(store, clock, audit, envelope)
    tokens = Minting(store, clock, activity, keyring, records, audit)
    registry.check_claims = tokens.check_claims
    clients = Clients(store, clock, activity)
    sessions = Sessions(store, clock, activity, audit)
    budgets = Budgets(clock)
    codes = EmailCodes(store, clock, outbox, budgets, envelope.derived(b"codes"))
    lockout, hard_stop = Lockout(store, clock, outbox, audit), HardStop(store, outbox, audit)
    device_tries, code_tries = DeviceTries(store, budgets, hard_stop), CodeTries(store, clock, budgets, lockout)
    floor_ms = config.sign_in_floor_ms
    passwords = Passwords(store, clock, hash_pool, hash_costs, timedelta(milliseconds=floor_ms), sessions, outbox, audit, lockout, hard_stop)
    accounts = Accounts(store, clock, sessions, outbox, audit, passwords)
    addresses = Addresses(store, clock, accounts)
    images = ProfileImages(store, accounts)
    floor = Floor(store, hash_costs, timedelta(milliseconds=config.sign_in_floor_ms))
    devices = KnownDevices(store, clock, envelope.each_derived(b"known_devices"))
    guarding = Guarding(store, clock, hash_pool, devices, device_tries, audit, lockout, hard_stop, floor)
    completion = Completion(clock, sessions, devices, outbox)
    return {
        "config": config, "clock": clock, "store": store, "hash_pool": hash_pool, "hash_costs": hash_costs, "limiter": limiter, "mailer": mailer,
        "registry": registry, "key_use": KeyUse(store), "keyring": keyring, "audit": audit, "outbox": outbox, "activity": activity,
        "clients": clients, "dev_browsers": DevBrowsers(store, clock, envelope.derived(b"dev_browsers")), "sessions": sessions,
        "app_data": AppData(store, clock, sessions), "tokens": tokens,
        "refreshing": Refreshing(clock, keyring, envelope.derived(b"refresh")),
        "forms": FormTokens(clock, envelope.derived(b"forms")),
        "codes": codes, "records": records, "tickets": Tickets(store, clock, audit), "accounts": accounts,
        "addresses": addresses, "challenges": Challenges(store, clock, codes, addresses, code_tries),
        "profile_images": images,
        "profile": Profile(store, clock, device_tries, accounts, addresses, images, sessions, codes, records),
        "guarding": guarding,
        "sign_ins": SignIns(
            store, clock, clients, SignInCodes(store, clock, codes, guarding, code_tries, device_tries), guarding,
            completion, accounts, Identifying(store, records),
        ),
        "sign_ups": SignUps(store, clock, clients, codes, guarding, completion, hash_pool, records),
    }  # fmt: skip
