import { Anchor, Badge, Button, Group, Text } from "@mantine/core";
import { useId } from "react";
import { en } from "~/texts/en";
import { isSame } from "./edits";
import { Field } from "./field";
import type { Setting } from "./queries";
import classes from "./setting_row.module.css";
import { valueText } from "./value_text";

const words = en.settings;

interface SettingRowProps {
  setting: Setting;
  /** The edited value, or that in force. */
  value: unknown;
  isEdited: boolean;
  mayWrite: boolean;
  onChange: (value: unknown) => void;
}

export function SettingRow({ setting, value, isEdited, mayWrite, onChange }: SettingRowProps) {
  const id = useId();
  const isDefault = isSame(value, setting.default);
  return (
    <div className={classes.row} data-edited={isEdited || undefined} id={setting.path}>
      <div className={classes.about}>
        <Group gap={8}>
          <code className={classes.path} id={id}>
            {setting.path}
          </code>
          {isEdited ? (
            <Badge size="sm" variant="light" radius="sm">
              {words.edited}
            </Badge>
          ) : (
            !setting.is_default && (
              <Badge size="sm" variant="default" radius="sm">
                {words.changed}
              </Badge>
            )
          )}
        </Group>
        <Text size="sm" mt={2}>
          {setting.effect.replaceAll("`", "")}
        </Text>
        <Text size="xs" c="dimmed" mt={2}>
          {words.default}: {valueText(setting.default, setting)} · {setting.takes.replaceAll("`", "")}
        </Text>
      </div>
      <div className={classes.field}>
        <Field setting={setting} value={value} disabled={!mayWrite} labelledBy={id} onChange={onChange} />
        {mayWrite && (
          <Group gap="sm" mt={2} mih={22}>
            {!isDefault && (
              <Button variant="subtle" size="compact-xs" onClick={() => onChange(setting.default)}>
                {words.reset}
              </Button>
            )}
            {isEdited && (
              <Anchor component="button" type="button" size="xs" onClick={() => onChange(setting.value)}>
                {words.restore}
              </Anchor>
            )}
          </Group>
        )}
      </div>
    </div>
  );
}
