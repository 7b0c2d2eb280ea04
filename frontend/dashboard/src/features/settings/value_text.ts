import { lengthText, numberText } from "~/parts/format";
import { en } from "~/texts/en";
import type { Setting } from "./queries";

const words = en.settings;

/** A value of a setting in words. */
export function valueText(value: unknown, setting?: Pick<Setting, "unit">): string {
  if (value === null || value === undefined) return words.byDefault;
  if (typeof value === "boolean") return value ? words.on : words.off;
  if (typeof value === "number") return setting?.unit === "seconds" ? lengthText(value) : numberText(value);
  if (Array.isArray(value)) return value.length > 0 ? value.map(String).join(", ") : words.empty;
  if (typeof value === "object") return Object.keys(value).length > 0 ? JSON.stringify(value, null, 1) : words.empty;
  return value === "" ? words.empty : String(value);
}
