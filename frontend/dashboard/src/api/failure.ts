/** A refusal of the admin API: the first error of its envelope, in words that are shown as they are. */
export class Failure extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly meta: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = "Failure";
  }
}

interface Envelope {
  errors?: { code?: string; message?: string; long_message?: string; meta?: Record<string, unknown> }[];
}

export function failureOf(status: number, body: unknown): Failure {
  const first = (body as Envelope | null)?.errors?.[0];
  const words = first?.long_message || first?.message || `The server answered with status ${status}.`;
  return new Failure(status, first?.code ?? "unknown", words, first?.meta ?? {});
}

/** The server could not be reached at all. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super("The server cannot be reached. Check the connection and try again.", { cause });
    this.name = "Unreachable";
  }
}
