import { ClerkProvider } from "@clerk/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import App from "./App.jsx";

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <ClerkProvider
      proxyUrl={import.meta.env.VITE_CLERK_PROXY_URL}
      __internal_clerkJSUrl={import.meta.env.VITE_CLERK_JS_URL}
      __internal_clerkUIUrl={import.meta.env.VITE_CLERK_UI_URL}
    >
      <App />
    </ClerkProvider>
  </StrictMode>,
);
