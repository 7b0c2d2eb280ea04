"""The inspector: takes a pasted subject and tells who is signed in or out, and why."""

from collections.abc import Sequence

from sojourn.engine import Engine
from sojourn.errors import NotFound
from sojourn.events.kinds import capitalized, told
from sojourn.events.refusals import meaning_of
from sojourn.ids import SessionId
from sojourn.inspector.actors import Actors, NameAdministrator
from sojourn.inspector.browser import of_headers, read_client, reason_problem
from sojourn.inspector.cookies import expected_cookies, explained_lines
from sojourn.inspector.headlines import (
    CARRIES_NOBODY,
    HANDSHAKE,
    NOT_UNDERSTOOD,
    SESSION_UNKNOWN,
    by_weight,
    carried_lines,
    of_client,
    of_end,
    of_session,
    of_token,
    of_user,
    state_of_session,
    subject_of,
)
from sojourn.inspector.inspection import (
    ArtefactCause,
    Cookie,
    Entry,
    Fact,
    Inspection,
    Problem,
    RefusalCount,
    SessionFacts,
    State,
    Subject,
    SubjectLink,
    UserFacts,
    moment_text,
)
from sojourn.inspector.pasted import Pasted, read_pasted
from sojourn.inspector.people import user_facts, user_named
from sojourn.inspector.story import Stories, Story, in_order
from sojourn.inspector.tokens import ReadToken, TokenReader, clock_off, clock_problem
from sojourn.instances.instance import Instance
from sojourn.sessions.end_cause import EndCause
from sojourn.store.interface import EventFilter, Page, SessionFilter
from sojourn.users.user import User

_LATEST = Page(20)
_MAX_EVENTS = Page(50)


