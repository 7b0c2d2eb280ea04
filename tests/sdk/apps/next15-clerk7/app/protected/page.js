import { auth, currentUser } from "@clerk/nextjs/server";

export default async function Protected() {
  const { userId, sessionId } = await auth();
  const user = await currentUser();
  return (
    <main>
      <h1>Protected</h1>
      <p id="user">{userId}</p>
      <p id="session">{sessionId}</p>
      <p id="email">{user?.emailAddresses[0]?.emailAddress}</p>
    </main>
  );
}
