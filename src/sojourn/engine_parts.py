"""The parts of the engine, built in groups from its foundation. Wiring only, no decisions."""

from dataclasses import dataclass
from datetime import timedelta

from sojourn.config import Config
from sojourn.console.administrators import Administrators
from sojourn.events.audit_log import AuditLog
from sojourn.events.audit_reader import AuditReader
from sojourn.events.outbox import Outbox
from sojourn.events.refusals import Refusals
from sojourn.factors.challenges import Challenges
from sojourn.factors.credentials import Credentials
from sojourn.factors.email_code import EmailCodes
from sojourn.factors.email_code_factor import EmailCodeFactor
from sojourn.factors.factor import FactorTools
from sojourn.factors.factor_set import FactorSet, connected
from sojourn.factors.hash_cost import HashCosts
from sojourn.factors.hash_pool import HashPool
from sojourn.factors.password import PasswordFactor
from sojourn.factors.password_hashing import PasswordHashing
from sojourn.factors.peppers import Peppers
from sojourn.factors.states import States
from sojourn.factors.strategy import Guess
from sojourn.factors.ticket import TicketFactor
from sojourn.instances.access_lists import AccessLists
from sojourn.instances.instance import InstanceKind
from sojourn.instances.instances import Instances
from sojourn.instances.jwt_templates import JwtTemplates
from sojourn.instances.key_store import KeyStore
from sojourn.instances.key_use import KeyUse
from sojourn.instances.records import Records
from sojourn.instances.redirect_urls import RedirectUrls
from sojourn.instances.settings_history import SettingsHistory
from sojourn.instant import Clock
from sojourn.limits.budgets import Budgets
from sojourn.limits.rate_limit import RateLimiter
from sojourn.messages.mailbox import Mailbox
from sojourn.messages.mailer import Mailer
from sojourn.messages.smtp import SmtpMailer
from sojourn.sessions.activity import Activity
from sojourn.sessions.app_data import AppData
from sojourn.sessions.batches import SessionBatches
from sojourn.sessions.clients import Clients
from sojourn.sessions.dev_browsers import DevBrowsers
from sojourn.sessions.directory import SessionDirectory
from sojourn.sessions.handshake_nonces import HandshakeNonces
from sojourn.sessions.known_devices import KnownDevices
from sojourn.sessions.lifecycle import Sessions
from sojourn.sessions.minting import Minting
from sojourn.sessions.payloads import Payloads
from sojourn.sessions.token_refresh import Refreshing
from sojourn.sign_ins.attempt import SignIns
from sojourn.sign_ins.codes import SignInCodes
from sojourn.sign_ins.floor import Floor
from sojourn.sign_ins.guesses import CodeGuesses, GuessesByKind, PasswordGuesses, UncountedGuesses
from sojourn.sign_ins.identifying import Identifying
from sojourn.sign_ins.session_start import SessionStart
from sojourn.sign_ins.sign_in_protection import SignInProtection
from sojourn.sign_ins.steps import Steps
from sojourn.sign_ins.tickets import Tickets
from sojourn.sign_ups.attempt import SignUps
from sojourn.store.interface import Store
from sojourn.tokens.forms import FormTokens
from sojourn.tokens.sealing import Sealer
from sojourn.users.accounts import Accounts
from sojourn.users.address_verification import AddressProofs
from sojourn.users.addresses import Addresses
from sojourn.users.code_tries import CodeTries
from sojourn.users.deletions import Deletions
from sojourn.users.device_tries import DeviceTries
from sojourn.users.enrollments import Enrollments
from sojourn.users.lockout import Lockout
from sojourn.users.password_lockout import PasswordLockout
from sojourn.users.passwords import Passwords
from sojourn.users.personal_data import PersonalData
from sojourn.users.profile import Profile
from sojourn.users.profile_images import ProfileImages
from sojourn.users.verifications import Verifications


@dataclass(frozen=True, slots=True)
class Foundation:
    """The dependencies of every other part. An app may supply its own clock, mailer and store."""

    config: Config
    clock: Clock
    store: Store
    mailer: Mailer
    sealer: Sealer
    limiter: RateLimiter
    hash_pool: HashPool
    hash_costs: HashCosts
    activity: Activity
    refusals: Refusals
    kind: InstanceKind = InstanceKind.APPLICATION

    @property
    def states(self) -> States:
        return States(self.sealer.each_derived(b"states"))

    @property
    def sign_in_floor(self) -> timedelta:
        return timedelta(milliseconds=self.config.sign_in_floor_ms)


