import { expect, it } from "vitest";
import { edited, isSame, linesOf, listOf, matches, objectOf, remaining } from "./edits";
import type { Setting } from "./queries";

const lifetime = {
  path: "sessions.lifetime_seconds",
  effect: "A session ends this long after it began.",
  takes: "seconds, 5 to 34,560,000",
  value: 604_800,
} as Setting;

it("keeps an edit until it is taken back by hand", () => {
  const edits = edited({ "sign_up.mode": "restricted" }, lifetime, 60);
  expect(edits).toEqual({ "sign_up.mode": "restricted", "sessions.lifetime_seconds": 60 });
  expect(edited(edits, lifetime, 604_800)).toEqual({ "sign_up.mode": "restricted" });
});

it("drops the edits that somebody else has saved meanwhile, and keeps the others", () => {
  const edits = { "sessions.lifetime_seconds": 604_800, "sign_up.mode": "restricted" };
  expect(remaining(edits, [lifetime])).toEqual({ "sign_up.mode": "restricted" });
});

it("compares values, not the order of their names", () => {
  expect(isSame({ a: 1, b: [1, { c: 2, d: 3 }] }, { b: [1, { d: 3, c: 2 }], a: 1 })).toBe(true);
  expect([isSame([1, 2], [2, 1]), isSame(null, undefined), isSame(0, false)]).toEqual([false, false, false]);
});

it("finds a setting by words of its name and of its effect", () => {
  expect(["session life", "lifetime_sec", "began", "", "34,560,000"].map((text) => matches(lifetime, text))).toEqual(
    Array(5).fill(true),
  );
  expect(matches(lifetime, "session password")).toBe(false);
});

it("reads lists by lines and objects as JSON", () => {
  expect(listOf(" https://a.example \n\n https://b.example")).toEqual(["https://a.example", "https://b.example"]);
  expect(linesOf(["a", "b"])).toBe("a\nb");
  expect([objectOf('{"a": 1}'), objectOf("[1]"), objectOf("{"), objectOf("null")]).toEqual([
    { a: 1 },
    undefined,
    undefined,
    undefined,
  ]);
});
