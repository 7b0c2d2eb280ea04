import { expect, it } from "vitest";
import { asCurl, asPython } from "./equal_texts";

const BASE = "https://auth.example.com/dashboard";

it("quotes what a person typed, so that a shell runs nothing of it", () => {
  const text = asCurl(BASE, { method: "POST", path: "/v1/admin/inspect", body: { subject: "it's $(id) `id`" } });
  expect(text).toBe(
    [
      "curl -X POST 'https://auth.example.com/dashboard/v1/admin/inspect' \\",
      '  -H "Authorization: Bearer $SOJOURN_SECRET_KEY" \\',
      "  -H 'Content-Type: application/json' \\",
      `  -d '{"subject":"it'\\''s $(id) \`id\`"}'`,
    ].join("\n"),
  );
});

it("writes values as Python writes them", () => {
  const text = asPython(BASE, {
    method: "PATCH",
    path: "/v1/admin/settings",
    body: { a: true, b: null, c: [1, "x"], d: undefined },
  });
  expect(text).toContain('json={"a": True, "b": None, "c": [1, "x"]}');
  expect(asPython(BASE, { method: "GET", path: "/x", query: { state: "ended", person: undefined } })).toContain(
    'params={"state": "ended"}',
  );
});
