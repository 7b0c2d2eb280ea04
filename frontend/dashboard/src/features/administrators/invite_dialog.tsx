import { Button, CopyButton, Group, Modal, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Moment } from "~/parts/moment";
import { Trouble } from "~/parts/states";
import { en } from "~/texts/en";
import { invite, ROLES, type Role } from "./queries";

const words = en.administrators;

export function InviteDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={words.inviteTitle}>
      {opened && <Invite onClose={onClose} />}
    </Modal>
  );
}

function Invite({ onClose }: { onClose: () => void }) {
  const [address, setAddress] = useState("");
  const [role, setRole] = useState<Role>("support");
  const queries = useQueryClient();
  const inviting = useMutation({
    mutationFn: () => invite(role, address),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["administrators"] }),
  });
  if (inviting.data)
    return <MadeLink url={inviting.data.url} until={inviting.data.invitation.expire_at} onClose={onClose} />;
  function submit(event: FormEvent) {
    event.preventDefault();
    inviting.mutate();
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          type="email"
          label={words.inviteAddress}
          description={words.inviteAddressHint}
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
          maxLength={254}
          autoComplete="off"
          data-autofocus
        />
        <Radio.Group label={words.role} value={role} onChange={(value) => setRole(value as Role)}>
          <Stack gap={8} mt={6}>
            {ROLES.map((each) => (
              <Radio key={each} value={each} label={en.me.roles[each] ?? each} description={words.roles[each]} />
            ))}
          </Stack>
        </Radio.Group>
        {inviting.error && <Trouble error={inviting.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {words.cancel}
          </Button>
          <Button type="submit" loading={inviting.isPending}>
            {words.make}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function MadeLink({ url, until, onClose }: { url: string; until: number; onClose: () => void }) {
  return (
    <Stack gap="md">
      <Text size="sm">{words.link}</Text>
      <TextInput value={url} readOnly aria-label={words.link} onFocus={(event) => event.currentTarget.select()} />
      <Text size="xs" c="dimmed">
        {words.until} <Moment at={until} />.
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {words.close}
        </Button>
        <CopyButton value={url}>
          {({ copied, copy }) => <Button onClick={copy}>{copied ? words.copied : words.copy}</Button>}
        </CopyButton>
      </Group>
    </Stack>
  );
}
