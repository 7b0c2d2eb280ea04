/**
 * The console's session token: kept in memory only, never in storage, a cookie of ours or an address.
 *
 * A token lives 60 s. It is renewed at 45 s, and once after a 401. Concurrent callers share one request.
 */

export const RENEW_AFTER_MS = 45_000;

/** The person is signed out: the page has to send them to the sign-in page. */
export class SignedOut extends Error {
  constructor() {
    super("Signed out.");
    this.name = "SignedOut";
  }
}

interface Held {
  jwt: string;
  at: number;
}

export class SessionToken {
  private held: Held | null = null;
  private asking: Promise<string> | null = null;
  private sessionId: string | null = null;

  constructor(
    private readonly base: string,
    private readonly send: typeof fetch,
    private readonly now: () => number = Date.now,
  ) {}

  /** A token that is not old. Raises SignedOut. */
  async current(): Promise<string> {
    if (this.held && this.now() - this.held.at < RENEW_AFTER_MS) return this.held.jwt;
    return this.renewed();
  }

  /** A new token, for a server that has refused the present one. Raises SignedOut. */
  async renewed(): Promise<string> {
    this.held = null;
    this.asking ??= this.ask().finally(() => {
      this.asking = null;
    });
    return this.asking;
  }

  async signOut(): Promise<void> {
    const id = await this.session();
    this.held = null;
    await this.send(`${this.base}v1/client/sessions/${id}/remove`, { method: "POST", credentials: "same-origin" });
  }

  private async ask(): Promise<string> {
    const id = await this.session();
    const answer = await this.send(`${this.base}v1/client/sessions/${id}/tokens`, {
      method: "POST",
      credentials: "same-origin",
    });
    if ([401, 404, 422].includes(answer.status)) {
      this.sessionId = null;
      throw new SignedOut();
    }
    if (!answer.ok) throw new TypeError(`The token could not be renewed: status ${answer.status}.`);
    const body = (await answer.json()) as { jwt?: string };
    if (!body.jwt) throw new SignedOut();
    this.held = { jwt: body.jwt, at: this.now() };
    return body.jwt;
  }

  private async session(): Promise<string> {
    if (this.sessionId) return this.sessionId;
    const answer = await this.send(`${this.base}v1/client`, { credentials: "same-origin" });
    if (!answer.ok) throw new SignedOut();
    const body = (await answer.json()) as { response?: { last_active_session_id?: string | null } | null };
    const id = body.response?.last_active_session_id;
    if (!id) throw new SignedOut();
    this.sessionId = id;
    return id;
  }
}
