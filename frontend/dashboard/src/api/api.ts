/** The typed admin API of this page. */
import createClient from "openapi-fetch";
import { BASE_PATH, signInAddress } from "~/address";
import { Caller } from "./caller";
import { failureOf, Unreachable } from "./failure";
import type { paths } from "./schema";
import { SignedOut } from "./session_token";

let askForFactor: () => Promise<boolean> = async () => false;

/** The dialog for a fresh factor registers here. */
export function onFactorWanted(ask: () => Promise<boolean>): void {
  askForFactor = ask;
}

export const caller = new Caller(BASE_PATH, {
  verify: () => askForFactor(),
  signedOut: () => window.location.assign(signInAddress(window.location.href)),
});

async function send(request: Request): Promise<Response> {
  try {
    return await caller.fetch(request);
  } catch (error) {
    if (error instanceof SignedOut || (error as Error).name === "AbortError") throw error;
    throw new Unreachable(error);
  }
}

export const api = createClient<paths>({
  baseUrl: `${window.location.origin}${BASE_PATH}`.replace(/\/$/, ""),
  fetch: send,
  querySerializer: { array: { style: "form", explode: true } },
});

/** The body of a good answer. Raises Failure with the server's own words, Unreachable, SignedOut. */
export async function answered<Body>(
  answer: Promise<{ data?: Body; error?: unknown; response: Response }>,
): Promise<Body> {
  const { data, error, response } = await answer;
  if (!response.ok) throw failureOf(response.status, error);
  return data as Body;
}
