import { Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Moment } from "~/parts/moment";
import { Empty, Trouble } from "~/parts/states";
import { en } from "~/texts/en";
import { type Invitation, withdraw } from "./queries";

const words = en.administrators;

export function Invitations({ invitations, mayWrite }: { invitations: Invitation[]; mayWrite: boolean }) {
  const queries = useQueryClient();
  const withdrawing = useMutation({
    mutationFn: withdraw,
    onSuccess: (list) => {
      queries.setQueryData(["administrators"], list);
      notifications.show({ message: words.withdrawn, color: "pine" });
    },
  });
  return (
    <Card withBorder padding="md" component="section" aria-label={words.invitations}>
      <Title order={2} mb="xs">
        {words.invitations}
      </Title>
      {withdrawing.error && <Trouble error={withdrawing.error} />}
      {invitations.length === 0 && <Empty title={words.noInvitations}>{words.noInvitationsHint}</Empty>}
      <Stack gap="xs">
        {invitations.map((invitation) => (
          <Group key={invitation.id} justify="space-between" wrap="nowrap">
            <div>
              <Text size="sm">{invitation.email_address ?? words.anybody}</Text>
              <Text size="xs" c="dimmed">
                {en.me.roles[invitation.role] ?? invitation.role} · {words.expires} <Moment at={invitation.expire_at} />
              </Text>
            </div>
            {mayWrite && (
              <Button
                variant="default"
                size="compact-sm"
                loading={withdrawing.isPending && withdrawing.variables === invitation.id}
                onClick={() => withdrawing.mutate(invitation.id)}
              >
                {words.withdraw}
              </Button>
            )}
          </Group>
        ))}
      </Stack>
    </Card>
  );
}
