import { Button, Group, Loader, Modal, Progress, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { numberText } from "~/parts/format";
import { Moment } from "~/parts/moment";
import { Trouble } from "~/parts/states";
import { en } from "~/texts/en";
import type { SessionSearch } from "./filters";
import { batchState, previewBatch, type SessionBatch, startBatch } from "./queries";

interface BatchDialogProps {
  opened: boolean;
  onClose: () => void;
  search: SessionSearch;
  /** No filter: the count has to be typed. */
  everybody: boolean;
}

const words = en.sessions.end;

export function BatchDialog(props: BatchDialogProps) {
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.everybody ? words.everybody : words.title}
      size="md"
    >
      {props.opened && <Batch {...props} />}
    </Modal>
  );
}

/** First the exact count, then the confirmation, then the progress. */
function Batch({ search, everybody, onClose }: BatchDialogProps) {
  const preview = useQuery({
    queryKey: ["sessions", "preview", search],
    queryFn: () => previewBatch(search),
    gcTime: 0,
  });
  const start = useMutation({ mutationFn: () => startBatch(search) });
  if (start.data?.id) return <Running first={start.data} onClose={onClose} />;
  if (preview.error) return <Trouble error={preview.error} retry={() => void preview.refetch()} />;
  if (!preview.data) {
    return (
      <Group gap="sm" role="status" mih={120}>
        <Loader size="sm" />
        <Text size="sm">{words.counting}</Text>
      </Group>
    );
  }
  return (
    <Confirm
      preview={preview.data}
      everybody={everybody}
      waiting={start.isPending}
      error={start.error}
      confirm={() => start.mutate()}
      onClose={onClose}
    />
  );
}

interface ConfirmProps {
  preview: SessionBatch;
  everybody: boolean;
  waiting: boolean;
  error: Error | null;
  confirm: () => void;
  onClose: () => void;
}

function Confirm({ preview, everybody, waiting, error, confirm, onClose }: ConfirmProps) {
  const [typed, setTyped] = useState("");
  const count = preview.total;
  if (count === 0) return <Text size="sm">{words.nothing}</Text>;
  const isTyped = !everybody || typed.replace(/\D/g, "") === String(count);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isTyped) confirm();
      }}
    >
      <Stack gap="md">
        <Text size="sm">{words.will(sessionsText(count))}</Text>
        <LastToken at={preview.last_token_dies_at} words={words.tokens} />
        {everybody && (
          <TextInput
            label={words.typeCount(numberText(count))}
            value={typed}
            inputMode="numeric"
            autoComplete="off"
            data-autofocus
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        {error && <Trouble error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {words.cancel}
          </Button>
          <Button type="submit" color="red" disabled={!isTyped} loading={waiting}>
            {words.confirm(sessionsText(count))}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Running({ first, onClose }: { first: SessionBatch; onClose: () => void }) {
  const queries = useQueryClient();
  const state = useQuery({
    queryKey: ["sessions", "batch", first.id],
    queryFn: () => batchState(first.id ?? ""),
    initialData: first,
    refetchInterval: (query) => (query.state.data?.status === "running" ? 400 : false),
  });
  const batch = state.data;
  const isOver = batch.status !== "running";
  useEffect(() => {
    if (isOver) void queries.invalidateQueries({ queryKey: ["sessions", "list"] });
    if (isOver) void queries.invalidateQueries({ queryKey: ["sessions", "count"] });
  }, [isOver, queries]);
  const share = batch.total > 0 ? (100 * batch.done) / batch.total : 100;
  return (
    <Stack gap="md" mih={120}>
      <Progress value={isOver ? 100 : share} aria-label={words.title} />
      <Text size="sm" role="status">
        {isOver ? words.done(sessionsText(batch.done)) : words.running(numberText(batch.done), numberText(batch.total))}
      </Text>
      {state.error && <Trouble error={state.error} retry={() => void state.refetch()} />}
      <LastToken at={batch.last_token_dies_at} words={words.tokensOver} />
      <Group justify="space-between">
        <Text size="xs" c="dimmed">
          {isOver ? "" : words.started}
        </Text>
        <Button variant="default" onClick={onClose}>
          {words.close}
        </Button>
      </Group>
    </Stack>
  );
}

export function LastToken({ at, words: sentence }: { at: number; words: string }) {
  return (
    <Text size="sm" c="dimmed">
      {sentence} <Moment at={at} exact />.
    </Text>
  );
}

function sessionsText(count: number): string {
  return count === 1 ? en.sessions.countOne : en.sessions.count(numberText(count), true);
}
