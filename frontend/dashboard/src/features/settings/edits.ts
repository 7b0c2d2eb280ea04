/** Edits that are not saved yet: values by dotted path. Pure. */
import type { Changes, Setting } from "./queries";

/** The edits with one more; a value that is in force already is no edit. */
export function edited(edits: Changes, setting: Setting, value: unknown): Changes {
  const { [setting.path]: _, ...others } = edits;
  return isSame(value, setting.value) ? others : { ...others, [setting.path]: value };
}

/** The edits that still change something once other values are in force. */
export function remaining(edits: Changes, settings: Setting[]): Changes {
  const inForce = new Map(settings.map((setting) => [setting.path, setting.value]));
  return Object.fromEntries(Object.entries(edits).filter(([path, value]) => !isSame(value, inForce.get(path))));
}

export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, each]) => [name, sorted(each)]),
  );
}

/** `session life` finds `sessions.lifetime_seconds`: every word stands somewhere in its path, effect or values. */
export function matches(setting: Setting, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const searched =
    `${setting.path} ${setting.path.replaceAll(/[._]/g, " ")} ${setting.effect} ${setting.takes}`.toLowerCase();
  return words.every((word) => searched.includes(word));
}

export function linesOf(value: unknown): string {
  return Array.isArray(value) ? value.join("\n") : "";
}

export function listOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}

/** The object that a text spells; undefined for any other text. */
export function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
