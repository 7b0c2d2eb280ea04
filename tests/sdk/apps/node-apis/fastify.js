import { clerkPlugin, getAuth } from "@clerk/fastify";
import cors from "@fastify/cors";
import Fastify from "fastify";

const app = Fastify();
await app.register(cors, { origin: process.env.APP_URL, credentials: true, allowedHeaders: ["Authorization"] });
await app.register(clerkPlugin);

app.get("/api/protected", (request, reply) => {
  const { userId } = getAuth(request);
  reply.code(userId ? 200 : 401).send({ userId });
});

await app.listen({ port: Number(process.env.PORT) });