@dataclass(frozen=True, slots=True)
class KeyParts:
    """Signing keys, and the use of secret keys."""

    use: KeyUse
    store: KeyStore


@dataclass(frozen=True, slots=True)
class InstanceParts:
    """Instances, keys, records, the audit log and the outbox."""

    instances: Instances
    settings_history: SettingsHistory
    keys: KeyParts
    audit: AuditLog
    audit_reader: AuditReader
    outbox: Outbox
    records: Records
    jwt_templates: JwtTemplates
    redirect_urls: RedirectUrls
    access_lists: AccessLists
    budgets: Budgets
    factors: FactorSet


@dataclass(frozen=True, slots=True)
class SessionParts:
    """Clients, their sessions, and the tokens of those."""

    activity: Activity
    clients: Clients
    devices: KnownDevices
    dev_browsers: DevBrowsers
    sessions: Sessions
    session_batches: SessionBatches
    app_data: AppData
    tokens: Minting
    payloads: Payloads
    refreshing: Refreshing
    handshake_nonces: HandshakeNonces
    forms: FormTokens


@dataclass(frozen=True, slots=True)
class UserParts:
    """Users, their addresses and profiles, and their lockouts."""

    lockout: Lockout
    password_lockout: PasswordLockout
    device_tries: DeviceTries
    code_tries: CodeTries
    accounts: Accounts
    deletions: Deletions
    personal_data: PersonalData
    addresses: Addresses
    proofs: AddressProofs
    verifications: Verifications
    profile_images: ProfileImages
    profile: Profile


@dataclass(frozen=True, slots=True)
class FlowParts:
    """Sign-ins, sign-ups, and the credentials of users."""

    sign_in_protection: SignInProtection
    tickets: Tickets
    sign_ins: SignIns
    sign_ups: SignUps
    enrollments: Enrollments
    administrators: Administrators


def mailer_of(config: Config) -> Mailer:
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


def foundation(config: Config, clock: Clock, mailer: Mailer, store: Store, peppers: Peppers) -> Foundation:
    limiter = RateLimiter(clock, store.shared_counts)
    hash_pool = HashPool(PasswordHashing(peppers), limiter, config.hash_threads)
    sealer = Sealer(config.root_keys)
    costs, activity, refusals = HashCosts(hash_pool), Activity(store), Refusals(store, clock)
    return Foundation(config, clock, store, mailer, sealer, limiter, hash_pool, costs, activity, refusals)


def instance_parts(on: Foundation) -> InstanceParts:
    instances = Instances(on.store, on.clock, on.kind)
    audit, budgets = AuditLog(on.clock), Budgets(on.clock)
    outbox = Outbox(on.store, on.clock, on.sealer, on.mailer, instances)
    records = Records(on.store, on.clock, audit)
    return InstanceParts(
        instances=instances,
        settings_history=SettingsHistory(on.store, instances),
        keys=KeyParts(KeyUse(on.store), KeyStore(on.store, on.clock, on.sealer)),
        audit=audit,
        audit_reader=AuditReader(on.store, audit),
        outbox=outbox,
        records=records,
        jwt_templates=JwtTemplates(records, on.sealer),
        redirect_urls=RedirectUrls(records),
        access_lists=AccessLists(records),
        budgets=budgets,
        factors=_factors(on, outbox, budgets),
    )


def _factors(on: Foundation, outbox: Outbox, budgets: Budgets) -> FactorSet:
    """The factors, in the order in which sign-ins offer them."""
    codes = EmailCodes(on.store, on.clock, outbox, budgets, on.sealer.derived(b"codes"))
    credentials = Credentials(on.clock, on.sealer)
    tools = FactorTools(on.store, on.clock, on.sealer, outbox, on.hash_pool, credentials, on.states)
    built_in = (PasswordFactor(), EmailCodeFactor(codes), TicketFactor(on.store, on.clock))
    return connected((*built_in, *on.config.factors), tools)