class Inspector:
    """Reads only. `instance` has the settings of now; `name_administrator` gives the e-mail address of an administrator of
    the console.
    """

    def __init__(self, engine: Engine, instance: Instance, name_administrator: NameAdministrator | None = None) -> None:
        self._engine = engine
        self._instance = instance
        self._actors = Actors(engine, name_administrator)
        self._stories = Stories(engine, instance, self._actors)
        self._tokens = TokenReader(engine, instance)

    async def refusals(self) -> list[RefusalCount]:
        """How often browsers without a session were refused within 48 hours, the most frequent reason first."""
        counts = await self._engine.refusals.latest(self._instance.id)
        listed = [
            RefusalCount(reason=reason, count=count, meaning=meaning_of(reason)) for reason, count in counts.items()
        ]
        return sorted(listed, key=lambda each: (-each.count, each.reason))

    async def inspect(self, text: str) -> Inspection:
        """Any text: unknown text gives an inspection that says so. The text is neither stored nor repeated."""
        text = text.strip()
        is_word = len(text) <= 320 and not any(character in text for character in " \t\n;=,")
        if is_word and text.startswith("sess_"):
            return await self.session(text)
        if is_word and (text.startswith("user_") or "@" in text):
            return await self.user(text)
        pasted = read_pasted(text)
        if pasted.set_cookies:
            return await self._set_cookies(pasted)
        if pasted.tokens and not pasted.headers:
            return await self._token(pasted.tokens[0])
        if pasted.handshakes and not pasted.headers:
            return await self._token(pasted.handshakes[0])
        return await self._request(pasted)

    # -- ids

    async def session(self, id: str) -> Inspection:
        """The story of one session; one that is unknown gives an inspection that says so."""
        story = await self._story(id)
        if story is None:
            return await self._gone(id)
        user = await self._user(story.session.user_id)
        return Inspection(
            subject=Subject.SESSION,
            state=state_of_session(story.facts, user),
            headline=of_session(story.facts, user),
            problems=of_end(story.facts),
            facts=story.in_force,
            cookies=self._expected() if story.facts.is_live else [],
            session=story.facts,
            user=user,
            timeline=story.timeline,
        )

    async def _gone(self, id: str) -> Inspection:
        """A session without a row: the audit log still tells of one whose user was deleted."""
        where = EventFilter(kinds=["session."], target=id)
        events = [*await self._engine.store.events.list(self._instance.id, _MAX_EVENTS, where)]
        problem, user_id = SESSION_UNKNOWN, events[0].user_id if events else None
        if user_id is not None:
            of_user = EventFilter(kinds=["user.deleted"], user_id=user_id)
            for deletion in await self._engine.store.events.list(self._instance.id, Page(1), of_user):
                who = await self._actors.name(deletion.actor, user_id)
                end = f"The user is signed out of this session since {moment_text(deletion.at)}. {capitalized(who)} deleted the user."
                problem = Problem(cause=EndCause.USER_DELETED, told=end)
                events.append(deletion)
        timeline = [
            Entry(at=event.at.millis, kind="event", title=told(event), links=[SubjectLink(kind="event", id=event.id)])
            for event in events
        ]
        return Inspection(
            subject=Subject.SESSION, state=State.SIGNED_OUT, headline=problem.told, problems=[problem], timeline=in_order(timeline)
        )  # fmt: skip

    async def user(self, named: str) -> Inspection:
        """A user by ID or e-mail address: their latest sessions and what happened to the account."""
        user = await user_named(self._engine, named)
        if user is None:
            by = "e-mail address" if "@" in named else "ID"
            unknown = Problem(
                cause=ArtefactCause.USER_UNKNOWN,
                told=f"No user with this {by} exists here: deleted, never made, or another server's.",
            )
            facts = UserFacts(id="" if "@" in named else named[:64], status="unknown", told=unknown.told)
            return Inspection(
                subject=Subject.USER, state=State.SIGNED_OUT, headline=unknown.told, problems=[unknown], user=facts
            )
        facts = await user_facts(self._engine, self._actors, user.id, user)
        rows = await self._engine.sessions.list(self._instance, SessionFilter(user_id=user.id), _LATEST)
        sessions = await self._stories.listed(rows)
        state, headline, problems = of_user(facts, sessions)
        timeline = await self._life(user, sessions)
        return Inspection(
            subject=Subject.USER, state=state, headline=headline, problems=problems, sessions=sessions, user=facts, timeline=timeline
        )  # fmt: skip

    async def _life(self, user: User, sessions: Sequence[SessionFacts]) -> list[Entry]:
        events = await self._engine.store.events.list(self._instance.id, _MAX_EVENTS, EventFilter(user_id=user.id))
        begun = {session.id: session for session in sessions}
        entries: list[Entry] = []
        for event in events:
            is_ours = event.target in begun and event.kind != "session.created" and event.kind.startswith("session.")
            title = begun[event.target].told if is_ours and event.target in begun else told(event)
            links = (
                [SubjectLink(kind="session", id=event.target)]
                if event.kind.startswith("session.") and event.target
                else [SubjectLink(kind="event", id=event.id)]
            )
            entries.append(Entry(at=event.at.millis, kind="event", title=title, links=links))
        return in_order(entries)

    # -- artefacts

    async def _token(self, text: str) -> Inspection:
        read = await self._tokens.read(text)
        return await self._of_token(read, [])

    async def _of_token(self, read: ReadToken, more: list[Problem], subject: Subject | None = None) -> Inspection:
        story = await self._story(read.session_id) if read.session_id else None
        named = story.session.user_id if story is not None else read.user_id
        user = await self._user(named) if named else None
        problems = [*more, *read.problems]
        if read.session_id and story is None and not problems:
            problems.append(SESSION_UNKNOWN)
        if read.subject is Subject.HANDSHAKE:
            return await self._handshake(read, problems)
        problems = by_weight([*problems, *(of_end(story.facts) if story else [])])
        state, headline = of_token(read, story.facts if story else None, user, problems)
        return Inspection(
            subject=subject or read.subject,
            state=state,
            headline=headline,
            problems=problems,
            facts=story.in_force if story else [],
            token=read.token,
            session=story.facts if story else None,
            user=user,
            timeline=story.timeline if story else [],
        )

    async def _handshake(self, read: ReadToken, problems: list[Problem]) -> Inspection:
        """The result of a handshake, with the session whose token it carries."""
        lines = carried_lines(read)
        carried = await self._carried(lines)
        inner = carried or Inspection(subject=Subject.HANDSHAKE, state=State.SIGNED_OUT, headline=CARRIES_NOBODY)
        headline = problems[0].told if problems else inner.headline
        return Inspection(
            subject=Subject.HANDSHAKE, state=inner.state, headline=f"{HANDSHAKE} {headline}", problems=[*problems, *inner.problems],
            facts=inner.facts, token=read.token, cookies=self._explained(lines), session=inner.session, user=inner.user, timeline=inner.timeline,
        )  # fmt: skip

    async def _set_cookies(self, pasted: Pasted) -> Inspection:
        inner = await self._carried(pasted.set_cookies)
        cookies = self._explained(pasted.set_cookies)
        reason = reason_problem(pasted.reason, pasted.clock_off) if pasted.reason else None
        odd = [f"{cookie.name}: {each.name}" for cookie in cookies for each in cookie.attributes if not each.expected]
        shown = (
            f"This server would set other attributes: {', '.join(odd)}."
            if odd
            else "Every attribute is as this server sets it."
        )
        headline = inner.headline if inner is not None else reason.told if reason is not None else shown
        base = inner or Inspection(subject=Subject.SET_COOKIE, state=State.UNCLEAR, headline=headline)
        return Inspection(
            subject=Subject.SET_COOKIE, state=base.state, headline=headline, problems=[*([reason] if reason else []), *base.problems],
            facts=[Fact(name="attributes", text=shown), *base.facts], token=base.token, cookies=cookies, session=base.session,
            user=base.user, timeline=base.timeline,
        )  # fmt: skip

    async def _carried(self, lines: Sequence[str]) -> Inspection | None:
        """The inspection of the session token or client cookie in Set-Cookie lines; None without either."""
        pairs = [line.partition(";")[0].partition("=") for line in lines]
        pasted = read_pasted("Cookie: " + "; ".join(f"{name}={value}" for name, _, value in pairs if value))
        if not pasted.clients and not pasted.session_tokens:
            return None
        return await self._request(pasted)

    async def _request(self, pasted: Pasted) -> Inspection:
        """A cookie, the head of a request or response, a reason, or text of no known kind."""
        reason = reason_problem(pasted.reason, pasted.clock_off) if pasted.reason else None
        problems = [*([reason] if reason else []), *of_headers(self._engine, pasted)]
        if pasted.clock_off is not None and reason is None:
            problems.insert(0, clock_off(pasted.clock_off))
        subject = subject_of(pasted)
        if pasted.session_tokens:
            read = await self._tokens.read(pasted.session_tokens[0])
            if pasted.date is not None and (off := clock_problem(read, pasted.date)) is not None:
                problems.insert(0, off)
            return await self._of_token(read, problems, subject)
        secrets = [*pasted.client_secrets, *(value for _, value in pasted.clients)]
        if secrets:
            return await self._of_client(secrets, problems, subject)
        if not problems:
            return Inspection(
                subject=Subject.UNKNOWN, state=State.SIGNED_OUT, headline=NOT_UNDERSTOOD.told, problems=[NOT_UNDERSTOOD]
            )
        problem = problems[0]
        state = State.SIGNED_OUT if subject is Subject.COOKIES else State.UNCLEAR
        refusals = await self.refusals()
        return Inspection(subject=subject, state=state, headline=problem.told, problems=problems, refusals=refusals)

    async def _of_client(self, secrets: Sequence[str], problems: list[Problem], subject: Subject) -> Inspection:
        read = await read_client(self._engine, secrets)
        sessions = await self._stories.listed(read.sessions)
        state, headline, told_problems = of_client(sessions, by_weight([*problems, *read.problems]))
        facts = (
            [Fact(name="client", text=read.client.id, link=SubjectLink(kind="client", id=read.client.id))]
            if read.client
            else []
        )
        return Inspection(
            subject=subject, state=state, headline=headline, problems=told_problems,
            facts=facts, cookies=self._expected(), sessions=sessions,
        )  # fmt: skip

    # -- parts

    async def _story(self, id: str) -> Story | None:
        try:
            session = await self._engine.sessions.get(self._instance, SessionId(id))
        except NotFound:
            return None
        return await self._stories.of(session)

    async def _user(self, id: str) -> UserFacts:
        return await user_facts(self._engine, self._actors, id[:64], await user_named(self._engine, id))

    def _expected(self) -> list[Cookie]:
        config = self._engine.config
        return expected_cookies(self._instance, is_secure=config.is_secure, domain=config.cookie_domain)

    def _explained(self, lines: Sequence[str]) -> list[Cookie]:
        config = self._engine.config
        return explained_lines(lines, self._instance, is_secure=config.is_secure, domain=config.cookie_domain)
