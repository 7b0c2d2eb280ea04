import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Trouble } from "~/parts/states";
import { en } from "~/texts/en";
import { type Administrator, nameOf, remove } from "./queries";

const words = en.administrators;

export function RemoveDialog({ administrator, onClose }: { administrator: Administrator | null; onClose: () => void }) {
  const queries = useQueryClient();
  const name = administrator ? nameOf(administrator) : "";
  const removing = useMutation({
    mutationFn: remove,
    onSuccess: (list) => {
      queries.setQueryData(["administrators"], list);
      notifications.show({ message: words.removed(name), color: "pine" });
      close();
    },
  });
  function close() {
    removing.reset();
    onClose();
  }
  return (
    <Modal opened={administrator !== null} onClose={close} title={words.removeTitle(name)}>
      <Stack gap="md">
        <Text size="sm">{words.removeWhat}</Text>
        {removing.error && <Trouble error={removing.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            {words.cancel}
          </Button>
          <Button
            color="red"
            loading={removing.isPending}
            onClick={() => administrator && removing.mutate(administrator.id)}
          >
            {words.remove}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
