import { clerkPlugin } from "@clerk/vue";
import { createApp } from "vue";
import App from "./App.vue";

createApp(App)
  .use(clerkPlugin, {
    publishableKey: import.meta.env.VITE_CLERK_PUBLISHABLE_KEY,
    proxyUrl: import.meta.env.VITE_CLERK_PROXY_URL,
    __internal_clerkJSUrl: import.meta.env.VITE_CLERK_JS_URL,
    __internal_clerkUIUrl: import.meta.env.VITE_CLERK_UI_URL,
  })
  .mount("#app");
