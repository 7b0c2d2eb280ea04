import { Anchor, Button, Card, Group, Stack } from "@mantine/core";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import ArrowLeft from "lucide-react/icons/arrow-left";
import { useState } from "react";
import { useMay } from "~/api/me";
import { Story } from "~/features/inspector/story";
import { CopyId } from "~/parts/copy_id";
import { Equal } from "~/parts/equal";
import { Facts } from "~/parts/facts";
import { Moment } from "~/parts/moment";
import { Page } from "~/parts/page";
import { StateMark } from "~/parts/state_mark";
import { Trouble, Waiting } from "~/parts/states";
import { en } from "~/texts/en";
import { EndDialog } from "./end_dialog";
import { type ShownSession, sessionQuery, storyQuery } from "./queries";
import { deviceText, howText, personText, placeText, stateText, toneOf } from "./words";

const words = en.sessions.session;

/** One session: its state and facts, and its story. */
export function Session() {
  const { id } = useParams({ from: "/sessions/$id" });
  const { data: session } = useSuspenseQuery(sessionQuery(id));
  const story = useQuery(storyQuery(id));
  const [ending, setEnding] = useState<"one" | "user" | null>(null);
  const mayEnd = useMay("sessions.end");
  const facts = <SessionFacts session={session} />;
  return (
    <Page
      title={words.of(personText(session))}
      above={
        <Anchor size="sm" renderRoot={(props) => <Link to="/sessions" {...props} />}>
          <Group gap={4} component="span" display="inline-flex">
            <ArrowLeft size={14} aria-hidden /> {words.back}
          </Group>
        </Anchor>
      }
      intro={<StateMark tone={toneOf(session)}>{`${stateText(session)} · ${deviceText(session)}`}</StateMark>}
      actions={
        mayEnd && (
          <>
            {session.user && (
              <Button variant="default" onClick={() => setEnding("user")}>
                {en.sessions.end.user}
              </Button>
            )}
            {session.is_live && (
              <Button color="red" variant="light" onClick={() => setEnding("one")}>
                {en.sessions.end.one}
              </Button>
            )}
          </>
        )
      }
    >
      <Stack gap="md">
        {story.data && <Story inspection={story.data} isOwnPage facts={facts} />}
        {story.isPending && <Waiting />}
        {story.error && (
          <>
            <Trouble error={story.error} retry={() => void story.refetch()} />
            {facts}
          </>
        )}
        <Equal method="GET" path={`/v1/admin/sessions/${id}/story`} command={`sojourn inspect ${id}`} />
      </Stack>
      <EndDialog session={session} what={ending} onClose={() => setEnding(null)} />
    </Page>
  );
}

function SessionFacts({ session }: { session: ShownSession }) {
  const others = (
    <Anchor size="sm" renderRoot={(props) => <Link to="/sessions" search={{ user_id: session.user_id }} {...props} />}>
      {words.others}
    </Anchor>
  );
  const end: [string, React.ReactNode] = session.is_live
    ? [words.endsAt, session.ends_at && <Moment at={session.ends_at} exact />]
    : [words.endedAt, session.ended_at && <Moment at={session.ended_at} exact />];
  return (
    <Card withBorder padding="md">
      <Facts
        facts={[
          [words.user, others],
          [words.started, <Moment key="started" at={session.created_at} exact />],
          [words.lastActive, <Moment key="active" at={session.last_active_at} exact />],
          end,
          [words.setting, session.end_rule && <code>{session.end_rule}</code>],
          [words.batch, session.batch_id && <CopyId id={session.batch_id} />],
          [words.how, howText(session)],
          [words.place, placeText(session)],
          [words.address, session.ip_address],
          [words.id, <CopyId key="id" id={session.id} />],
        ]}
      />
    </Card>
  );
}
