import { auth } from "@clerk/tanstack-react-start/server";
import { createFileRoute } from "@tanstack/react-router";

export const Route = createFileRoute("/api/protected")({
  server: {
    handlers: {
      GET: async () => {
        const { userId } = await auth();
        return Response.json({ userId }, { status: userId ? 200 : 401 });
      },
    },
  },
});
