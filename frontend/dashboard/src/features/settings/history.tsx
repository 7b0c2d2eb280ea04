import { Anchor, Button, Card, Group, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import ArrowLeft from "lucide-react/icons/arrow-left";
import { useState } from "react";
import { useMay } from "~/api/me";
import { Equal } from "~/parts/equal";
import { Moment } from "~/parts/moment";
import { Page } from "~/parts/page";
import { Empty, Trouble, Waiting } from "~/parts/states";
import { en } from "~/texts/en";
import { Differences } from "./differences";
import { historyQuery, type SettingsChange, settingsQuery } from "./queries";
import { UndoDialog } from "./undo_dialog";

const words = en.settings;

export function SettingsHistory() {
  const found = useInfiniteQuery(historyQuery);
  const [undoing, setUndoing] = useState<SettingsChange | null>(null);
  const changes = found.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <Page
      title={words.historyTitle}
      intro={words.historyIntro}
      above={
        <Anchor size="sm" renderRoot={(props) => <Link to="/settings" {...props} />}>
          <Group gap={4} component="span" display="inline-flex">
            <ArrowLeft size={14} aria-hidden /> {words.back}
          </Group>
        </Anchor>
      }
    >
      <Stack gap="md">
        {found.isPending && <Waiting />}
        {found.error && <Trouble error={found.error} retry={() => void found.refetch()} />}
        {found.data && changes.length === 0 && <Empty title={words.noHistory}>{words.noHistoryHint}</Empty>}
        {changes.map((change) => (
          <Change key={change.id} change={change} undo={() => setUndoing(change)} />
        ))}
        {found.hasNextPage && (
          <Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            {words.more}
          </Button>
        )}
        <Equal method="GET" path="/v1/admin/settings/history" command="sojourn settings history" />
      </Stack>
      <UndoDialog change={undoing} onClose={() => setUndoing(null)} />
    </Page>
  );
}

function Change({ change, undo }: { change: SettingsChange; undo: () => void }) {
  const settings = useQuery(settingsQuery).data?.settings;
  const mayWrite = useMay("settings.write");
  return (
    <Card withBorder padding="md" component="article" aria-label={change.id}>
      <Group justify="space-between" align="flex-start" mb="xs">
        <div>
          <Text size="sm" fw={600}>
            {change.reason || words.noReason}
          </Text>
          <Text size="xs" c="dimmed">
            {whoText(change)} · <Moment at={change.created_at} exact />
            {change.undoes && ` · ${words.undoes} ${change.undoes}`}
          </Text>
        </div>
        {mayWrite && (
          <Button variant="default" size="compact-sm" onClick={undo}>
            {words.undo}
          </Button>
        )}
      </Group>
      <Differences label={change.reason || change.id} differences={change.changes} settings={settings} />
    </Card>
  );
}

function whoText({ actor, actor_name }: SettingsChange): string {
  return actor_name ?? words.actors[actor] ?? actor;
}
