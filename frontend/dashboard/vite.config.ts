import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The server puts the address of the dashboard and a nonce into every response: `src/sojourn/web/console_page.py`.
const BASE = "__BASE__";
const NONCE = "__NONCE__";
const DEVELOPMENT_BASE = "/dashboard/";

export default defineConfig(({ command }) => ({
  base: command === "serve" ? DEVELOPMENT_BASE : "./",
  html: { cspNonce: NONCE },
  resolve: { alias: { "~": new URL("./src", import.meta.url).pathname } },
  plugins: [
    react(),
    {
      name: "sojourn-base-in-development",
      apply: "serve" as const,
      transformIndexHtml: (html: string) => html.replaceAll(BASE, DEVELOPMENT_BASE),
    },
  ],
  experimental: {
    // The page is found at any depth (deep links), so its own addresses are absolute; files find each other relatively.
    renderBuiltUrl: (filename, { hostType }) => (hostType === "html" ? `${BASE}${filename}` : { relative: true }),
  },
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"], // light-dark() stays as it is written
    assetsInlineLimit: 0,
    manifest: "manifest.json",
    reportCompressedSize: false,
    emptyOutDir: true,
    chunkSizeWarningLimit: 1000, // the limit that counts is that of scripts/size.mjs
  },
  server: { proxy: { "/dashboard/v1": "http://localhost:8000", "/dashboard/sign-in": "http://localhost:8000" } },
}));
