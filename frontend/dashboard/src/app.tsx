import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { NONCE } from "./address";
import { Failure } from "./api/failure";
import { SignedOut } from "./api/session_token";
import { router } from "./router";
import { theme } from "./theme";

const colorScheme = localStorageColorSchemeManager({ key: "sojourn-color-scheme" });

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // A refusal stays a refusal. Only a connection that broke is tried again.
      retry: (count, error) => count < 1 && !(error instanceof Failure) && !(error instanceof SignedOut),
      refetchOnWindowFocus: true,
    },
  },
});

export function App() {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={colorScheme}
      getStyleNonce={() => NONCE}
    >
      <QueryClientProvider client={queries}>
        <Notifications position="bottom-right" />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
