"""The story of one session: how it began, what happened meanwhile, and how it ended or will end."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from sojourn.engine import Engine
from sojourn.errors import Json
from sojourn.events.event import Event
from sojourn.events.kinds import capitalized, told
from sojourn.inspector.actors import THE_USER, Actors, device_text, link_of
from sojourn.inspector.inspection import Entry, Fact, SessionFacts, SubjectLink, moment_text, time_fact
from sojourn.instances.instance import Instance
from sojourn.instances.settings_change import SettingsChange
from sojourn.instant import Instant, length_text
from sojourn.sessions.end_cause import SENTENCES, EndCause
from sojourn.sessions.ending import EndStory, end_of
from sojourn.sessions.session import Session, SessionStatus
from sojourn.sessions.usage import HourOfUse, SeenPlace, at_hour, merged, since, total
from sojourn.store.interface import EventFilter, Page

_MAX_ENTRIES = Page(50)
_MAX_VALUE = 60
_OF_A_SERVER = "backend_api"
"""The strategy of a session that a server made."""

_OF_USER = ("password.", "credential.", "email_address.", "phone_number.", "user.")
_BEGINNINGS = ("session.created",)
_ENDINGS = frozenset({"session.removed", "session.ended", "session.revoked", "session.replaced"})
_RANKS = {"started": 0, "ended": 2, "planned": 3}
_IMPERSONATOR = {EndCause.IMPERSONATION_OVER: " {actor} acted as the user."}


@dataclass(frozen=True, slots=True)
class Story:
    """A session in words. `end` is None while it is live."""

    session: Session
    facts: SessionFacts
    end: EndStory | None
    in_force: list[Fact]
    timeline: list[Entry]


class Stories:
    def __init__(self, engine: Engine, instance: Instance, actors: Actors) -> None:
        self._engine = engine
        self._instance = instance
        self._actors = actors

    async def of(self, session: Session) -> Story:
        end = await end_of(self._engine.store, session, self._engine.clock.now())
        facts = await self.facts(session, end)
        return Story(session, facts, end, self._in_force(session, end), await self._timeline(session, end, facts))

    async def facts(self, session: Session, end: EndStory | None) -> SessionFacts:
        token_life = self._instance.settings.sessions.token_life
        by = end.by if end is not None else None
        return SessionFacts(
            id=session.id,
            user_id=session.user_id,
            client_id=session.client_id,
            status=(end.status if end is not None else session.status).value,
            is_live=end is None,
            told=await self._told(session, end),
            created_at=session.created_at.millis,
            last_active_at=session.last_active_at.millis,
            ends_at=min(session.expire_at, session.abandon_at).millis,
            ended_at=end.at.millis if end is not None else None,
            ended_by=by,
            ended_by_name=await self._actors.name(by, session.user_id) if by is not None else None,
            end_cause=end.cause.value if end is not None and end.cause is not None else None,
            end_rule=session.end_rule,
            batch_id=session.batch_id,
            last_token_dies_at=(end.at + token_life).millis if end is not None else None,
            browser=session.device.browser_name,
            device=session.device.device_type,
            ip_address=session.device.ip_address,
        )

    async def listed(self, sessions: Sequence[Session]) -> list[SessionFacts]:
        """Each session as one of a list."""
        now = self._engine.clock.now()
        return [await self.facts(session, await end_of(self._engine.store, session, now)) for session in sessions]

    async def _told(self, session: Session, end: EndStory | None) -> str:
        if end is None:
            if session.status is SessionStatus.PENDING:
                return "The session is pending: the user must complete a task first, such as setting a password."
            return f"The session is live. Without further use it ends on {moment_text(min(session.expire_at, session.abandon_at))}."
        return await self._sentence(session, end)

    async def _sentence(self, session: Session, end: EndStory) -> str:
        if end.cause is None:
            return end.told
        written, by = SENTENCES[end.cause], await self._actors.name(end.by, session.user_id)
        if "session {by}" in written:
            by = by.removeprefix("session ")
        sentence = written.format(by=by, inactivity=length_text(session.inactivity))
        if by == THE_USER and "{by}" in written:
            sentence = sentence.replace(" of the user", "")
        if session.actor and end.cause in _IMPERSONATOR:
            sentence += _IMPERSONATOR[end.cause].format(actor=capitalized(await self._actor_of(session)))
        return capitalized(sentence)

    async def _actor_of(self, session: Session) -> str:
        subject = (session.actor or {}).get("sub")
        return await self._actors.name(subject if isinstance(subject, str) else "anonymous")

    # -- what is in force

    def _in_force(self, session: Session, end: EndStory | None) -> list[Fact]:
        rules = self._instance.settings.sessions
        lifetime = session.expire_at.since(session.created_at)
        now_lifetime = "" if lifetime == rules.lifetime else f"; new sessions get {length_text(rules.lifetime)} now"
        now_idle = (
            "" if session.inactivity == rules.inactivity else f"; new sessions get {length_text(rules.inactivity)} now"
        )
        facts = [
            Fact(
                name="lifetime", text=length_text(lifetime), link=_setting("sessions.lifetime_seconds"),
                why=f"sessions.lifetime_seconds when the session began{now_lifetime}",
            ),
            Fact(
                name="inactivity timeout", text=length_text(session.inactivity), link=_setting("sessions.inactivity_seconds"),
                why=f"sessions.inactivity_seconds when the session began{now_idle}",
            ),
            Fact(
                name="token life", text=length_text(rules.token_life), link=_setting("sessions.token_seconds"),
                why="sessions.token_seconds, read at each issue",
            ),
        ]  # fmt: skip
        if session.first_factor_at is not None:
            facts.append(time_fact("first factor proven", session.first_factor_at))
        if session.second_factor_at is not None:
            facts.append(time_fact("second factor proven", session.second_factor_at))
        facts.append(time_fact("last active", session.last_active_at, "written at most once a minute"))
        if end is None:
            facts.append(time_fact("ends if unused", session.abandon_at, "last use plus the inactivity timeout"))
            facts.append(time_fact("ends in any case", session.expire_at, "begin plus the lifetime"))
        else:
            dies = end.at + rules.token_life
            facts.append(time_fact("last token dies", dies, "an app that verifies offline accepts it until then"))
        return facts

    # -- the timeline

    async def _timeline(self, session: Session, end: EndStory | None, facts: SessionFacts) -> list[Entry]:
        until = end.at if end is not None else self._engine.clock.now()
        entries = [await self._beginning(session), *self._factors(session)]
        entries += await self._settings_changes(session, until)
        entries += [_logged(event) for event in await self._other_events(session, until)]
        entries += await self._uses(session)
        entries += [self._ending(session, end, facts)] if end is not None else self._planned(session)
        return in_order(entries)

    async def _beginning(self, session: Session) -> Entry:
        where = EventFilter(kinds=_BEGINNINGS, user_id=session.user_id, target=session.id)
        found = await self._engine.store.events.list(session.instance_id, Page(1), where)
        strategy = session.strategy or (found[0].details.get("strategy") if found else None)
        title = f"Signed in with {strategy}" if isinstance(strategy, str) else "The session began"
        if strategy == _OF_A_SERVER:
            title = "A server began the session with the Backend API, without a browser"
        if session.second_factor_at == session.created_at:
            title += " and a second factor"
        if session.actor:
            title = f"{capitalized(await self._actor_of(session))} began to act as the user"
        place = f" from {session.device.ip_address}" if session.device.ip_address else ""
        links = [SubjectLink(kind="user", id=session.user_id), SubjectLink(kind="client", id=session.client_id)]
        return Entry(
            at=session.created_at.millis, kind="started", title=f"{title}.", detail=f"{capitalized(device_text(session))}{place}.", links=links
        )  # fmt: skip

    def _factors(self, session: Session) -> list[Entry]:
        times = (("The first factor", session.first_factor_at), ("A second factor", session.second_factor_at))
        return [
            Entry(at=at.millis, kind="factor", title=f"{name} was proven again." if name[0] == "T" else f"{name} was proven.")
            for name, at in times
            if at is not None and at > session.created_at
        ]  # fmt: skip

    async def _settings_changes(self, session: Session, until: Instant) -> list[Entry]:
        found = await self._engine.store.settings_changes.list(session.instance_id, limit=_MAX_ENTRIES.limit)
        return [await self._changed(each) for each in found if session.created_at < each.created_at <= until]

    async def _changed(self, change: SettingsChange) -> Entry:
        values = [f"{each.path} from {_text(each.before)} to {_text(each.after)}" for each in change.values]
        why = f" Reason: {change.reason}" if change.reason else ""
        links = [SubjectLink(kind="setting", id=each.path) for each in change.values]
        detail = capitalized(f"{await self._actors.name(change.actor)} changed them.{why}")
        title = f"Settings changed: {', '.join(values)}."
        return Entry(
            at=change.created_at.millis,
            kind="settings",
            title=title,
            detail=detail,
            links=[*link_of(change.actor), *links],
        )

    async def _other_events(self, session: Session, until: Instant) -> Sequence[Event]:
        """Other entries of the session, and changes of its user meanwhile."""
        own = EventFilter(kinds=["session."], user_id=session.user_id, target=session.id)
        of_user = EventFilter(kinds=_OF_USER, user_id=session.user_id, since=session.created_at)
        events = self._engine.store.events
        found = [
            *await events.list(session.instance_id, _MAX_ENTRIES, own),
            *await events.list(session.instance_id, _MAX_ENTRIES, of_user),
        ]
        hidden = {*_BEGINNINGS, *_ENDINGS}
        return [event for event in found if event.kind not in hidden and session.created_at < event.at <= until]

    async def _uses(self, session: Session) -> list[Entry]:
        """The summary of the last 48 hours, what this process has not written yet included."""
        stored = await self._engine.store.session_uses.find(session.instance_id, session.id)
        usage = since(merged(stored, self._engine.activity.unwritten(session)), self._engine.clock.now())
        return [*_periods(usage.hours, session), *(_place(place, session) for place in usage.places)]

    def _ending(self, session: Session, end: EndStory, facts: SessionFacts) -> Entry:
        dies = end.at + self._instance.settings.sessions.token_life
        rule = f" The setting in force was {session.end_rule}." if session.end_rule else ""
        batch = f" It ended with others, in batch {session.batch_id}." if session.batch_id else ""
        links = [
            *link_of(end.by),
            *([SubjectLink(kind="session_batch", id=session.batch_id)] if session.batch_id else []),
        ]
        detail = f"Status {end.status.value}; the last token dies on {moment_text(dies)}.{rule}{batch}"
        return Entry(at=end.at.millis, kind="ended", title=facts.told, detail=detail, links=links)

    def _planned(self, session: Session) -> list[Entry]:
        planned = [
            Entry(
                at=session.expire_at.millis, kind="planned", title="The session ends in any case: its lifetime is over."
            )
        ]
        if session.abandon_at < session.expire_at:
            title = f"The session ends if it is not used before: {length_text(session.inactivity)} of inactivity."
            planned.insert(0, Entry(at=session.abandon_at.millis, kind="planned", title=title))
        return planned


def in_order(entries: Sequence[Entry]) -> list[Entry]:
    """Oldest first; of one instant the beginning stands first and the end last."""
    return sorted(entries, key=lambda entry: (entry.at, _RANKS.get(entry.kind, 1)))


def _periods(hours: Sequence[HourOfUse], session: Session) -> list[Entry]:
    """One entry for each run of hours without a pause."""
    runs: list[list[HourOfUse]] = []
    for each in hours:
        if runs and runs[-1][-1].hour == each.hour - 1:
            runs[-1].append(each)
        else:
            runs.append([each])
    return [_period(run, session) for run in runs]


def _period(run: Sequence[HourOfUse], session: Session) -> Entry:
    refreshes, handshakes = total(run)
    parts = [f"{refreshes:,} token{'' if refreshes == 1 else 's'} fetched"] if refreshes else []
    parts += [f"{handshakes:,} handshake{'' if handshakes == 1 else 's'}"] if handshakes else []
    begin = max(run[0].at, session.created_at)
    title = f"Used: {' and '.join(parts)}."
    return Entry(
        at=begin.millis, until=at_hour(run[-1].hour + 1).millis, kind="used", title=title, detail="Counted by the hour."
    )


def _place(place: SeenPlace, session: Session) -> Entry:
    named = " and ".join(part for part in (place.address, place.agent) if part) or "an unknown address and browser"
    return Entry(
        at=max(at_hour(place.first_hour), session.created_at).millis, until=at_hour(place.last_hour + 1).millis, kind="place",
        title=f"Seen elsewhere than at its beginning: {named}.",
    )  # fmt: skip


def _logged(event: Event) -> Entry:
    return Entry(at=event.at.millis, kind="event", title=told(event), links=[SubjectLink(kind="event", id=event.id)])


def _text(value: Json) -> str:
    """The value of a setting, shortened."""
    shown = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return shown if len(shown) <= _MAX_VALUE else f"{shown[:_MAX_VALUE]}…"


def _setting(path: str) -> SubjectLink:
    return SubjectLink(kind="setting", id=path)
