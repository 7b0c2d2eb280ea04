// One question to one generation of @clerk/backend, as JSON on standard input; one answer as JSON on standard output.
import { readFileSync } from 'node:fs';

const asked = JSON.parse(readFileSync(0, 'utf8'));
const { createClerkClient, verifyToken } = await import(`clerk-backend-${asked.major}`);

const questions = {
  async authenticateRequest(client) {
    const request = new Request(asked.url, { headers: asked.headers });
    const state = await client.authenticateRequest(request, asked.options);
    const auth = state.toAuth();
    return {
      status: state.status,
      reason: state.reason,
      userId: auth?.userId ?? null,
      sessionId: auth?.sessionId ?? null,
      location: state.headers.get('location'),
    };
  },
  async verifyToken() {
    const claims = await verifyToken(asked.token, asked.options);
    return { userId: claims.sub, sessionId: claims.sid };
  },
  async read(client) {
    const user = await client.users.getUser(asked.userId);
    const session = await client.sessions.getSession(asked.sessionId);
    const list = await client.users.getUserList({ userId: [asked.userId] });
    return { userId: user.id, sessionId: session.id, status: session.status, total: list.totalCount };
  },
};

try {
  const client = createClerkClient(asked.client);
  console.log(JSON.stringify(await questions[asked.question](client)));
} catch (error) {
  console.log(JSON.stringify({ error: error.reason ?? error.message }));
}
