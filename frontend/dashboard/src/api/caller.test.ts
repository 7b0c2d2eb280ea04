import { describe, expect, it } from "vitest";
import { Caller } from "./caller";
import { RENEW_AFTER_MS, SessionToken, SignedOut } from "./session_token";

const BASE = "/dashboard/";
const OPERATION = "http://localhost/dashboard/v1/admin/me";

interface Sent {
  url: string;
  method: string;
  bearer: string | null;
  body: string;
}

/** A server that hands out `t1`, `t2` … and answers operations with what `answer` says. */
function server(answer: (bearer: string | null) => [number, unknown], signedIn = true) {
  const sent: Sent[] = [];
  let minted = 0;
  const send = (async (input: RequestInfo | URL, init?: RequestInit) => {
    const url = input instanceof Request ? input.url : String(input);
    const request = input instanceof Request ? input : new Request(`http://localhost${url}`, init);
    const bearer = request.headers.get("Authorization")?.replace("Bearer ", "") ?? null;
    sent.push({ url, method: request.method, bearer, body: await request.text() });
    if (url.endsWith("v1/client")) {
      return Response.json({ response: signedIn ? { last_active_session_id: "sess_1" } : null });
    }
    if (url.endsWith("/tokens")) {
      minted += 1;
      return Response.json({ jwt: `t${minted}` });
    }
    const [status, body] = answer(bearer);
    return Response.json(body, { status });
  }) as typeof fetch;
  return { send, sent, operations: () => sent.filter((each) => each.url.includes("/v1/admin/")) };
}

const refusal = (code: string) => ({ errors: [{ code }] });
const deciding = { verify: async () => false, signedOut: () => undefined };

describe("the session token", () => {
  it("is asked for once by callers at the same time, and again only after 45 seconds", async () => {
    let now = 0;
    const { send, sent } = server(() => [200, {}]);
    const token = new SessionToken(BASE, send, () => now);
    expect(await Promise.all([token.current(), token.current(), token.current()])).toEqual(["t1", "t1", "t1"]);
    now = RENEW_AFTER_MS - 1;
    expect(await token.current()).toBe("t1");
    now = RENEW_AFTER_MS;
    expect(await token.current()).toBe("t2");
    expect(sent.map((each) => each.url)).toEqual([
      "/dashboard/v1/client",
      "/dashboard/v1/client/sessions/sess_1/tokens",
      "/dashboard/v1/client/sessions/sess_1/tokens",
    ]);
  });

  it("is refused to a client without a session", async () => {
    const { send } = server(() => [200, {}], false);
    await expect(new SessionToken(BASE, send).current()).rejects.toBeInstanceOf(SignedOut);
  });
});

describe("a call", () => {
  it("is repeated once with a new token after a 401, with its body", async () => {
    const { send, operations } = server((bearer) => (bearer === "t1" ? [401, refusal("x")] : [200, {}]));
    const caller = new Caller(BASE, deciding, send);
    const answer = await caller.fetch(new Request(OPERATION, { method: "PATCH", body: '{"a":1}' }));
    expect(answer.status).toBe(200);
    expect(operations().map((each) => [each.bearer, each.method, each.body])).toEqual([
      ["t1", "PATCH", '{"a":1}'],
      ["t2", "PATCH", '{"a":1}'],
    ]);
  });

  it("sends a person whose session has ended to the sign-in page, and does not ask a third time", async () => {
    let sentAway = 0;
    const { send, operations } = server(() => [401, refusal("x")]);
    const caller = new Caller(BASE, { ...deciding, signedOut: () => sentAway++ }, send);
    await expect(caller.fetch(new Request(OPERATION))).rejects.toBeInstanceOf(SignedOut);
    expect(sentAway).toBe(1);
    expect(operations()).toHaveLength(2);
  });

  it("asks for a fresh factor and is repeated after it", async () => {
    let proven = false;
    const { send, operations } = server(() =>
      proven ? [200, { done: true }] : [403, refusal("session_reverification_required")],
    );
    const verify = async () => {
      proven = true;
      return true;
    };
    const answer = await new Caller(BASE, { ...deciding, verify }, send).fetch(
      new Request(OPERATION, { method: "POST", body: "{}" }),
    );
    expect(await answer.json()).toEqual({ done: true });
    expect(operations()).toHaveLength(2);
  });

  it("stays refused when the person gives no factor, and other refusals ask for none", async () => {
    const asked: string[] = [];
    const { send } = server(() => [403, refusal("session_reverification_required")]);
    const verify = async () => {
      asked.push("factor");
      return false;
    };
    const answer = await new Caller(BASE, { ...deciding, verify }, send).fetch(new Request(OPERATION));
    expect([answer.status, await answer.json()]).toEqual([403, refusal("session_reverification_required")]);
    const other = server(() => [403, refusal("insufficient_role")]);
    expect((await new Caller(BASE, { ...deciding, verify }, other.send).fetch(new Request(OPERATION))).status).toBe(
      403,
    );
    expect(asked).toEqual(["factor"]);
  });
});
