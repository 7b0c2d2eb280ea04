import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { BASE_PATH } from "./address";
import { sessionSearch } from "./features/sessions/filters";
import { Failed, NotFound, Waiting } from "./parts/states";
import { parseSearch, stringifySearch } from "./search";
import { Shell } from "./shell/shell";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: Failed });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(() => import("./features/home/home"), "Home"),
});

const sessions = createRoute({
  getParentRoute: () => root,
  path: "/sessions",
  validateSearch: sessionSearch,
  component: lazyRouteComponent(() => import("./features/sessions/sessions"), "Sessions"),
});

const session = createRoute({
  getParentRoute: () => root,
  path: "/sessions/$id",
  component: lazyRouteComponent(() => import("./features/sessions/session"), "Session"),
});

const inspector = createRoute({
  getParentRoute: () => root,
  path: "/inspector",
  component: lazyRouteComponent(() => import("./features/inspector/inspector"), "Inspector"),
});

const userStory = createRoute({
  getParentRoute: () => root,
  path: "/inspector/users/$id",
  component: lazyRouteComponent(() => import("./features/inspector/user_story"), "UserStory"),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: lazyRouteComponent(() => import("./features/settings/settings"), "Settings"),
});

const settingsHistory = createRoute({
  getParentRoute: () => root,
  path: "/settings/history",
  component: lazyRouteComponent(() => import("./features/settings/history"), "SettingsHistory"),
});

const administrators = createRoute({
  getParentRoute: () => root,
  path: "/administrators",
  component: lazyRouteComponent(() => import("./features/administrators/administrators"), "Administrators"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    sessions,
    session,
    inspector,
    userStory,
    settings,
    settingsHistory,
    administrators,
  ]),
  basepath: BASE_PATH,
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  defaultPendingComponent: Waiting,
  defaultErrorComponent: Failed,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
