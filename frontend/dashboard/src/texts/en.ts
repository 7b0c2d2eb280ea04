/** Every text of the dashboard, in one catalogue: a translation is another object of this shape. */
import { administrators } from "./administrators";
import { inspector } from "./inspector";
import { sessions } from "./sessions";
import { settings } from "./settings";

export const en = {
  product: "Sojourn",
  close: "Close",
  skipLink: "Skip to the content",
  navigation: { label: "Main", open: "Open the navigation", close: "Close the navigation" },
  pages: {
    home: "Overview",
    sessions: "Sessions",
    inspector: "Inspector",
    settings: "Settings",
    administrators: "Administrators",
  },
  palette: {
    open: "Search and commands",
    placeholder: "Go to a page or run a command",
    nothing: "No command has this name.",
    goTo: "Go to",
    theme: "Appearance",
  },
  theme: { label: "Appearance", light: "Light", dark: "Dark", auto: "Like the system" },
  me: {
    menu: "Your account",
    signOut: "Sign out",
    roles: { owner: "Owner", editor: "Editor", support: "Support", viewer: "Viewer" } as Record<string, string>,
  },
  environment: { development: "Development", production: "Production" } as Record<string, string>,
  verify: {
    title: "Confirm that it is you",
    why: "This operation needs your password again, because you entered it more than 10 minutes ago.",
    password: "Password",
    noPassword:
      "You have no password here. Sign out, run `sojourn console open` and open the link that it prints: signing in proves that it is you, for 10 minutes.",
    confirm: "Confirm",
    cancel: "Cancel",
  },
  states: {
    failed: "This did not work",
    failedPage: "This page cannot be shown",
    retry: "Try again",
    unreachable: "The server cannot be reached",
    unreachableHint:
      "Check that the server runs and that you are online. Nothing is lost: the page asks again when you press the button.",
    forbidden: "Your role may not see this",
    forbiddenHint: "Ask an owner for another role. Owners change roles on the page Administrators.",
    notFound: "There is no such page",
    notFoundHint: "The address may be mistyped, or what it showed has been deleted.",
    toOverview: "To the overview",
    loading: "Loading",
    stale: "The dashboard has been updated. Load it again to go on.",
    reload: "Load again",
  },
  equal: {
    label: "The same without the page",
    command: "as command",
    curl: "as curl",
    python: "as Python",
    copy: "Copy",
    copied: "Copied",
    hint: "$SOJOURN_SECRET_KEY is a secret key with the scope “full”.",
  },
  sessions,
  settings,
  inspector,
  administrators,
  home: {
    intro: "Who is signed in, why, and for how long.",
    application: "Application",
    address: "Address",
    environment: "Environment",
    version: "Version",
    role: "Your role",
    sections: {
      sessions: "See every session, running or ended, with its cause. End one, a person's, or all that match a filter.",
      inspector: "Paste a token, an id or an e-mail address and read why this person is signed in or out.",
      settings: "Lifetimes, limits and policies: each with its default and its effect, saved with a history.",
      administrators: "Who may use this dashboard, and with which role.",
    },
  },
};

export type Texts = typeof en;
