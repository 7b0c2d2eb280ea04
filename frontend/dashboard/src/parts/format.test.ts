import { expect, it } from "vitest";
import { fromLocalInput, lengthText, localInput, relativeText } from "./format";

const NOW = Date.UTC(2026, 4, 3, 12, 0, 0);

it("tells a time by the largest unit that fits, before and after", () => {
  expect(relativeText(NOW - 5_000, NOW)).toBe("5 sec. ago");
  expect(relativeText(NOW - 119_000, NOW)).toBe("1 min. ago");
  expect(relativeText(NOW + 6.5 * 86_400_000, NOW)).toBe("in 6 days");
  expect(relativeText(NOW - 20 * 86_400_000, NOW)).toContain("13");
});

it("tells lengths in two units at most", () => {
  expect([604_800, 5_400, 45, 90_061, 0].map(lengthText)).toEqual(["7 d", "1 h 30 min", "45 s", "1 d 1 h", "0 s"]);
});

it("reads back the field that it has filled, to the minute", () => {
  expect(fromLocalInput(localInput(NOW))).toBe(NOW);
  expect([fromLocalInput(""), fromLocalInput("no time")]).toEqual([undefined, undefined]);
});
