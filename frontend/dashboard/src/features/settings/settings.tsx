import { Button, Card, Checkbox, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, useBlocker } from "@tanstack/react-router";
import HistoryIcon from "lucide-react/icons/history";
import Search from "lucide-react/icons/search";
import { useState } from "react";
import { useMay } from "~/api/me";
import { Equal } from "~/parts/equal";
import { Page } from "~/parts/page";
import { Empty } from "~/parts/states";
import { en } from "~/texts/en";
import { edited, matches, remaining } from "./edits";
import { type Changes, type Setting, settingsQuery } from "./queries";
import { SaveBar } from "./save_bar";
import { SettingRow } from "./setting_row";
import classes from "./settings.module.css";

const words = en.settings;

export function Settings() {
  const { data } = useSuspenseQuery(settingsQuery);
  const [edits, setEdits] = useState<Changes>({});
  const [text, setText] = useState("");
  const [onlyChanged, setOnlyChanged] = useState(false);
  const mayWrite = useMay("settings.write");
  const pending = remaining(edits, data.settings);
  const count = Object.keys(pending).length;
  useBlocker({
    shouldBlockFn: () => !window.confirm(words.leave),
    disabled: count === 0,
    enableBeforeUnload: count > 0,
  });
  const shown = data.settings.filter(
    (setting) => matches(setting, text) && (!onlyChanged || !setting.is_default || setting.path in pending),
  );
  const groups = data.groups.filter((group) => shown.some((setting) => setting.group === group.name));
  return (
    <Page
      title={en.pages.settings}
      intro={mayWrite ? words.intro : `${words.intro} ${words.readOnly}`}
      actions={
        <Button
          variant="default"
          leftSection={<HistoryIcon size={16} aria-hidden />}
          renderRoot={(props) => <Link to="/settings/history" {...props} />}
        >
          {words.history}
        </Button>
      }
    >
      <Stack gap="md">
        <Group gap="md">
          <TextInput
            aria-label={words.search}
            placeholder={words.searchPlaceholder}
            leftSection={<Search size={16} aria-hidden />}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            flex="1 1 16rem"
          />
          <Checkbox
            label={words.onlyChanged}
            checked={onlyChanged}
            onChange={(event) => setOnlyChanged(event.currentTarget.checked)}
          />
        </Group>
        <div className={classes.columns}>
          <nav aria-label={words.groups} className={classes.groups}>
            {groups.map((group) => (
              <a key={group.name} href={`#group-${group.name}`} onClick={toGroup}>
                {group.name || words.application}
              </a>
            ))}
          </nav>
          <Stack gap="md" className={classes.list}>
            {groups.length === 0 && <Empty title={words.none}>{words.noneHint}</Empty>}
            {groups.map((group) => (
              <section key={group.name} aria-labelledby={`group-${group.name}`}>
                <Title order={2} id={`group-${group.name}`} tabIndex={-1} className={classes.title}>
                  {group.name || words.application}
                </Title>
                <Text size="sm" c="dimmed" mb="xs">
                  {group.about.replaceAll("`", "")}
                </Text>
                <Card withBorder padding={0}>
                  {shown
                    .filter((setting) => setting.group === group.name)
                    .map((setting) => (
                      <SettingRow
                        key={setting.path}
                        setting={setting}
                        value={shownValue(setting, pending)}
                        isEdited={setting.path in pending}
                        mayWrite={mayWrite}
                        onChange={(value) => setEdits((before) => edited(before, setting, value))}
                      />
                    ))}
                </Card>
              </section>
            ))}
            <Equal
              method="PATCH"
              path="/v1/admin/settings"
              body={{ changes: count > 0 ? pending : { "sessions.token_seconds": 30 }, reason: "…" }}
              command={asCommand(count > 0 ? pending : { "sessions.token_seconds": 30 })}
            />
          </Stack>
        </div>
      </Stack>
      {count > 0 && <SaveBar changes={pending} settings={data} discard={() => setEdits({})} />}
    </Page>
  );
}

function shownValue(setting: Setting, edits: Changes): unknown {
  return setting.path in edits ? edits[setting.path] : setting.value;
}

function asCommand(changes: Changes): string {
  const words = Object.entries(changes).map(([path, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return `${path}=${/^[\w.:/-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`}`;
  });
  return `sojourn settings set ${words.join(" ")}`;
}

/** By script, because the router would take the address for one of its own. */
function toGroup(event: React.MouseEvent<HTMLAnchorElement>) {
  event.preventDefault();
  const title = document.getElementById(event.currentTarget.hash.slice(1));
  title?.scrollIntoView();
  title?.focus({ preventScroll: true });
}
