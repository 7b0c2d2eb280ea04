/** A session's properties in words. */
import type { Tone } from "~/parts/state_mark";
import { en } from "~/texts/en";
import type { ShownSession } from "./queries";

export function toneOf(session: Pick<ShownSession, "is_live" | "status">): Tone {
  if (session.is_live) return session.status === "pending" ? "warn" : "good";
  return session.status === "revoked" ? "bad" : "idle";
}

/** The cause of an ended session, the status of a running one. */
export function stateText(session: Pick<ShownSession, "is_live" | "status" | "end_cause">): string {
  if (session.end_cause && !session.is_live) return en.sessions.causes[session.end_cause] ?? session.end_cause;
  return en.sessions.status[session.status] ?? session.status;
}

export function personText({ user, user_id }: Pick<ShownSession, "user" | "user_id">): string {
  if (!user) return `${en.sessions.deleted} ${user_id}`;
  const name = [user.first_name, user.last_name].filter(Boolean).join(" ");
  return user.email_address || user.username || name || user_id;
}

export function deviceText(session: Pick<ShownSession, "browser_name" | "browser_version" | "device_type">): string {
  const browser = [session.browser_name, session.browser_version?.split(".")[0]].filter(Boolean).join(" ");
  return [browser, session.device_type].filter(Boolean).join(" · ") || en.sessions.unknownDevice;
}

export function placeText(session: Pick<ShownSession, "city" | "country" | "ip_address">): string {
  return [session.city, session.country].filter(Boolean).join(", ") || session.ip_address || "";
}

export function howText(session: Pick<ShownSession, "strategy" | "has_second_factor" | "impersonated_by">): string {
  const way = session.strategy && (en.sessions.strategies[session.strategy] ?? session.strategy);
  const parts = [session.impersonated_by && en.sessions.impersonation, way];
  return [...parts, session.has_second_factor && en.sessions.secondFactor].filter(Boolean).join(" + ");
}
