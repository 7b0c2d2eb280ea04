import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Failure } from "~/api/failure";
import { Trouble } from "~/parts/states";
import { en } from "~/texts/en";
import { Differences } from "./differences";
import { type SettingsChange, settingsQuery, undo } from "./queries";

const words = en.settings;

export function UndoDialog({ change, onClose }: { change: SettingsChange | null; onClose: () => void }) {
  const queries = useQueryClient();
  const settings = useQuery(settingsQuery).data?.settings;
  const undoing = useMutation({
    mutationFn: (force: boolean) => undo(change?.id ?? "", force),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["settings"] });
      notifications.show({ message: words.undone, color: "pine" });
      close();
    },
  });
  function close() {
    undoing.reset();
    onClose();
  }
  const back = change?.changes.map(({ path, before, after }) => ({ path, before: after, after: before })) ?? [];
  const isOverwriting =
    undoing.error instanceof Failure && undoing.error.status === 409 && "param" in namedBy(undoing.error);
  return (
    <Modal opened={change !== null} onClose={close} title={words.undoTitle} size="lg">
      <Stack gap="md">
        <Text size="sm">{words.undoWhat}</Text>
        <Differences label={words.undoTitle} differences={back} settings={settings} />
        {undoing.error && <Trouble error={undoing.error} />}
        {isOverwriting && <Text size="sm">{words.forceHint}</Text>}
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            {words.cancel}
          </Button>
          <Button
            color={isOverwriting ? "red" : undefined}
            loading={undoing.isPending}
            onClick={() => undoing.mutate(isOverwriting)}
          >
            {isOverwriting ? words.force : words.undo}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** A conflict with a later change names the setting; one without says that there is nothing to undo. */
function namedBy({ meta }: Failure): { param?: unknown } {
  return typeof meta.param_name === "string" ? { param: meta.param_name } : {};
}
