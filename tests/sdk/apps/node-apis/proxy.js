// An app whose pages reach the server through the SDK's own proxy, at /__clerk.
import { clerkMiddleware, getAuth } from "@clerk/express";
import express from "express";

const app = express();
app.use(clerkMiddleware({ frontendApiProxy: { enabled: true } }));

app.get("/api/protected", (request, response) => {
  const { userId } = getAuth(request);
  response.status(userId ? 200 : 401).json({ userId });
});

const loaded = `data-clerk-publishable-key="${process.env.CLERK_PUBLISHABLE_KEY}" data-clerk-proxy-url="/__clerk"`;
app.get("/", (request, response) => {
  response.type("html").send(`<!doctype html>
<link rel="icon" href="data:,">
<div id="component"></div>
<button id="ask">Ask proxy</button>
<p id="said"></p>
<script src="/__clerk/npm/@clerk/clerk-js@6/dist/clerk.browser.js" ${loaded}></script>
<script src="/__clerk/npm/@clerk/ui@1/dist/ui.browser.js"></script>
<script>
const place = document.getElementById("component");
document.getElementById("ask").onclick = async () => {
  const answer = await fetch("/api/protected");
  document.getElementById("said").textContent = "proxy " + answer.status + " " + await answer.text();
};
Clerk.load({ ui: { ClerkUI: window.__internal_ClerkUICtor }, signUpFallbackRedirectUrl: "/", afterSignOutUrl: "/" }).then(() => {
  if (Clerk.isSignedIn) Clerk.mountUserButton(place);
  else Clerk.mountSignUp(place, { routing: "hash" });
});
</script>`);
});

app.listen(Number(process.env.PORT));
