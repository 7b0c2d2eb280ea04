/** Numbers and times in the reader's language. Times are milliseconds since 1970. */

const whole = new Intl.NumberFormat();
const precise = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });

const UNITS: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export const numberText = (value: number): string => whole.format(value);
export const preciseText = (at: number): string => precise.format(at);

/** `3 minutes ago`, `in 6 days`; a day and month beyond two weeks. */
export function relativeText(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000);
  if (Math.abs(seconds) >= 14 * 86_400) return day.format(at);
  const [unit, length] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ["second", 1];
  return relative.format(Math.trunc(seconds / length), unit);
}

const LENGTHS: [letter: string, seconds: number][] = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
];

/** `7 d`, `1 h 30 min`, `45 s`: at most two units. */
export function lengthText(seconds: number): string {
  let left = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [letter, length] of LENGTHS) {
    const count = Math.floor(left / length);
    left -= count * length;
    if (count > 0) parts.push(`${count} ${letter}`);
  }
  return parts.slice(0, 2).join(" ") || "0 s";
}

/** The value of a field of type `datetime-local` in the reader's time zone. */
export function localInput(at: number): string {
  const date = new Date(at);
  return new Date(at - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function fromLocalInput(text: string): number | undefined {
  const at = new Date(text).getTime();
  return text && Number.isFinite(at) ? at : undefined;
}
