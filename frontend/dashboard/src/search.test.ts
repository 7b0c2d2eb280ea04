import { expect, it } from "vitest";
import { many, one, parseSearch, stringifySearch } from "./search";

it("writes the same state always as the same address, without what is empty", () => {
  expect(
    stringifySearch({ state: "ended", cause: ["password_changed", "revoked"], person: "", country: undefined }),
  ).toBe("?cause=password_changed&cause=revoked&state=ended");
  expect(stringifySearch({ person: undefined })).toBe("");
});

it("reads back what it has written, and what people type", () => {
  expect(parseSearch("?cause=a&cause=b&person=x%40example.com")).toEqual({
    cause: ["a", "b"],
    person: "x@example.com",
  });
  expect([one(["a", "b"]), one(""), one(undefined)]).toEqual(["a", undefined, undefined]);
  expect([many("a"), many(["a", "", "b"]), many(undefined)]).toEqual([["a"], ["a", "b"], undefined]);
});
