import { Card, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import type { components } from "~/api/schema";
import { Facts } from "~/parts/facts";
import { numberText } from "~/parts/format";
import { Moment } from "~/parts/moment";
import { StateMark, type Tone } from "~/parts/state_mark";
import { en } from "~/texts/en";
import { Cookies } from "./cookies";
import { Linked } from "./linked";
import classes from "./story.module.css";
import { Timeline } from "./timeline";
import { TokenClaims } from "./token_claims";

export type Inspection = components["schemas"]["Inspection"];
type SessionFacts = components["schemas"]["SessionFacts"];

const words = en.inspector;
const TONES: Record<Inspection["state"], Tone> = { signed_in: "good", signed_out: "bad", unclear: "warn" };

interface StoryProps {
  inspection: Inspection;
  /** The page is that of the session or user, so nobody has to be told what was found. */
  isOwnPage?: boolean;
  /** Shown below the headline instead of what the story knows of the session. */
  facts?: ReactNode;
}

/** The answer of the inspector: first the sentence, then its reasons, then everything that is known. */
export function Story({ inspection, isOwnPage, facts }: StoryProps) {
  const { session, user, token } = inspection;
  return (
    <Stack gap="md">
      <Card withBorder padding="md">
        <StateMark tone={TONES[inspection.state]}>{words.states[inspection.state]}</StateMark>
        <Text fw={600} size="lg" mt={4} className={classes.headline}>
          {inspection.headline}
        </Text>
        {!isOwnPage && (
          <Text size="sm" c="dimmed">
            {words.subject(words.subjects[inspection.subject] ?? inspection.subject)}
          </Text>
        )}
      </Card>
      {inspection.problems.map((problem) => (
        <div key={problem.cause} className={classes.problem}>
          <Text size="sm" fw={600}>
            {problem.told}
          </Text>
          {problem.advice && <Text size="sm">{problem.advice}</Text>}
        </div>
      ))}
      {facts}
      {inspection.timeline.length > 0 && (
        <Section title={words.timeline}>
          <Timeline entries={inspection.timeline} />
        </Section>
      )}
      {session && !facts && (
        <Section title={words.session}>
          <OneSession session={session} />
        </Section>
      )}
      {user && (
        <Section title={words.user}>
          <Facts
            facts={[
              [en.administrators.address, user.email_address],
              [words.userState, `${words.status[user.status] ?? user.status}. ${user.told}`],
              [words.userId, user.id && <Linked link={{ kind: "user", id: user.id }} />],
            ]}
          />
        </Section>
      )}
      {inspection.sessions.length > 0 && (
        <Section title={words.sessions}>
          <Stack gap="sm">
            {inspection.sessions.map((each) => (
              <OneSession key={each.id} session={each} />
            ))}
          </Stack>
        </Section>
      )}
      {inspection.facts.length > 0 && (
        <Section title={words.facts}>
          <Facts
            facts={inspection.facts.map((fact) => [
              fact.name,
              <span key={fact.name}>
                {fact.at === null ? fact.text : <Moment at={fact.at} exact />}{" "}
                {fact.link && <Linked link={fact.link} />}
                {fact.why && (
                  <Text span size="sm" c="dimmed" display="block">
                    {fact.why}
                  </Text>
                )}
              </span>,
            ])}
          />
        </Section>
      )}
      {token && (
        <Section title={words.token}>
          <TokenClaims token={token} />
        </Section>
      )}
      {inspection.cookies.length > 0 && (
        <Section title={words.cookies}>
          <Cookies cookies={inspection.cookies} />
        </Section>
      )}
      {inspection.refusals.length > 0 && (
        <Section title={words.refusals}>
          <Facts
            facts={inspection.refusals.map((each) => [
              each.reason,
              `${words.refusalCount(numberText(each.count))}. ${each.meaning}`,
            ])}
          />
        </Section>
      )}
    </Stack>
  );
}

function OneSession({ session }: { session: SessionFacts }) {
  return (
    <div>
      <StateMark tone={session.is_live ? "good" : "idle"}>
        {en.sessions.status[session.status] ?? session.status}
      </StateMark>
      <Text size="sm" my={4}>
        {session.told}
      </Text>
      <Facts
        facts={[
          [en.sessions.session.id, <Linked key="id" link={{ kind: "session", id: session.id }} />],
          [en.sessions.session.started, <Moment key="started" at={session.created_at} />],
          [en.sessions.session.lastActive, <Moment key="active" at={session.last_active_at} />],
          session.ended_at === null
            ? [en.sessions.session.endsAt, <Moment key="ends" at={session.ends_at} />]
            : [en.sessions.session.endedAt, <Moment key="ended" at={session.ended_at} exact />],
          [
            en.sessions.session.device,
            [session.browser, session.device].filter(Boolean).join(" · ") || en.sessions.unknownDevice,
          ],
          [en.sessions.session.address, session.ip_address],
        ]}
      />
    </div>
  );
}

export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card withBorder padding="md" component="section" aria-label={title}>
      <Title order={2} mb="sm">
        {title}
      </Title>
      {children}
    </Card>
  );
}
