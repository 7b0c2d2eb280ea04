import { Button, Group, Loader, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Failure } from "~/api/failure";
import { numberText } from "~/parts/format";
import { Trouble } from "~/parts/states";
import { en } from "~/texts/en";
import { Differences } from "./differences";
import { type Changes, preview, type Settings, save } from "./queries";
import classes from "./save_bar.module.css";

const words = en.settings;

interface SaveBarProps {
  changes: Changes;
  settings: Settings;
  discard: () => void;
}

export function SaveBar({ changes, settings, discard }: SaveBarProps) {
  const [opened, { open, close }] = useDisclosure(false);
  const count = Object.keys(changes).length;
  return (
    <section className={classes.bar} aria-label={words.review}>
      <Text size="sm" fw={500} role="status">
        {count === 1 ? words.barOne : words.bar(numberText(count))}
      </Text>
      <Group gap="xs">
        <Button variant="default" onClick={discard}>
          {words.discard}
        </Button>
        <Button onClick={open}>{words.review}</Button>
      </Group>
      <Modal opened={opened} onClose={close} title={words.reviewTitle} size="lg">
        {opened && <Review changes={changes} settings={settings} onClose={close} discard={discard} />}
      </Modal>
    </section>
  );
}

/** The difference as the server sees it, a reason, and what became of it; a conflict keeps the edits. */
function Review({ changes, settings, discard, onClose }: SaveBarProps & { onClose: () => void }) {
  const [reason, setReason] = useState("");
  const queries = useQueryClient();
  const planned = useQuery({
    queryKey: ["settings", "preview", changes, settings.version],
    queryFn: () => preview(changes),
    gcTime: 0,
  });
  const saving = useMutation({
    mutationFn: () => save(changes, reason, settings.version),
    onSuccess: async (answer) => {
      await queries.invalidateQueries({ queryKey: ["settings"] });
      void queries.invalidateQueries({ queryKey: ["me"] });
      notifications.show({ message: words.saved(answer.changes.length), color: "pine" });
      onClose();
      discard();
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    saving.mutate();
  }
  if (planned.error) return <Trouble error={planned.error} />;
  if (!planned.data) return <Loader size="sm" aria-label={en.states.loading} />;
  if (planned.data.changes.length === 0) return <Text size="sm">{words.nothing}</Text>;
  const isConflict = saving.error instanceof Failure && saving.error.status === 409;
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Differences label={words.reviewTitle} differences={planned.data.changes} settings={settings.settings} />
        {planned.data.warnings.map((warning) => (
          <Text key={warning} size="sm" className={classes.warning}>
            {warning}
          </Text>
        ))}
        <TextInput
          label={words.reason}
          description={words.reasonHint}
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-autofocus
        />
        {saving.error && !isConflict && <Trouble error={saving.error} />}
        {isConflict && (
          <div className={classes.warning} role="alert">
            <Text size="sm" fw={600}>
              {words.conflict}
            </Text>
            <Text size="sm">{saving.error?.message}</Text>
            <Text size="sm" mb="xs">
              {words.conflictHint}
            </Text>
            <Button
              variant="default"
              size="compact-sm"
              onClick={() => {
                saving.reset();
                void queries.invalidateQueries({ queryKey: ["settings", "all"] });
              }}
            >
              {words.load}
            </Button>
          </div>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {words.cancel}
          </Button>
          <Button type="submit" loading={saving.isPending} disabled={isConflict}>
            {words.save(planned.data.changes.length)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
