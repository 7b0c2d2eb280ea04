import { clerkMiddleware, getAuth } from "@clerk/hono";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { cors } from "hono/cors";

const app = new Hono();
app.use(cors({ origin: process.env.APP_URL, credentials: true, allowHeaders: ["Authorization"] }));
app.use(clerkMiddleware());

app.get("/api/protected", (context) => {
  const { userId } = getAuth(context);
  return context.json({ userId }, userId ? 200 : 401);
});

serve({ fetch: app.fetch, port: Number(process.env.PORT) });
