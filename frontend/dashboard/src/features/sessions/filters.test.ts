import { expect, it } from "vitest";
import { batchOf, commandOf, filterOf, marksOf, sessionSearch, sortOf, without } from "./filters";

it("drops from an address what it cannot mean, and what is the default", () => {
  expect(
    sessionSearch({ state: "active", sort: "last_active", created_after: "1; drop", colour: "red", person: "" }),
  ).toEqual({});
  expect(sessionSearch({ state: "ended", sort: "created", cause: "revoked" })).toEqual({
    state: "ended",
    sort: "created",
    cause: ["revoked"],
  });
});

it("sorts ended sessions by their end and others by their last use", () => {
  expect([sortOf({}), sortOf({ state: "ended" }), sortOf({ state: "ended", sort: "created" })]).toEqual([
    "last_active",
    "ended",
    "created",
  ]);
});

it("asks the API with numbers for times and without the order", () => {
  expect(filterOf({ sort: "created", person: "ada", created_after: "1700000000000", strategy: "password" })).toEqual({
    state: "active",
    person: "ada",
    created_after: 1_700_000_000_000,
    strategy: "password",
  });
});

it("takes one word of a list away and keeps the others", () => {
  const search = sessionSearch({ state: "ended", cause: ["revoked", "expired"], country: "DE" });
  expect(marksOf(search)).toEqual([
    { name: "country", value: "DE" },
    { name: "cause", value: "revoked" },
    { name: "cause", value: "expired" },
  ]);
  expect(without(search, { name: "cause", value: "revoked" }).cause).toEqual(["expired"]);
  expect(without(search, { name: "country", value: "DE" }).country).toBeUndefined();
});

it("ends by conditions of running sessions, and everybody only when it says so", () => {
  expect(batchOf({ country: "DE", sort: "created" })).toEqual({ country: "DE" });
  expect(batchOf({ sort: "created" })).toEqual({ everybody: true });
});

it("names the command that lists the same, and none where the command line cannot", () => {
  expect(commandOf({})).toBe("sojourn sessions list --status active");
  expect(commandOf({ state: "ended", cause: ["revoked", "expired"], device: "a'b" })).toBe(
    "sojourn sessions list --status ended --cause revoked --cause expired --device 'a'\\''b'",
  );
  expect(commandOf({ created_after: "1700000000000" })).toBe(
    "sojourn sessions list --status active --since '2023-11-14T22:13:20.000Z'",
  );
  expect(commandOf({ person: "ada" })).toBeUndefined();
});
