import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { numberText, preciseText } from "~/parts/format";
import { Trouble } from "~/parts/states";
import { en } from "~/texts/en";
import { endOfUser, endOne, type ShownSession } from "./queries";

interface EndDialogProps {
  session: Pick<ShownSession, "id" | "user_id">;
  /** The one session, or all of its user. */
  what: "one" | "user" | null;
  onClose: () => void;
}

const words = en.sessions.end;

export function EndDialog({ session, what, onClose }: EndDialogProps) {
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: async () => {
      if (what === "user") return endOfUser(session.user_id);
      await endOne(session.id);
      return { ended: 1, last_token_dies_at: null };
    },
    onSuccess: ({ ended, last_token_dies_at }) => {
      const count = ended === 1 ? en.sessions.countOne : en.sessions.count(numberText(ended), true);
      const until = last_token_dies_at === null ? "" : `${words.tokensOver} ${preciseText(last_token_dies_at)}.`;
      notifications.show({ title: words.done(count), message: until, color: "pine" });
      void queries.invalidateQueries({ queryKey: ["sessions"] });
      close();
    },
  });
  function close() {
    end.reset();
    onClose();
  }
  const ofUser = what === "user";
  return (
    <Modal opened={what !== null} onClose={close} title={ofUser ? words.titleUser : words.titleOne}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          end.mutate();
        }}
      >
        <Stack gap="md">
          <Text size="sm">{ofUser ? words.whoUser : words.whoOne}</Text>
          {end.error && <Trouble error={end.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {words.cancel}
            </Button>
            <Button type="submit" color="red" loading={end.isPending}>
              {ofUser ? words.confirmUser : words.confirmOne}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