def session_parts(on: Foundation, of: InstanceParts) -> SessionParts:
    activity = on.activity
    sessions = Sessions(on.store, on.clock, activity, of.audit)
    directory = SessionDirectory(on.store, on.clock, activity)
    return SessionParts(
        activity=activity,
        clients=Clients(on.store, on.clock, activity),
        devices=KnownDevices(on.store, on.clock, on.sealer.each_derived(b"known_devices")),
        dev_browsers=DevBrowsers(on.store, on.clock, on.sealer.derived(b"dev_browsers")),
        sessions=sessions,
        session_batches=SessionBatches(on.store, on.clock, of.audit, directory),
        app_data=AppData(on.store, on.clock, sessions),
        tokens=Minting(on.store, on.clock, activity, of.keys.store, of.jwt_templates, of.audit, of.factors),
        payloads=Payloads(on.store, on.clock, of.factors),
        refreshing=Refreshing(on.clock, of.keys.store, on.sealer.derived(b"refresh")),
        handshake_nonces=HandshakeNonces(on.store, on.clock),
        forms=FormTokens(on.clock, on.sealer.derived(b"forms")),
    )


def user_parts(on: Foundation, of: InstanceParts, held: SessionParts) -> UserParts:
    store, clock, sessions, outbox, audit = on.store, on.clock, held.sessions, of.outbox, of.audit
    lockout, password_lockout = Lockout(store, clock, outbox, audit), PasswordLockout(store, outbox, audit)
    device_tries = DeviceTries(store, of.budgets, password_lockout)
    code_tries = CodeTries(store, clock, of.budgets, lockout)
    passwords = Passwords(
        store, clock, on.hash_pool, on.hash_costs, on.sign_in_floor, sessions, outbox, audit, lockout, password_lockout
    )
    accounts = Accounts(store, clock, sessions, outbox, audit, passwords)
    addresses, images = Addresses(store, clock, accounts), ProfileImages(store, accounts)
    proofs = AddressProofs(store, of.factors, Challenges(store, clock, on.states))
    return UserParts(
        lockout=lockout,
        password_lockout=password_lockout,
        device_tries=device_tries,
        code_tries=code_tries,
        accounts=accounts,
        deletions=Deletions(store, clock, sessions, accounts),
        personal_data=PersonalData(store, clock, audit, of.factors),
        addresses=addresses,
        proofs=proofs,
        verifications=Verifications(store, clock, proofs, addresses, code_tries),
        profile_images=images,
        profile=Profile(
            store,
            clock,
            held.devices,
            device_tries,
            accounts,
            addresses,
            images,
            sessions,
            proofs,
            of.budgets,
            of.access_lists,
        ),
    )


def flow_parts(on: Foundation, of: InstanceParts, held: SessionParts, users: UserParts) -> FlowParts:
    store, clock, clients = on.store, on.clock, held.clients
    code_guesses = CodeGuesses(store, held.devices, users.code_tries, users.device_tries)
    by_password = PasswordGuesses(held.devices, users.device_tries, users.lockout, users.password_lockout)
    uncounted = UncountedGuesses(held.devices, users.lockout)
    guesses: GuessesByKind = {Guess.PASSWORD: by_password, Guess.CODE: code_guesses, Guess.NONE: uncounted}
    sign_in_protection = SignInProtection(
        store,
        clock,
        on.hash_pool,
        held.devices,
        users.device_tries,
        of.audit,
        users.lockout,
        users.password_lockout,
        users.proofs.challenges,
        guesses,
        Floor(store, on.hash_costs, on.sign_in_floor),
    )
    session_start = SessionStart(clock, held.sessions, held.devices, of.outbox)
    return FlowParts(
        sign_in_protection=sign_in_protection,
        tickets=Tickets(store, clock, of.audit),
        sign_ins=SignIns(
            store,
            clock,
            clients,
            of.factors,
            SignInCodes(store, clock, held.devices, users.code_tries, users.device_tries),
            code_guesses,
            sign_in_protection,
            Steps(clock, of.factors, sign_in_protection, session_start),
            users.accounts,
            Identifying(store, of.access_lists),
        ),
        sign_ups=SignUps(
            store, clock, clients, users.proofs, sign_in_protection, session_start, on.hash_pool, of.access_lists
        ),
        enrollments=Enrollments(store, clock, of.factors, of.budgets, held.sessions, of.outbox, of.audit),
        administrators=Administrators(store, clock, users.accounts, of.audit),
    )
