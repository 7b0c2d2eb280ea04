import { ActionIcon, Menu, Text } from "@mantine/core";
import CircleUser from "lucide-react/icons/circle-user";
import LogOut from "lucide-react/icons/log-out";
import { BASE_PATH, signInAddress } from "~/address";
import { caller } from "~/api/api";
import type { Me } from "~/api/me";
import { en } from "~/texts/en";

export function AccountMenu({ me }: { me: Me }) {
  const name = [me.first_name, me.last_name].filter(Boolean).join(" ");
  return (
    <Menu position="bottom-end" width={240} transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={en.me.menu}>
          <CircleUser size={20} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} c="bright" truncate>
            {name || me.email_address || me.role}
          </Text>
          {name && me.email_address && (
            <Text size="xs" c="dimmed" truncate>
              {me.email_address}
            </Text>
          )}
          <Text size="xs" c="dimmed">
            {en.me.roles[me.role] ?? me.role}
          </Text>
        </Menu.Label>
        <Menu.Divider />
        <Menu.Item leftSection={<LogOut size={16} aria-hidden />} onClick={() => void signOut()}>
          {en.me.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

export async function signOut(): Promise<void> {
  await caller.token.signOut();
  window.location.assign(signInAddress(window.location.origin + BASE_PATH));
}
