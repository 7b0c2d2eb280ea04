/** Sends a request with the session token; asks for a fresh factor where the server wants one, and repeats the request. */
import { failureOf } from "./failure";
import { SessionToken, SignedOut } from "./session_token";

const VERIFY = "session_reverification_required";

export interface Deciding {
  /** Ask the person for a fresh factor; false when they would rather not. */
  verify: () => Promise<boolean>;
  signedOut: () => void;
}

export class Caller {
  readonly token: SessionToken;

  constructor(
    private readonly base: string,
    private readonly deciding: Deciding,
    private readonly send: typeof fetch = (...words) => fetch(...words),
  ) {
    this.token = new SessionToken(base, this.send);
  }

  /** Fits `fetch`. Raises SignedOut after it has sent the person to the sign-in page. */
  fetch = async (request: Request): Promise<Response> => {
    try {
      const answer = await this.authorized(request);
      if (answer.status !== 403 || !(await wantsFactor(answer))) return answer;
      return (await this.deciding.verify()) ? await this.authorized(request) : answer;
    } catch (error) {
      if (error instanceof SignedOut) this.deciding.signedOut();
      throw error;
    }
  };

  /** Proves the password again, by the cookie: the proof replaces it. Raises Failure. */
  async prove(password: string): Promise<void> {
    const answer = await this.send(`${this.base}v1/console/verification`, {
      method: "POST",
      credentials: "same-origin",
      body: new URLSearchParams({ password }),
    });
    if (!answer.ok) throw failureOf(answer.status, await answer.json().catch(() => null));
  }

  private async authorized(request: Request): Promise<Response> {
    const answer = await this.send(bearing(request, await this.token.current()));
    if (answer.status !== 401) return answer;
    const again = await this.send(bearing(request, await this.token.renewed()));
    if (again.status === 401) throw new SignedOut();
    return again;
  }
}

function bearing(request: Request, token: string): Request {
  const copy = new Request(request.clone(), { credentials: "omit" });
  copy.headers.set("Authorization", `Bearer ${token}`);
  return copy;
}

async function wantsFactor(answer: Response): Promise<boolean> {
  try {
    const body = (await answer.clone().json()) as { errors?: { code?: string }[] };
    return body.errors?.[0]?.code === VERIFY;
  } catch {
    return false;
  }
}
