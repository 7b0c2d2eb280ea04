import { Button, Card, Select, Stack, Table, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import UserPlus from "lucide-react/icons/user-plus";
import { useState } from "react";
import { useMay, useMe } from "~/api/me";
import { Equal } from "~/parts/equal";
import { Moment } from "~/parts/moment";
import { Page } from "~/parts/page";
import { Scrolling } from "~/parts/scrolling";
import { Trouble } from "~/parts/states";
import { en } from "~/texts/en";
import { Invitations } from "./invitations";
import { InviteDialog } from "./invite_dialog";
import { type Administrator, administratorsQuery, changeRole, nameOf, ROLES, type Role } from "./queries";
import { RemoveDialog } from "./remove_dialog";

const words = en.administrators;

export function Administrators() {
  const { data } = useSuspenseQuery(administratorsQuery);
  const [inviting, setInviting] = useState(false);
  const [removing, setRemoving] = useState<Administrator | null>(null);
  const mayWrite = useMay("administrators.write");
  return (
    <Page
      title={en.pages.administrators}
      intro={words.intro}
      actions={
        mayWrite && (
          <Button leftSection={<UserPlus size={16} aria-hidden />} onClick={() => setInviting(true)}>
            {words.invite}
          </Button>
        )
      }
    >
      <Stack gap="md">
        <Card withBorder padding={0}>
          <Scrolling label={en.pages.administrators}>
            <Table verticalSpacing="xs" horizontalSpacing="md" miw={640}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{words.name}</Table.Th>
                  <Table.Th w={170}>{words.role}</Table.Th>
                  <Table.Th w={130}>{words.lastSignIn}</Table.Th>
                  <Table.Th w={130}>{words.added}</Table.Th>
                  {mayWrite && <Table.Th w={110} aria-label={words.remove} />}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {data.data.map((each) => (
                  <Row key={each.id} administrator={each} mayWrite={mayWrite} remove={() => setRemoving(each)} />
                ))}
              </Table.Tbody>
            </Table>
          </Scrolling>
        </Card>
        <Invitations invitations={data.invitations} mayWrite={mayWrite} />
        <Equal method="GET" path="/v1/admin/administrators" command="sojourn console list" />
      </Stack>
      <InviteDialog opened={inviting} onClose={() => setInviting(false)} />
      <RemoveDialog administrator={removing} onClose={() => setRemoving(null)} />
    </Page>
  );
}

interface RowProps {
  administrator: Administrator;
  mayWrite: boolean;
  remove: () => void;
}

function Row({ administrator, mayWrite, remove }: RowProps) {
  const me = useMe();
  const name = nameOf(administrator);
  const isMe = administrator.id === me.id;
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" fw={500}>
          {name}
          {isMe && (
            <Text span size="sm" c="dimmed">
              {` (${words.you})`}
            </Text>
          )}
        </Text>
        {administrator.email_address && administrator.email_address !== name && (
          <Text size="xs" c="dimmed">
            {administrator.email_address}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {mayWrite ? (
          <RoleSelect administrator={administrator} />
        ) : (
          (en.me.roles[administrator.role] ?? administrator.role)
        )}
      </Table.Td>
      <Table.Td>
        {administrator.last_sign_in_at === null ? words.never : <Moment at={administrator.last_sign_in_at} />}
      </Table.Td>
      <Table.Td>
        <Moment at={administrator.created_at} />
      </Table.Td>
      {mayWrite && (
        <Table.Td ta="right">
          <Button
            variant="subtle"
            color="red"
            size="compact-sm"
            onClick={remove}
            aria-label={`${words.remove} ${name}`}
          >
            {words.remove}
          </Button>
        </Table.Td>
      )}
    </Table.Tr>
  );
}

function RoleSelect({ administrator }: { administrator: Administrator }) {
  const queries = useQueryClient();
  const name = nameOf(administrator);
  const change = useMutation({
    mutationFn: (role: Role) => changeRole(administrator.id, role),
    onSuccess: (changed) => {
      notifications.show({ message: words.changed(name, en.me.roles[changed.role] ?? changed.role), color: "pine" });
      void queries.invalidateQueries({ queryKey: ["me"] });
    },
    // The list says what is in force, whatever became of the change.
    onSettled: () => void queries.invalidateQueries({ queryKey: ["administrators"] }),
  });
  return (
    <>
      <Select
        aria-label={words.roleOf(name)}
        size="xs"
        allowDeselect={false}
        value={change.isPending ? change.variables : administrator.role}
        disabled={change.isPending}
        data={ROLES.map((role) => ({ value: role, label: en.me.roles[role] ?? role }))}
        onChange={(role) => role && role !== administrator.role && change.mutate(role as Role)}
      />
      {change.error && <Trouble error={change.error} />}
    </>
  );
}
