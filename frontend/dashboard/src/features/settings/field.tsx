import { NumberInput, SegmentedControl, Select, Switch, Textarea, TextInput } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { lengthText } from "~/parts/format";
import { en } from "~/texts/en";
import { linesOf, listOf } from "./edits";
import type { Setting } from "./queries";

const words = en.settings;
const ObjectField = lazy(() => import("./object_field").then((module) => ({ default: module.ObjectField })));

interface FieldProps {
  setting: Setting;
  value: unknown;
  disabled: boolean;
  labelledBy: string;
  onChange: (value: unknown) => void;
}

/** The control that fits the type of a setting. */
export function Field({ setting, value, disabled, labelledBy, onChange }: FieldProps) {
  const shared = { disabled, "aria-labelledby": labelledBy };
  if (setting.type === "boolean") {
    if (setting.is_optional) {
      return (
        <SegmentedControl
          {...shared}
          size="xs"
          transitionDuration={0}
          value={String(value)}
          onChange={(text) => onChange(text === "null" ? null : text === "true")}
          data={[
            { value: "null", label: words.byDefault },
            { value: "true", label: words.on },
            { value: "false", label: words.off },
          ]}
        />
      );
    }
    return (
      <Switch
        {...shared}
        checked={value === true}
        label={value === true ? words.on : words.off}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  }
  if (setting.choices.length > 0) {
    return (
      <Select
        {...shared}
        allowDeselect={setting.is_optional}
        placeholder={words.byDefault}
        data={setting.choices}
        value={typeof value === "string" ? value : null}
        onChange={onChange}
      />
    );
  }
  if (setting.type === "integer") {
    return (
      <NumberInput
        {...shared}
        allowDecimal={false}
        thousandSeparator
        value={typeof value === "number" ? value : ""}
        min={setting.min ?? undefined}
        max={setting.max ?? undefined}
        placeholder={words.byDefault}
        description={setting.unit === "seconds" && typeof value === "number" ? lengthText(value) : undefined}
        inputWrapperOrder={["input", "description"]}
        suffix={setting.unit === "seconds" ? ` ${words.seconds}` : undefined}
        onChange={(number) => onChange(number === "" ? (setting.is_optional ? null : setting.value) : Number(number))}
      />
    );
  }
  if (setting.type === "array") {
    return <ListField {...shared} value={value} onChange={onChange} />;
  }
  if (setting.type === "object") {
    return (
      <Suspense fallback={<Textarea {...shared} rows={4} value="" readOnly />}>
        <ObjectField label={setting.path} value={value} disabled={disabled} onChange={onChange} />
      </Suspense>
    );
  }
  return (
    <TextInput
      {...shared}
      value={typeof value === "string" ? value : ""}
      onChange={(event) =>
        onChange(event.currentTarget.value === "" && setting.is_optional ? null : event.currentTarget.value)
      }
    />
  );
}

interface ListFieldProps {
  disabled: boolean;
  "aria-labelledby": string;
  value: unknown;
  onChange: (value: unknown) => void;
}

/** Keeps the text as it is typed, also its empty last line; the setting follows. */
function ListField({ value, onChange, ...shared }: ListFieldProps) {
  const [text, setText] = useState(linesOf(value));
  const shown = linesOf(listOf(text)) === linesOf(value) ? text : linesOf(value);
  return (
    <Textarea
      {...shared}
      autosize
      minRows={2}
      maxRows={8}
      description={words.onePerLine}
      inputWrapperOrder={["input", "description"]}
      value={shown}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange(listOf(event.currentTarget.value));
      }}
    />
  );
}
