import { Text } from "@mantine/core";
import { useState } from "react";
import { JsonEditor } from "~/parts/json_editor";
import { en } from "~/texts/en";
import { isSame, objectOf } from "./edits";

interface ObjectFieldProps {
  label: string;
  value: unknown;
  disabled: boolean;
  onChange: (value: unknown) => void;
}

/** A JSON object as text; the setting follows while the text is one. */
export function ObjectField({ label, value, disabled, onChange }: ObjectFieldProps) {
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const parsed = objectOf(text);
  const isOurs = parsed === undefined || isSame(parsed, value);
  return (
    <>
      <JsonEditor
        label={label}
        value={isOurs ? text : JSON.stringify(value, null, 2)}
        readOnly={disabled}
        onChange={(next) => {
          setText(next);
          const object = objectOf(next);
          if (object) onChange(object);
        }}
      />
      {parsed === undefined && (
        <Text size="xs" c="red" role="alert">
          {en.settings.wrongJson}
        </Text>
      )}
    </>
  );
}
