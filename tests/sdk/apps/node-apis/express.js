import { clerkMiddleware, getAuth } from "@clerk/express";
import cors from "cors";
import express from "express";

const app = express();
app.use(cors({ origin: process.env.APP_URL, credentials: true, allowedHeaders: ["Authorization"] }));
app.use(clerkMiddleware());

app.get("/api/protected", (request, response) => {
  const { userId } = getAuth(request);
  response.status(userId ? 200 : 401).json({ userId });
});

app.listen(Number(process.env.PORT));
